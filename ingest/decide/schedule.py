"""The decision after a poll: the feed's next state, when it is asked again, and why. The door of this room."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.decide.backoff import RECHECK_SECONDS, REFUSALS, backoff, count_failure
from ingest.decide.memory import pass_time, remember_answer
from ingest.decide.outcome import Poll, failure_of
from ingest.decide.pacing import choose_slot, rhythm_waits, spread_out
from ingest.decide.policy import PollPolicy
from ingest.decide.push import doubt_pushes, push_waits
from ingest.decide.reason import Wait, day, failure_clause, failure_words, sentence
from ingest.decide.redirects import answered_at
from ingest.model import FailureKind, FeedState, FeedStatus, Fetched, FetchFailed, PollDecision

__all__ = ["NEVER", "Poll", "PollPolicy", "decide_poll"]

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # "not again by itself", where a moment is asked for

_GONE_FOR_GOOD = REFUSALS | {FailureKind.GONE, FailureKind.NOT_A_FEED}


def decide_poll(poll: Poll, now: datetime, policy: PollPolicy, jitter: float) -> PollDecision:
    """Give what a poll changes, for any answer of the world.

    ``now`` is when the answer was received, ``jitter`` a random number in [0, 1). The next poll is never before what
    the server asked for, nor before the floor; jitter only lengthens (rules 20-32, 38-40).
    """
    terms = _Terms(now, policy, jitter)
    failure = failure_of(poll)
    if failure is None:
        return _decide_answer(poll, terms)
    state = count_failure(pass_time(poll.state, now), failure, now)
    if failure.kind is FailureKind.GONE or state.status is FeedStatus.GONE:
        decision = _decide_gone(state, failure, terms, is_recheck=poll.state.status is FeedStatus.GONE)
    else:
        decision = _decide_failure(poll, state, failure, terms)
    return _with_hold(decision, failure, terms)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a decision is taken under."""

    now: datetime
    policy: PollPolicy
    jitter: float


def _decide_answer(poll: Poll, terms: _Terms) -> PollDecision:
    state = doubt_pushes(remember_answer(poll, terms.now), poll.new_entries)
    rhythm = spread_out(rhythm_waits(poll, state, terms.now, terms.policy), poll.state, terms.now)
    waits = (*rhythm, *push_waits(state, terms.now))
    is_changed = isinstance(poll.result, Fetched) and poll.body_hash != poll.state.body_hash
    decision = replace(_due(state, waits, terms), is_changed=is_changed)
    if state.push_until is None and poll.state.push_until is not None:
        return replace(decision, reason=f"{decision.reason}; this poll found what no push had brought")
    return decision


def _decide_failure(poll: Poll, state: FeedState, failure: FetchFailed, terms: _Terms) -> PollDecision:
    words = failure_clause(state, terms.now, failure.status)
    others = (*rhythm_waits(poll, state, terms.now, terms.policy), *_rest_of_wait(poll.state, terms))
    named = (replace(wait, why=f"{wait.why}; {words}") for wait in others)
    return _due(state, (backoff(state, failure, terms.now, terms.policy).wait, *named), terms)


def _decide_gone(state: FeedState, failure: FetchFailed, terms: _Terms, *, is_recheck: bool) -> PollDecision:
    """Stop at once; look again once after 30 days, and again only where that look came to nothing (rule 38)."""
    state = replace(state, status=FeedStatus.GONE)
    words = failure_words(failure.kind, failure.status)
    if is_recheck and failure.kind in _GONE_FOR_GOOD:
        since = day(state.failing_since or terms.now, terms.now)
        reason = f"not again: the feed is gone since {since} and the re-check found the same ({words})"
        return PollDecision(state=replace(state, interval_seconds=None), next_poll_at=NEVER, reason=reason)
    return _due(state, (Wait(RECHECK_SECONDS, f"{words}; a feed that is gone is looked for once more"),), terms)


def _due(state: FeedState, waits: tuple[Wait, ...], terms: _Terms) -> PollDecision:
    slot = choose_slot(waits, state.hints, terms.now, terms.jitter)
    return PollDecision(
        state=replace(state, interval_seconds=round(slot.seconds)),
        next_poll_at=slot.due_at,
        reason=sentence(slot.seconds, slot.why),
    )


def _rest_of_wait(before: FeedState, terms: _Terms) -> Iterator[Wait]:
    """What is left of the wait before, where a person polled early: a failure brings no poll nearer (rule 21)."""
    if before.last_polled_at is not None and before.interval_seconds is not None:
        due_at = before.last_polled_at + timedelta(seconds=before.interval_seconds)
        left = min((due_at - terms.now).total_seconds(), terms.policy.max_interval_seconds)
        yield Wait(left, "the poll before this one decided so")


def _with_hold(decision: PollDecision, failure: FetchFailed, terms: _Terms) -> PollDecision:
    """Add what went wrong and, where the server wants patience, until when its host is left alone (rules 31, 32)."""
    decision = replace(decision, failure=failure.kind, failure_detail=failure.detail)
    cost = backoff(decision.state, failure, terms.now, terms.policy)
    hold = cost.host_hold
    if hold is None:
        return decision
    until = terms.now + timedelta(seconds=hold.seconds * (1 + hold.jitter_share * terms.jitter))
    return replace(
        decision,
        host_hold_until=until,
        host_hold_url=answered_at(failure),
        is_hold_asked=cost.is_asked,
        next_poll_at=max(decision.next_poll_at, until),
    )
