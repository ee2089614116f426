"""What a feed's state remembers of a poll: its rhythm, its document, its address."""

from dataclasses import replace
from datetime import datetime

from ingest.decide.adaptive import entry_dates, observe, seed
from ingest.decide.backoff import forget_failures
from ingest.decide.outcome import Poll, has_same_body, was_conditional
from ingest.decide.pacing import FULL_ANSWERS
from ingest.decide.policy import DAY
from ingest.decide.redirects import observe_move
from ingest.decide.validators import next_validators
from ingest.headers import is_delta
from ingest.model import FeedState, FeedStatus, Fetched, FetchFailed, ParsedFeed


def pass_time(state: FeedState, now: datetime) -> FeedState:
    """Remember a poll that brought nothing: the feed was watched until now, with no new entry."""
    return _count_entries(state, now, 0)


def remember_answer(poll: Poll, now: datetime) -> FeedState:
    """Give the state after a usable answer: failures forgotten, validators, document, rhythm and address kept."""
    state = replace(
        forget_failures(poll.state),
        status=FeedStatus.ACTIVE if poll.state.status is FeedStatus.GONE else poll.state.status,
        validators=next_validators(poll),
        full_answers=_full_answers(poll),
    )
    if isinstance(poll.parsed, ParsedFeed):
        state = _remember_document(state, poll, poll.parsed, now)
    else:
        state = pass_time(state, now)
    return _observe_move(state, poll, now)


def _remember_document(state: FeedState, poll: Poll, parsed: ParsedFeed, now: datetime) -> FeedState:
    # What is new alone is no window, and no document that a full answer could be compared with (rule 19).
    is_part = isinstance(poll.result, Fetched) and is_delta(poll.result.status, poll.result.headers)
    is_first = state.body_hash is None and state.last_changed_at is None
    state = replace(
        state,
        body_hash=poll.body_hash,
        hints=parsed.hints,
        window_entries=state.window_entries if is_part else len(parsed.entries),
    )
    return _seed_rhythm(state, parsed, now) if is_first else _count_entries(state, now, poll.new_entries or 0)


def _seed_rhythm(state: FeedState, parsed: ParsedFeed, now: datetime) -> FeedState:
    count, days = seed(parsed.entries, now)
    dates = entry_dates(parsed.entries, now) or [now]
    changed_at = dates[-1] if parsed.entries else None
    return replace(state, post_count=count, post_days=days, last_polled_at=now, last_changed_at=changed_at)


def _count_entries(state: FeedState, now: datetime, new_entries: int) -> FeedState:
    elapsed = (now - (state.last_polled_at or now)).total_seconds() / DAY
    count, days = observe(state.post_count, state.post_days, elapsed, new_entries)
    changed_at = now if new_entries else state.last_changed_at
    return replace(state, post_count=count, post_days=days, last_polled_at=now, last_changed_at=changed_at)


def _full_answers(poll: Poll) -> int:
    """Count the full answers that a 304 should have been (rule 20); once proven, only a 304 disproves it."""
    known = poll.state.full_answers
    if not isinstance(poll.result, Fetched):
        return 0
    if has_same_body(poll):
        return known + 1 if was_conditional(poll) else known
    return known if known >= FULL_ANSWERS else 0


def _observe_move(state: FeedState, poll: Poll, now: datetime) -> FeedState:
    return state if isinstance(poll.result, FetchFailed) else observe_move(state, poll.result.redirects, now)
