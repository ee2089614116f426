"""Pages that make metadata costly or break it: each must come out, whatever is found."""

import json
from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Page

CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
PAGES = {
    "two thousand levels": "<div class='a'>" * 1_900 + "<p>By Nora Finch, 4 March 2026</p>",
    "lines of one element": "<div>" + "<br>".join(f"line {i} 3/4/2026 by x <b>y</b>" for i in range(5_000)) + "</div>",
    "many such elements": ("<div>" + "<br>".join(["3/4/2026 by x <b>y</b>"] * 250) + "</div>") * 10,
    "headings": "<h1>Who owns the lamp on it</h1>" * 3_000,
    "links to authors": "<a rel='author tag' href='/author/x'>x 1</a>" * 3_000,
    "microdata": "<span itemprop='author datePublished'>x y z</span>" * 3_000,
    "nested footers": "<footer>" * 900 + "by x 2024-01-01",
}
SCRIPT = {
    "@type": "Article",
    "author": [{"name": "a e " * 50_000}, 7, None, {"name": {"name": ["By " * 50_000]}}],
    "headline": "x | " * 50_000,
    "datePublished": "2" * 100_000,
    "image": [{"url": ["/a"]}, 3],
    "keywords": [1, None, "lamp"],
    "publisher": ["x"],
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_one_kind_of_thing_comes_out(name: str) -> None:
    title = "Who owns the lamp"
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{PAGES[name]}</body></html>"

    article = extract(Page(url="https://harbour.example/who-owns-the-lamp", html=html), None, CONTEXT)

    assert article.title is not None


def test_values_of_the_wrong_kind_are_passed_over() -> None:
    html = (
        f"<html><head><title>Who owns the lamp</title><script type='application/ld+json'>{json.dumps(SCRIPT)}</script>"
        f"<meta name='author' content='{'By ' * 50_000}'><meta name='date' content='{'1 a ' * 50_000}'>"
        "<link rel='canonical' href='http://[::1'><meta property='og:image' content='http://[::1'></head>"
        "<body><h1>Who owns the lamp</h1></body></html>"
    )

    article = extract(Page(url="https://harbour.example/lamp", html=html), None, CONTEXT)

    assert (article.title, article.published_at, article.image_url) == ("Who owns the lamp", None, None)
    assert article.canonical_url == "https://harbour.example/lamp"
