"""What templates repeat is learned after a few pages, and the pages before lose it too."""

import pytest

PITCH = "Odoberajte náš list z prístavu a každý piatok dostanete všetky správy týždňa do svojej schránky."


def test_a_bio_in_a_box_goes_with_the_second_text_of_its_author(site, write):
    bio = write.furniture(f"Nora Field {write.sentence(12)}", "bio", boxed=True)
    for number in range(20):
        is_hers = number in {4, 15}
        extra = [bio] if is_hers else []
        site.read(write.page(*write.paragraphs(), *extra, author="Nora Field" if is_hers else "Jan Bakker"))

    assert site.count_leaks() == {}
    assert site.learned[bio.text].reason == "2 of 12 texts, tells of the author behind the text"


def test_a_plain_line_behind_every_text_goes_with_the_twelfth(site, write):
    pages = [write.page(*write.paragraphs(), write.furniture(PITCH)) for _ in range(12)]
    site.read_all(pages[:11])
    assert site.count_leaks().total() == 11

    site.read(pages[11])

    assert site.count_leaks() == {}
    assert site.learned[PITCH].zone == "tail"


def test_a_pitch_within_the_text_goes_though_short_texts_have_none(site, write):
    for _ in range(60):
        body = write.paragraphs(1, 9)
        pitch = [write.furniture(PITCH)] if len(body) >= 3 else []
        site.read(write.page(*body[:3], *pitch, *body[3:]))

    assert site.count_leaks() == {}
    assert site.list_lost() == []


def test_a_pitch_with_its_heading_goes_as_a_whole(site, write):
    for _ in range(40):
        body = write.paragraphs(4, 9)
        box = (write.furniture("Zostaňte v obraze s nami"), write.furniture(PITCH))
        site.read(write.page(*body[:2], *box, *body[2:]))

    assert site.count_leaks() == {}


def test_a_label_above_links_goes_with_them_whatever_its_language(site, write):
    for _ in range(12):
        links = [write.furniture(write.title(), "neighbour", linked=True) for _ in range(3)]
        site.read(write.page(*write.paragraphs(), write.furniture("Podobné"), *links))

    assert site.count_leaks() == {}
    assert site.list_lost() == []


def test_a_line_with_the_page_s_own_title_in_it_is_one_line(site, write):
    for _ in range(12):
        title = write.title()
        line = write.furniture(f"Príspevok {title} vyšiel najprv v novinách z prístavu a okolia.")
        site.read(write.page(*write.paragraphs(), line, title=title))

    assert site.count_leaks() == {}
    assert len(site.learned) == 1


def test_a_counter_in_a_box_goes_whatever_it_counts(site, write):
    for number in range(12):
        counter = write.furniture(f"Zdieľané {number * 37} krát", boxed=True)
        site.read(write.page(*write.paragraphs(), counter))

    assert site.count_leaks() == {}


def test_the_furniture_of_very_short_posts_goes_though_it_is_most_of_them(site, write):
    lines = [write.furniture(write.sentence(16)) for _ in range(4)]
    site.read_all(write.page(write.sentence(10), *lines) for _ in range(40))

    assert site.count_leaks() == {}
    assert site.list_lost() == []


def test_furniture_in_chinese_goes(new_site, write):
    letters = "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生"

    def sentence(length):
        return "".join(write.random.choice(letters) for _ in range(length)) + "。"

    site = new_site(language="zh")
    for _ in range(12):
        body = [sentence(40) + sentence(30) for _ in range(4)]
        legal = write.furniture("本文由港口新闻网编辑部整理发布，未经许可不得转载，违者必究。")
        site.read(write.page(*body, legal, title=sentence(12)))

    assert site.count_leaks() == {}
    assert site.list_lost() == []


@pytest.mark.parametrize("boxed", [True, False])
def test_a_syndicated_text_among_the_pages_neither_hides_furniture_nor_becomes_it(site, write, boxed):
    report = write.paragraphs(8, 8)
    legal = write.furniture(PITCH, boxed=boxed)
    for number in range(30):
        body = report if number % 2 else write.paragraphs()
        site.read(write.page(*body, legal, title="The agency's report" if number % 2 else write.title()))

    assert site.count_leaks() == {}
    assert site.list_lost() == []
