"""What is left of articles that went: who they were, when and why they went, and the names that keep them away."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, select, update
from sqlmodel import Session

from storage.captures import drop_captures
from storage.chunks import chunks
from storage.dialects import gives_ids_again
from storage.inserts import put_new
from storage.tables import ALIAS, ARTICLE, BURIED_CLAIM, PAGE, REMOVAL, TOMBSTONE

REMOVED = "removed"  # the state of a page whose article went
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_BURIED = select(TOMBSTONE.c.key, TOMBSTONE.c.removal_cursor).where(TOMBSTONE.c.key.in_(_WANTED))
_LAST_GONE, _LAST = select(func.max(REMOVAL.c.article_id)), select(func.max(ARTICLE.c.id))
_COLUMNS = (
    "cursor",
    "article_id",
    "url",
    "site",
    "removed_at",
    "reason",
    "merged_into_id",
    "content_hash",
    "signature",
)
# Of a page that is removed nothing is left but its address: it keeps its place, so that its entries lead nowhere else.
_BARE: dict[str, Any] = {
    "state": REMOVED,
    "entry": None,
    "article_id": None,
    "attempts": 0,
    "next_attempt_at": None,
    "revisit_at": None,
    "last_failure_kind": None,
    "last_failure_detail": None,
    "robots_tags": [],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """An article that is there no more. ``merged_into_id``: the article that it turned out to be; None: it went."""

    cursor: int
    article_id: int
    url: str | None
    site: str
    removed_at: datetime
    reason: str
    merged_into_id: int | None = None
    content_hash: str | None = None
    signature: bytes | None = None


def find_buried(connection: Connection, keys: Collection[int]) -> dict[int, int]:
    """Those of the names that went by retention, each with its removal's cursor."""
    found: dict[int, int] = {}
    for portion in chunks(sorted(keys)):
        found |= {row.key: row.removal_cursor for row in connection.execute(_BURIED, {"wanted": portion})}
    return found


def find_removed(connection: Connection, page_ids: Collection[int | None]) -> set[int]:
    """Those of the pages whose article went by retention."""
    found: set[int] = set()
    for portion in chunks(sorted(page_id for page_id in page_ids if page_id is not None)):
        removed = select(PAGE.c.id).where(PAGE.c.id.in_(portion), PAGE.c.state == REMOVED)
        found |= set(connection.scalars(removed))
    return found


def find_gone(session: Session, keys: Collection[int]) -> Gone | None:
    """The article that went under one of these names; None where there is none, or one of them is an article's now."""
    connection = session.connection()
    buried = find_buried(connection, keys)
    if not buried or connection.scalar(select(ALIAS.c.article_id).where(ALIAS.c.key.in_(keys)).limit(1)) is not None:
        return None
    return _gone_of(connection.execute(select(REMOVAL).where(REMOVAL.c.cursor == max(buried.values()))).one())


def get_gone(session: Session, article_id: int) -> Gone | None:
    """What became of an article of this number that is there no more; None where there never was one."""
    last = select(REMOVAL).where(REMOVAL.c.article_id == article_id).order_by(REMOVAL.c.cursor.desc()).limit(1)
    row = session.connection().execute(last).one_or_none()
    return None if row is None else _gone_of(row)


def read_gone(session: Session, after: int, until: int, portion: int = 500) -> Iterator[Gone]:
    """What went, by ascending cursor: those after one and up to another, a portion in memory at a time."""
    while True:
        found = select(REMOVAL).where(REMOVAL.c.cursor > after, REMOVAL.c.cursor <= until)
        rows = session.connection().execute(found.order_by(REMOVAL.c.cursor).limit(portion)).all()
        yield from map(_gone_of, rows)
        if len(rows) < portion:
            return
        after = rows[-1].cursor


def _gone_of(row: Row[Any]) -> Gone:
    return Gone(**{name: getattr(row, name) for name in _COLUMNS})


# --- writing ---------------------------------------------------------------------------------------------------------


def put_gone(connection: Connection, gone: Sequence[Gone]) -> None:
    """Write down who went."""
    if gone:
        rows = [{name: getattr(one, name) for name in _COLUMNS} for one in gone]
        connection.execute(REMOVAL.insert(), rows)


def with_ids(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New articles' rows, with numbers where the database would give those of articles that went again."""
    gone = connection.scalar(_LAST_GONE)
    if gone is None or gone < (last := connection.scalar(_LAST) or 0) or not gives_ids_again(connection):
        return rows
    return [{**row, "id": max(gone, last) + place} for place, row in enumerate(rows, 1)]


def bury(connection: Connection, names: Mapping[int, int]) -> None:
    """Remember names of what went, each with its removal's cursor."""
    put_new(connection, TOMBSTONE, ("key",), [{"key": key, "removal_cursor": names[key]} for key in sorted(names)])


def keep_out(connection: Connection, found: Mapping[int, tuple[int, Collection[int]]]) -> None:
    """What was read at these pages went before, each as a removal's cursor tells: its names are known from now on.

    Nothing of the pages is kept.
    """
    for cursor, names in found.values():
        bury(connection, dict.fromkeys(names, cursor))
    strip_pages(connection, sorted(found))


def strip_pages(connection: Connection, page_ids: Sequence[int]) -> tuple[int, int]:
    """Leave nothing of pages but their addresses; gives the captures that went and the bytes that this made free."""
    for portion in chunks(page_ids):
        connection.execute(update(PAGE).where(PAGE.c.id.in_(portion)).values(_BARE))
    return drop_captures(connection, page_ids)


def forget(session: Session, keys: Collection[int]) -> int:
    """Let what went under one of these names come again, under all that it had; gives how many articles that is."""
    connection = session.connection()
    cursors = set(find_buried(connection, keys).values())
    for portion in chunks(sorted(cursors)):
        names = select(TOMBSTONE.c.key).where(TOMBSTONE.c.removal_cursor.in_(portion))
        connection.execute(delete(PAGE).where(PAGE.c.state == REMOVED, PAGE.c.page_key.in_(names)))
        for table in (TOMBSTONE, BURIED_CLAIM):
            connection.execute(delete(table).where(table.c.removal_cursor.in_(portion)))
    return len(cursors)
