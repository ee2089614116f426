"""Re-extraction: other words for the same page take the place of the old ones, and count as no edit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.model import Capture
from storage import articles, reextraction, tables
from storage.archive import Archive
from storage.reextraction import ReextractQuery
from storage.removing import Going, remove
from storage.search import SearchQuery, search

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def pages(newsroom: Any) -> list[Any]:
    """Three articles by rules "old", each with its page in the archive; the third is of another host."""
    other = newsroom.seen("three", host="other.example", page_url="https://other.example/three")
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"), newsroom.seen("two"), other)
    waiting = [*newsroom.waiting(), *newsroom.waiting("other.example")]
    archive = Archive()
    for hours, page in enumerate(waiting):
        at = NOW + timedelta(hours=hours)
        newsroom.save(page, f"Old words of {page.entry.title}.", rules="old")
        with newsroom.database.begin() as session:
            capture = Capture(url=page.url, body=f"body {hours}".encode(), fetched_at=at)
            archive.keep(session, page.page_id, archive.pack(session, 1, capture))
    return waiting


def read(newsroom: Any, **query: Any) -> list[Any]:
    with newsroom.database.read() as session:
        return list(reextraction.read(session, Archive(), ReextractQuery(**query)))


def test_an_article_comes_with_its_page_as_it_was_fetched_and_what_the_feed_said(
    newsroom: Any, pages: list[Any]
) -> None:
    first = read(newsroom)[0]

    assert (first.article_id, first.page_id, first.site) == (1, pages[0].page_id, "news.example")
    assert (first.title, first.text, first.status) == ("On one", "Old words of On one.", "ok")
    assert first.kept[0].capture.body == b"body 0"
    assert first.entry == pages[0].entry


def test_articles_are_chosen_by_host_by_age_and_by_the_rules_that_made_them(newsroom: Any, pages: list[Any]) -> None:
    assert [one.site for one in read(newsroom, site="other.example")] == ["other.example"]
    assert len(read(newsroom, since=NOW)) == 3
    assert read(newsroom, since=NOW + timedelta(hours=1)) == []
    with newsroom.database.read() as session:
        portion = reextraction.read(session, Archive(), ReextractQuery(), after=1, most=1)
        assert [one.article_id for one in portion] == [2]

    with newsroom.database.begin() as session:
        reextraction.stamp(session, [1], "new")
    assert [one.article_id for one in read(newsroom, rules="new")] == [2, 3]
    with newsroom.database.read() as session:
        assert reextraction.count(session, ReextractQuery(rules="new")) == 2


def test_new_words_replace_the_old_ones_without_a_revision(newsroom: Any, pages: list[Any]) -> None:
    record = newsroom.record(pages[0], "Better words.", rules="new", removed=())
    before = newsroom.exported()[0]
    with newsroom.database.begin() as session:
        assert reextraction.replace(session, [(1, replace(record, fetched_at=NOW + timedelta(days=9)))]) == 1

    [after] = [article for article in newsroom.exported() if article["id"] == 1]
    assert (after["text"], after["revision"], after["fetched_at"]) == ("Better words.", 1, before["fetched_at"])
    assert after["cursor"] > max(article["cursor"] for article in newsroom.exported() if article["id"] != 1)
    with newsroom.database.read() as session:
        assert len(articles.history(session, 1)) == 1
        assert [hit.article_id for hit in search(session, SearchQuery(text="better"))] == [1]
        assert {hit.article_id for hit in search(session, SearchQuery(text="old words"))} == {2, 3}
    assert [one.article_id for one in read(newsroom, rules="new")] == [2, 3]


def test_hosts_with_rules_of_their_own_are_chosen_by_those(newsroom: Any, pages: list[Any]) -> None:
    own = {"other.example": "old+own"}
    assert [one.article_id for one in read(newsroom, rules="old", own_rules=own)] == [3]
    assert [one.article_id for one in read(newsroom, rules="new", own_rules=own)] == [1, 2, 3]

    with newsroom.database.begin() as session:
        reextraction.stamp(session, [3], "old+own")
    assert read(newsroom, rules="old", own_rules=own) == []
    assert [one.article_id for one in read(newsroom, rules="old")] == [3]
    with newsroom.database.read() as session:
        assert reextraction.list_hosts(session) == ["news.example", "other.example"]


def test_an_article_that_went_while_it_was_extracted_again_stays_away(newsroom: Any, pages: list[Any]) -> None:
    again = [(one.article_id, newsroom.record(page)) for one, page in zip(read(newsroom), pages, strict=True)]
    [first, *_] = newsroom.exported()
    with newsroom.database.begin() as session:
        assert remove(session, [Going(1, datetime.fromisoformat(first["fetched_at"]), "a test")], NOW).articles == 1

    with newsroom.database.begin() as session:
        assert reextraction.replace(session, again) == 2
        reextraction.stamp(session, [1, 2, 3], "new")

    assert [article["id"] for article in newsroom.exported()] == [2, 3]
    assert 1 not in [one.article_id for one in read(newsroom)]
    assert {row[0] for row in newsroom.rows(tables.REVISION)} == set()
    with newsroom.database.read() as session:
        assert {hit.article_id for hit in search(session, SearchQuery(text="little"))} == {2, 3}


def test_an_article_that_is_gone_meanwhile_is_passed_over(newsroom: Any, pages: list[Any]) -> None:
    with newsroom.database.begin() as session:
        assert reextraction.replace(session, [(77, newsroom.record(pages[0]))]) == 0
