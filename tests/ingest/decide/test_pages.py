"""When a page is tried again, and when it is given up."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from ingest.decide.pages import next_attempt
from ingest.model import FailureKind, FetchFailed

TRANSIENT = [FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.SERVER_ERROR, FailureKind.TRUNCATED]
PERMANENT = [
    FailureKind.NOT_FOUND,
    FailureKind.GONE,
    FailureKind.DENIED,
    FailureKind.ROBOTS,
    FailureKind.FORBIDDEN_ADDRESS,
    FailureKind.BAD_URL,
    FailureKind.TOO_LARGE,
]


def attempts_of(failure: FetchFailed, now: datetime) -> list[datetime]:
    """The moments of all attempts at a page that always fails alike."""
    moments, at = [now], now
    while (at := next_attempt(failure, len(moments) - 1, at, 0.0)) is not None:
        moments.append(at)
    return moments


@pytest.mark.parametrize("kind", TRANSIENT)
def test_what_may_pass_is_tried_five_times_in_two_days_at_growing_gaps(
    make: Any, now: datetime, kind: FailureKind
) -> None:
    moments = attempts_of(make.failed(kind), now)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(moments) == 5
    assert gaps == sorted(gaps)
    assert timedelta(hours=40) < moments[-1] - now < timedelta(hours=50)


@pytest.mark.parametrize("kind", PERMANENT)
def test_what_asking_again_cannot_change_is_given_up_at_once(make: Any, now: datetime, kind: FailureKind) -> None:
    assert attempts_of(make.failed(kind), now) == [now]


def test_rule_31_retry_after_is_honoured(make: Any, now: datetime) -> None:
    failure = make.failed(FailureKind.UNAVAILABLE, 503, retry_after="86400")
    assert next_attempt(failure, 0, now, 0.0) == now + timedelta(days=1)


def test_rule_31_a_403_that_names_a_time_is_tried_again_then(make: Any, now: datetime) -> None:
    failure = make.failed(FailureKind.DENIED, 403, retry_after="7200")
    assert next_attempt(failure, 0, now, 0.0) == now + timedelta(hours=2)


def test_a_server_that_asks_for_patience_gets_more_of_it(make: Any, now: datetime) -> None:
    moments = attempts_of(make.failed(FailureKind.RATE_LIMITED, 429), now)
    assert moments[-1] - now > timedelta(days=7)


def test_jitter_only_lengthens(make: Any, now: datetime) -> None:
    failure = make.failed(FailureKind.TIMEOUT)
    assert next_attempt(failure, 0, now, 0.0) < next_attempt(failure, 0, now, 0.5) < now + timedelta(minutes=33)
