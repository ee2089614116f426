"""What a WebSub push changes, in one transaction: its new entries, their pages, the feed's rhythm and next poll."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session

from ingest.model import FeedState, SeenEntry
from storage.entries import PollCounts, record_entries
from storage.tables import FEED


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRecord:
    """A push's outcome on its way to storage. ``state``: of it only what a push may change is written."""

    feed_id: int
    state: FeedState
    next_poll_at: datetime | None
    poll_reason: str | None
    now: datetime
    seen: tuple[SeenEntry, ...] = ()


def record_push(session: Session, record: PushRecord) -> PollCounts:
    """Write a push's outcome. Validators, body hash, address and failures belong to polls and stay as they are.

    A feed that was removed meanwhile stays removed. Call it in a transaction of its own.
    """
    values = {
        "post_count": record.state.post_count,
        "last_changed_at": record.state.last_changed_at,
        "push_until": record.state.push_until,
        "next_poll_at": record.next_poll_at,
        "poll_reason": record.poll_reason,
    }
    updated = session.connection().execute(update(FEED).where(FEED.c.id == record.feed_id).values(values))
    if not updated.rowcount:
        return PollCounts()
    return record_entries(session, record.feed_id, record.seen, record.now)


def trust(session: Session, feed_id: int, until: datetime | None) -> None:
    """Until when the feed's hub is trusted to push; None: no longer (rule 100)."""
    session.connection().execute(update(FEED).where(FEED.c.id == feed_id).values(push_until=until))
