"""Subscriptions: added once, paused, resumed, removed, listed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import FeedState, FeedStatus
from storage import feeds, pages, tables
from storage.due import Wanted

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://news.example/a.xml"


def test_a_feed_is_added_once(newsroom: Any) -> None:
    new = feeds.NewFeed(url=URL, host="news.example", created_at=NOW, title="News", tags=("World", "News/Local"))
    with newsroom.database.begin() as session:
        first, is_new = feeds.add(session, new)
        again, is_again_new = feeds.add(session, new)

    assert first == again
    assert (is_new, is_again_new) == (True, False)


def test_the_listing_has_every_field_of_the_interface(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0])

    with newsroom.database.read() as session:
        [row] = feeds.listing(session)

    assert row == {
        "url": URL,
        "title": None,
        "site_url": None,
        "state": "active",
        "tags": [],
        "articles": 1,
        "last_polled_at": "2026-11-21T12:00:00Z",
        "next_poll_at": "2026-11-21T13:00:00Z",
        "next_poll_reason": "an hour, the least there is",
        "etag": None,
        "last_modified": None,
        "failures": 0,
    }


def test_of_each_host_the_feeds_that_wait_longest_are_due_first(newsroom: Any) -> None:
    late, early, fresh = (newsroom.subscribe(name) for name in "abc")
    other = newsroom.subscribe("d", "other.example")
    newsroom.poll(late, next_poll_at=NOW - timedelta(hours=1))
    newsroom.poll(early, next_poll_at=NOW - timedelta(hours=2))

    with newsroom.database.read() as session:
        found = feeds.due(session, [1, 2, 3], Wanted(now=NOW), limit=2)

    assert {site: [feed_id for feed_id, _ in due] for site, due in found.items()} == {
        1: [fresh, early],
        2: [other],
        3: [],
    }


def test_a_paused_feed_is_not_due_until_it_is_resumed(newsroom: Any) -> None:
    newsroom.subscribe()
    with newsroom.database.begin() as session:
        assert feeds.pause(session, URL)
        assert feeds.due(session, [1], Wanted(now=NOW))[1] == []
        assert feeds.resume(session, URL, NOW)
        [(_, state)] = feeds.due(session, [1], Wanted(now=NOW))[1]

    assert state == FeedState(url=URL, created_at=NOW)


def test_a_feed_that_was_gone_is_asked_at_once_when_it_is_resumed(newsroom: Any) -> None:
    state = FeedState(url=URL, status=FeedStatus.GONE)
    newsroom.poll(newsroom.subscribe(), state=state, next_poll_at=NOW + timedelta(days=30))

    with newsroom.database.begin() as session:
        feeds.resume(session, URL, NOW)
        assert len(feeds.due(session, [1], Wanted(now=NOW))[1]) == 1


def test_a_removed_feed_leaves_its_articles_and_no_waiting_pages(newsroom: Any) -> None:
    feed_id, other = newsroom.subscribe("a"), newsroom.subscribe("b")
    newsroom.poll(feed_id, newsroom.seen("stored"))
    newsroom.save(newsroom.waiting()[0])
    newsroom.poll(feed_id, newsroom.seen("mine"), newsroom.seen("ours"))
    newsroom.poll(other, newsroom.seen("ours"))

    with newsroom.database.begin() as session:
        assert feeds.remove(session, URL)
        assert pages.counts(session) == {"pending": 1, "done": 1, "failed": 0, "filtered": 0, "removed": 0}

    assert [page.url for page in newsroom.waiting()] == ["https://news.example/ours"]
    [article] = newsroom.exported()
    assert article["feed_url"] is None
    assert len(newsroom.rows(tables.ENTRY)) == 1


def test_what_is_no_feed_of_ours_is_said_so(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        assert not feeds.remove(session, URL)
        assert not feeds.pause(session, URL)
        assert not feeds.resume(session, URL, NOW)
        assert not feeds.set_min_interval(session, URL, 60)
        assert feeds.find(session, URL) is None
