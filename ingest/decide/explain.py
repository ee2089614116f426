"""The long answer to "why is this feed polled then?", in sentences for people."""

from collections.abc import Iterator
from datetime import datetime

from ingest.decide.adaptive import adaptive_seconds, posts_per_day
from ingest.decide.pacing import FULL_ANSWERS
from ingest.decide.policy import DAY, PollPolicy
from ingest.decide.reason import day, duration, failure_clause
from ingest.decide.redirects import OBSERVATIONS
from ingest.decide.schedule import NEVER
from ingest.model import FeedState, FeedStatus, PacingHints, Validators

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def explain(state: FeedState, next_poll_at: datetime | None, reason: str | None, policy: PollPolicy) -> str:
    """Say why the next poll is when it is: the decision as it was taken, then all that it weighs.

    ``next_poll_at`` and ``reason`` are those of the last decision; None before the first poll.
    """
    return " ".join([_decision(state, next_poll_at, reason), *_facts(state, policy)])


def _decision(state: FeedState, next_poll_at: datetime | None, reason: str | None) -> str:
    if state.status is FeedStatus.PAUSED:
        return "It is paused: nothing is asked until it is resumed."
    if state.last_polled_at is None or next_poll_at is None:
        return "It was not polled yet: it is due at once."
    if next_poll_at == NEVER:
        return f"Polled at {_minute(state.last_polled_at)}; {reason}."
    polled_at, due_at = _minute(state.last_polled_at), _minute(next_poll_at)
    return f"Polled at {polled_at}; the next poll is due at {due_at}, {_as_read_later(reason or '')}."


def _as_read_later(reason: str) -> str:
    """The stored sentence, whose "in 2 h" was said at the last poll."""
    wait, colon, why = reason.removeprefix("in ").partition(": ")
    return f"{wait} later: {why}" if colon and reason.startswith("in ") else reason


def _facts(state: FeedState, policy: PollPolicy) -> Iterator[str]:
    if state.window_entries is not None and state.last_polled_at is not None:
        yield _rhythm(state, state.last_polled_at, policy)
        yield _conditional(state)
    elif state.last_polled_at is not None:
        yield "It has never answered with a feed, so nothing is known of its rhythm."
    yield from _failures(state)
    if state.push_until is not None and state.push_until > (state.last_polled_at or state.push_until):
        yield f"Its hub is trusted to push what is new until {_minute(state.push_until)}: a poll a day will do."
    yield _floor(state, policy)
    yield from _hints(state.hints)
    if state.moved_to:
        yield (
            f"It says that it has moved for good to {state.moved_to}: seen {state.moved_count} of {OBSERVATIONS} "
            "times, a day apart, before that becomes its address."
        )


def _rhythm(state: FeedState, polled_at: datetime, policy: PollPolicy) -> str:
    earned = duration(adaptive_seconds(state, polled_at, policy))
    rhythm = f"It posts about {posts_per_day(state):.2g} times a day, which earns it a poll every {earned}"
    if not state.window_entries:
        return f"{rhythm}."
    lasts = duration(state.window_entries / posts_per_day(state) * DAY)
    return f"{rhythm}; its document shows {state.window_entries} entries, which last about {lasts}."


def _conditional(state: FeedState) -> str:
    if state.full_answers >= FULL_ANSWERS:
        return "The server ignores our validators and sends unchanged documents in full, so the floor is doubled."
    if state.validators == Validators():
        return "The server gives no validators, so every poll downloads the document in full."
    return "The server gives validators, so a poll of an unchanged document costs it next to nothing."


def _failures(state: FeedState) -> Iterator[str]:
    if state.failures and state.last_polled_at:
        words = state.failure_detail or failure_clause(state, state.last_polled_at)
        yield f"The last poll failed: {words.rstrip('.')}."


def _floor(state: FeedState, policy: PollPolicy) -> str:
    if state.min_interval_seconds is not None:
        return f"By its own setting it is asked at most every {duration(state.min_interval_seconds)}."
    return f"No feed is asked more often than every {duration(policy.min_interval_seconds)}."


def _hints(hints: PacingHints) -> Iterator[str]:
    if hints.ttl_seconds:
        yield f"Its ttl is {duration(hints.ttl_seconds)}."
    if hints.update_period_seconds:
        yield f"It says that it is updated every {duration(hints.update_period_seconds)}."
    if hints.skip_hours:
        yield f"It asks not to be polled in these hours (GMT): {', '.join(map(str, sorted(hints.skip_hours)))}."
    if hints.skip_days:
        yield f"It asks not to be polled on {', '.join(_WEEKDAYS[number] for number in sorted(hints.skip_days))}."


def _minute(moment: datetime) -> str:
    return f"{day(moment, moment)} {moment:%Y %H:%M} UTC"
