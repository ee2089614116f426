"""What is added to a choice of text: sections, headings, lists and tables that read like the article's own."""

import lxml.html

from ingest.extract.outline import outline
from ingest.extract.rescue import rescue_middle
from ingest.extract.selection import Selection

ONE = "<p>Three experts said on Monday that the harbour will open again in spring, and they were not the only ones.</p>"
TWO = "<p>Ships do not come here yet, the mayor joked, but the entire town lives from what the sea brings each day.</p>"


def rescue(html):
    """The texts that were added to a choice of the paragraphs."""
    page = outline(lxml.html.document_fromstring(f"<html><body>{html}</body></html>").find("body"))
    kept = {block.index for block in page.blocks if block.tag == "p"}
    chosen = Selection(page, set(kept), "")
    rescue_middle(chosen)
    return [page.blocks[index].text for index in sorted(chosen.kept - kept)]


def test_headings_above_text_that_stands_are_added():
    page = f"<article>{ONE}<h2>The cranes</h2><h3>Their cost</h3>{TWO}<h2>Home</h2></article>"

    assert rescue(page) == ["The cranes", "Their cost"]


def test_headings_that_are_links_or_head_furniture_are_not():
    page = (
        f"<article>{ONE}<h2><a href='/x'>Another story</a></h2>{TWO}<h3>✉ Subscribe to our letter</h3>{TWO}</article>"
    )

    assert rescue(page) == []
