"""Boxes within the article go by a part of their names, while they are small."""

import lxml.html
import pytest

from ingest.extract.boxes import drop_boxes
from ingest.extract.outline import outline
from ingest.extract.selection import Selection

STORY = "<p>Three experts said on Monday that the harbour will open again in spring, and they were not alone.</p>" * 12
WORDS = "The harbour's own words about this, which nobody needs."


def drop(html):
    """What is dropped of a choice of all paragraphs."""
    page = outline(lxml.html.document_fromstring(f"<html><body><article>{html}</article></body></html>").find("body"))
    kept = {block.index for block in page.blocks if block.tag == "p"}
    chosen = Selection(page, set(kept), "")
    drop_boxes(chosen)
    return [page.blocks[index].text for index in sorted(kept - chosen.kept)]


@pytest.mark.parametrize("name", ["blog-cta", "post__disclosure", "sr-only", "article-footnotes", "box tooltip_text"])
def test_a_small_box_of_such_a_name_goes(name):
    assert drop(f"{STORY}<div class='{name}'><p>{WORDS}</p></div>") == [WORDS]


@pytest.mark.parametrize(
    "html",
    [
        f"<div class='has-cta'>{STORY}<p>{WORDS}</p></div>",
        f"{STORY}<div class='doctor-notes'><p>{WORDS}</p></div>",
        f"<div class='footnote'><p>{WORDS}</p></div>{STORY}",
    ],
    ids=["a box of the whole article", "another word", "notes above the text"],
)
def test_other_boxes_stay(html):
    assert drop(html) == []


def test_a_line_that_only_points_to_another_article_goes():
    pointer, plain = (
        "Related: Ten harbours that nobody has seen",
        "Related: the harbour and the sea, as the mayor put it.",
    )

    assert drop(f"{STORY}<p>Related: <a href='/x'>Ten harbours that nobody has seen</a></p>{STORY}") == [pointer]
    assert drop(f"{STORY}<p>{plain}</p>{STORY}") == []


def test_the_heading_of_contents_that_were_left_out_goes():
    links = "<ul><li><a href='#one'>One</a></li></ul>"

    assert drop(f"<p>Table of contents</p>{links}{STORY}") == ["Table of contents"]
    assert drop(f"<p>Contents</p>{STORY}") == []
