"""The walks of a backfill's sources: a step's finds and the walk's next request are written in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlmodel import Session

from storage import finds
from storage.finds import NewFind
from storage.tables import BACKFILL, BACKFILL_FIND, BACKFILL_WALK

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk as it stands. ``cursor`` and ``progress`` are documents of ``ingest.backfill.stored``."""

    id: int
    job_id: int
    name: str
    mark: int
    cursor: Document | None
    progress: Document
    end: str | None = None
    detail: str | None = None
    requests: int = 0
    found: int = 0
    oldest_at: datetime | None = None
    newest_at: datetime | None = None
    attempts: int = 0
    next_at: datetime | None = None
    is_wait_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A walk after a step: where it goes on (None: nowhere), what is remembered, and why it ended."""

    cursor: Document | None
    progress: Document
    end: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer of a walk. ``judge`` gives what follows from how many of its articles the walk had not named before.

    ``decide`` as in ``storage.finds``.
    """

    walk: Walk
    found: Sequence[NewFind]
    judge: Callable[[int], Judged]
    decide: finds.Decide


def lay(session: Session, job_id: int, first: Sequence[tuple[str, Document]], orders: int) -> None:
    """Let the job walk these sources, the best first, each from its first request; what was found stays found.

    ``orders``: of the job when the walks were made. Where it was asked for more since, they are laid anew.
    """
    connection = session.connection()
    connection.execute(delete(BACKFILL_WALK).where(BACKFILL_WALK.c.job_id == job_id))
    connection.execute(update(BACKFILL_FIND).where(BACKFILL_FIND.c.job_id == job_id).values(named_by=0))
    rows = [
        {
            "job_id": job_id,
            "name": name,
            "position": position,
            "mark": 1 << position,
            "cursor": cursor,
            "progress": {},
            "requests": 0,
            "found": 0,
            "attempts": 0,
            "is_wait_asked": False,
        }
        for position, (name, cursor) in enumerate(first)
    ]
    if rows:
        connection.execute(insert(BACKFILL_WALK), rows)
    connection.execute(update(BACKFILL).where(BACKFILL.c.id == job_id).values(planned=orders, attempts=0))


def of_job(session: Session, job_id: int) -> list[Walk]:
    """All walks of a job, the best source first."""
    rows = select(BACKFILL_WALK).where(BACKFILL_WALK.c.job_id == job_id).order_by(BACKFILL_WALK.c.position)
    return [_walk(row) for row in session.connection().execute(rows)]


def record(session: Session, step: Step) -> None:
    """Write a step: what it found, and where the walk goes on."""
    walk = step.walk
    counted = finds.put(session, finds.Named(walk.job_id, walk.name, walk.mark, step.decide), step.found)
    judged = step.judge(counted.new)
    values = {
        "cursor": judged.cursor,
        "progress": dict(judged.progress),
        "end": judged.end,
        "detail": judged.detail,
        "requests": walk.requests + 1,
        "found": walk.found + counted.inside,
        "oldest_at": min((at for at in (walk.oldest_at, counted.oldest_at) if at), default=None),
        "newest_at": max((at for at in (walk.newest_at, counted.newest_at) if at), default=None),
        "attempts": 0,
        "next_at": None,
        "is_wait_asked": False,
    }
    _set(session, walk.id, values)


@dataclass(frozen=True, slots=True)
class Wait:
    """Until when a walk waits after an answer that is none, and why. ``is_asked``: the server named that time."""

    until: datetime
    why: str
    is_asked: bool


def put_off(session: Session, walk: Walk, wait: Wait) -> None:
    """Let a walk wait; its request is made again."""
    values = {"next_at": wait.until, "is_wait_asked": wait.is_asked, "detail": wait.why}
    _set(session, walk.id, {**values, "attempts": walk.attempts + 1, "requests": walk.requests + 1})


def end(session: Session, walk: Walk, why: str, detail: str) -> None:
    """End a walk that is not to go on."""
    _set(session, walk.id, {"cursor": None, "end": why, "detail": detail, "next_at": None})


def _set(session: Session, walk_id: int, values: Mapping[str, Any]) -> None:
    session.connection().execute(update(BACKFILL_WALK).where(BACKFILL_WALK.c.id == walk_id).values(dict(values)))


def _walk(row: Row[Any]) -> Walk:
    columns = (
        "id",
        "job_id",
        "name",
        "mark",
        "cursor",
        "progress",
        "end",
        "detail",
        "requests",
        "found",
        "oldest_at",
        "newest_at",
        "attempts",
        "next_at",
        "is_wait_asked",
    )
    values = row._mapping  # noqa: SLF001  SQLAlchemy's public name for it
    return Walk(**{name: values[name] for name in columns})
