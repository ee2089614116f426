"""Poll one feed: fetch, parse what changed, decide, and commit it all in one transaction."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from flows.mill import Mill
from flows.outcomes import PollOutcome
from flows.steps.fill_gap import Document, Older, fill_gap
from flows.steps.filter_pages import mark_unwanted
from flows.steps.read_feed import feed_request, read_feed
from flows.steps.robots import RobotsDesk
from flows.steps.subscribe import note_hub
from ingest.decide.outage import forgive
from ingest.decide.paging import shows_everything
from ingest.decide.redirects import answered_at
from ingest.decide.schedule import Poll, decide_poll
from ingest.errors import IngestError
from ingest.headers import retry_after_seconds
from ingest.jobs import FeedReading
from ingest.model import (
    FailureKind,
    FeedState,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    ParsedFeed,
    PollDecision,
)
from ingest.urls import host_of
from storage import feeds
from storage.feeds import PollCounts, PollRecord

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """A feed that is due, and who else has a say: its host's robots.txt, and whether a failure is our network's."""

    feed_id: int
    state: FeedState
    robots: RobotsDesk
    is_network_to_blame: Callable[[FetchResult], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class _Gathered:
    """All that the decision may look at."""

    state: FeedState
    result: FetchResult
    reading: FeedReading | IngestError | None = None
    body_hash: str | None = None
    body_bytes: int | None = None
    older: Older = field(default_factory=Older)


async def poll_feed(mill: Mill, poll: FeedPoll) -> PollOutcome:
    """Poll a feed once. Its validators, new pages and next poll are committed together (rule 13).

    A failure that is our own network's is not the feed's: it is tried again soon, and nothing is counted.
    """
    gathered = await _gather(mill, poll)
    if await poll.is_network_to_blame(gathered.result):
        return await _put_off(mill, poll)
    return await _conclude(mill, poll.feed_id, _without_unwanted(mill, poll.feed_id, gathered))


def _without_unwanted(mill: Mill, feed_id: int, gathered: _Gathered) -> _Gathered:
    """What filters do not want is marked so before anything of it waits."""
    if not isinstance(gathered.reading, FeedReading):
        return gathered
    reading = replace(gathered.reading, seen=mark_unwanted(mill, feed_id, gathered.reading.seen))
    older = replace(gathered.older, seen=mark_unwanted(mill, feed_id, gathered.older.seen))
    return replace(gathered, reading=reading, older=older)


async def _put_off(mill: Mill, poll: FeedPoll) -> PollOutcome:
    decision = forgive(poll.state, mill.clock(), mill.jitter())
    record = PollRecord(feed_id=poll.feed_id, decision=decision, now=mill.clock())
    await mill.writer.apply(lambda session: feeds.record_poll(session, record))
    log.warning("feed %s could not be reached. Next poll %s", poll.state.url, decision.reason)
    return PollOutcome(feed_url=poll.state.url, is_put_off=True)


async def record_bug(mill: Mill, feed_id: int, state: FeedState) -> PollOutcome:
    """Count a poll that failed for a reason of ours, so that the feed waits and does not hold up the round."""
    detail = f"{state.url} could not be polled for a reason of ours: see the log"
    failure = FetchFailed(url=state.url, kind=FailureKind.INTERNAL, detail=detail)
    return await _conclude(mill, feed_id, _Gathered(state, failure))


async def _conclude(mill: Mill, feed_id: int, gathered: _Gathered) -> PollOutcome:
    decision, counts = await mill.writer.apply_to(_conclude_all, _Ended(mill, feed_id, gathered))
    state = gathered.state
    if counts.entries_new:
        mill.workers.expect_pages()
    if decision.failure is not None:
        log.warning("feed %s Next poll %s", decision.failure_detail, decision.reason)
    return PollOutcome(
        feed_url=state.url,
        failure=decision.failure,
        is_not_modified=isinstance(gathered.result, NotModified),
        entries_new=counts.entries_new,
        entries_changed=counts.entries_changed,
        kept_out=counts.kept_out,
        filtered=counts.filtered,
        is_host_held=decision.host_hold_until is not None,
    )


async def _gather(mill: Mill, poll: FeedPoll) -> _Gathered:
    newest = await _newest(mill, poll.state)
    if not isinstance(newest.result, Fetched) or not isinstance(newest.reading, FeedReading):
        return newest
    document = Document(poll.feed_id, poll.state, newest.result, newest.reading)
    return replace(newest, older=await fill_gap(mill, document, poll.robots))


async def _newest(mill: Mill, state: FeedState) -> _Gathered:
    """The document as it is now; once it is read its body is let go, before anything else is asked for."""
    with mill.bodies.share() as share:
        result = await mill.client.fetch(feed_request(state.url, state.validators), share)
        if not isinstance(result, Fetched):
            return _Gathered(state, result)
        body_hash, size = hashlib.sha256(result.body).hexdigest(), len(result.body)
        if state.body_hash is None:
            mill.workers.expect_pages()  # a feed that is read for the first time has news
        # rule 7: of the same body new validators are kept, and it is not parsed again
        reading = await read_feed(mill, result) if body_hash != state.body_hash else None
        return _Gathered(state, replace(result, body=b""), reading, body_hash, size)


@dataclass(frozen=True, slots=True)
class _Ended:
    """A poll that has all it needs to be decided on."""

    mill: Mill
    feed_id: int
    gathered: _Gathered


def _conclude_all(session: Session, polls: Sequence[_Ended]) -> list[tuple[PollDecision, PollCounts]]:
    """Decide on polls, and write what follows: those that end at about the same time in one go."""
    records = [_decide(session, one) for one in polls]
    counts = feeds.record_polls(session, records)
    for one, record in zip(polls, records, strict=True):
        if one.mill.settings.websub_callback_url and record.decision.failure is None:
            reading = one.gathered.reading
            parsed = reading.parsed if isinstance(reading, FeedReading) else None
            note_hub(session, one.feed_id, one.gathered.result, parsed, record.now)
    return [(record.decision, counted) for record, counted in zip(records, counts, strict=True)]


def _decide(session: Session, ended: _Ended) -> PollRecord:
    mill, feed_id, gathered = ended.mill, ended.feed_id, ended.gathered
    now, unread = mill.clock(), gathered.reading
    reading = unread if isinstance(unread, FeedReading) else None
    parsed = reading.parsed if reading else None
    seen = (*reading.seen, *gathered.older.seen) if reading else ()
    poll = Poll(
        state=gathered.state,
        result=gathered.result,
        parsed=unread if isinstance(unread, IngestError) else parsed,
        body_hash=gathered.body_hash,
        body_bytes=gathered.body_bytes,
        new_entries=feeds.count_new(session, feed_id, seen) if reading else None,
    )
    decision = _held(decide_poll(poll, now, mill.policy, mill.jitter()), gathered.older.failure, now)
    if gathered.older.archive_url:
        decision = replace(decision, state=replace(decision.state, archive_url=gathered.older.archive_url))
    return PollRecord(
        feed_id=feed_id,
        decision=decision,
        now=now,
        seen=seen,
        title=parsed.title if parsed else None,
        site_url=parsed.site_url if parsed else None,
        host=host_of(decision.state.url) if decision.state.url != gathered.state.url else None,
        hold_host=host_of(decision.host_hold_url) if decision.host_hold_url else None,
        is_complete=_is_complete(gathered.result, parsed),
    )


def _is_complete(result: FetchResult, parsed: ParsedFeed | None) -> bool:
    return parsed is not None and isinstance(result, Fetched) and shows_everything(result, parsed)


def _held(decision: PollDecision, failure: FetchFailed | None, now: datetime) -> PollDecision:
    """The decision, with the hold that a server asked for when it was asked for older documents (rule 31)."""
    seconds = retry_after_seconds(failure.headers, now) if failure else None
    if not failure or not seconds:
        return decision
    until = now + timedelta(seconds=seconds)
    later = max(decision.next_poll_at, until)
    asker = answered_at(failure)
    return replace(decision, host_hold_until=until, host_hold_url=asker, is_hold_asked=True, next_poll_at=later)
