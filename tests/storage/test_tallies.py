"""Tallies: they add up, can be set, are read by name and subject, and go after their time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import FailureKind
from storage import tallies
from storage.tallies import Tally

DAY = datetime(2026, 11, 20, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def write(database: Any, *counted: Tally) -> None:
    with database.begin() as session:
        tallies.add(session, counted)


def test_counts_of_one_day_add_up_and_those_of_another_stand_beside_them(database: Any) -> None:
    write(database, Tally("articles", "", DAY, 3), Tally("articles", "", NEXT, 1))
    write(database, Tally("articles", "", DAY, 4), Tally("polls", "", DAY, 0))
    with database.read() as session:
        found = tallies.read(session, ["articles", "polls"], DAY, NEXT + timedelta(days=1))
    assert found == [Tally("articles", "", DAY, 7), Tally("articles", "", NEXT, 1)]


def test_what_is_measured_is_set_and_not_added(database: Any) -> None:
    for count in (3, 5):
        with database.begin() as session:
            tallies.put(session, [Tally("failing", "", DAY, count)])
    with database.read() as session:
        assert tallies.sums(session, "failing", (DAY, NEXT)) == {"": 5}


def test_sums_are_of_the_days_and_subjects_that_are_asked_for(database: Any) -> None:
    write(database, Tally("kept", "a.example", DAY, 5), Tally("kept", "b.example", DAY, 7))
    write(database, Tally("kept", "a.example", NEXT, 1), Tally("dropped", "a.example", DAY, 9))
    with database.read() as session:
        assert tallies.sums(session, "kept", (DAY, NEXT)) == {"a.example": 5, "b.example": 7}
        both = (DAY, NEXT + timedelta(days=1))
        assert tallies.sums(session, "kept", both, ["a.example", "c.example"]) == {"a.example": 6}


def test_old_ones_go_by_name(database: Any) -> None:
    write(database, *(Tally(name, "", day, 1) for name in ("kept", "polls") for day in (DAY, NEXT)))
    with database.begin() as session:
        assert tallies.forget(session, {"kept": NEXT}) == 1
    with database.read() as session:
        left = tallies.read(session, ["kept", "polls"], DAY, NEXT + timedelta(days=1))
    assert [(one.name, one.started_at) for one in left] == [("kept", NEXT), ("polls", DAY), ("polls", NEXT)]


def test_a_feed_is_watched_since_its_first_poll_that_went_well(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, now=DAY - timedelta(days=1), failure=FailureKind.TIMEOUT, failure_detail="too slow")
    newsroom.poll(feed_id, newsroom.seen("a"), now=DAY)
    newsroom.poll(feed_id, newsroom.seen("b"), now=NEXT)
    assert [page.watched_since for page in newsroom.waiting(now=NEXT)] == [DAY, DAY]
