"""Sizes, as ``db stats`` and ``archive stats`` show them."""

from typing import Any

from sqlalchemy import Row, Select, distinct, func, select
from sqlmodel import Session

from storage import pages
from storage.dialects import database_bytes
from storage.tables import ARTICLE, BLOB, CAPTURE, FEED, PAGE, REMOVAL, REVISION, SITE

_COUNTS: dict[str, Select[Any]] = {
    "sites": select(func.count()).select_from(SITE),
    "feeds": select(func.count()).select_from(FEED),
    "pages": select(func.count()).select_from(PAGE),
    "articles": select(func.count()).select_from(ARTICLE),
    "articles_with_text": select(func.count()).select_from(ARTICLE).where(ARTICLE.c.word_count > 0),
    "articles_removed": select(func.count()).select_from(REMOVAL).where(REMOVAL.c.merged_into_id.is_(None)),
    "revisions": select(func.count()).select_from(REVISION),
    "stories": select(func.count(distinct(ARTICLE.c.story_id))),
}


def stats(session: Session) -> dict[str, Any]:
    """How many of everything there are, pages also by state, and the database's size in bytes."""
    connection = session.connection()
    found = {name: int(connection.scalar(statement) or 0) for name, statement in _COUNTS.items()}
    return {**found, "pages_by_state": pages.counts(session), "database_bytes": database_bytes(connection)}


_CAPTURES = (func.count(CAPTURE.c.id).label("captures"), func.count(distinct(CAPTURE.c.page_id)).label("pages"))
_BYTES = (func.sum(BLOB.c.size).label("unpacked"), func.sum(func.length(BLOB.c.packed)).label("packed"))


def archive_stats(session: Session) -> dict[str, Any]:
    """What the archive holds: captures, the pages they are of, their bytes, and the same by site, the largest first.

    Bytes that several captures hold are counted once, in the sums and for each site that has them.
    """
    connection = session.connection()
    held = select(CAPTURE.c.site_id, CAPTURE.c.blob_id).distinct().subquery()
    of_sites = select(held.c.site_id, *_BYTES).join(BLOB, BLOB.c.id == held.c.blob_id).group_by(held.c.site_id)
    sizes = {row.site_id: row for row in connection.execute(of_sites)}
    captures = select(SITE.c.id, SITE.c.host, *_CAPTURES).join(CAPTURE, CAPTURE.c.site_id == SITE.c.id)
    rows = connection.execute(captures.group_by(SITE.c.id, SITE.c.host))
    sites = [{"site": row.host, **_sizes(row, sizes[row.id])} for row in rows]
    total = _sizes(connection.execute(select(*_CAPTURES)).one(), connection.execute(select(*_BYTES)).one())
    return {**total, "sites": sorted(sites, key=lambda site: (-site["bytes_packed"], site["site"]))}


def _sizes(captures: Row[Any], sizes: Row[Any]) -> dict[str, Any]:
    unpacked, packed = int(sizes.unpacked or 0), int(sizes.packed or 0)
    return {
        "captures": captures.captures,
        "pages": captures.pages,
        "bytes_unpacked": unpacked,
        "bytes_packed": packed,
        "share": round(packed / unpacked, 4) if unpacked else None,
    }
