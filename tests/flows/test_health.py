"""The whole store judged: silence by the rests between articles, and drift by the pages of the sites."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from flows.health import document, judge
from ingest.decide.health import HealthState
from storage import feeds, sites
from storage.database import Database
from storage.feeds import NewFeed
from storage.tables import ARTICLE, FEED

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(f"sqlite:///{tmp_path / 'feedmill.db'}") as made:
        made.upgrade()
        yield made


def subscribe(database: Database, host: str) -> int:
    """A feed that was polled just now and brings about one article a day."""
    with database.begin() as session:
        feed_id, _ = feeds.add(session, NewFeed(url=f"https://{host}/feed", host=host, created_at=NOW - 200 * DAY))
        values = {"last_polled_at": NOW, "last_changed_at": NOW, "post_count": 20.0, "post_days": 20.0}
        session.connection().execute(update(FEED).where(FEED.c.id == feed_id).values(values))
    return feed_id


def publish(database: Database, feed_id: int, host: str, words: list[int], until: datetime = NOW) -> None:
    """One article a day with so many words, the last one on that day."""
    with database.begin() as session:
        sites.ensure(session, [host])
        first = feed_id * 1000
        rows = [
            {
                "cursor": first + at,
                "url": f"https://{host}/{at}",
                "site": host,
                "published_at": until - (len(words) - at - 1) * DAY,
                "first_seen_at": NOW,
                "fetched_at": NOW,
                "published_source": "feed",
                "word_count": count,
                "status": "ok" if count else "empty",
                "content_hash": "x",
                "feed_id": feed_id,
                "authors": [],
                "tags": [],
                "removed": [],
                "provenance": {},
                "extractor": "",
                "revision": 1,
            }
            for at, count in enumerate(words)
        ]
        session.connection().execute(insert(ARTICLE), rows)


def test_a_changed_template_makes_its_feeds_drift_and_no_others(database):
    changed, calm = subscribe(database, "changed.example"), subscribe(database, "calm.example")
    publish(database, changed, "changed.example", [500] * 60 + [30] * 15)
    publish(database, calm, "calm.example", [500] * 75)
    with database.read() as session:
        report = judge(session, NOW)
    states = {row.state.url: verdict.state for row, verdict in report.feeds}
    assert states == {
        "https://calm.example/feed": HealthState.HEALTHY,
        "https://changed.example/feed": HealthState.DRIFTING,
    }
    [drift] = report.drifts
    assert drift.advice[0] == "feedmill rules explain https://changed.example/60"
    told = document(*report.feeds[1])
    assert (told["since"], told["reason"]) == (
        NOW - 14 * DAY,
        "the pages of changed.example give 30 words, and gave 500",
    )


def test_a_feed_that_brings_one_article_in_many_from_a_drifting_site_does_not_drift(database):
    own, planet = subscribe(database, "changed.example"), subscribe(database, "planet.example")
    publish(database, own, "changed.example", [500] * 60 + [30] * 15)
    publish(database, planet, "changed.example", [30])
    with database.read() as session:
        states = {row.state.url: verdict.state for row, verdict in judge(session, NOW).feeds}
    assert states["https://planet.example/feed"] is HealthState.HEALTHY


def test_a_feed_with_long_rests_is_not_silent_in_one(database):
    feed_id = subscribe(database, "bursts.example")
    with database.begin() as session:
        session.connection().execute(update(FEED).values(last_changed_at=NOW - 12 * DAY))
    publish(database, feed_id, "bursts.example", [500] * 10, until=NOW - 12 * DAY)
    with database.read() as session:
        assert judge(session, NOW).feeds[0][1].state is HealthState.SILENT
    publish(database, subscribe(database, "other.example"), "other.example", [500])
    with database.begin() as session:
        before = {"feed_id": feed_id, "published_at": NOW - 30 * DAY}
        session.connection().execute(update(ARTICLE).where(ARTICLE.c.site == "other.example").values(before))
    with database.read() as session:
        verdict = judge(session, NOW).feeds[0][1]
    assert verdict.state is HealthState.HEALTHY
