"""A push that arrived: read like a polled document, and committed without touching what polls own."""

import hashlib
import logging
from dataclasses import dataclass

from sqlmodel import Session

from flows.mill import Mill
from flows.steps.filter_pages import mark_unwanted
from flows.steps.read_feed import read_feed
from ingest.decide.push import Push, decide_push
from ingest.errors import IngestError
from ingest.model import FeedState, FeedStatus, Fetched, SeenEntry
from ingest.websub.subscription import is_live, push
from storage import feeds, subscriptions
from storage.feeds import PollCounts
from storage.pushes import PushRecord, record_push

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A push whose signature held."""

    subscription_id: int
    feed_id: int
    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """What a push brought, and the keys of the pages that may wait because of it."""

    entries_new: int = 0
    entries_changed: int = 0
    page_keys: tuple[int, ...] = ()


async def take_push(mill: Mill, delivery: Delivery) -> PushOutcome:
    """Store what a push brought. One that is no feed, or for a feed that is not read, changes nothing."""
    with mill.database.read() as session:
        schedule = feeds.schedule(session, delivery.feed_id)
    if schedule is None or schedule.state.status is not FeedStatus.ACTIVE:
        return PushOutcome()
    seen = await _read(mill, schedule.state, delivery)
    if seen is None:
        return PushOutcome()
    seen = mark_unwanted(mill, delivery.feed_id, seen)
    counts = await mill.writer.apply(lambda session: _record(session, mill, delivery, seen))
    if counts == PollCounts():
        return PushOutcome()
    return PushOutcome(counts.entries_new, counts.entries_changed, tuple({entry.page_key for entry in seen}))


async def _read(mill: Mill, state: FeedState, delivery: Delivery) -> tuple[SeenEntry, ...] | None:
    """The push's entries under the keys that a poll gives them; None where it cannot be read."""
    if hashlib.sha256(delivery.body).hexdigest() == state.body_hash:
        return ()
    # A poll names entries by the address that answered: behind redirects the one that gave the validators.
    url, headers = state.validators.url or state.url, {"content-type": delivery.content_type}
    reading = await read_feed(mill, Fetched(url=url, final_url=url, status=200, headers=headers, body=delivery.body))
    if isinstance(reading, IngestError):
        log.warning("the push for %s was discarded: %s", state.url, reading)
        return None
    return reading.seen


def _record(session: Session, mill: Mill, delivery: Delivery, seen: tuple[SeenEntry, ...]) -> PollCounts:
    now = mill.clock()
    schedule = feeds.schedule(session, delivery.feed_id)
    stored = subscriptions.get(session, delivery.subscription_id)
    if schedule is None or stored is None:
        return PollCounts()
    subscriptions.put(session, stored.subscription_id, push(stored.subscription, now))
    given = Push(
        state=schedule.state,
        next_poll_at=schedule.next_poll_at,
        poll_reason=schedule.poll_reason,
        new_entries=feeds.count_new(session, delivery.feed_id, seen),
        lease_until=stored.subscription.lease_until if is_live(stored.subscription, now) else None,
    )
    decision = decide_push(given, now, mill.jitter())
    record = PushRecord(
        feed_id=delivery.feed_id,
        state=decision.state,
        next_poll_at=decision.next_poll_at,
        poll_reason=decision.reason,
        now=now,
        seen=seen,
    )
    return record_push(session, record)
