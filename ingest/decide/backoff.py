"""How long a failed feed is left alone, by the kind of its failure (rules 31, 32, 38-43)."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.decide.policy import DAY, PollPolicy
from ingest.decide.reason import Wait, failure_clause
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, FeedState, FetchFailed

# The server, or what it serves, says no: asking again soon changes nothing (rule 39).
REFUSALS = frozenset(
    {
        FailureKind.NOT_FOUND,
        FailureKind.DENIED,
        FailureKind.ROBOTS,
        FailureKind.FORBIDDEN_ADDRESS,
        FailureKind.BAD_URL,
        FailureKind.TOO_LARGE,
        FailureKind.REJECTED,
    }
)
# The server asks for patience: never a sign that the feed is dead (rule 32).
THROTTLES = frozenset({FailureKind.RATE_LIMITED, FailureKind.UNAVAILABLE})

RECHECK_SECONDS = 30 * DAY
DEAD_AFTER = timedelta(days=30)

_REFUSED_MAX_SECONDS = 14 * DAY
_TRANSIENT_MAX_SECONDS = DAY
_LOST_SECONDS = 7 * DAY
_DOUBLINGS = 20  # beyond every cap; keeps the power small
_THROTTLE_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class Backoff:
    """What a failure costs: the feed's wait, and the wait of everyone who would ask its host (None: no one else)."""

    wait: Wait
    host_hold: Wait | None = None
    is_asked: bool = False  # by the server's Retry-After, not by our own rule


def count_failure(state: FeedState, failure: FetchFailed, now: datetime) -> FeedState:
    """Remember one more failure in a row. What a server put off before does not age what fails now (rule 32)."""
    was_put_off = state.failure in THROTTLES and failure.kind not in THROTTLES
    since = now if state.failing_since is None or was_put_off else state.failing_since
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=since,
        failure=failure.kind,
        failure_detail=failure.detail,
    )


def forget_failures(state: FeedState) -> FeedState:
    """One success makes up for all failures (rule 39)."""
    return replace(state, failures=0, failing_since=None, failure=None, failure_detail=None)


def backoff(state: FeedState, failure: FetchFailed, now: datetime, policy: PollPolicy) -> Backoff:
    """Give the wait for a state that has counted this failure.

    Retry-After is obeyed on whatever failed, up to the policy's cap, by the whole host (rule 31).
    """
    why = failure_clause(state, now, failure.status)
    asked = retry_after_seconds(failure.headers, now)
    if asked is not None:
        asked = min(max(asked, 0.0), policy.retry_after_cap_seconds)
    if asked:
        return Backoff(Wait(asked, f"{why}; its Retry-After asks for it"), Wait(asked, why, 0.0), is_asked=True)
    if failure.kind in THROTTLES:
        wait = Wait(_doubled(policy.backoff_seconds, state.failures), why, _THROTTLE_JITTER)
        return Backoff(wait, None if asked == 0 else wait)
    if failure.kind in REFUSALS:
        return Backoff(Wait(_refused_seconds(state, now), why))
    return Backoff(Wait(_transient_seconds(state, now, policy), why))


def is_dead(state: FeedState, now: datetime) -> bool:
    """Whether the feed has been refused for 30 days (rule 39); it is still asked, every 14 days."""
    return state.failure in REFUSALS and _failing_for(state, now) >= DEAD_AFTER


def _failing_for(state: FeedState, now: datetime) -> timedelta:
    return now - state.failing_since if state.failing_since else timedelta()


def _doubled(first: float, failures: int) -> float:
    """First, twice, four times ... up to a day."""
    return min(math.ldexp(first, min(max(failures, 1) - 1, _DOUBLINGS)), _TRANSIENT_MAX_SECONDS)


def _refused_seconds(state: FeedState, now: datetime) -> float:
    """As long again as it has been failing, and a day: 1, 2, 4, 8, 14 days.

    Measured in time, not in polls: a person who asks by hand does not push the feed further away.
    """
    failing = max(_failing_for(state, now).total_seconds(), 0.0)
    return min(failing + DAY, _REFUSED_MAX_SECONDS)


def _transient_seconds(state: FeedState, now: datetime, policy: PollPolicy) -> float:
    """Doubling up to a day; a week once it has failed for 30 days (rule 40)."""
    if _failing_for(state, now) >= DEAD_AFTER:
        return _LOST_SECONDS
    return _doubled(policy.backoff_seconds, state.failures)
