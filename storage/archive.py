"""The archive of pages as they were fetched: content-addressed, packed beside an earlier page of the same site."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, func, or_, select, update
from sqlmodel import Session

from ingest.archive import pack_beside, unpack
from ingest.model import Capture
from storage.chunks import chunks
from storage.dialects import take_turn
from storage.keeping import Packed, keep_all
from storage.tables import BLOB, CAPTURE, PAGE, SITE

PORTION = 100
_SHELF = 64  # dictionaries in memory: a page each
# Made once: building a statement takes as long as running it.
_BLOB = select(BLOB.c.id, BLOB.c.sha256).where(BLOB.c.id == bindparam("of_blob"))
_DICTIONARY = (
    select(BLOB.c.id, BLOB.c.sha256)
    .join(SITE, SITE.c.dictionary_id == BLOB.c.id)
    .where(SITE.c.id == bindparam("of_site"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveQuery:
    """Which captures: of a host, fetched ``since`` and before ``until``; only each page's latest unless ``is_all``.

    ``article_ids``: only of these articles' pages, at most some hundreds.
    """

    host: str | None = None
    article_ids: tuple[int, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A capture in the archive, with the page that it is of."""

    capture_id: int
    page_id: int | None
    host: str
    part: int
    capture: Capture


class Archive:
    """Puts pages into the archive and takes them out; remembers the dictionaries it used last."""

    def __init__(self) -> None:
        self._dictionaries: OrderedDict[bytes, bytes] = OrderedDict()  # by their sha256: ids of pruned ones come back
        self._sites: OrderedDict[int, Row[Any]] = OrderedDict()  # what each site's pages are packed beside

    def pack(self, session: Session, site_id: int, capture: Capture, part: int = 0) -> Packed:
        """Make a page ready to be kept, without writing; ``part`` is 0, and higher for an article's further pages."""
        known = self._sites.get(site_id) or self._beside(session, site_id)
        dictionary = self._dictionary(session, known) if known else None
        packed, is_beside = pack_beside(capture.body, dictionary)
        if not is_beside:
            self._sites.pop(site_id, None)  # this page is what the next ones are packed beside
        return Packed(
            capture=replace(capture, body=b""),
            part=part,
            digest=hashlib.sha256(capture.body).digest(),
            size=len(capture.body),
            packed=packed,
            dictionary_id=known.id if known and is_beside else None,
            dictionary_digest=bytes(known.sha256) if known and is_beside else None,
            dictionary=dictionary if is_beside else None,
        )

    def keep(self, session: Session, page_id: int, packed: Packed) -> bool:
        """Keep a page as fetched; False where its latest capture holds the same bytes."""
        return self.keep_all(session, [(page_id, packed)])[0]

    def keep_all(self, session: Session, captures: Sequence[tuple[int, Packed]]) -> list[bool]:
        """The same of many at once, each with its page's id."""
        return keep_all(session.connection(), captures)

    def read(self, session: Session, query: ArchiveQuery) -> Iterator[Kept]:
        """Captures in the order they were fetched, a portion in memory at a time.

        Raises:
            BadArchive: bytes that cannot be unpacked.
        """
        connection, after = session.connection(), 0
        while True:
            statement = _captures(query).where(CAPTURE.c.id > after).order_by(CAPTURE.c.id).limit(PORTION)
            rows = connection.execute(statement).all()
            yield from (self._kept(session, row) for row in rows)
            if len(rows) < PORTION:
                return
            after = rows[-1].id

    def latest(self, session: Session, page_id: int) -> tuple[Kept, ...]:
        """The page as it was fetched last, and behind it the further pages of its article."""
        statement = _captures(ArchiveQuery()).where(CAPTURE.c.page_id == page_id).order_by(CAPTURE.c.part)
        return tuple(self._kept(session, row) for row in session.connection().execute(statement))

    def _beside(self, session: Session, site_id: int) -> Row[Any] | None:
        """The dictionary of a site. One that was pruned since does no harm: ``keep_all`` looks."""
        found = session.connection().execute(_DICTIONARY, {"of_site": site_id}).one_or_none()
        if found is not None:
            self._sites[site_id] = found
            if len(self._sites) > _SHELF:
                self._sites.popitem(last=False)
        return found

    def _dictionary(self, session: Session, blob: Row[Any]) -> bytes:
        digest = bytes(blob.sha256)
        if digest not in self._dictionaries:
            packed = session.connection().execute(select(BLOB.c.packed).where(BLOB.c.id == blob.id)).scalar_one()
            self._dictionaries[digest] = unpack(bytes(packed))
        self._dictionaries.move_to_end(digest)
        if len(self._dictionaries) > _SHELF:
            self._dictionaries.popitem(last=False)
        return self._dictionaries[digest]

    def _kept(self, session: Session, row: Row[Any]) -> Kept:
        dictionary = None
        if row.dictionary_id is not None:
            blob = session.connection().execute(_BLOB, {"of_blob": row.dictionary_id}).one()
            dictionary = self._dictionary(session, blob)
        capture = Capture(
            url=row.url,
            body=unpack(bytes(row.packed), dictionary),
            fetched_at=row.fetched_at,
            final_url=row.final_url,
            status=row.status,
            headers=row.headers,
        )
        return Kept(capture_id=row.id, page_id=row.page_id, host=row.host, part=row.part, capture=capture)


def _captures(query: ArchiveQuery) -> Any:
    statement = (
        select(CAPTURE, BLOB.c.packed, BLOB.c.dictionary_id, SITE.c.host)
        .join(BLOB, BLOB.c.id == CAPTURE.c.blob_id)
        .join(SITE, SITE.c.id == CAPTURE.c.site_id)
    )
    if query.host is not None:
        statement = statement.where(SITE.c.host == query.host)
    if query.article_ids is not None:
        pages = select(PAGE.c.id).where(PAGE.c.article_id.in_(query.article_ids))
        statement = statement.where(CAPTURE.c.page_id.in_(pages))
    if query.since is not None:
        statement = statement.where(CAPTURE.c.fetched_at >= query.since)
    if query.until is not None:
        statement = statement.where(CAPTURE.c.fetched_at < query.until)
    return statement if query.is_all else statement.where(_is_latest())


def _is_latest() -> ColumnElement[bool]:
    later = CAPTURE.alias("later")
    return ~select(later.c.id).where(_same_page(later), later.c.id > CAPTURE.c.id).exists()


def _same_page(other: Any) -> ColumnElement[bool]:
    return and_(other.c.page_id == CAPTURE.c.page_id, other.c.part == CAPTURE.c.part)


# --- pruning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePolicy:
    """What may go: captures fetched ``before`` a time, and all but the ``keep`` latest of each page. None: no limit."""

    before: datetime | None = None
    keep: int | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or would go: captures, the pages' bytes that nothing else holds, and what they take packed."""

    captures: int
    pages: int
    bytes_unpacked: int
    bytes_packed: int


def preview(session: Session, policy: ArchivePolicy) -> Pruned:
    """What ``prune`` would take away, counted without taking it."""
    savepoint = session.begin_nested()
    try:
        return prune(session, policy)
    finally:
        savepoint.rollback()


def final_url(session: Session, page_id: int) -> str | None:
    """Where the page was found at last, behind redirects; None where it is not in the archive."""
    latest = select(CAPTURE.c.final_url).where(CAPTURE.c.page_id == page_id, CAPTURE.c.part == 0)
    return session.connection().scalar(latest.order_by(CAPTURE.c.id.desc()).limit(1))


def prune(session: Session, policy: ArchivePolicy) -> Pruned:
    """Take away what the policy lets go. Bytes stay while another capture holds them or another page needs them."""
    connection = session.connection()
    take_turn(connection)
    ids = list(connection.scalars(select(CAPTURE.c.id).where(_may_go(policy))))
    for portion in chunks(ids):
        connection.execute(delete(CAPTURE).where(CAPTURE.c.id.in_(portion)))
    pages = size = packed = 0
    while rows := connection.execute(_loose_blobs()).all():
        pages, size, packed = pages + len(rows), size + sum(r.size for r in rows), packed + sum(r.taken for r in rows)
        for portion in chunks([row.id for row in rows]):
            connection.execute(update(SITE).where(SITE.c.dictionary_id.in_(portion)).values(dictionary_id=None))
            connection.execute(delete(BLOB).where(BLOB.c.id.in_(portion)))
    return Pruned(len(ids), pages, size, packed)


def _may_go(policy: ArchivePolicy) -> ColumnElement[bool]:
    limits = []
    if policy.before is not None:
        limits.append(CAPTURE.c.fetched_at < policy.before)
    if policy.keep is not None:
        later = CAPTURE.alias("later")
        newer = select(func.count()).where(_same_page(later), later.c.id > CAPTURE.c.id)
        limits.append(newer.scalar_subquery() >= policy.keep)
    chosen = or_(*limits) if limits else CAPTURE.c.id < 0
    if policy.host is None:
        return chosen
    return and_(chosen, CAPTURE.c.site_id.in_(select(SITE.c.id).where(SITE.c.host == policy.host)))


def _loose_blobs() -> Any:
    other = BLOB.alias("other")
    return (
        select(BLOB.c.id, BLOB.c.size, func.length(BLOB.c.packed).label("taken"))
        .where(~select(CAPTURE.c.id).where(CAPTURE.c.blob_id == BLOB.c.id).exists())
        .where(~select(other.c.id).where(other.c.dictionary_id == BLOB.c.id).exists())
        .limit(PORTION)
    )
