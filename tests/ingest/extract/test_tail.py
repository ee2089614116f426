"""Where the article ends: boxes of the page behind it go, its own sections stay."""

import lxml.html
import pytest

from ingest.extract.outline import outline
from ingest.extract.selection import Selection
from ingest.extract.tail import cut_outside, heads_furniture

STORY = "<p>Three experts said on Monday that the harbour will open again in spring, and they were not alone.</p>" * 12
OFFER = "<p>Look at our tours of the harbour, which leave each day.</p>"


def cut(html):
    """What is dropped of a choice of all paragraphs."""
    page = outline(lxml.html.document_fromstring(f"<html><body>{html}</body></html>").find("body"))
    kept = {block.index for block in page.blocks if block.tag == "p"}
    chosen = Selection(page, set(kept), "")
    cut_outside(chosen)
    return [page.blocks[index].text for index in sorted(kept - chosen.kept)]


def test_another_box_behind_the_article_goes():
    assert cut(f"<div class='text'>{STORY}</div><div class='offers'>{OFFER}</div>") == [
        "Look at our tours of the harbour, which leave each day."
    ]


@pytest.mark.parametrize(
    "behind",
    [
        f"<div class='text'>{OFFER}</div>",
        f"<div class='list'><div class='blog-faq'>{OFFER}</div></div>",
        OFFER,
    ],
    ids=["a box of the same name", "questions", "a paragraph beside the box"],
)
def test_what_goes_on_with_the_article_stays(behind):
    assert cut(f"<div class='text'>{STORY}</div>{behind}") == []


def test_a_larger_box_goes_where_something_stands_between():
    offers, between = f"<div class='offers'>{OFFER * 3}</div>", "<h3>Tours</h3><h3>Boats</h3>"

    assert cut(f"<div class='text'>{STORY}</div>{offers}") == []
    assert len(cut(f"<div class='text'>{STORY}</div>{between}{offers}")) == 3


@pytest.mark.parametrize("text", ["About the author", "✉ Subscribe to our letter", "Related stories", "3 comments"])
def test_headings_of_furniture_are_told(text):
    assert heads_furniture(text)
    assert not heads_furniture(f"What nobody says of it: {text}")
