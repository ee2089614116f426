"""What the user keeps stays, whatever a rule says of it; nothing else does."""

from dataclasses import replace

import lxml.html
import pytest

from ingest.clean.apply import CleanContext, clean_text, prune
from ingest.clean.keeps import NOTHING_KEPT, Keeps, is_rule, words_of
from ingest.clean.locate import known_rules
from ingest.clean.rules import load_rules

TEXT = """The clerk opened the book of tides at noon and read aloud what the gauge had shown.

Nobody in the harbour office had seen such a number before, and they measured again.

Posted by Ann Lee at 12:00

No comments:

Post a Comment"""
RULES = load_rules()


def clean(keeps: Keeps = NOTHING_KEPT) -> tuple[str, list[str]]:
    cleaned = clean_text(TEXT, CleanContext(language="en", keeps=keeps), RULES)
    return cleaned.text, [removal.text for removal in cleaned.removed]


def test_without_keeps_the_tail_goes():
    text, removed = clean()

    assert text.endswith("measured again.")
    assert removed == ["Posted by Ann Lee at 12:00", "No comments:", "Post a Comment"]


def test_a_kept_line_stays_and_what_stands_around_it_goes():
    text, removed = clean(Keeps(texts=("no comments",)))

    assert text.endswith("measured again.\n\nNo comments:")
    assert removed == ["Posted by Ann Lee at 12:00", "Post a Comment"]


def test_a_text_means_its_whole_line_unless_it_ends_in_dots():
    assert clean(Keeps(texts=("No",)))[1] == clean()[1]
    assert clean(Keeps(texts=("No ...",)))[1] == ["Posted by Ann Lee at 12:00", "Post a Comment"]


def test_a_rule_that_is_off_takes_nothing_and_the_others_go_on():
    [last] = [one.rule for one in clean_text(TEXT, CleanContext(language="en"), RULES).removed[-1:]]

    assert clean(Keeps(rules=frozenset({last})))[0].endswith("measured again.\n\nPost a Comment")
    assert clean(Keeps(rules=frozenset({"language/en", "core", "language/en/x"})))[1] == []


def test_a_part_of_a_word_in_a_rule_s_name_turns_nothing_off():
    assert clean(Keeps(rules=frozenset({"language/e", "lang"})))[1] == clean()[1]


def test_no_name_is_taken_from_a_line_that_stays():
    kept = Keeps(rules=frozenset({"language/en"}))

    assert clean_text(TEXT, CleanContext(language="en"), RULES).author_candidates == ("Ann Lee",)
    assert clean_text(TEXT, CleanContext(language="en", keeps=kept), RULES).author_candidates == ()


@pytest.mark.parametrize("keeps", [Keeps(texts=("Share this on the pier",)), Keeps(rules=frozenset({"platform"}))])
def test_a_kept_container_is_no_removal(keeps):
    html = "<div><p>The clerk opened the book of tides.</p><div class='sharedaddy'>Share this on the pier</div></div>"
    context = CleanContext(platform="wordpress")

    assert [one.text for one in prune(lxml.html.fromstring(html), context, RULES)] == ["Share this on the pier"]
    assert prune(lxml.html.fromstring(html), replace(context, keeps=keeps), RULES) == ()


def test_a_long_line_is_named_by_its_beginning_and_one_without_words_by_nothing():
    line = "The clerk opened the book of tides. " * 10

    assert words_of(line).endswith(" ...")
    assert len(words_of(line)) < 110
    assert Keeps(texts=(words_of(line),)).holds("core/repeat", line)
    assert not Keeps(texts=(words_of(line),)).holds("core/repeat", line[:30])
    assert words_of("* * *") == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("language/en", True),
        ("language/en/comments", True),
        ("language/en/comments/heading/thread", True),
        ("core/repeat", True),
        ("platform/wordpress", True),
        ("language/xx", False),
        ("language/en/comm", False),
        ("core/rep", False),
    ],
)
def test_a_rule_is_known_by_its_id_or_by_what_it_begins_with(name, expected):
    assert is_rule(name, known_rules()) is expected
