"""The pages that a backfill's finds wait for: let wait a slice at a time, due by their hosts, settled once read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from storage import finds, sites
from storage.chunks import chunks
from storage.dialects import insert_new, take_turn
from storage.filters import FILTERED
from storage.finds import KEPT_OUT, State
from storage.pages import BACKFILL as HISTORY
from storage.tables import BACKFILL_FIND, PAGE, SITE

SOON = timedelta(seconds=60)
_FIND = BACKFILL_FIND.c


def queue(session: Session, job_id: int, limit: int, now: datetime) -> int:
    """Let the pages of so many finds wait; gives how many do."""
    connection = session.connection()
    take_turn(connection)
    chosen = select(BACKFILL_FIND).where(_FIND.job_id == job_id, _FIND.state == "found").order_by(_FIND.id)
    rows = connection.execute(chosen.limit(limit)).all()
    known = finds.states(session, [row.page_key for row in rows])
    fresh = [row for row in rows if row.page_key not in known]
    _add_pages(session, fresh, now)
    told = [
        {"of_find": row.id, "state": (state := known.get(row.page_key, State("queued"))).name, "reason": state.reason}
        for row in rows
    ]
    finds.put_states(connection, told)
    return len(fresh)


def _add_pages(session: Session, found: Sequence[Row[Any]], now: datetime) -> None:
    """Insert pages that are not there; one that failed before is tried again."""
    site_ids = sites.ensure(session, {row.host for row in found})
    rows = [
        {
            "site_id": site_ids[row.host],
            "url": row.url,
            "page_key": row.page_key,
            "state": "pending",
            "entry": row.entry,
            "priority": HISTORY,
            "attempts": 0,
            "robots_tags": [],
            "created_at": now,
        }
        for row in found
    ]
    connection = session.connection()
    for chunk in chunks(rows):
        connection.execute(insert_new(connection, PAGE, "page_key"), list(chunk))
        again = {"state": "pending", "attempts": 0, "next_attempt_at": None, "priority": HISTORY}
        failed = PAGE.c.page_key.in_([row["page_key"] for row in chunk]) & (PAGE.c.state == "failed")
        connection.execute(update(PAGE).where(failed).values(again))


@dataclass(frozen=True, slots=True)
class Due:
    """The pages of a job to be fetched now, and when the next of the others is; ``is_asked``: a server named that.

    ``soon``: how many of all these are to be fetched within a minute.
    """

    keys: tuple[int, ...] = ()
    soon: int = 0
    next_at: datetime | None = None
    is_asked: bool = False


def due(session: Session, job_id: int, now: datetime, passed: datetime | None = None) -> Due:
    """Which of the job's pages may be fetched now, by what they and their hosts wait for.

    Over our own backoff of what was last tried before ``passed`` it is passed, never over a server's hold.
    """
    of_page = (PAGE.c.page_key, PAGE.c.next_attempt_at, PAGE.c.attempted_at)
    columns = (*of_page, SITE.c.next_request_at, SITE.c.is_hold_asked)
    waiting = (
        select(*columns)
        .join(BACKFILL_FIND, _FIND.page_key == PAGE.c.page_key)
        .join(SITE, SITE.c.id == PAGE.c.site_id)
        .where(_FIND.job_id == job_id, _FIND.state == "queued", PAGE.c.state == "pending")
        .order_by(PAGE.c.id)
    )
    keys, later = [], []
    for row in session.connection().execute(waiting):
        is_passed = passed is not None and (row.attempted_at is None or row.attempted_at < passed)
        held = _later(row.next_request_at, now) if row.is_hold_asked or not is_passed else None
        again = _later(row.next_attempt_at, now) if not is_passed else None
        if held is None and again is None:
            keys.append(row.page_key)
        else:
            until = max(at for at in (held, again) if at is not None)
            later.append((until, bool(held == until and row.is_hold_asked)))
    first = min(later, default=(None, False))
    soon = sum(until <= now + SOON for until, _ in later)
    return Due(tuple(keys), len(keys) + soon, first[0], first[1])


def _later(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None


def settle(session: Session, job_id: int) -> None:
    """Write down what became of the pages that wait no more."""
    connection = session.connection()
    left = select(_FIND.id, PAGE.c.state, PAGE.c.article_id, PAGE.c.last_failure_kind)
    queued = left.outerjoin(PAGE, PAGE.c.page_key == _FIND.page_key)
    rows = connection.execute(queued.where(_FIND.job_id == job_id, _FIND.state == "queued"))
    told = [
        {"of_find": row.id, "state": state.name, "reason": state.reason}
        for row in rows
        if (state := _outcome(row)) is not None
    ]
    finds.put_states(connection, told)


def _outcome(row: Row[Any]) -> State | None:
    if row.state == "pending":
        return None
    if row.state == "done" and row.article_id is not None:
        return State("stored")
    if row.state == "failed":
        return State("refused", row.last_failure_kind)
    return State("refused", FILTERED if row.state == FILTERED else KEPT_OUT)


def count_found(session: Session, job_id: int, most: int) -> int:
    """How many finds are yet to be let wait, counted up to ``most``."""
    found = select(_FIND.id).where(_FIND.job_id == job_id, _FIND.state == "found").limit(most)
    return session.connection().scalar(select(func.count()).select_from(found.subquery())) or 0
