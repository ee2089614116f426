"""Revisits: soon, then ever more seldom, then no more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.decide.revisit import AGES, is_watched, next_revisit

FIRST = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_an_article_is_looked_at_after_hours_a_day_and_a_week_and_then_left() -> None:
    times, now = [], FIRST
    while (again := next_revisit(FIRST, now, 0.0)) is not None:
        times.append(again - FIRST)
        now = again

    assert times == [timedelta(hours=6), timedelta(days=1), timedelta(days=7)]


def test_a_system_that_slept_for_a_day_skips_what_it_missed() -> None:
    assert next_revisit(FIRST, FIRST + timedelta(days=2), 0.0) == FIRST + timedelta(days=7)


@given(st.timedeltas(timedelta(0), timedelta(days=9)), st.floats(0, 1))
def test_the_next_revisit_is_never_past_and_jitter_only_lengthens(age: timedelta, jitter: float) -> None:
    again = next_revisit(FIRST, FIRST + age, jitter)
    assert again is None or again > FIRST + age
    assert again is None or any(again - FIRST >= planned for planned in AGES)


def test_only_news_is_watched() -> None:
    assert is_watched(FIRST - timedelta(days=1), FIRST)
    assert is_watched(None, FIRST)
    assert not is_watched(FIRST - timedelta(days=30), FIRST)
