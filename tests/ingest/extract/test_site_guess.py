"""A first rule for a site names what lasts: not the number of this page, not a class that every box has."""

from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract_fully
from ingest.extract.document import parse_page
from ingest.extract.siteguess import guess_selectors
from ingest.model import Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TEXT = "".join(
    f"<p>The clerk opened the old book on page {number}, read the line about the rope aloud, and closed it again.</p>"
    for number in range(6)
)
HEAD = (
    '<title>Rope</title><meta property="article:published_time" content="2026-03-04T10:00:00Z">'
    '<meta name="author" content="Ida Moor">'
)


def guess(body: str, head: str = HEAD) -> dict[str, str]:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    found = extract_fully(Page(url="https://a.example/rope", html=html), None, ExtractContext(now=NOW))
    return guess_selectors(found, parse_page(html))


@pytest.mark.parametrize(
    ("opening", "path"),
    [
        ('<div itemprop="articleBody" class="x">', "//div[@itemprop='articleBody']"),
        ('<div id="story" class="x">', "//div[@id='story']"),
        (
            '<div id="post-1173" class="row story-text">',
            "//div[contains(concat(' ', normalize-space(@class), ' '), ' story-text ')]",
        ),
        ("<article>", "//article"),
        ('<section class="leaf"><div>', "//section[contains(concat(' ', normalize-space(@class), ' '), ' leaf ')]"),
    ],
)
def test_the_body_is_named_by_what_is_the_same_on_other_pages(opening, path):
    assert guess(f"<div class='story-text-teaser row'>Menu</div><h1>Rope</h1>{opening}{TEXT}</div>")["body"] == path


def test_what_stands_twice_does_not_name_the_body():
    assert "body" not in guess(f"<div class='box'>Another box.</div><div class='box'>{TEXT}</div>")


def test_title_author_and_date_are_named_where_they_give_what_was_extracted():
    guessed = guess(f"<h1>Rope</h1><article>{TEXT}</article>")
    assert guessed["title"] == "//h1"
    assert guessed["author"] == "//meta[@name='author']/@content"
    assert guessed["date"] == "//meta[@property='article:published_time']/@content"


def test_what_the_page_does_not_say_is_not_guessed():
    assert set(guess(f"<article>{TEXT}</article>", "<title>Rope</title>")) == {"body", "title"}
