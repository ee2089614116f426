"""Captures on their way into the archive, those of a batch together: each page's bytes once, and when they were had."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, insert, select, update

from ingest.archive import LEAST_DICTIONARY, pack, unpack
from ingest.model import Capture
from storage.chunks import chunks
from storage.dialects import take_turn
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
_PUT_CAPTURES = insert(CAPTURE)
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
    take_turn(connection)  # what pages are packed beside must not go meanwhile
    sites: dict[int, int] = {row.id: row.site_id for row in _rows(connection, _SITES, {one for one, _ in captures})}
    blobs = _put_blobs(connection, [(sites[page_id], packed) for page_id, packed in captures if page_id in sites])
    latest = {(row.page_id, row.part): row.blob_id for row in _rows(connection, _LATEST, set(sites))}
    rows, kept = [], []
    for page_id, packed in captures:
        place, blob_id = (page_id, packed.part), blobs.get(packed.digest)
        kept.append(page_id in sites and latest.get(place) != blob_id)
        if kept[-1]:
            latest[place] = blob_id
            rows.append({**_row(packed), "page_id": page_id, "site_id": sites[page_id], "blob_id": blob_id})
    if rows:
        connection.execute(_PUT_CAPTURES, rows)
    return kept


def _row(packed: Packed) -> dict[str, Any]:
    capture = packed.capture
    return {
        "part": packed.part,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "headers": {name: value for name, value in capture.headers.items() if name in KEPT_HEADERS},
        "fetched_at": capture.fetched_at,
    }


def _put_blobs(connection: Connection, packed: Sequence[tuple[int, Packed]]) -> dict[bytes, int]:
    """The blobs of these bytes, each by its digest; those that are not there are put there. With each, its site."""
    blobs: dict[bytes, int] = {
        bytes(row.sha256): row.id for row in _rows(connection, _BLOBS, {one.digest for _, one in packed})
    }
    fresh = {one.digest: (site_id, one) for site_id, one in reversed(packed) if one.digest not in blobs}
    if not fresh:
        return blobs
    held = _held(connection, [one for _, one in fresh.values()])
    rows = [
        {"sha256": one.digest, "size": one.size, "packed": one.packed, "dictionary_id": one.dictionary_id}
        for one in held
    ]
    blobs |= {bytes(row.sha256): row.id for row in connection.execute(_PUT_BLOBS, rows)}
    beside = [
        {"of_site": fresh[one.digest][0], "blob_id": blobs[one.digest]}
        for one in held
        if one.dictionary_id is None and one.size >= LEAST_DICTIONARY  # the first page, or of a new template
    ]
    if beside:
        connection.execute(_BESIDE, beside)
    return blobs


def _held(connection: Connection, packed: Sequence[Packed]) -> list[Packed]:
    """The same, packed alone where a dictionary was pruned since."""
    wanted = {one.dictionary_id for one in packed if one.dictionary_id is not None}
    digests = {row.id: bytes(row.sha256) for row in _rows(connection, _DIGESTS, wanted)}
    return [one if _is_held(one, digests) else _alone(one) for one in packed]


def _is_held(one: Packed, digests: Mapping[int, bytes]) -> bool:
    return one.dictionary_id is None or digests.get(one.dictionary_id) == one.dictionary_digest


def _alone(one: Packed) -> Packed:
    return replace(one, packed=pack(unpack(one.packed, one.dictionary)), dictionary_id=None)


def _rows(connection: Connection, statement: Any, wanted: Collection[Any]) -> Iterator[Row[Any]]:
    for portion in chunks(sorted(wanted)):
        yield from connection.execute(statement, {"wanted": portion})
