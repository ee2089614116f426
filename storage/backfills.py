"""Backfills: what was asked for, who works on it, and how it stands. What they find is in ``storage.finds``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update
from sqlmodel import Session

from storage.dialects import take_turn
from storage.errors import StorageError
from storage.pages import BACKFILL as HISTORY
from storage.tables import BACKFILL, BACKFILL_FIND, ENTRY, PAGE

STATES = ("running", "waiting", "done", "cancelled", "failed")
OPEN = frozenset({"running", "waiting"})
LEASE_SECONDS = 120


class UnknownBackfill(StorageError):
    """There is no backfill of this number."""


class NotOurs(Exception):
    """The job was cancelled, or taken over by another process: whoever worked on it stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A backfill as it stands. ``since`` and ``until`` are days in UTC, both included."""

    id: int
    site: str  # as it was asked for
    state: str  # one of STATES
    created_at: datetime
    updated_at: datetime
    home_url: str = ""  # where the site begins
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    uses_copies: bool = False
    orders: int = 1  # how often it was asked for something else
    is_planned: bool = False  # its walks are those of what is asked for
    requests: int = 0
    attempts: int = 0
    next_at: datetime | None = None
    is_wait_asked: bool = False  # a server named that time
    why: str = ""
    months_before: Mapping[str, int] = field(default_factory=dict)
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for. ``home_key``: the dedupe key of where the site begins, as far as its address tells."""

    site: str
    home_url: str
    home_key: int
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ("auto",)
    files: tuple[str, ...] = ()
    uses_copies: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works on a job, from when on; ``is_holder_dead`` as in ``storage.sites.Claim``."""

    holder: str
    now: datetime
    is_holder_dead: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Opened:
    """The job of a wish. ``is_widened``: it was under way, and the wish asks for more than it did."""

    job: Job
    is_widened: bool = False


def list_jobs(session: Session) -> list[Job]:
    """All jobs, the newest first."""
    return [_job(row) for row in session.connection().execute(select(BACKFILL).order_by(BACKFILL.c.id.desc()))]


def due(session: Session, now: datetime) -> list[Job]:
    """The jobs that wait and whose time has come, and those that were left by who worked on them."""
    is_over = (BACKFILL.c.state == "waiting") & (BACKFILL.c.next_at <= now)
    is_left = (BACKFILL.c.state == "running") & (BACKFILL.c.lease_until <= now)
    rows = session.connection().execute(select(BACKFILL).where(or_(is_over, is_left)).order_by(BACKFILL.c.id))
    return [_job(row) for row in rows]


def get(session: Session, job_id: int) -> Job | None:
    """A job; None where there is none with this number."""
    row = session.connection().execute(select(BACKFILL).where(BACKFILL.c.id == job_id)).one_or_none()
    return None if row is None else _job(row)


def known(session: Session, job_id: int) -> Job:
    """A job. Raises UnknownBackfill."""
    job = get(session, job_id)
    if job is None:
        raise UnknownBackfill(f"there is no backfill {job_id}: `feedmill backfill list` shows those that there are")
    return job


def open_job(session: Session, wish: Wish, now: datetime) -> Opened:
    """The job of this site, made or widened: one that is not at its end takes both windows, another one the new."""
    take_turn(session.connection())
    row = session.connection().execute(select(BACKFILL).where(BACKFILL.c.home_key == wish.home_key)).one_or_none()
    if row is None:
        values = {**_plain(wish), "home_key": wish.home_key, "home_url": wish.home_url, "created_at": now}
        fresh = {"state": "waiting", "orders": 1, "planned": 0, "requests": 0, "attempts": 0, "why": ""}
        rest = {"months_before": {}, "is_wait_asked": False, "updated_at": now}
        made = session.connection().execute(
            insert(BACKFILL).values({**values, **fresh, **rest}).returning(BACKFILL.c.id)
        )
        return Opened(known(session, made.scalar_one()))
    before = _job(row)
    after = _united(before, wish) if before.state in OPEN else _plain(wish)
    if before.state not in OPEN:
        _open_again(session, before.id, after)
        return Opened(known(session, before.id))
    if after == _plain(before):
        return Opened(before)
    _set(session, before.id, {**after, "orders": BACKFILL.c.orders + 1, "updated_at": now})
    return Opened(known(session, before.id), is_widened=True)


def start(session: Session, job_id: int, worker: Worker) -> bool:
    """Take a job up; false where another process, alive, works on it."""
    row = session.connection().execute(select(BACKFILL).where(BACKFILL.c.id == job_id).with_for_update()).one()
    is_held = row.lease_holder not in {None, worker.holder} and row.lease_until > worker.now
    if row.state == "running" and is_held and not worker.is_holder_dead(row.lease_holder):
        return False
    until = worker.now + timedelta(seconds=LEASE_SECONDS)
    ours = {"state": "running", "lease_holder": worker.holder, "lease_until": until, "next_at": None, "why": ""}
    _set(session, job_id, {**ours, "is_wait_asked": False, "updated_at": worker.now})
    return True


def keep(session: Session, job_id: int, worker: Worker, requests: int = 0) -> Job:
    """Say that the job is being worked on, and what that took. Raises NotOurs where it is no more."""
    row = session.connection().execute(select(BACKFILL).where(BACKFILL.c.id == job_id).with_for_update()).one_or_none()
    if row is None or row.state != "running" or row.lease_holder != worker.holder:
        raise NotOurs
    until = worker.now + timedelta(seconds=LEASE_SECONDS)
    told = {"lease_until": until, "updated_at": worker.now, "requests": BACKFILL.c.requests + requests}
    _set(session, job_id, told)
    return known(session, job_id)


def keep_in_turn(session: Session, job_id: int, worker: Worker, requests: int = 0) -> Job:
    """The same in a transaction that writes shared rows: who takes its turn after the job's row waits in a circle."""
    take_turn(session.connection())
    return keep(session, job_id, worker, requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a job is left: done, waiting or failed, until when, and why. ``is_asked``: a server named that time."""

    state: str
    why: str = ""
    next_at: datetime | None = None
    is_asked: bool = False
    attempts: int = 0
    requests: int = 0


def leave(session: Session, job_id: int, worker: Worker, standing: Standing) -> Job:
    """Give a job back. One that was asked for more meanwhile is not done: it stays running. Raises NotOurs."""
    job = keep(session, job_id, worker, standing.requests)
    if standing.state == "done" and not job.is_planned:
        return job
    values = {"state": standing.state, "why": standing.why, "next_at": standing.next_at, "attempts": standing.attempts}
    _set(session, job_id, {**values, "is_wait_asked": standing.is_asked, "lease_holder": None, "lease_until": None})
    return known(session, job_id)


def cancel(session: Session, job_id: int, now: datetime) -> Job | None:
    """Stop a job: who works on it ends with what is in hand, and pages that only it waits for are withdrawn.

    A job that has ended stays as it is. None where there is none with this number.
    """
    take_turn(session.connection())
    job = get(session, job_id)
    if job is None or job.state not in OPEN:
        return job
    why = "It was cancelled."
    _set(session, job_id, {"state": "cancelled", "why": why, "next_at": None, "lease_holder": None, "updated_at": now})
    withdraw(session, job_id)
    return get(session, job_id)


def withdraw(session: Session, job_id: int) -> None:
    """Take back the pages that wait for this job alone; what it found of them is kept."""
    connection = session.connection()
    ours = select(BACKFILL_FIND.c.page_key).where(BACKFILL_FIND.c.job_id == job_id, BACKFILL_FIND.c.state == "queued")
    of_feeds = select(ENTRY.c.page_id).where(ENTRY.c.page_id == PAGE.c.id)
    waits = (PAGE.c.state == "pending") & (PAGE.c.priority == HISTORY) & PAGE.c.article_id.is_(None)
    connection.execute(delete(PAGE).where(waits, PAGE.c.page_key.in_(ours), ~of_feeds.exists()))
    left = select(PAGE.c.page_key).where(PAGE.c.page_key == BACKFILL_FIND.c.page_key)
    back = (BACKFILL_FIND.c.job_id == job_id) & (BACKFILL_FIND.c.state == "queued") & ~left.exists()
    connection.execute(update(BACKFILL_FIND).where(back).values(state="found", copy_at=None))


def move_home(session: Session, job_id: int, home_url: str, home_key: int) -> int:
    """Say where the site turned out to begin; gives the number of that site's job.

    Where there was one already it takes this one's wish, and this one, which has found nothing yet, is given up.
    """
    take_turn(session.connection())
    job = known(session, job_id)
    row = session.connection().execute(select(BACKFILL).where(BACKFILL.c.home_key == home_key)).one_or_none()
    if row is None or row.id == job_id:
        _set(session, job_id, {"home_url": home_url, "home_key": home_key})
        return job_id
    other = _job(row)
    if other.state in OPEN:
        after = _united(other, job)
        changed = {"orders": BACKFILL.c.orders + 1} if after != _plain(other) else {}
        _set(session, other.id, {**after, **changed})
    else:
        _open_again(session, other.id, _plain(job))
    session.connection().execute(delete(BACKFILL).where(BACKFILL.c.id == job_id))
    return other.id


def put_months_before(session: Session, job_id: int, months: Mapping[str, int]) -> None:
    """Remember how many articles of each month were stored before the job began."""
    _set(session, job_id, {"months_before": dict(months)})


def _open_again(session: Session, job_id: int, wish: Mapping[str, Any]) -> None:
    """Take up a job that had ended for another wish: what it stored is there already, what it refused stays so."""
    fresh: dict[str, Any] = {"state": "waiting", "next_at": None, "why": "", "months_before": {}, "requests": 0}
    _set(session, job_id, {**wish, **fresh, "orders": BACKFILL.c.orders + 1})
    for state, later in (("stored", "known"), ("refused", "declined")):
        mine = (BACKFILL_FIND.c.job_id == job_id) & (BACKFILL_FIND.c.state == state)
        session.connection().execute(update(BACKFILL_FIND).where(mine).values(state=later))


def count_attempt(session: Session, job_id: int) -> None:
    """Count that the site was looked at in vain."""
    _set(session, job_id, {"attempts": BACKFILL.c.attempts + 1})


def _set(session: Session, job_id: int, values: Mapping[str, Any]) -> None:
    session.connection().execute(update(BACKFILL).where(BACKFILL.c.id == job_id).values(dict(values)))


def _plain(asked: Wish | Job) -> dict[str, Any]:
    return {
        "site": asked.site,
        "since": _text(asked.since),
        "until": _text(asked.until),
        "sources": list(asked.sources),
        "files": list(asked.files),
        "uses_copies": asked.uses_copies,
    }


def _united(job: Job, wish: Wish | Job) -> dict[str, Any]:
    """What both ask for."""
    since = None if job.since is None or wish.since is None else min(job.since, wish.since)
    until = None if job.until is None or wish.until is None else max(job.until, wish.until)
    return {
        "site": job.site,
        "since": _text(since),
        "until": _text(until),
        "sources": list(dict.fromkeys((*job.sources, *wish.sources))),
        "files": list(dict.fromkeys((*job.files, *wish.files))),
        "uses_copies": job.uses_copies or wish.uses_copies,
    }


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        site=row.site,
        state=row.state,
        created_at=row.created_at,
        updated_at=row.updated_at,
        home_url=row.home_url,
        since=_day(row.since),
        until=_day(row.until),
        sources=tuple(row.sources),
        files=tuple(row.files),
        uses_copies=row.uses_copies,
        orders=row.orders,
        is_planned=row.planned == row.orders,
        requests=row.requests,
        attempts=row.attempts,
        next_at=row.next_at,
        is_wait_asked=row.is_wait_asked,
        why=row.why,
        months_before=row.months_before,
        holder=row.lease_holder,
    )
