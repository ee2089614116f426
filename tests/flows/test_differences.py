"""Differences between versions: every change shown, nothing else, and short enough to read."""

from hypothesis import given
from hypothesis import strategies as st

from flows.differences import Change, changes, mark_words, render

TEXTS = st.lists(st.lists(st.sampled_from(["harbour", "bread", "letter", "stone"]), min_size=1).map(" ".join)).map(
    "\n\n".join
)


def test_an_edited_paragraph_shows_its_words() -> None:
    old = "The harbour was closed on Monday.\n\nNobody was hurt."
    new = "The harbour was closed on Tuesday.\n\nNobody was hurt."

    assert [render(change) for change in changes(old, new)] == ["~ The harbour was closed on [-Monday.-] {+Tuesday.+}"]


def test_a_paragraph_that_came_and_one_that_went_are_told_apart() -> None:
    old = "One stands here.\n\nTwo goes away for good."
    new = "Nought is quite new.\n\nOne stands here."

    assert changes(old, new) == (Change(None, "Nought is quite new."), Change("Two goes away for good.", None))
    assert [render(change)[0] for change in changes(old, new)] == ["+", "-"]


def test_a_long_paragraph_shows_what_lies_around_the_change() -> None:
    words = [f"word{number}" for number in range(100)]
    shown = mark_words(" ".join(words), " ".join([*words[:50], "another", *words[51:]]))

    assert "[-word50-] {+another+}" in shown
    assert len(shown) < 140
    assert shown.startswith("... ")
    assert shown.endswith(" ...")


def test_a_text_that_came_from_nothing_is_new() -> None:
    assert changes(None, "Words.") == (Change(None, "Words."),)
    assert changes("Words.", None) == (Change("Words.", None),)


@given(TEXTS, TEXTS)
def test_applying_the_changes_to_the_old_text_gives_the_new_one(old: str, new: str) -> None:
    kept = [line for line in old.split("\n\n") if line]
    for change in changes(old, new):
        if change.before is not None:
            kept.remove(change.before)
    came = [change.after for change in changes(old, new) if change.after is not None]
    assert sorted([*kept, *came]) == sorted(line for line in new.split("\n\n") if line)


@given(TEXTS)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert changes(text, text) == ()
