"""A page as blocks, without what is never text."""

import lxml.html
import pytest

from ingest.extract.outline import drop_machinery, outline


def read(html):
    tree = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    drop_machinery(tree)
    return [block.text for block in outline(tree.find("body")).blocks]


@pytest.mark.parametrize(
    "unseen",
    [
        "<span class='sr-only'>, opens new tab</span>",
        "<span class='u-visually-hidden'>(external link)</span>",
        "<span style='border:0;clip:rect(0 0 0 0);height:1px'>, opens new tab</span>",
    ],
)
def test_words_for_screen_readers_within_a_line_are_no_text(unseen):
    assert read(f"<p>The <a href='/x'>harbour{unseen}</a> opens.</p>") == ["The harbour opens."]


def test_a_title_for_screen_readers_stays():
    assert read("<h1><span class='sr-only'>The harbour opens</span></h1>") == ["The harbour opens"]
