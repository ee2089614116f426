"""Texts that were stored before there were signatures: they get theirs later, and join the stories of their copies."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.dialects import insert_new, take_turn
from storage.stories import Signed, group
from storage.tables import ARTICLE, COUNTER, PRINT
from storage.texts import move_cursors

_NAME = "signed"  # the counter: articles up to this id have their signatures, or texts too short for one


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An article's text without a signature."""

    article_id: int
    text: str
    content_hash: str


def read_unsigned(session: Session, limit: int) -> list[Unsigned]:
    """At most so many of them, in the order in which they were stored; none when all were looked at."""
    connection = session.connection()
    lacking = ~select(PRINT.c.article_id).where(PRINT.c.article_id == ARTICLE.c.id).exists()
    columns = select(ARTICLE.c.id, ARTICLE.c.text, ARTICLE.c.content_hash).where(lacking)
    wanted = columns.where(ARTICLE.c.id > _looked_at(connection), ARTICLE.c.word_count > 0, ARTICLE.c.text.is_not(None))
    rows = connection.execute(wanted.order_by(ARTICLE.c.id).limit(limit))
    return [Unsigned(row.id, row.text, row.content_hash) for row in rows]


def sign(session: Session, read: Sequence[Unsigned], signatures: Sequence[bytes | None]) -> int:
    """Put a portion of ``read_unsigned`` into stories by its signatures; gives how many joined, or made one.

    An article that was changed or signed since it was read stays as it is.
    """
    connection = session.connection()
    take_turn(connection)
    as_read = {one.article_id: one for one in read}
    lacking = ~select(PRINT.c.article_id).where(PRINT.c.article_id == ARTICLE.c.id).exists()
    columns = select(ARTICLE.c.id, ARTICLE.c.content_hash).where(lacking)
    same = {
        row.id
        for portion in chunks(sorted(as_read))
        for row in connection.execute(columns.where(ARTICLE.c.id.in_(portion)))
        if row.content_hash == as_read[row.id].content_hash
    }
    signed = [
        Signed(one.article_id, one.text, signature)
        for one, signature in zip(read, signatures, strict=True)
        if one.article_id in same
    ]
    changed = group(connection, signed, same)
    move_cursors(connection, changed)
    _note(connection, max(as_read, default=0))
    return len(changed & same)


def note_all(session: Session) -> None:
    """Remember that nothing is left to be signed: what comes is signed when it is stored. Call it where none is."""
    connection = session.connection()
    take_turn(connection)
    if not read_unsigned(session, 1):
        _note(connection, connection.scalar(select(func.max(ARTICLE.c.id))) or 0)


def _looked_at(connection: Connection) -> int:
    return connection.scalar(select(COUNTER.c.value).where(COUNTER.c.name == _NAME)) or 0


def _note(connection: Connection, article_id: int) -> None:
    connection.execute(insert_new(connection, COUNTER, "name"), {"name": _NAME, "value": 0})
    further = (COUNTER.c.name == _NAME) & (COUNTER.c.value < article_id)
    connection.execute(update(COUNTER).where(further).values(value=article_id))
