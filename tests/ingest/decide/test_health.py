"""How a feed fares, in one word with its evidence."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.decide.health import HealthState, health, silence_allowed
from ingest.model import FailureKind, FeedStatus

DAY = timedelta(days=1)


def test_a_feed_that_answers_in_its_rhythm_is_healthy(make: Any, now: datetime) -> None:
    verdict = health(make.state(), now)
    assert verdict.state is HealthState.HEALTHY
    assert verdict.evidence


def test_a_feed_that_was_never_polled_is_healthy_and_says_so(make: Any, now: datetime) -> None:
    assert health(make.fresh(), now).reason == "not polled yet"


def test_a_failing_feed_says_since_when_and_why(make: Any, now: datetime) -> None:
    state = make.state(
        failures=3, failing_since=now - 8 * DAY, failure=FailureKind.NOT_FOUND, failure_detail="Not Found"
    )
    verdict = health(state, now)
    assert (verdict.state, verdict.since) == (HealthState.FAILING, now - 8 * DAY)
    assert verdict.reason == "the feed answered 404; 3 polls in a row failed since 12 Nov"
    assert verdict.evidence == ("last failure: Not Found", "failed polls in a row: 3")


@pytest.mark.parametrize("kind", [FailureKind.RATE_LIMITED, FailureKind.TIMEOUT])
def test_a_server_that_is_late_or_asks_for_patience_is_slow_before_it_is_failing(
    make: Any, now: datetime, kind: FailureKind
) -> None:
    slow = make.state(failures=2, failing_since=now - DAY, failure=kind)
    failing = make.state(failures=3, failing_since=now - DAY, failure=kind)
    assert health(slow, now).state is HealthState.SLOW
    assert health(failing, now).state is HealthState.FAILING


def test_a_410_is_gone(make: Any, now: datetime) -> None:
    state = make.state(status=FeedStatus.GONE, failures=1, failing_since=now, failure=FailureKind.GONE)
    assert health(state, now).state is HealthState.GONE


def test_rule_39_thirty_days_of_404_is_gone_in_all_but_name(make: Any, now: datetime) -> None:
    state = make.state(failures=9, failing_since=now - 31 * DAY, failure=FailureKind.NOT_FOUND)
    verdict = health(state, now)
    assert verdict.state is HealthState.GONE
    assert "30 days" in verdict.reason


def test_a_month_of_dns_failures_is_failing_and_never_gone(make: Any, now: datetime) -> None:
    state = make.state(failures=40, failing_since=now - 60 * DAY, failure=FailureKind.DNS)
    assert health(state, now).state is HealthState.FAILING


def test_a_daily_feed_is_silent_after_nine_days_and_a_monthly_one_is_not(make: Any, now: datetime) -> None:
    daily = make.state(post_count=13.0, post_days=13.0, last_changed_at=now - 9 * DAY, last_polled_at=now)
    monthly = make.state(post_count=0.7, post_days=18.0, last_changed_at=now - 9 * DAY, last_polled_at=now)
    assert health(daily, now).state is HealthState.SILENT
    assert health(monthly, now).state is HealthState.HEALTHY


def test_no_feed_is_silent_within_a_week_and_every_feed_after_a_year(make: Any, now: datetime) -> None:
    assert silence_allowed(make.state()) == 7 * DAY
    assert health(make.state(post_count=0.0, last_changed_at=now - 400 * DAY), now).state is HealthState.SILENT


def test_a_dead_feed_is_silent_from_the_day_it_is_added(make: Any, decide: Any, now: datetime) -> None:
    added = decide(make.fresh(), make.fetched(), make.feed(make.entries(500, 507, 514, 521)), "h", 4).state
    verdict = health(added, now)
    assert (verdict.state, verdict.since) == (HealthState.SILENT, now - 500 * DAY)
