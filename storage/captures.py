"""Archived pages that go with their article, and the bytes that nothing holds then."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, select, update

from storage.chunks import chunks
from storage.tables import BLOB, CAPTURE, SITE


def drop_captures(connection: Connection, page_ids: Sequence[int]) -> tuple[int, int]:
    """Take the captures of these pages out of the archive; gives how many, and the packed bytes that became free."""
    held: list[int] = []
    for portion in chunks(page_ids):
        gone = delete(CAPTURE).where(CAPTURE.c.page_id.in_(portion)).returning(CAPTURE.c.blob_id)
        held += connection.scalars(gone)
    return len(held), _drop_loose(connection, set(held))


def _drop_loose(connection: Connection, blob_ids: Collection[int]) -> int:
    """Drop those that no capture holds and nothing is packed beside, then their dictionaries by the same rule."""
    freed, wanted = 0, sorted(blob_ids)
    while wanted:
        dictionaries: set[int] = set()
        for portion in chunks(wanted):
            taken, beside = _drop_portion(connection, portion)
            freed, dictionaries = freed + taken, dictionaries | beside
        wanted = sorted(dictionaries)
    return freed


def _drop_portion(connection: Connection, blob_ids: Sequence[int]) -> tuple[int, set[int]]:
    other = BLOB.alias("other")
    rows = connection.execute(
        select(BLOB.c.id, BLOB.c.dictionary_id, func.length(BLOB.c.packed).label("taken"))
        .where(BLOB.c.id.in_(blob_ids))
        .where(~select(CAPTURE.c.id).where(CAPTURE.c.blob_id == BLOB.c.id).exists())
        .where(~select(other.c.id).where(other.c.dictionary_id == BLOB.c.id).exists())
    ).all()
    loose = [row.id for row in rows]
    if loose:
        # A site whose row another writer holds is left: a dictionary that is not there is looked for in vain.
        beside = select(SITE.c.id).where(SITE.c.dictionary_id.in_(loose))
        free = beside.with_for_update(key_share=True, skip_locked=True)
        connection.execute(update(SITE).where(SITE.c.id.in_(free)).values(dictionary_id=None))
        connection.execute(delete(BLOB).where(BLOB.c.id.in_(loose)))
    return sum(row.taken for row in rows), {row.dictionary_id for row in rows if row.dictionary_id is not None}
