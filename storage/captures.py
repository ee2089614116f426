"""Captures on their way into the archive, those of a batch together: each page's bytes once, and when they were had."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select, update

from ingest.archive import LEAST_DICTIONARY, pack, unpack
from ingest.model import Capture
from storage.chunks import chunks
from storage.tables import BLOB, CAPTURE, PAGE, SITE

# What a response says that a reader of the archive, or the next request, may need; cookies are nobody's business.
KEPT_HEADERS = frozenset(
    [
        "cache-control",
        "content-language",
        "content-location",
        "content-type",
        "date",
        "etag",
        "last-modified",
        "link",
        "x-robots-tag",
    ]
)
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
# Made once: building a statement takes as long as running it.
_SITES = select(PAGE.c.id, PAGE.c.site_id).where(PAGE.c.id.in_(_WANTED))
_BLOBS = select(BLOB.c.sha256, BLOB.c.id).where(BLOB.c.sha256.in_(_WANTED))
_DIGESTS = select(BLOB.c.id, BLOB.c.sha256).where(BLOB.c.id.in_(_WANTED))
_LAST = select(func.max(CAPTURE.c.id)).where(CAPTURE.c.page_id.in_(_WANTED)).group_by(CAPTURE.c.page_id, CAPTURE.c.part)
_LATEST = select(CAPTURE.c.page_id, CAPTURE.c.part, CAPTURE.c.blob_id).where(CAPTURE.c.id.in_(_LAST))
_PUT_BLOBS = insert(BLOB).returning(BLOB.c.sha256, BLOB.c.id)
_BESIDE = update(SITE).where(SITE.c.id == bindparam("of_site")).values(dictionary_id=bindparam("blob_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A capture that is ready to be kept: its bytes packed, and beside which page of its site."""

    capture: Capture  # its body is gone
    part: int
    digest: bytes
    size: int
    packed: bytes
    dictionary_id: int | None = None
    dictionary_digest: bytes | None = None
    dictionary: bytes | None = None


def keep_all(connection: Connection, captures: Sequence[tuple[int, Packed]]) -> list[bool]:
    """Keep captures, each with its page's id; False where a page's latest holds the same bytes, or the page is gone."""
    sites = dict(_pairs(connection, _SITES, {page_id for page_id, _ in captures}))
    there = [packed for page_id, packed in captures if page_id in sites]
    blobs = dict(_pairs(connection, _BLOBS, {packed.digest for packed in there}))
    fresh = _held(connection, {packed.digest: packed for packed in reversed(there) if packed.digest not in blobs})
    blobs |= _put(connection, fresh)
    _set_dictionaries(connection, [(sites[page_id], fresh.get(one.digest)) for page_id, one in captures], blobs)
    latest = {(row.page_id, row.part): row.blob_id for row in _rows(connection, _LATEST, set(sites))}
    rows, kept = [], []
    for page_id, packed in captures:
        place, blob_id = (page_id, packed.part), blobs.get(packed.digest)
        kept.append(page_id in sites and latest.get(place) != blob_id)
        if kept[-1]:
            latest[place] = blob_id
            rows.append({**_row(packed), "page_id": page_id, "site_id": sites[page_id], "blob_id": blob_id})
    if rows:
        connection.execute(insert(CAPTURE), rows)
    return kept
