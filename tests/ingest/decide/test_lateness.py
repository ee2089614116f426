"""How late articles are: of which ones it can be told, and the percentiles of what was counted."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.decide.lateness import Lateness, late_seconds, lateness, to_two_digits
from ingest.model import Entry, History, PendingPage

WATCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHED = WATCHED + timedelta(hours=3, minutes=7)


def a_page(**changes):
    entry = Entry(id="1", url="https://news.example/1", published_at=changes.pop("published_at", PUBLISHED))
    page = PendingPage(
        page_id=1, url=entry.url, host="news.example", feed_url="f", feed_title=None, entry=entry, watched_since=WATCHED
    )
    return replace(page, **changes)


def test_an_entry_published_under_our_eyes_is_as_late_as_it_is():
    assert late_seconds(a_page(), PUBLISHED + timedelta(seconds=437)) == 440


@pytest.mark.parametrize(
    "changes",
    [
        {"published_at": WATCHED - timedelta(minutes=1)},  # the first poll showed it, or the feed brings it again
        {"published_at": None},
        {"published_at": datetime(2026, 11, 21, tzinfo=UTC)},  # a day, and no time of day
        {"published_at": PUBLISHED + timedelta(days=2)},
        {"history": History()},
        {"is_revisit": True},
        {"first_fetched_at": PUBLISHED},
        {"watched_since": None},
        {"entry": None},
    ],
)
def test_of_what_cannot_be_told_nothing_is_counted(changes):
    assert late_seconds(a_page(**changes), PUBLISHED + timedelta(days=1)) is None


def test_a_clock_that_is_a_minute_ahead_is_no_lateness():
    assert late_seconds(a_page(), PUBLISHED - timedelta(minutes=1)) == 0


def test_percentiles_are_of_all_that_was_counted():
    assert lateness(Counter({60: 94, 900: 5, 86_000: 1})) == Lateness(median=60, p95=900, articles=100)
    assert lateness(Counter({30: 1})) == Lateness(30, 30, 1)
    assert lateness({}) is None


@given(st.floats(min_value=0, max_value=1e8))
def test_two_digits_are_near_enough(seconds):
    assert abs(to_two_digits(seconds) - seconds) <= max(1, 0.051 * seconds)
