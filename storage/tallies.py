"""What was counted of a day or an hour, so that today can be compared with what was before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, delete, func, select, text
from sqlmodel import Session

from storage.chunks import chunks
from storage.dialects import take_turn
from storage.tables import TALLY

_ROW = "INSERT INTO tally (name, subject, started_at, count) VALUES (:name, :subject, :started_at, :count)"
_KEYS = "ON CONFLICT (name, subject, started_at) DO UPDATE SET count ="


@dataclass(frozen=True, slots=True, order=True)
class Tally:
    """A count: of what (``name``), of which one (``subject``, or empty), in the period that began then."""

    name: str
    subject: str
    started_at: datetime
    count: int


def add(session: Session, tallies: Iterable[Tally]) -> None:
    """Count these on top of what is there."""
    _write(session, _typed(f"{_ROW} {_KEYS} tally.count + excluded.count"), tallies)


def put(session: Session, tallies: Iterable[Tally]) -> None:
    """Set these, whatever is there: measured, not counted."""
    _write(session, _typed(f"{_ROW} {_KEYS} excluded.count"), tallies)


def _typed(words: str) -> TextClause:
    return text(words).bindparams(*(bindparam(column.name, type_=column.type) for column in TALLY.c))


def _write(session: Session, statement: TextClause, tallies: Iterable[Tally]) -> None:
    rows: list[dict[str, Any]] = [
        {"name": one.name, "subject": one.subject, "started_at": one.started_at, "count": one.count}
        for one in sorted(tallies)
        if one.count
    ]
    if rows:
        take_turn(session.connection())  # two rounds that count the same rows would wait for each other in a circle
        session.connection().execute(statement, rows)


def read(session: Session, names: Collection[str], since: datetime, until: datetime) -> list[Tally]:
    """All of these names in periods that began from ``since`` on and before ``until``, in order of name and subject."""
    statement = (
        select(TALLY)
        .where(TALLY.c.name.in_(names), TALLY.c.started_at >= since, TALLY.c.started_at < until)
        .order_by(TALLY.c.name, TALLY.c.subject, TALLY.c.started_at)
    )
    return [Tally(*row) for row in session.connection().execute(statement)]


def sums(
    session: Session, name: str, between: tuple[datetime, datetime], subjects: Collection[str] | None = None
) -> dict[str, int]:
    """The counts of a name by subject, of periods that began from the first moment on and before the second.

    ``subjects``: these alone; None: all.
    """
    since, until = between
    statement = (
        select(TALLY.c.subject, func.sum(TALLY.c.count))
        .where(TALLY.c.name == name, TALLY.c.started_at >= since, TALLY.c.started_at < until)
        .group_by(TALLY.c.subject)
    )
    if subjects is None:
        return {subject: int(count) for subject, count in session.connection().execute(statement)}
    return {
        subject: int(count)
        for portion in chunks(sorted(subjects))
        for subject, count in session.connection().execute(statement.where(TALLY.c.subject.in_(portion)))
    }


def forget(session: Session, kept_since: Mapping[str, datetime]) -> int:
    """Let go of what began before the moment that is given for its name; gives how many rows went."""
    connection = session.connection()
    take_turn(connection)
    return sum(
        connection.execute(delete(TALLY).where(TALLY.c.name == name, TALLY.c.started_at < since)).rowcount
        for name, since in kept_since.items()
    )
