"""The rhythm of a feed and the interval that it earns (polling.md)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.decide.adaptive import (
    adaptive_seconds,
    observe,
    posts_per_day,
    rate_before_silence,
    rate_interval_seconds,
    seed,
)
from ingest.decide.policy import DAY, HOUR, PollPolicy
from ingest.model import Entry, FailureKind


def test_four_times_the_posts_earn_twice_the_polls() -> None:
    assert rate_interval_seconds(1.0, None, 3.0) == 3 * HOUR
    assert rate_interval_seconds(4.0, None, 3.0) == 1.5 * HOUR


def test_a_short_window_is_polled_before_half_of_it_is_gone() -> None:
    assert rate_interval_seconds(400.0, 2, 3.0) == pytest.approx(0.5 * 2 / 400 * DAY)


def test_what_was_seen_a_half_life_ago_counts_half() -> None:
    count, days = observe(8.0, 10.0, 14.0, 0)
    assert count == 4.0
    assert days == pytest.approx(5.0 + 20.2 / 2, abs=0.01)


def test_ten_polls_an_hour_apart_weigh_as_one_of_ten_hours() -> None:
    once, many = observe(5.0, 5.0, 10 / 24, 0), (5.0, 5.0)
    for _ in range(10):
        many = observe(*many, 1 / 24, 0)
    assert many == pytest.approx(once)


def test_a_clock_that_went_back_unlearns_nothing() -> None:
    assert observe(8.0, 10.0, -3.0, 1) == (9.0, 10.0)


def test_a_steady_feed_is_known_by_its_true_rate(make: Any, decide: Any, now: datetime) -> None:
    state = make.fresh()
    for hour in range(24 * 60):
        state = decide(
            state, make.fetched(), make.feed(), f"h{hour}", hour % 12 == 0, at=now + timedelta(hours=hour)
        ).state
    assert posts_per_day(state) == pytest.approx(2.0, rel=0.15)  # the prior holds it back


def test_the_first_document_teaches_the_rhythm_as_if_it_had_been_watched(make: Any, decide: Any, now: datetime) -> None:
    daily = make.entries(*range(30))
    after = decide(make.fresh(), make.fetched(), make.feed(daily), "h", 30)
    assert posts_per_day(after.state) == pytest.approx(1.0, rel=0.15)
    assert after.state.last_changed_at == now


def test_a_pinned_entry_of_years_ago_does_not_slow_a_busy_feed(make: Any, now: datetime) -> None:
    count, days = seed(make.entries(*(hour / 24 for hour in range(24)), 2000), now)
    assert count / days > 20


def test_an_import_that_stamps_all_entries_alike_is_one_post(make: Any, now: datetime) -> None:
    count, _ = seed(make.entries(*[1.0] * 50), now)
    assert count < 1.0


def test_entries_without_dates_or_from_the_future_teach_nothing(make: Any, now: datetime) -> None:
    entries = (Entry(id="1", url=None), *make.entries(-3.0))
    assert seed(entries, now) == (0.0, 0.0)


def test_a_feed_that_was_dead_when_it_was_added_is_polled_rarely_from_the_start(
    make: Any, decide: Any, now: datetime
) -> None:
    after = decide(make.fresh(), make.fetched(), make.feed(make.entries(400, 420, 440)), "h", 3)
    assert after.next_poll_at == now + timedelta(hours=72)
    assert after.reason == "in 3 d: the feed has posted nothing for 400 d"


def test_silence_beyond_ninety_days_stretches_the_interval_from_one_day_to_three(make: Any, now: datetime) -> None:
    def after_days(silent: int) -> float:
        quiet = make.state(last_changed_at=now - timedelta(days=silent), post_count=0.0)
        return adaptive_seconds(quiet, now, PollPolicy()) / HOUR

    assert after_days(89) < 24
    assert after_days(91) == pytest.approx(24, rel=0.02)
    assert after_days(180) == pytest.approx(48)
    assert after_days(5000) == 72


def test_one_post_wakes_a_dead_feed(make: Any, decide: Any, now: datetime) -> None:
    dead = make.state(last_changed_at=now - timedelta(days=300), post_count=0.0, window_entries=10)
    after = decide(dead, make.fetched(), make.feed(make.entries(0.1)), "new", 1)
    assert after.next_poll_at - now < timedelta(hours=24)


def test_time_in_failure_is_time_without_posts_until_they_are_seen(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(post_count=20.0, post_days=20.0, last_polled_at=now)
    failing = decide(state, make.failed(FailureKind.DNS), at=now + timedelta(days=5)).state
    caught_up = decide(failing, make.fetched(), make.feed(), "new", 5, at=now + timedelta(days=5)).state
    assert posts_per_day(failing) < posts_per_day(state)
    assert posts_per_day(caught_up) == pytest.approx(1.0, rel=0.1)


def test_the_rate_before_a_silence_is_recovered(make: Any, now: datetime) -> None:
    before = make.state(post_count=20.0, post_days=18.0, last_changed_at=now, last_polled_at=now)
    count, days = observe(20.0, 18.0, 60.0, 0)
    after = replace(before, post_count=count, post_days=days, last_polled_at=now + timedelta(days=60))
    assert rate_before_silence(after) == pytest.approx(posts_per_day(before))


def test_a_larger_budget_constant_means_fewer_polls(make: Any, decide: Any, now: datetime) -> None:
    quiet = make.state(post_count=2.0, post_days=20.0)
    often = decide(quiet, make.fetched(), None, "old", budget_constant=2.0).next_poll_at - now
    seldom = decide(quiet, make.fetched(), None, "old", budget_constant=4.0).next_poll_at - now
    assert seldom / often == pytest.approx(2.0)
