"""Every article of the sample newsroom comes out as its truth says, in every template and language, with its feed."""

import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import pytest

from flows.sample.answers import Answer, Asked, answer
from flows.sample.articles import Truth
from flows.sample.world import Newsroom
from ingest.errors import IngestError
from ingest.extract.article import ExtractContext, extract
from ingest.feeds.parse import parse_feed
from ingest.model import Article, ArticleStatus, Entry, Page

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PORT = 8700
NEWSROOM = Newsroom(NOW)
TRUTHS = {truth.url: truth for truth in NEWSROOM.truth(NOW, PORT)}
READABLE = [url for url, truth in TRUTHS.items() if truth.text]
_WORD = re.compile(r"\w+")


def ask(url: str) -> Answer:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return answer(NEWSROOM, Asked(host=parts.hostname or "", path=path, port=PORT), NOW)


@cache
def entries() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for feed in NEWSROOM.feeds(NOW, PORT):
        given = ask(feed.url)
        try:
            parsed = parse_feed(given.body, url=feed.url, content_type=given.headers.get("Content-Type"))
        except IngestError:
            continue
        found.update({entry.url: entry for entry in parsed.entries if entry.url})
    return found


def extracted(url: str, entry: Entry | None) -> Article:
    given = ask(url)
    page = Page(url=url, html=given.body, content_type=given.headers["Content-Type"])
    return extract(page, entry, ExtractContext(now=NOW))


def words_f1(text: str | None, truth: str) -> float:
    words, true = (Counter(_WORD.findall(words.lower())) for words in (text or "", truth))
    return 2 * (words & true).total() / max(1, words.total() + true.total())


def check_facts(article: Article, truth: Truth) -> None:
    assert article.status is ArticleStatus.OK
    assert article.title == truth.title
    assert set(article.authors) == set(truth.authors)
    assert article.origin_url == truth.origin_url


@pytest.mark.parametrize("url", READABLE)
def test_an_article_with_its_feed_entry_is_the_truth(url: str) -> None:
    truth = TRUTHS[url]

    article = extracted(url, entries().get(url))

    check_facts(article, truth)
    if url in entries():
        assert words_f1((article.text or "").removeprefix(truth.title), truth.text) >= 0.97


@pytest.mark.parametrize("url", READABLE)
def test_an_article_without_its_feed_entry_is_the_truth_too(url: str) -> None:
    truth = TRUTHS[url]

    article = extracted(url, None)

    check_facts(article, truth)
    text = (article.text or "").removeprefix(truth.title)
    assert words_f1(text, truth.text) >= 0.97


@pytest.mark.parametrize("url", READABLE)
def test_a_title_from_the_feed_changes_no_text(url: str) -> None:
    alone = extracted(url, None)

    assert extracted(url, Entry(id="1", url=url, title=alone.title)).text == alone.text
    assert extracted(url, Entry(id="1", url=url, title="What the feed calls it")).text == alone.text


@pytest.mark.parametrize("kind", ["consent", "paywall"])
def test_a_wall_is_no_text(kind: str) -> None:
    url = next(url for url, truth in TRUTHS.items() if truth.kind == kind)

    article = extracted(url, None)

    assert (article.status.value, article.text) == (kind, None)


@pytest.mark.parametrize("kind", ["consent", "paywall"])
def test_behind_a_wall_the_text_is_the_feeds(kind: str) -> None:
    url = next(url for url, truth in TRUTHS.items() if truth.kind == kind)
    entry = entries()[url]

    article = extracted(url, entry)

    assert article.extractor.endswith("/feed-content")
    assert article.status in {ArticleStatus.PARTIAL, ArticleStatus.OK}
    assert "before you continue" not in (article.text or "").lower()
