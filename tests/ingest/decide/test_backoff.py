"""How long a feed that fails is left alone, and its host with it (rules 31, 32, 38-43)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.decide.backoff import is_dead
from ingest.decide.schedule import NEVER
from ingest.errors import FeedRejected, NotAFeed
from ingest.model import FailureKind, FeedStatus, Redirect

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRANSIENT = [
    FailureKind.DNS,
    FailureKind.CONNECT,
    FailureKind.TLS,
    FailureKind.TIMEOUT,
    FailureKind.TRUNCATED,
    FailureKind.EMPTY,
    FailureKind.SERVER_ERROR,
    FailureKind.REDIRECT,
]


@pytest.fixture
def waits_of(make: Any, decide: Any, now: datetime) -> Callable[..., list[timedelta]]:
    """The waits between polls that all fail alike, each made when it was due."""

    def run(kind: FailureKind, polls: int, status: int | None = None) -> list[timedelta]:
        state, at, waits = make.state(), now, []
        for _ in range(polls):
            after = decide(state, make.failed(kind, status), at=at)
            waits.append(after.next_poll_at - at)
            state, at = after.state, after.next_poll_at
        return waits

    return run


@pytest.mark.parametrize("kind", TRANSIENT)
def test_rule_40_what_may_pass_is_tried_again_at_doubling_gaps_up_to_a_day(waits_of: Any, kind: FailureKind) -> None:
    assert waits_of(kind, polls=7) == [n * HOUR for n in (1, 2, 4, 8, 16, 24, 24)]


def test_rule_40_after_thirty_days_of_failures_once_a_week(waits_of: Any) -> None:
    waits = waits_of(FailureKind.DNS, polls=40)
    assert set(waits[:30]) <= {n * HOUR for n in (1, 2, 4, 8, 16, 24)}
    assert waits[-1] == 7 * DAY


def test_rule_39_a_404_waits_a_day_then_two_then_four_up_to_fourteen(waits_of: Any) -> None:
    waits = waits_of(FailureKind.NOT_FOUND, polls=7, status=404)
    assert waits == [n * DAY for n in (1, 2, 4, 8, 14, 14, 14)]


@pytest.mark.parametrize("status", [401, 403, 451])
def test_rule_39_a_refusal_waits_a_day_too(waits_of: Any, status: int) -> None:
    assert waits_of(FailureKind.DENIED, polls=1, status=status) == [DAY]


def test_a_person_who_polls_a_404_by_hand_does_not_push_it_further_away(make: Any, decide: Any, now: datetime) -> None:
    state = make.state()
    for minute in range(5):
        after = decide(state, make.failed(FailureKind.NOT_FOUND, 404), at=now + timedelta(minutes=minute))
        state = after.state
    assert after.next_poll_at - now < 1.1 * DAY
    assert state.failures == 5


def test_rule_39_thirty_days_of_404_is_dead_and_one_success_resets(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(failures=9, failing_since=now - 31 * DAY, failure=FailureKind.NOT_FOUND)
    assert is_dead(state, now)
    after = decide(state, make.fetched(), make.feed(), "new", 0).state
    assert (after.failures, after.failing_since, after.failure, after.failure_detail) == (0, None, None, None)


def test_rule_32_429_without_a_header_doubles_from_an_hour_to_a_day_for_the_whole_host(
    make: Any, decide: Any, now: datetime
) -> None:
    state, at, holds = make.state(), now, []
    for _ in range(7):
        after = decide(state, make.failed(FailureKind.RATE_LIMITED, 429), at=at)
        holds.append(after.host_hold_until - at)
        state, at = after.state, after.next_poll_at
    assert holds == [n * HOUR for n in (1, 2, 4, 8, 16, 24, 24)]


def test_rule_32_its_jitter_is_up_to_a_fifth(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.failed(FailureKind.UNAVAILABLE, 503), jitter=0.5)
    assert after.host_hold_until == after.next_poll_at == now + 1.1 * HOUR
    assert not after.is_hold_asked


def test_rule_32_being_put_off_for_a_month_does_not_make_the_next_404_a_death(
    make: Any, decide: Any, now: datetime
) -> None:
    put_off = make.state(failures=40, failing_since=now - 40 * DAY, failure=FailureKind.RATE_LIMITED)
    assert not is_dead(put_off, now)
    after = decide(put_off, make.failed(FailureKind.NOT_FOUND, 404))
    assert not is_dead(after.state, now)
    assert after.next_poll_at == now + DAY


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FailureKind.RATE_LIMITED, 429),
        (FailureKind.UNAVAILABLE, 503),
        (FailureKind.DENIED, 403),
        (FailureKind.HTTP_ERROR, 300),
    ],
)
def test_rule_31_retry_after_holds_the_host_to_the_second(
    make: Any, decide: Any, now: datetime, kind: FailureKind, status: int
) -> None:
    after = decide(make.state(), make.failed(kind, status, retry_after="100000"), jitter=0.9)
    assert after.host_hold_until == now + timedelta(seconds=100_000)
    assert after.next_poll_at >= after.host_hold_until
    assert "Retry-After" in after.reason
    assert after.is_hold_asked


def test_rule_31_a_date_counts_from_the_servers_own_clock(make: Any, decide: Any, now: datetime) -> None:
    headers = {"retry_after": "Mon, 01 Jan 2024 10:00:00 GMT", "date": "Mon, 01 Jan 2024 00:00:00 GMT"}
    after = decide(make.state(), make.failed(FailureKind.UNAVAILABLE, 503, **headers))
    assert after.next_poll_at == now + 10 * HOUR


def test_rule_31_eighty_eight_hours_are_obeyed_and_more_than_a_week_is_a_week(
    make: Any, decide: Any, now: datetime
) -> None:
    long = decide(make.state(), make.failed(FailureKind.RATE_LIMITED, 429, retry_after=str(88 * 3600)))
    endless = decide(make.state(), make.failed(FailureKind.RATE_LIMITED, 429, retry_after="99999999999"))
    assert long.next_poll_at == now + 88 * HOUR
    assert endless.next_poll_at == now + 7 * DAY


@pytest.mark.parametrize("value", ["-5", "soon", ""])
def test_rule_31_a_garbled_retry_after_is_the_usual_backoff(make: Any, decide: Any, now: datetime, value: str) -> None:
    after = decide(make.state(), make.failed(FailureKind.RATE_LIMITED, 429, retry_after=value))
    assert after.host_hold_until == now + HOUR


def test_rule_31_a_short_retry_after_never_undercuts_the_floor(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.failed(FailureKind.RATE_LIMITED, 429, retry_after="5"))
    assert after.next_poll_at == now + HOUR
    assert after.host_hold_until == now + timedelta(seconds=5)


def test_rule_31_behind_a_redirect_the_host_that_answered_is_held(make: Any, decide: Any) -> None:
    limited = make.failed(FailureKind.RATE_LIMITED, 429, retry_after="60")
    hop = Redirect(make.url, 302, "https://cdn.example/feed")
    after = decide(make.state(), replace(limited, redirects=(hop,)))
    assert after.host_hold_url == "https://cdn.example/feed"


def test_rule_38_410_stops_polling_and_is_looked_for_once_after_thirty_days(
    make: Any, decide: Any, now: datetime
) -> None:
    gone = decide(make.state(), make.failed(FailureKind.GONE, 410))
    assert (gone.state.status, gone.next_poll_at) == (FeedStatus.GONE, now + 30 * DAY)
    again = decide(gone.state, make.failed(FailureKind.GONE, 410), at=gone.next_poll_at)
    assert (again.state.status, again.next_poll_at) == (FeedStatus.GONE, NEVER)


def test_rule_38_a_recheck_that_finds_the_feed_brings_it_back(make: Any, decide: Any, now: datetime) -> None:
    gone = decide(make.state(), make.failed(FailureKind.GONE, 410))
    back = decide(gone.state, make.fetched(), make.feed(), "new", 3, at=gone.next_poll_at)
    assert (back.state.status, back.state.failures) == (FeedStatus.ACTIVE, 0)


def test_rule_38_a_recheck_that_reached_nobody_is_made_again(make: Any, decide: Any, now: datetime) -> None:
    gone = decide(make.state(), make.failed(FailureKind.GONE, 410))
    again = decide(gone.state, make.failed(FailureKind.DNS), at=gone.next_poll_at)
    assert again.next_poll_at == gone.next_poll_at + 30 * DAY
    assert again.state.status is FeedStatus.GONE


def test_a_paused_feed_that_was_polled_by_hand_stays_paused(make: Any, decide: Any) -> None:
    after = decide(make.state(status=FeedStatus.PAUSED), make.fetched(), make.feed(), "new", 0)
    assert after.state.status is FeedStatus.PAUSED


def test_rule_41_a_login_page_is_a_failure_of_its_own_kind(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.fetched(), NotAFeed("An HTML page, not a feed."), "html")
    assert (after.failure, after.failure_detail) == (FailureKind.NOT_A_FEED, "An HTML page, not a feed.")
    assert after.next_poll_at == now + HOUR


def test_a_document_beyond_the_limits_waits_a_day(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.fetched(), FeedRejected("Too deep."), "deep")
    assert (after.failure, after.next_poll_at) == (FailureKind.REJECTED, now + DAY)


def test_rule_43_a_feed_without_entries_is_a_success(make: Any, decide: Any) -> None:
    after = decide(make.state(failures=2), make.fetched(), make.feed(), "empty", 0)
    assert (after.failure, after.state.failures) == (None, 0)


def test_rule_21_an_early_poll_that_fails_brings_the_next_one_no_nearer(make: Any, decide: Any, now: datetime) -> None:
    fresh_for_a_day = make.state(interval_seconds=86_400)
    after = decide(fresh_for_a_day, make.failed(FailureKind.TIMEOUT))
    assert after.next_poll_at == now + 23 * HOUR


def test_failures_of_any_kind_count_in_a_row(make: Any, decide: Any, now: datetime) -> None:
    state = make.state()
    for kind in (FailureKind.DNS, FailureKind.NOT_FOUND, FailureKind.RATE_LIMITED):
        state = decide(state, make.failed(kind)).state
    assert (state.failures, state.failing_since) == (3, now)


def test_the_reason_says_what_failed_how_often_and_since_when(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(failures=2, failing_since=now - 8 * DAY, failure=FailureKind.NOT_FOUND)
    after = decide(state, make.failed(FailureKind.NOT_FOUND, 404))
    assert after.reason == "in 9 d: the feed answered 404; 3 polls in a row failed since 12 Nov"
