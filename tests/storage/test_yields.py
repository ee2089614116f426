"""What drift and silence are judged by: the latest pages of a site in the order of their dates, and a feed's rhythm."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from ingest.model import ArticleStatus
from storage import told, yields

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def stored(newsroom: Any, *published: datetime | None, host: str = "news.example") -> int:
    """An article for each date, of one feed; gives the feed."""
    feed_id: int = newsroom.subscribe(host=host)
    names = [f"{host}-{number}" for number in range(len(published))]
    newsroom.poll(feed_id, *(newsroom.seen(name, host=host) for name in names))
    for page, moment in zip(newsroom.waiting(host), published, strict=True):
        newsroom.save(page, f"Words of {page.url} alone.", published_at=moment)
    return feed_id


def test_a_sites_pages_come_by_their_own_dates_so_that_a_backfill_is_the_past(newsroom: Any) -> None:
    stored(newsroom, NOW - timedelta(days=2), None, NOW - timedelta(days=900), NOW - timedelta(days=1))
    with newsroom.database.read() as session:
        pages = yields.of_site(session, "news.example", 3)
        assert [page.article_id for page in pages] == [1, 4, 2]
        assert [page.article_id for page in yields.of_site(session, "news.example", 10)] == [3, 1, 4, 2]
        assert [seen.is_whole for seen in yields.glances(session, 10)] == [False]
    assert {(page.words, page.status) for page in pages} == {(4, ArticleStatus.OK)}


def test_hosts_without_articles_are_left_out(newsroom: Any) -> None:
    stored(newsroom, NOW)
    newsroom.subscribe("b", host="other.example")
    with newsroom.database.read() as session:
        assert list(yields.glances(session, 5)) == [yields.Glance("news.example", [4], ["ok"], is_whole=True)]


def test_where_a_sites_articles_come_from_is_told_with_the_address_of_one(newsroom: Any) -> None:
    feed_id = stored(newsroom, NOW - timedelta(days=3), NOW - timedelta(days=1), NOW)
    with newsroom.database.read() as session:
        found = yields.source(session, "news.example", 2, NOW - timedelta(days=2))
    assert found == yields.Source("https://news.example/news.example-1", {feed_id: 2})


def test_when_a_feeds_articles_were_is_told_oldest_first(newsroom: Any) -> None:
    feed_id = stored(newsroom, NOW, NOW - timedelta(days=5), None)
    with newsroom.database.read() as session:
        assert yields.posted(session, feed_id, 10) == [NOW - timedelta(days=5), NOW, NOW]


def test_a_sites_pages_are_read_from_the_index_alone(newsroom: Any) -> None:
    stored(newsroom, NOW)
    if newsroom.database.engine.dialect.name != "sqlite":
        return
    with newsroom.database.read() as session:
        for statement in (yields._DATED, yields._UNDATED, yields._GLANCE_DATED, yields._GLANCE_UNDATED):
            rows = session.connection().execute(text(f"EXPLAIN QUERY PLAN {statement}"), {"host": "a", "most": 1})
            plan = " ".join(row[3] for row in rows)
            assert "COVERING INDEX ix_article_yield" in plan
            assert "TEMP B-TREE" not in plan


def test_what_was_told_is_kept_until_it_is_taken_back(newsroom: Any) -> None:
    first = {"feedmill.feed.1": told.Told("failing", NOW), "feedmill.feed.2": told.Told("silent", None)}
    with newsroom.database.begin() as session:
        told.put(session, first, (), NOW)
        told.put(session, {"feedmill.feed.1": told.Told("gone", NOW)}, ["feedmill.feed.2"], NOW)
        assert told.read(session) == {"feedmill.feed.1": told.Told("gone", NOW)}
