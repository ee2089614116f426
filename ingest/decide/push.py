"""What pushes change about polling: a poll a day while they can be trusted, and not longer (rule 100)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.decide.adaptive import decay, posts_per_day
from ingest.decide.pacing import next_open
from ingest.decide.policy import DAY
from ingest.decide.reason import Wait, sentence
from ingest.model import FeedState

TRUSTED_GAPS = 2  # mean gaps between posts without a push, after which it is doubted
SAFETY_SECONDS = DAY

_JITTER_SHARE = 0.1
_WHY = "its hub pushes what is new, so this is only the daily check"


@dataclass(frozen=True, slots=True)
class Push:
    """A verified push: the feed's state and next poll before it, what it brought, how long the hub's lease lasts."""

    state: FeedState
    next_poll_at: datetime | None
    poll_reason: str | None
    new_entries: int
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class PushDecision:
    """What a push changes: the feed's rhythm and trust, when it is polled next, and why then."""

    state: FeedState
    next_poll_at: datetime | None
    reason: str | None


def decide_push(push: Push, now: datetime, jitter: float) -> PushDecision:
    """Give what a verified push changes. It brings no poll nearer, and touches no validator."""
    state = _remember(push, now)
    polled_at, until, planned_at = state.last_polled_at, state.push_until, push.next_poll_at
    if polled_at is None or until is None or planned_at is None:
        return PushDecision(state, planned_at, push.poll_reason)
    check_at = min(polled_at + timedelta(seconds=_safety_seconds(state)), until)
    if check_at <= planned_at:
        return PushDecision(state, planned_at, push.poll_reason)
    reason = sentence((check_at - polled_at).total_seconds(), _WHY)
    late = max(check_at - now, timedelta()) * _JITTER_SHARE * jitter
    return PushDecision(state, next_open(check_at + late, state.hints, jitter), reason)


def trust_until(state: FeedState, last_push_at: datetime, lease_until: datetime | None) -> datetime | None:
    """Until when pushes can be trusted: twice the feed's mean gap after the last one, while the lease lives."""
    if lease_until is None:
        return None
    gaps = timedelta(seconds=TRUSTED_GAPS * DAY / posts_per_day(state))
    return min(lease_until, last_push_at + gaps)


def extend_trust(
    state: FeedState, last_push_at: datetime | None, lease_until: datetime | None, now: datetime
) -> datetime | None:
    """Give the trust under another lease: longer where the old one cut it short, none where there is none to extend."""
    if lease_until is None:
        return None
    if last_push_at is None or state.push_until is None or state.push_until <= now:
        return state.push_until
    return trust_until(state, last_push_at, lease_until)


def push_waits(state: FeedState, now: datetime) -> Iterator[Wait]:
    """Give the wait of a feed whose pushes are trusted; it ends with the trust, and at the operator's ceiling."""
    if state.push_until is not None and now < state.push_until:
        yield Wait(min(_safety_seconds(state), (state.push_until - now).total_seconds()), _WHY)


def doubt_pushes(state: FeedState, new_entries: int | None) -> FeedState:
    """Trust the hub no more where a poll found what no push had brought; the next push mends it."""
    return replace(state, push_until=None) if new_entries else state


def _remember(push: Push, now: datetime) -> FeedState:
    trusted_until = trust_until(push.state, now, push.lease_until) or push.state.push_until
    state = replace(push.state, push_until=trusted_until)
    if not push.new_entries:
        return state
    # The next poll lets the count decay since the poll before it; these entries are younger than that.
    elapsed = (now - (state.last_polled_at or now)).total_seconds() / DAY
    count = state.post_count + push.new_entries / decay(elapsed)
    return replace(state, post_count=count, last_changed_at=now)


def _safety_seconds(state: FeedState) -> int:
    ceiling = state.max_interval_seconds
    return SAFETY_SECONDS if ceiling is None else min(SAFETY_SECONDS, ceiling)
