"""What articles repeat by right: none of it is learned, or texts have it back."""

import pytest

PITCH = "Subscribe to the letter of the harbour and have all the news of the week in your box on Friday."
STATION = "Anyone with information is asked to call the police station on the harbour, day or night."
INTRO = "Every week our columnist walks through one street of the town and tells what she has seen there."
AGENCY = "The Associated Press contributed to this report."
SERIES = "This article is part of a series on water in the valley, which asks who gets it and who goes without."


def some(write, share):
    """Whether this page is one of the share."""
    return write.random.random() < share


def assert_all_stays(site):
    assert site.list_lost() == []
    assert site.learned == {}


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.7])
@pytest.mark.parametrize("phrase", ["Read the full paper here.", STATION, AGENCY])
def test_a_phrase_at_the_end_of_many_articles_stays(site, write, phrase, share):
    site.read_all(write.page(*write.paragraphs(), *([phrase] if some(write, share) else [])) for _ in range(250))

    assert site.list_lost() == []


@pytest.mark.parametrize("phrase", [INTRO, SERIES])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.7])
@pytest.mark.parametrize("place", [0, 1])
def test_a_column_s_intro_and_a_series_paragraph_stay(site, write, phrase, share, place):
    for _ in range(200):
        body = write.paragraphs()
        if some(write, share):
            body.insert(place, phrase)
        site.read(write.page(*body))

    assert_all_stays(site)


def test_a_series_of_ten_parts_in_a_row_keeps_its_paragraph(site, write):
    site.read_all(write.page(*write.paragraphs()) for _ in range(30))
    for _ in range(10):
        first, *others = write.paragraphs()
        site.read(write.page(first, SERIES, *others))

    assert_all_stays(site)


def test_questions_answers_and_the_yes_of_a_dialogue_stay(site, write):
    for _ in range(40):
        turns = [turn for _ in range(4) for turn in ("Q:", write.sentence(), "A:", "Yes.", write.paragraph())]
        site.read(write.page(write.paragraph(), *turns))

    assert_all_stays(site)


@pytest.mark.parametrize("end", ["", ", and nobody sang but the sea and the stones."])
def test_a_refrain_of_many_poems_is_not_learned(site, write, end):
    refrain = f"O the wind and the rain on the harbour wall{end}"
    for _ in range(40):
        site.read(write.page(*[verse for _ in range(3) for verse in (write.title(), write.title(), refrain)]))

    assert site.learned == {}


def test_headings_that_every_recipe_has_stay(site, write):
    for _ in range(60):
        steps = [write.title() for _ in range(6)]
        body = (write.paragraph(), "Ingredients", *steps, "Method", "Preheat the oven to 180 degrees.")
        site.read(write.page(*body, *write.paragraphs(), "What we like", write.paragraph()))

    assert_all_stays(site)


@pytest.mark.parametrize("boxed", [True, False])
def test_what_every_recipe_s_card_has_in_common_stays(site, write, boxed):
    salt = ("1 teaspoon of sea salt", "250 grams of plain flour", "2 tablespoons of olive oil")
    for _ in range(60):
        mixed = [line for line in salt if some(write, 0.7)]
        steps = ["Preheat the oven to 180 degrees.", *(write.title() for _ in range(5))]
        card = ["Preparation time", *mixed, *(write.title() for _ in range(4)), "Instructions", *steps]
        lines = [write.furniture(line, "text", boxed=boxed) for line in card]
        site.read(write.page(*write.paragraphs(), *lines))

    assert_all_stays(site)


@pytest.mark.parametrize("others", [0, 3])
def test_the_sentences_of_a_lottery_stay_whether_or_not_the_site_has_other_news(site, write, others):
    for number in range(60):
        site.read(
            write.page(
                "The winning numbers of tonight's draw were announced in the studio by the notary, as every week.",
                f"Numbers: {' '.join(str(write.random.randint(1, 49)) for _ in range(6))}",
                f"The jackpot stands at {number} million and will be drawn again on Saturday evening at nine.",
                "Tickets can be bought until seven in the evening at every kiosk and on the website of the lottery.",
                title=f"Lottery results of draw {number}",
            )
        )
        site.read_all(write.page(*write.paragraphs()) for _ in range(others))

    assert_all_stays(site)


def test_a_table_whose_numbers_change_stays(site, write):
    for number in range(60):
        rows = (f"Gold: {number} dollars", f"Silver: {number + 3} dollars", f"Oil: {number * 2} dollars")
        site.read(write.page(*write.paragraphs(), *rows))

    assert_all_stays(site)


@pytest.mark.parametrize("dateline", ["HARBOUR TOWN —", "LONDON (AP)", "Harbour Town –"])
def test_a_dateline_on_a_line_of_its_own_stays(site, write, dateline):
    site.read_all(write.page(dateline, *write.paragraphs()) for _ in range(40))

    assert_all_stays(site)


@pytest.mark.parametrize("every", [1, 3])
def test_an_agency_s_report_at_many_addresses_is_one_text(site, write, every):
    report = write.paragraphs(8, 8)
    for number in range(40):
        further = [write.paragraph()] if number % 2 else []
        site.read(write.page(*report, *further, title="Storm over the harbour"))
        site.read_all(write.page(*write.paragraphs()) for _ in range(every))

    assert_all_stays(site)


def test_a_live_story_that_gets_a_new_headline_each_hour_stays(site, write):
    story = write.paragraphs(50, 50)
    for hour in range(40):
        site.read(write.page(*story[max(0, hour - 10) : hour + 1]))
        site.read(write.page(*write.paragraphs()))

    assert_all_stays(site)


def test_a_page_that_is_fetched_again_and_again_is_one_text(site, write):
    body = write.paragraphs()
    site.read_all(write.page(*body, title="One page", key=1) for _ in range(30))

    assert_all_stays(site)
    assert len(site.memory.pages) == 1


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_press_release_that_articles_quote_at_length_stays(site, write, share):
    release = write.paragraphs(8, 8)
    for _ in range(150):
        quoted = release[: write.random.randint(4, 8)] if some(write, share) else []
        site.read(write.page(*write.paragraphs(2, 5), *quoted))

    assert site.list_lost() == []


def test_an_article_that_quotes_the_furniture_keeps_the_quotation(site, write):
    site.read_all(write.page(*write.paragraphs(), write.furniture(PITCH)) for _ in range(30))
    first, *others = write.paragraphs(5, 5)
    site.read(write.page(first, PITCH, *others))

    assert PITCH in site.learned
    assert site.list_lost() == []


def test_what_an_operator_keeps_is_never_learned(site, write):
    from dataclasses import replace

    from ingest.blocks import BlockState

    site.read_all(write.page(*write.paragraphs(), write.furniture(PITCH)) for _ in range(12))
    [block] = site.memory.blocks.values()
    site.memory = replace(site.memory, blocks={block.key: replace(block, state=BlockState.KEPT)})
    site.read_all(write.page(*write.paragraphs(), PITCH) for _ in range(30))

    assert_all_stays(site)


def test_a_phrase_that_came_often_at_first_and_then_not_is_given_back(site, write):
    site.read_all(write.page(*write.paragraphs(), STATION) for _ in range(12))
    assert STATION in site.learned
    assert site.list_lost() != []
    for _ in range(60):
        site.read(write.page(*write.paragraphs(), *([STATION] if some(write, 0.5) else [])))

    assert_all_stays(site)
