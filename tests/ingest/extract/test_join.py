"""Parts become one article: in order, what each of them repeats once, and partial where one is missing."""

from ingest.clean.keeps import Keeps
from ingest.extract.join import RULE, Missing, adds_text, join_parts
from ingest.model import Article, ArticleStatus, Removal

INTRO = "What the paper says above each part: the harbour needs a rope, and nobody knows which."
AUTHOR = "Ida Moor writes about ropes and has sailed on none of them."


def part(*paragraphs: str, **fields) -> Article:
    return Article(
        **{"url": None, "title": "Rope", "text": "\n\n".join(paragraphs), "status": ArticleStatus.OK} | fields
    )


def line(number: int) -> str:
    return f"The clerk opened the old book on page {number} and read the line about the rope aloud."


def test_the_parts_stand_in_order():
    joined = join_parts(part(line(1), line(2)), [part(line(3)), part(line(4))], None)
    assert joined.text == "\n\n".join(line(number) for number in range(1, 5))
    assert (joined.status, joined.provenance["parts"]) == ("ok", "3 pages")


def test_the_heading_and_the_introduction_stand_once():
    joined = join_parts(part(INTRO, line(1)), [part("Rope (2/3)", INTRO, line(2)), part("Rope", INTRO, line(3))], None)
    assert joined.text == "\n\n".join([INTRO, line(1), line(2), line(3)])
    assert [removal.text for removal in joined.removed] == ["Rope (2/3)", INTRO, "Rope", INTRO]


def test_what_ends_each_part_stands_at_the_end():
    joined = join_parts(part(line(1), AUTHOR), [part(line(2), AUTHOR), part(line(3), AUTHOR)], None)
    assert joined.text == "\n\n".join([line(1), line(2), line(3), AUTHOR])


def test_a_short_answer_may_be_given_on_two_parts():
    joined = join_parts(part(line(1), "Yes.", line(2)), [part(line(3), line(4), line(5), "Yes.", line(6))], None)
    assert joined.text.count("Yes.") == 2


def test_what_was_removed_from_any_part_is_kept_with_its_rule():
    one, two = Removal("language/en/share/a", "Share"), Removal("language/en/share/a", "Share this")
    joined = join_parts(part(line(1), removed=(one,)), [part(line(1), line(2), removed=(two,))], None)
    assert joined.removed == (one, two, Removal(RULE, line(1)))


def test_a_missing_part_makes_the_article_partial_and_says_which_and_why():
    missing = Missing("https://a.example/rope/3/", "it took longer than 30 s.")
    joined = join_parts(part(line(1)), [part(line(2))], missing)
    assert (joined.status, joined.text) == ("partial", f"{line(1)}\n\n{line(2)}")
    assert (
        joined.provenance["parts"] == "2 pages, then https://a.example/rope/3/ was missing: it took longer than 30 s."
    )


def test_a_part_that_only_repeats_adds_nothing():
    assert adds_text([part(line(1))], part(line(1), line(2)))
    assert not adds_text([part(line(1), line(2))], part(line(2)))
    assert not adds_text([part(line(1))], part())


def test_a_kept_paragraph_stands_on_each_part():
    texts = part(line(1), AUTHOR), [part(line(2), AUTHOR)]

    assert join_parts(*texts, None).text == "\n\n".join([line(1), line(2), AUTHOR])
    assert join_parts(*texts, None, Keeps(texts=(AUTHOR,))).text == "\n\n".join([line(1), AUTHOR, line(2), AUTHOR])


def test_where_a_removal_stood_is_known_of_the_first_part():
    one, two = Removal("platform/x", "a", 1), Removal("platform/y", "b", 1)
    joined = join_parts(part(line(1), removed=(one,)), [part(line(1), line(2), removed=(two,))], None)

    assert [removal.at for removal in joined.removed] == [1, None, 1]
