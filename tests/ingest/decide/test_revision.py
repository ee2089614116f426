"""Whether two texts are the same text to a reader (rule 68)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decide.revision import content_hash, is_same_text, visible_text

TEXT = "The council met on Monday.\n\nIt voted 7 to 2 for the bridge."


@pytest.mark.parametrize(
    "same",
    [
        TEXT.replace("\n\n", "\r\n \r\n"),
        TEXT.replace(" ", "\u00a0"),
        TEXT.replace("council", "coun\u00adcil"),
        TEXT.replace("bridge", "\u200bbridge\ufeff"),
        f"  {TEXT}\n",
    ],
)
def test_what_cannot_be_seen_changes_no_hash(same: str) -> None:
    assert content_hash("Bridge", same) == content_hash("Bridge", TEXT)


def test_quotes_and_composition_are_folded() -> None:
    assert content_hash(None, "“It’s a café”") == content_hash(None, '"It\'s a cafe\u0301"')


@pytest.mark.parametrize("changed", [TEXT.replace("7", "8"), TEXT.replace("Monday", "monday"), TEXT + " Twice."])
def test_what_can_be_seen_changes_it(changed: str) -> None:
    assert content_hash("Bridge", changed) != content_hash("Bridge", TEXT)


def test_title_and_text_are_kept_apart() -> None:
    assert content_hash("a b", "c") != content_hash("a", "b c")
    assert content_hash(None, None) == content_hash("", "")


def test_a_title_above_the_text_changes_no_hash() -> None:
    assert content_hash("The bridge", f"The\u00a0bridge\n\n{TEXT}") == content_hash("The bridge", TEXT)
    assert content_hash("The bridge", f"The bridges\n\n{TEXT}") != content_hash("The bridge", TEXT)
    assert content_hash("The bridge", "The bridge") != content_hash("The bridge", "")


@pytest.mark.parametrize(
    "line",
    [
        "12 comments",
        "1.2k views",
        "Comments (14)",
        "updated 5 minutes ago",
        "4 min read",
        "Share this article",
        "Anzeige",
    ],
)
def test_rule_68_furniture_makes_no_revision(line: str) -> None:
    assert is_same_text(TEXT, f"{TEXT}\n\n{line}")


@pytest.mark.parametrize("line", ["Deaths: 12", "Final score 3-1", "He had 12 comments to make on it.", "Chapter 3"])
def test_a_fact_is_no_furniture(line: str) -> None:
    assert not is_same_text(TEXT, f"{TEXT}\n\n{line}")


def test_a_text_of_furniture_alone_is_compared_as_it_is() -> None:
    assert not is_same_text("12 comments", "13 comments")


@given(st.text())
def test_visible_text_of_visible_text_is_itself(text: str) -> None:
    assert visible_text(visible_text(text)) == visible_text(text)


@given(st.text(), st.text())
def test_sameness_is_symmetric_and_blind_to_white_space_at_the_end(one: str, other: str) -> None:
    assert is_same_text(one, other) == is_same_text(other, one)
    assert is_same_text(one, f"{one}\n\n \t")
