"""What people were told of feeds and sites that are not well, so that each change is told once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from storage.chunks import chunks
from storage.tables import TOLD_HEALTH


@dataclass(frozen=True, slots=True)
class Told:
    """The state that people know of, and since when it holds."""

    state: str
    since: datetime | None


def read(session: Session) -> dict[str, Told]:
    """All that was told and not taken back, by subject."""
    rows = session.connection().execute(select(TOLD_HEALTH.c.subject, TOLD_HEALTH.c.state, TOLD_HEALTH.c.since))
    return {row.subject: Told(row.state, row.since) for row in rows}


def put(session: Session, told: Mapping[str, Told], well: Collection[str], now: datetime) -> None:
    """Remember what was told now, and forget those that are well again or there no more."""
    connection = session.connection()
    for portion in chunks(sorted({*told, *well})):
        connection.execute(delete(TOLD_HEALTH).where(TOLD_HEALTH.c.subject.in_(portion)))
    rows = [
        {"subject": subject, "state": one.state, "since": one.since, "told_at": now} for subject, one in told.items()
    ]
    if rows:
        connection.execute(insert(TOLD_HEALTH), rows)
