"""Poll one feed: fetch, parse what changed, decide, and commit it all in one transaction."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlmodel import Session

from flows.mill import Mill
from flows.outcomes import PollOutcome
from flows.steps.robots import RobotsDesk
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.decide.outage import forgive
from ingest.decide.schedule import Poll, decide_poll
from ingest.errors import FeedRejected, IngestError
from ingest.jobs import FeedJob, FeedReading
from ingest.model import (
    FailureKind,
    FeedState,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    NotModified,
    PollDecision,
)
from ingest.urls import host_of
from storage import feeds
from storage.feeds import PollCounts, PollRecord

log = logging.getLogger(__name__)

FEED_ACCEPT = (
    "application/atom+xml,application/rss+xml,application/feed+json,application/rdf+xml,"
    "application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.1"
)
MAX_FEED_BYTES = 10_000_000


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
    reading: FeedReading | IngestError | None
    body_hash: str | None


async def poll_feed(mill: Mill, poll: FeedPoll) -> PollOutcome:
    """Poll a feed once. Its validators, new pages and next poll are committed together (rule 13).

    A failure that is our own network's is not the feed's: it is tried again soon, and nothing is counted.
    """
    gathered = await _gather(mill, poll.state)
    if await poll.is_network_to_blame(gathered.result):
        return await _put_off(mill, poll)
    return await _conclude(mill, poll.feed_id, gathered)


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
    return await _conclude(mill, feed_id, _Gathered(state, failure, None, None))


async def _conclude(mill: Mill, feed_id: int, gathered: _Gathered) -> PollOutcome:
    decision, counts = await mill.writer.apply(lambda session: _decide_and_apply(session, mill, feed_id, gathered))
    state = gathered.state
    if decision.failure is not None:
        log.warning("feed %s Next poll %s", decision.failure_detail, decision.reason)
    return PollOutcome(
        feed_url=state.url,
        failure=decision.failure,
        is_not_modified=isinstance(gathered.result, NotModified),
        entries_new=counts.entries_new,
        entries_changed=counts.entries_changed,
        is_host_held=decision.host_hold_until is not None,
    )


async def _gather(mill: Mill, state: FeedState) -> _Gathered:
    request = FetchRequest(
        url=state.url,
        accept=FEED_ACCEPT,
        validators=state.validators,
        accepts_delta=True,
        max_bytes=MAX_FEED_BYTES,
        deadline_seconds=mill.settings.fetch_timeout_seconds,
    )
    result = await mill.client.fetch(request)
    if not isinstance(result, Fetched):
        return _Gathered(state, result, None, None)
    body_hash = hashlib.sha256(result.body).hexdigest()
    if body_hash == state.body_hash:  # rule 7: new validators are kept, the body is not parsed again
        return _Gathered(state, result, None, body_hash)
    return _Gathered(state, result, await _read(mill, result), body_hash)


def _job(result: Fetched) -> FeedJob:
    headers = result.headers
    return FeedJob(result.body, result.final_url, headers.get("content-type"), headers.get("content-location"))


async def _read(mill: Mill, result: Fetched) -> FeedReading | IngestError:
    try:
        return await mill.workers.read_feed(_job(result))
    except IngestError as error:
        return error
    except WorkerLimitError as error:
        return FeedRejected(f"{result.final_url} {error}")
    except WorkerBugError:
        log.exception("parsing %s failed for a reason of ours", result.final_url)
        return FeedRejected(f"{result.final_url} could not be parsed for a reason of ours: see the log")


def _decide_and_apply(
    session: Session, mill: Mill, feed_id: int, gathered: _Gathered
) -> tuple[PollDecision, PollCounts]:
    now, unread = mill.clock(), gathered.reading
    reading = unread if isinstance(unread, FeedReading) else None
    parsed = reading.parsed if reading else None
    poll = Poll(
        state=gathered.state,
        result=gathered.result,
        parsed=unread if isinstance(unread, IngestError) else parsed,
        body_hash=gathered.body_hash,
        new_entries=feeds.count_new(session, feed_id, reading.seen) if reading else None,
    )
    decision = decide_poll(poll, now, mill.policy, mill.jitter())
    record = PollRecord(
        feed_id=feed_id,
        decision=decision,
        now=now,
        seen=reading.seen if reading else (),
        title=parsed.title if parsed else None,
        site_url=parsed.site_url if parsed else None,
        host=host_of(decision.state.url) if decision.state.url != gathered.state.url else None,
        hold_host=host_of(decision.host_hold_url) if decision.host_hold_url else None,
    )
    return decision, feeds.record_poll(session, record)
