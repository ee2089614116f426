"""How a feed fares, as ``feeds health`` shows it: its state, since when, why, and what that rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from shlex import quote

from ingest.decide.adaptive import rate_before_silence, silent_for
from ingest.decide.backoff import is_dead
from ingest.decide.drift import Drift
from ingest.decide.policy import DAY
from ingest.decide.reason import day, duration, failure_clause, failure_words
from ingest.model import FailureKind, FeedState, FeedStatus

SILENT_GAPS = 8  # a feed is silent after so many of its own usual gaps ...
SILENT_LEAST = timedelta(days=7)  # ... but not within a week,
SILENT_MOST = timedelta(days=365)  # and surely after a year
_LONGEST_GAPS = 2  # or after so many of the longest gaps that its articles have had, where that is more
_MONTH = timedelta(days=30)

_SLOW = frozenset({FailureKind.RATE_LIMITED, FailureKind.TIMEOUT})
_SLOW_POLLS = 3


class HealthState(StrEnum):
    """What a feed's health can be."""

    HEALTHY = "healthy"
    SLOW = "slow"
    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"
    DRIFTING = "drifting"


@dataclass(frozen=True, slots=True)
class Health:
    """A feed's health; ``since`` is None where nothing was asked yet, ``evidence`` are facts in short sentences.

    ``advice`` are commands that look closer or mend it, the first thing to do first.
    """

    state: HealthState
    since: datetime | None
    reason: str
    evidence: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def health(state: FeedState, now: datetime, posted: Sequence[datetime] = (), drift: Drift | None = None) -> Health:
    """Judge a feed by what is remembered of it.

    Gone (it said so, or was refused for 30 days), failing, slow (it answers late or asks for patience), drifting (its
    pages give less than they did), silent (nothing new for far longer than its own rhythm), else healthy. ``posted``:
    when its latest articles were, oldest first; without them its rhythm alone says how long is long. A paused feed is
    not judged.
    """
    if state.status is FeedStatus.PAUSED:
        return Health(HealthState.HEALTHY, None, "paused: nothing is asked until it is resumed")
    if state.status is FeedStatus.GONE or is_dead(state, now):
        advice = (f"feedmill feeds explain {quote(state.url)}", f"feedmill feeds remove {quote(state.url)}")
        return Health(HealthState.GONE, state.failing_since, _gone_words(state, now), _failure_evidence(state), advice)
    if state.failures:
        verdict = HealthState.SLOW if _is_slow(state) else HealthState.FAILING
        why = failure_clause(state, now)
        return Health(
            verdict, state.failing_since, why, _failure_evidence(state), (f"feedmill feeds explain {quote(state.url)}",)
        )
    if drift is not None:
        return Health(HealthState.DRIFTING, drift.since, drift.reason, drift.evidence, drift.advice)
    if is_silent(state, posted):
        return _silence(state, now, posted)
    since = state.last_changed_at or state.last_polled_at
    return Health(HealthState.HEALTHY, since, _healthy_words(state, now), _rhythm_evidence(state))


def is_silent(state: FeedState, posted: Sequence[datetime] = ()) -> bool:
    """Whether it has shown nothing new for too long, up to its last poll: what was not asked is not silent."""
    polled_at = state.last_polled_at
    return polled_at is not None and silent_for(state, polled_at) > silence_allowed(state, posted)


def silence_allowed(state: FeedState, posted: Sequence[datetime] = ()) -> timedelta:
    """Give how long the feed may show nothing new before that is strange.

    Eight of its usual gaps, by the rhythm it had when it last showed something (of posts that come at random one gap
    in three thousand is longer), or twice the longest that ``posted`` has: bursts have rests between them.
    """
    usual_gap = timedelta(days=1 / rate_before_silence(state))
    recent = sorted(moment for moment in posted if moment > max(posted) - SILENT_MOST)
    longest = max((after - before for before, after in pairwise(recent)), default=timedelta())
    return min(max(SILENT_GAPS * usual_gap, _LONGEST_GAPS * longest, SILENT_LEAST), SILENT_MOST)


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


def _silence(state: FeedState, now: datetime, posted: Sequence[datetime]) -> Health:
    last = state.last_changed_at or state.created_at
    asked_at = state.last_polled_at or now
    nothing_for = duration(silent_for(state, asked_at).total_seconds())
    allowed = duration(silence_allowed(state, posted).total_seconds())
    evidence = (*_posts_before(posted, last), f"nothing new for {nothing_for}, expected within {allowed}")
    advice = (f"feedmill feeds explain {quote(state.url)}", f"feedmill feeds pause {quote(state.url)}")
    evidence = (*evidence, *_rhythm_evidence(state)[:1])
    return Health(HealthState.SILENT, last, f"nothing new for {nothing_for}", evidence, advice)


def _posts_before(posted: Sequence[datetime], last: datetime | None) -> tuple[str, ...]:
    """How many articles the 30 days before the silence brought; nothing where none is known."""
    if last is None or not posted:
        return ()
    count = sum(last - _MONTH < moment <= last for moment in posted)
    return (f"{count} post{'' if count == 1 else 's'} in the 30 days before that",)


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
