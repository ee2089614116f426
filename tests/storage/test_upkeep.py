"""What a round and the night put right: wrong clocks, removed entries, the constant of a budget."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from storage import budget, clock, feeds
from storage.removals import mark_removed
from storage.tables import ENTRY, FEED, PAGE, SITE

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
YEARS = timedelta(days=4000)


def test_what_a_complete_feed_no_longer_shows_is_dated_once_and_taken_back_rule_81(newsroom):
    feed_id = newsroom.subscribe()
    one, other = newsroom.seen("one"), newsroom.seen("other")
    newsroom.poll(feed_id, one, other)
    with newsroom.database.begin() as session:
        first = mark_removed(session, feed_id, {one.entry_key}, NOW)
        second = mark_removed(session, feed_id, {one.entry_key}, NOW + timedelta(hours=1))
        rows = session.connection().execute(select(ENTRY.c.guid, ENTRY.c.removed_at).order_by(ENTRY.c.guid)).all()
        mark_removed(session, feed_id, {one.entry_key, other.entry_key}, NOW)
        left = session.connection().scalars(select(ENTRY.c.removed_at)).all()
    assert (first, second) == (1, 0)
    assert [row.removed_at for row in rows] == [None, NOW]
    assert left == [None, None]


def test_moments_of_a_clock_that_ran_ahead_come_back_and_others_stay_rule_27(newsroom):
    wrong, right = newsroom.subscribe("wrong"), newsroom.subscribe("right")
    newsroom.poll(right, newsroom.seen("one"))
    with newsroom.database.begin() as session:
        connection = session.connection()
        ahead = {"last_polled_at": NOW + YEARS, "next_poll_at": NOW + YEARS + timedelta(hours=5)}
        connection.execute(update(FEED).where(FEED.c.id == wrong).values(ahead))
        connection.execute(update(SITE).values(next_request_at=NOW + YEARS, lease_until=NOW + YEARS))
        connection.execute(update(PAGE).values(next_attempt_at=NOW + YEARS))
        before = feeds.schedule(session, right).next_poll_at
        moved = clock.bring_back(session, NOW)
        site = connection.execute(select(SITE.c.next_request_at, SITE.c.lease_until)).first()
        attempt = connection.scalar(select(PAGE.c.next_attempt_at))
        due = [feeds.schedule(session, feed_id).next_poll_at for feed_id in (wrong, right)]
    assert moved == 1
    assert due == [NOW + timedelta(hours=5), before]
    assert (site.next_request_at, site.lease_until, attempt) == (NOW, NOW, NOW)


def test_a_feed_that_is_never_asked_again_stays_so_whatever_the_clock_said(newsroom):
    feed_id = newsroom.subscribe()
    with newsroom.database.begin() as session:
        never = NOW.replace(year=9999, month=1, day=1, hour=0)
        session.connection().execute(update(FEED).values(last_polled_at=NOW + YEARS, next_poll_at=never))
        clock.bring_back(session, NOW)
        assert feeds.schedule(session, feed_id).next_poll_at == never


def test_a_week_long_hold_is_no_mistake_of_the_clock_rule_31(newsroom):
    newsroom.subscribe()
    with newsroom.database.begin() as session:
        held = NOW + timedelta(days=8)
        session.connection().execute(update(SITE).values(next_request_at=held))
        clock.bring_back(session, NOW)
        assert session.connection().scalar(select(SITE.c.next_request_at)) == held


def test_the_constant_of_a_budget_is_kept_replaced_and_forgotten(newsroom):
    with newsroom.database.begin() as session:
        kept = [budget.constant(session)]
        for solved in (3.25, 7.0, None):
            budget.put_constant(session, solved)
            kept.append(budget.constant(session))
    assert kept == [None, 3.25, 7.0, None]
