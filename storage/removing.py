"""Taking articles away whole: search, stories, archive, versions, feeds; what is left is a tombstone for each name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, delete, func, select
from sqlmodel import Session

from storage import stories, tombstones
from storage.burials import bury_claims
from storage.chunks import chunks
from storage.dialects import remove_search, take_turn
from storage.records import KNOWN_COLUMNS, search_text
from storage.tables import ALIAS, ARTICLE, CLAIM, PAGE, PRINT, REVISION
from storage.texts import move_cursors, take_cursors
from storage.tombstones import Gone


@dataclass(frozen=True, slots=True)
class Going:
    """An article that is to go, as it stood when that was decided, and why it goes."""

    article_id: int
    fetched_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Removed:
    """What went: articles, the earlier versions of these and of others, captures, and their packed bytes."""

    articles: int = 0
    revisions: int = 0
    captures: int = 0
    bytes_packed: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def remove(session: Session, going: Sequence[Going], now: datetime) -> Removed:
    """Take articles away, some hundreds at best: one that was fetched again since it was decided stays for now.

    So does one whose pages another writer holds: to wait for it here could be to wait for each other.

    What comes later under one of their names, by whatever way, is neither fetched nor stored (``storage.tombstones``).
    """
    connection = session.connection()
    take_turn(connection)
    gone = _note(connection, {one.article_id: one for one in going}, now)
    ids = sorted(gone)
    captures, freed = _bury(connection, gone)
    revisions = 0
    for portion in chunks(ids):
        counted = select(func.count()).select_from(REVISION).where(REVISION.c.article_id.in_(portion))
        revisions += connection.scalar(counted) or 0
        move_cursors(connection, drop(connection, portion))
    return Removed(len(ids), revisions, captures, freed)


def drop(connection: Connection, article_ids: Sequence[int]) -> set[int]:
    """Delete articles' rows with their search entries and places in stories; the other articles that this changed."""
    known = connection.execute(select(*KNOWN_COLUMNS).where(ARTICLE.c.id.in_(article_ids))).all()
    remove_search(connection, [search_text(row.id, row.title, row.text) for row in known])
    changed = stories.withdraw(connection, article_ids)
    connection.execute(delete(ARTICLE).where(ARTICLE.c.id.in_(article_ids)))
    return changed


def _note(connection: Connection, going: Mapping[int, Going], now: datetime) -> dict[int, Gone]:
    """Write down who goes, by id: those that are as they were when it was decided."""
    columns = [ARTICLE.c[name] for name in ("id", "url", "site", "fetched_at", "content_hash")]
    rows = [
        row
        for portion in chunks(sorted(going))
        for row in connection.execute(_free(select(*columns).where(ARTICLE.c.id.in_(portion)), ARTICLE))
        if row.fetched_at == going[row.id].fetched_at
    ]
    held = _held_elsewhere(connection, [row.id for row in rows])
    rows = [row for row in rows if row.id not in held]
    signatures = _signatures(connection, [row.id for row in rows])
    gone = {
        row.id: Gone(
            cursor=cursor,
            article_id=row.id,
            url=row.url,
            site=row.site,
            removed_at=now,
            reason=going[row.id].reason,
            content_hash=row.content_hash,
            signature=signatures.get(row.id),
        )
        for row, cursor in zip(rows, take_cursors(connection, len(rows)), strict=True)
    }
    tombstones.put_gone(connection, list(gone.values()))
    return gone


def _free(statement: Select[Any], table: Table) -> Select[Any]:
    """The rows that no other transaction is changing; they are ours until the end. SQLite has one writer at a time."""
    return statement.order_by(table.c.id).with_for_update(of=table, key_share=True, skip_locked=True)


def _held_elsewhere(connection: Connection, article_ids: Sequence[int]) -> set[int]:
    """Those of the articles one of whose pages another transaction is changing."""
    held: set[int] = set()
    for portion in chunks(article_ids):
        pages = select(PAGE.c.id, PAGE.c.article_id).where(PAGE.c.article_id.in_(portion))
        free = {row.id for row in connection.execute(_free(pages, PAGE))}
        held |= {row.article_id for row in connection.execute(pages) if row.id not in free}
    return held


def _signatures(connection: Connection, article_ids: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for portion in chunks(article_ids):
        rows = connection.execute(select(PRINT.c.article_id, PRINT.c.signature).where(PRINT.c.article_id.in_(portion)))
        found |= {row.article_id: bytes(row.signature) for row in rows}
    return found


def _bury(connection: Connection, gone: Mapping[int, Gone]) -> tuple[int, int]:
    """Remember every name, and strip the pages that led there, those that wait under such a name as well."""
    names: dict[int, int] = {}
    for portion in chunks(sorted(gone)):
        for table, key in ((ALIAS, ALIAS.c.key), (PAGE, PAGE.c.page_key)):
            named = select(key.label("key"), table.c.article_id).where(table.c.article_id.in_(portion))
            names |= {row.key: gone[row.article_id].cursor for row in connection.execute(named)}
        claimed = connection.execute(select(CLAIM.c.key, CLAIM.c.article_id).where(CLAIM.c.article_id.in_(portion)))
        bury_claims(connection, [(row.key, gone[row.article_id].cursor) for row in claimed])
    tombstones.bury(connection, names)
    return tombstones.strip_pages(connection, _pages_of(connection, gone, sorted(names)))


def _pages_of(connection: Connection, article_ids: Collection[int], keys: Sequence[int]) -> list[int]:
    found: set[int] = set()
    for portion in chunks(keys):
        named = and_(PAGE.c.page_key.in_(portion), PAGE.c.article_id.is_(None))
        found |= set(connection.scalars(_free(select(PAGE.c.id).where(named), PAGE)))
    for portion in chunks(sorted(article_ids)):
        found |= set(connection.scalars(select(PAGE.c.id).where(PAGE.c.article_id.in_(portion))))
    return sorted(found)
