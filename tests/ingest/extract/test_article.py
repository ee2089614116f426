from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import ArticleStatus, Entry, Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONTEXT = ExtractContext(now=NOW)
PARAGRAPHS = [
    "The gauge on the old pier was read at noon, as it has been read on every working day since the war.",
    "Nobody expected the number that the keeper wrote down, and he wiped the glass twice before he believed it.",
    "By one o'clock the harbour office had rung the neighbours, who had seen nothing of the kind on their side.",
    "Two divers went down in the afternoon. They found the float caught in a net that somebody had thrown away.",
    "The record will stand with a note beside it, the office says, because a book without notes is not honest.",
    "Next spring the float gets a cage of steel. It has been ordered from a smith in the next town already.",
]
EXTRA = [
    "A reader asks why the gauge is not read by a machine. There is one, the keeper answers, and he reads it too.",
    "The two have disagreed on eleven days in nine years, and on ten of those days the machine was wrong, he says.",
    "He has kept the eleven pages in a folder of their own. The eleventh is framed, and hangs above his desk now.",
    "The folder goes to the museum when he retires. They asked for the wet net too, but that was thrown away.",
]
PAGE = f"""<html lang="en"><head><title>Tides at noon | Pier Gazette</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<main><h1>Tides at noon</h1>{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}</main>
<div id="comments"><h3>2 Comments</h3><p>Ada says: I was there, and I was surprised all the same.</p></div>
</body></html>"""


def a_page(html: str | bytes, **fields: str) -> Page:
    return Page(url="https://pier.example/tides", html=html, **fields)


def test_the_text_of_a_page_is_its_article_without_navigation_and_comments() -> None:
    article = extract(a_page(PAGE), None, CONTEXT)

    assert article.status is ArticleStatus.OK
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.title == "Tides at noon"
    assert article.language == "en"


def test_without_a_page_the_feeds_whole_text_is_ok() -> None:
    entry = Entry(
        id="1",
        url=None,
        title="Tides",
        content="".join(f"<p>{text}</p>" for text in (*PARAGRAPHS, *EXTRA)),
    )

    article = extract(None, entry, CONTEXT)

    assert article.status is ArticleStatus.OK
    assert article.extractor == "feedmill-1/feed-content"
    assert article.text is not None
    assert article.text.endswith(EXTRA[-1])


def test_without_a_page_a_teaser_is_partial() -> None:
    entry = Entry(id="1", url="https://pier.example/1", summary="<p>The gauge was read at noon [...]</p>")

    assert extract(None, entry, CONTEXT).status is ArticleStatus.PARTIAL


def test_without_a_page_and_without_content_there_is_no_text() -> None:
    article = extract(None, Entry(id="1", url="https://pier.example/1", title="Tides"), CONTEXT)

    assert (article.text, article.status, article.title) == (None, ArticleStatus.EMPTY, "Tides")


@pytest.mark.parametrize("html", [b"", b"%PDF-1.7 binary", b"\x00\x01\x02", "", b"<html></html>"])
def test_what_is_no_page_falls_back_to_the_feed(html: str | bytes) -> None:
    entry = Entry(id="1", url="https://pier.example/1", content="<p>The gauge was read at noon.</p>")

    article = extract(a_page(html), entry, CONTEXT)

    assert article.status is ArticleStatus.PARTIAL
    assert article.text == "The gauge was read at noon."


def test_a_date_in_the_future_is_no_date_rule_70() -> None:
    html = PAGE.replace("<head>", '<head><meta property="article:published_time" content="2031-01-01T00:00:00Z">')

    article = extract(a_page(html), None, CONTEXT)

    assert (article.published_at, article.published_source) == (None, "none")


def test_the_feeds_date_wins() -> None:
    html = PAGE.replace("<head>", '<head><meta property="article:published_time" content="2026-01-01T00:00:00Z">')
    entry = Entry(id="1", url=None, published_at=datetime(2026, 2, 2, tzinfo=UTC))

    article = extract(a_page(html), entry, CONTEXT)

    assert (article.published_at, article.published_source) == (entry.published_at, "feed")
