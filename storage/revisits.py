"""Revisits: done pages whose time has come wait again, as many a day as the budget allows."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update
from sqlmodel import Session

from ingest.model import Validators
from storage.chunks import chunks
from storage.dialects import insert_new
from storage.pages import REVISIT
from storage.tables import CAPTURE, COUNTER, PAGE
from storage.tombstones import REMOVED

_NAME = "revisits "  # and the day, in UTC
_PORTION = 500


def queue(session: Session, now: datetime, most_a_day: int) -> int:
    """Make the pages wait that are due for a revisit, the longest due first; gives how many.

    ``most_a_day`` bounds all that are queued on a UTC day, whoever queues them: the counter is in the database.
    """
    connection = session.connection()
    room = min(most_a_day - _queued_today(connection, now), _PORTION)
    if room <= 0:
        return 0
    due = select(PAGE.c.id).where(PAGE.c.revisit_at <= now, PAGE.c.state == "done").order_by(PAGE.c.revisit_at)
    ids = list(connection.scalars(due.limit(room)))
    if not ids:
        return 0
    again = {"state": "pending", "attempts": 0, "next_attempt_at": None, "revisit_at": None, "priority": REVISIT}
    connection.execute(update(PAGE).where(PAGE.c.id.in_(ids)).values(again))
    connection.execute(insert_new(connection, COUNTER, "name"), {"name": _today(now), "value": 0})
    counted = update(COUNTER).where(COUNTER.c.name == _today(now))
    connection.execute(counted.values(value=COUNTER.c.value + len(ids)))
    return len(ids)


def forget_days(session: Session, now: datetime) -> None:
    """Drop the counters of days before yesterday."""
    names = COUNTER.c.name.like(f"{_NAME}%")
    old = COUNTER.delete().where(names, COUNTER.c.name < _today(now - timedelta(days=1)))
    session.connection().execute(old)


def validators(session: Session, page_ids: list[int]) -> dict[int, Validators]:
    """What the pages' latest captures gave to ask "has this changed?" with, by page."""
    connection, found = session.connection(), {}
    for portion in chunks(page_ids):
        latest = (
            select(func.max(CAPTURE.c.id))
            .where(CAPTURE.c.page_id.in_(portion), CAPTURE.c.part == 0)
            .group_by(CAPTURE.c.page_id)
        )
        columns = select(CAPTURE.c.page_id, CAPTURE.c.url, CAPTURE.c.final_url, CAPTURE.c.headers)
        for row in connection.execute(columns.where(CAPTURE.c.id.in_(latest))):
            etag, modified = row.headers.get("etag"), row.headers.get("last-modified")
            found[row.page_id] = Validators(etag=etag, last_modified=modified, url=row.final_url or row.url)
    return found


def finish_unchanged(session: Session, page_id: int, now: datetime, revisit_at: datetime | None) -> None:
    """A page that has not changed (304) is done again."""
    values = {"state": "done", "next_attempt_at": None, "attempted_at": now, "revisit_at": revisit_at}
    session.connection().execute(update(PAGE).where(PAGE.c.id == page_id, PAGE.c.state != REMOVED).values(values))


def _queued_today(connection: Connection, now: datetime) -> int:
    return int(connection.scalar(select(COUNTER.c.value).where(COUNTER.c.name == _today(now))) or 0)


def _today(now: datetime) -> str:
    return f"{_NAME}{now:%Y-%m-%d}"
