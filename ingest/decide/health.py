"""How a feed fares, as ``feeds health`` shows it: its state, since when, why, and what that rests on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.decide.adaptive import rate_before_silence, silent_for
from ingest.decide.backoff import is_dead
from ingest.decide.policy import DAY
from ingest.decide.reason import day, duration, failure_clause, failure_words
from ingest.model import FailureKind, FeedState, FeedStatus

SILENT_GAPS = 8  # a feed is silent after so many of its own usual gaps ...
SILENT_LEAST = timedelta(days=7)  # ... but not within a week,
SILENT_MOST = timedelta(days=365)  # and surely after a year

_SLOW = frozenset({FailureKind.RATE_LIMITED, FailureKind.TIMEOUT})
_SLOW_POLLS = 3


class HealthState(StrEnum):
    """What a feed's health can be."""

    HEALTHY = "healthy"
    SLOW = "slow"
    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Health:
    """A feed's health; ``since`` is None where nothing was asked yet, ``evidence`` are facts in short sentences."""

    state: HealthState
    since: datetime | None
    reason: str
    evidence: tuple[str, ...] = ()


def health(state: FeedState, now: datetime) -> Health:
    """Judge a feed by what is remembered of it.

    Gone (it said so, or was refused for 30 days), failing, slow (it answers late or asks for patience), silent
    (nothing new for far longer than its own rhythm), else healthy.
    """
    if state.status is FeedStatus.GONE or is_dead(state, now):
        return Health(HealthState.GONE, state.failing_since, _gone_words(state, now), _failure_evidence(state))
    if state.failures:
        verdict = HealthState.SLOW if _is_slow(state) else HealthState.FAILING
        return Health(verdict, state.failing_since, failure_clause(state, now), _failure_evidence(state))
    if silent_for(state, now) > silence_allowed(state):
        return _silence(state, now)
    since = state.last_changed_at or state.last_polled_at
    return Health(HealthState.HEALTHY, since, _healthy_words(state, now), _rhythm_evidence(state))


def silence_allowed(state: FeedState) -> timedelta:
    """Give how long the feed may show nothing new before that is strange, by the rhythm it had when it last did."""
    usual_gap = timedelta(days=1 / rate_before_silence(state))
    return min(max(SILENT_GAPS * usual_gap, SILENT_LEAST), SILENT_MOST)


def _is_slow(state: FeedState) -> bool:
    return state.failure in _SLOW and state.failures < _SLOW_POLLS


def _gone_words(state: FeedState, now: datetime) -> str:
    if state.failure is FailureKind.GONE or state.failure is None:
        return "the server said that the feed is gone (410)"
    return f"{failure_clause(state, now)}: a feed that is refused for 30 days counts as gone"


def _failure_evidence(state: FeedState) -> tuple[str, ...]:
    if state.failure is None:
        return ()
    words = f"last failure: {state.failure_detail or failure_words(state.failure)}"
    return words, f"failed polls in a row: {state.failures}"


def _silence(state: FeedState, now: datetime) -> Health:
    last = state.last_changed_at or state.created_at
    reason = f"nothing new for {duration(silent_for(state, now).total_seconds())}"
    return Health(HealthState.SILENT, last, reason, _rhythm_evidence(state))


def _healthy_words(state: FeedState, now: datetime) -> str:
    if state.last_polled_at is None:
        return "not polled yet"
    polled = f"answered on {day(state.last_polled_at, now)}"
    if state.last_changed_at is None:
        return f"{polled}, without an entry so far"
    return f"{polled}, newest entry of {day(state.last_changed_at, now)}"


def _rhythm_evidence(state: FeedState) -> tuple[str, ...]:
    if state.last_polled_at is None:
        return ()
    usual = duration(DAY / rate_before_silence(state))
    allowed = duration(silence_allowed(state).total_seconds())
    return f"one entry in about {usual} by its own rhythm", f"counts as silent after {allowed} without a new one"
