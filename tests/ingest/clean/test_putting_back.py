"""Whatever cleaning took, put back where it stood, gives the text as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.putting_back import put_back
from ingest.clean.rules import load_rules
from ingest.model import Removal

WORDS = ("one", "two", "three", "four", "five")
SENTENCES = [f"The keeper of the lamp wrote entry {word} into the book of tides." for word in WORDS]
FURNITURE = [
    "Share this:",
    "No comments:",
    "Post a Comment",
    "Posted by Ann Lee at 12:00",
    "Advertisement",
    "Related posts",
    "Older Post",
    "Leave a reply",
    "A short label",
]
TEXTS = st.lists(st.sampled_from(SENTENCES + FURNITURE * 2), min_size=1, max_size=14).map("\n\n".join)


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@given(TEXTS)
def test_everything_put_back_gives_the_lines_as_they_were(text):
    cleaned = clean_text(text, CleanContext(language="en", title="The keeper of the lamp"), load_rules())

    back, rest = put_back(cleaned.text, cleaned.removed, range(len(cleaned.removed)))

    assert (lines(back), rest) == (lines(text), ())


@given(TEXTS, st.data())
def test_what_is_put_back_in_two_goes_stands_as_if_it_had_been_one(text, data):
    cleaned = clean_text(text, CleanContext(language="en"), load_rules())
    numbers = range(len(cleaned.removed))
    first = data.draw(st.sets(st.sampled_from(numbers)) if numbers else st.just(set()))

    half, rest = put_back(cleaned.text, cleaned.removed, first)
    back, _ = put_back(half, rest, range(len(rest)))

    assert lines(back) == lines(text)


def test_paragraphs_stay_one_blank_line_apart():
    removed = (Removal("a", "Top.", 0), Removal("b", "Between.", 1), Removal("c", "End.", 2))

    assert put_back("One.\n\nTwo.", removed, {0, 1, 2})[0] == "Top.\n\nOne.\n\nBetween.\n\nTwo.\n\nEnd."
    assert put_back("", (Removal("a", "All of it.", 0),), {0})[0] == "All of it."


def test_one_that_never_stood_in_the_text_has_no_place():
    with pytest.raises(AssertionError, match="platform/x never stood among the lines"):
        put_back("One.", (Removal("platform/x", "A box."),), {0})
