"""From the waits that everybody wants to one moment: the longest wins, caps come before jitter (rules 20-30)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.decide.adaptive import adaptive_seconds, posts_per_day, silent_for
from ingest.decide.outcome import Poll
from ingest.decide.policy import DAY, HOUR, PollPolicy
from ingest.decide.reason import Wait, duration
from ingest.headers import freshness_seconds
from ingest.model import FeedState, FetchFailed, PacingHints, Validators

FULL_ANSWERS = 3  # 200s in a row to conditional requests, same body: the server knows no 304 (rule 20)

_WEEK_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Slot:
    """When the next poll is due, how long that is as decided (before jitter and closed hours), and why."""

    due_at: datetime
    seconds: float
    why: str


def rhythm_waits(poll: Poll, state: FeedState, now: datetime, policy: PollPolicy) -> Iterator[Wait]:
    """Give the waits that hold whatever the poll came to; ``state`` is the one after it (rules 20, 24, 25, 29).

    Those of the server come first: of equal waits the first one is named as the reason.
    """
    if not isinstance(poll.result, FetchFailed):
        yield from _freshness(poll.result.headers, policy)
    yield from _soft_ttl(state.hints, policy)
    if state.window_entries is not None:  # a feed that never answered has shown no rhythm
        yield _rhythm(state, now, policy)
    yield _floor(poll, state, policy)


def spread_out(waits: Iterable[Wait], before: FeedState, now: datetime) -> Iterator[Wait]:
    """Let the next poll of a feed that is overdue fall anywhere within as long again, one interval at most (rule 27).

    What piled up while nothing ran is polled within minutes; without this, together for ever after.
    """
    share = 0.0
    if before.last_polled_at is not None and before.interval_seconds:
        share = (now - before.last_polled_at).total_seconds() / before.interval_seconds - 1
    for wait in waits:
        if share <= wait.jitter_share:
            yield wait
        else:
            why = f"{wait.why}; somewhat later, as it was overdue and so were others"
            yield replace(wait, why=why, jitter_share=min(share, 1.0))


def choose_slot(waits: Sequence[Wait], hints: PacingHints, now: datetime, jitter: float) -> Slot:
    """Give the moment that keeps every wait: the longest, lengthened by jitter, outside the feed's closed hours."""
    longest = max(waits, key=lambda wait: wait.seconds)
    due_at = now + timedelta(seconds=max(wait.seconds * (1 + wait.jitter_share * jitter) for wait in waits))
    open_at = next_open(due_at, hints, jitter)
    if open_at == due_at:
        return Slot(due_at, longest.seconds, longest.why)
    return Slot(open_at, (open_at - now).total_seconds(), "the feed's skipHours and skipDays close the time before")


def next_open(due_at: datetime, hints: PacingHints, jitter: float) -> datetime:
    """Move a moment in skipped hours or days (GMT) into the first hour after them; all skipped counts as none."""
    if not _is_closed(due_at, hints):
        return due_at
    hour = due_at.replace(minute=0, second=0, microsecond=0)
    for ahead in range(1, _WEEK_HOURS + 1):
        opening = hour + timedelta(hours=ahead)
        if not _is_closed(opening, hints):
            return opening + timedelta(seconds=jitter * HOUR)
    return due_at


def _is_closed(moment: datetime, hints: PacingHints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days


def _rhythm(state: FeedState, now: datetime, policy: PollPolicy) -> Wait:
    earned = adaptive_seconds(state, now, policy)
    if state.max_interval_seconds is not None and state.max_interval_seconds < earned:
        return Wait(state.max_interval_seconds, "this feed's own interval says so")
    return Wait(earned, _rhythm_words(state, now))


def _floor(poll: Poll, state: FeedState, policy: PollPolicy) -> Wait:
    own = state.min_interval_seconds
    floor, why = policy.min_interval_seconds, "no feed is asked more often"
    if own is not None:
        floor, why = own, "this feed's own interval says so"
    elif _is_heavy(poll, state, policy):
        floor, why = max(floor, policy.heavy_interval_seconds), "the document is large and comes without validators"
    if state.full_answers >= FULL_ANSWERS:
        doubled = min(2 * floor, max(floor, DAY))
        return Wait(doubled, f"{why}, half as often as the server sends unchanged documents in full")
    return Wait(floor, why)


def _is_heavy(poll: Poll, state: FeedState, policy: PollPolicy) -> bool:
    return poll.document_bytes > policy.heavy_body_bytes and state.validators == Validators()


def _rhythm_words(state: FeedState, now: datetime) -> str:
    rate = posts_per_day(state)
    if rate >= 1:
        return f"the feed posts about {rate:.0f} times a day"
    if silent_for(state, now) > timedelta(days=2 / rate):
        return f"the feed has posted nothing for {duration(silent_for(state, now).total_seconds())}"
    return f"the feed posts about once in {duration(DAY / rate)}"


def _soft_ttl(hints: PacingHints, policy: PollPolicy) -> Iterator[Wait]:
    wishes = ((hints.ttl_seconds, "ttl"), (hints.update_period_seconds, "updatePeriod"))
    for seconds, name in wishes:
        if seconds is not None and seconds > 0:
            yield Wait(min(seconds, policy.soft_ttl_cap_seconds), f"the feed's {name} asks for it")


def _freshness(headers: Mapping[str, str], policy: PollPolicy) -> Iterator[Wait]:
    fresh = freshness_seconds(headers)
    if fresh:
        name = "Cache-Control" if "max-age" in headers.get("cache-control", "").lower() else "Expires"
        yield Wait(min(fresh, policy.max_interval_seconds), f"the server's {name} asks for it")
