"""Which blocks the page's markup shows to stand twice."""

import lxml.html
import pytest

from ingest.clean.lines import fold_key
from ingest.extract.copies import find_copies
from ingest.extract.outline import outline

LINE = "The harbour opens at seven in the morning, on every day of the week and of the year."
LABEL = "The harbour opens at seven in the morning, on every day of the week and of the year"


def find(html):
    return find_copies(outline(lxml.html.document_fromstring(f"<html><body>{html}</body></html>")).blocks)


def test_a_block_in_another_design_is_a_copy():
    assert find(f"<p class='wide'>{LINE}</p><p>Between.</p><p class='narrow'>{LINE}</p>") == {fold_key(LINE)}


@pytest.mark.parametrize(
    "html", [f"<p>{LINE}</p><p>{LINE}</p>", f"<ul class='a'><li>{LINE}</ul><ul class='b'><li>{LINE}</ul>"]
)
def test_sentences_in_one_design_and_items_are_left_to_cleaning(html):
    assert find(html) == frozenset()


def test_one_label_in_one_design_is_a_copy_and_three_are_the_texts_own():
    assert find(f"<h3>{LABEL}</h3><p>Between.</p><h3>{LABEL}</h3>") == {fold_key(LABEL)}
    assert find("".join(f"<h3>{LABEL} {day}</h3>" for day in ("one", "two", "three")) * 2) == frozenset()


def test_a_quote_drawn_out_of_a_paragraph_is_a_copy():
    drawn = "on every day of the week and of the year."

    assert find(f"<p>{LINE}</p><blockquote class='pullquote'><p>{drawn}</p></blockquote>") == {fold_key(drawn)}
    assert find(f"<p>{LINE}</p><blockquote><p>Nobody else ever said a word about the gulls.</p></blockquote>") == set()
