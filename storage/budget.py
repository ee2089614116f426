"""The constant of the square-root rule that the nightly upkeep solved from the budget of requests."""

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from storage.tables import COUNTER

_NAME = "poll_constant_millis"


def constant(session: Session) -> float | None:
    """The constant that was solved last; None where there is no budget."""
    stored = session.connection().scalar(select(COUNTER.c.value).where(COUNTER.c.name == _NAME))
    return None if stored is None else stored / 1000


def put_constant(session: Session, solved: float | None) -> None:
    """Remember a constant, to three places; None forgets it."""
    connection = session.connection()
    connection.execute(delete(COUNTER).where(COUNTER.c.name == _NAME))
    if solved is not None:
        connection.execute(insert(COUNTER).values(name=_NAME, value=round(solved * 1000)))
