"""What backfills want of the pages that they wait for, so that whoever fetches such a page treats it alike."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlmodel import Session

from ingest.model import History
from storage import sites
from storage.chunks import chunks
from storage.tables import BACKFILL, BACKFILL_FIND, ENTRY, PAGE


def histories(connection: Connection, page_keys: Collection[int]) -> dict[int, History]:
    """What is wanted of these pages, by their keys; where two backfills wait for one, what the newer one wants."""
    find, job = BACKFILL_FIND.c, BACKFILL.c
    columns = (find.page_key, find.is_inside, find.is_preview, find.copies, find.copy_at)
    wanted = select(*columns, job.since, job.until, job.uses_copies).join(BACKFILL, job.id == find.job_id)
    found: dict[int, History] = {}
    for chunk in chunks(sorted(page_keys)):
        waiting = wanted.where(find.page_key.in_(chunk), find.state == "queued").order_by(find.job_id)
        found |= {row.page_key: _history(row) for row in connection.execute(waiting)}
    return found


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a backfill does not want a page; ``published_at``: what the page says of that, where it is the reason."""

    reason: str
    published_at: datetime | None = None


def refuse(session: Session, page_id: int, refusal: Refusal) -> bool:
    """Drop a page that the backfill does not want, and remember why; false where a feed has named it meanwhile."""
    connection = session.connection()
    if connection.execute(select(ENTRY.c.id).where(ENTRY.c.page_id == page_id).limit(1)).first() is not None:
        return False
    key = select(PAGE.c.page_key).where(PAGE.c.id == page_id).scalar_subquery()
    mine = (BACKFILL_FIND.c.page_key == key) & (BACKFILL_FIND.c.state == "queued")
    values: dict[str, Any] = {"state": "refused", "reason": refusal.reason}
    if refusal.published_at is not None:
        values["published_at"] = refusal.published_at
    connection.execute(update(BACKFILL_FIND).where(mine).values(values))
    connection.execute(delete(PAGE).where(PAGE.c.id == page_id, PAGE.c.article_id.is_(None)))
    return True


def send_to(session: Session, page_id: int, host: str, *, copies: list[dict[str, Any]], copy_at: int) -> None:
    """Let a page wait on the host that has a copy of it: whoever holds that host asks for it there."""
    connection = session.connection()
    bring_home(session, page_id, host)  # first: a host that is new takes its turn before any row is held
    key = connection.scalar(select(PAGE.c.page_key).where(PAGE.c.id == page_id))
    mine = (BACKFILL_FIND.c.page_key == key) & (BACKFILL_FIND.c.state == "queued")
    connection.execute(update(BACKFILL_FIND).where(mine).values(copies=copies, copy_at=copy_at))
    again = {"attempts": 0, "next_attempt_at": None, "state": "pending"}
    connection.execute(update(PAGE).where(PAGE.c.id == page_id).values(again))


def bring_home(session: Session, page_id: int, host: str) -> None:
    """Give a page to a host: its own one before it is stored."""
    site_id = sites.ensure(session, [host])[host]
    session.connection().execute(update(PAGE).where(PAGE.c.id == page_id).values(site_id=site_id))


def _history(row: Row[Any]) -> History:
    return History(
        since=date.fromisoformat(row.since) if row.since else None,
        until=date.fromisoformat(row.until) if row.until else None,
        is_inside=row.is_inside,
        is_preview=row.is_preview,
        uses_copies=row.uses_copies,
        copies=tuple(row.copies),
        copy_at=row.copy_at,
    )
