"""Entries that a complete feed no longer shows (RFC 5005 section 2, rule 81). Nothing is ever deleted for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.tables import ENTRY


def mark_removed(session: Session, feed_id: int, shown: Collection[int], now: datetime) -> int:
    """Date the removal of the feed's entries whose keys are not ``shown``, take back that of those that are.

    Gives how many were removed. Call it only where the document is the whole feed.
    """
    connection = session.connection()
    columns = (ENTRY.c.id, ENTRY.c.entry_key, ENTRY.c.removed_at)
    rows = connection.execute(select(*columns).where(ENTRY.c.feed_id == feed_id)).all()
    absent = [row.id for row in rows if row.entry_key not in shown and row.removed_at is None]
    back = [row.id for row in rows if row.entry_key in shown and row.removed_at is not None]
    for ids, moment in ((absent, now), (back, None)):
        for chunk in chunks(ids):
            connection.execute(update(ENTRY).where(ENTRY.c.id.in_(chunk)).values(removed_at=moment))
    return len(absent)
