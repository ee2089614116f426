"""A page that is gone, or that a file on this machine has: its copy in an archive, under its own address."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.mill import Mill
from flows.steps.ask_history import read_part, reply_of, request_of
from ingest.backfill.copies import ask_missing, read_copy, read_missing
from ingest.backfill.source import Copy, Place, Ref, Reply
from ingest.backfill.stored import read_copy as copy_of
from ingest.backfill.stored import write_copy
from ingest.errors import BadUrl
from ingest.fetch.budget import Share
from ingest.jobs import PageReading
from ingest.model import Capture, FailureKind, FetchFailed, PendingPage
from ingest.urls import host_of
from storage import sites
from storage.keeping import Packed

log = logging.getLogger(__name__)

GONE = frozenset({FailureKind.NOT_FOUND, FailureKind.GONE, FailureKind.DNS})
_NEAREST = "is_nearest"  # of a copy that nobody has named: the machine leads to the one nearest to a moment
_UNKNOWN = datetime(1996, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a copy is asked for, and all that there are."""

    copies: list[dict[str, Any]]
    copy_at: int
    host: str


def wanted_copy(pending: PendingPage) -> int | None:
    """Which of its copies is had in place of the page: the one that it waits for, or one on this machine."""
    history = pending.history
    if history is None or history.copy_at is not None:
        return history.copy_at if history is not None else None
    return 0 if history.copies and history.copies[0]["ask"]["place"] == Place.FILE else None


def next_copy(mill: Mill, pending: PendingPage) -> Lead | None:
    """The copy to ask for next, now that the page, or the copy before, is not to be had; None: there is no other."""
    history = pending.history
    if history is None or pending.url is None:
        return None
    copies = [dict(copy) for copy in history.copies]
    at = wanted_copy(pending)
    is_closed = not history.uses_copies or not mill.settings.wayback_url or any(_NEAREST in copy for copy in copies)
    if not is_closed:
        published_at = pending.entry.published_at if pending.entry is not None else None
        copies.append(_nearest(mill.settings.wayback_url, pending.url, published_at))
    following = 0 if at is None else at + 1
    if following >= len(copies):
        return None
    return Lead(copies, following, _host(copies[following], pending.url))


async def fetch_copy(mill: Mill, pending: PendingPage, share: Share) -> Capture | FetchFailed:
    """The page as it was kept, or why that could not be had."""
    at = wanted_copy(pending)
    assert pending.history is not None
    assert at is not None
    document = pending.history.copies[at]
    copy = copy_of(document)
    if copy.ask.place is Place.FILE:
        reply: Reply | None = await asyncio.to_thread(read_part, copy.ask)
    else:
        result = await mill.client.fetch(request_of(copy.ask), share)
        reply = reply_of(result, pending.attempts)
        if reply is None:
            assert isinstance(result, FetchFailed)
            return result
    assert reply is not None
    found = await asyncio.to_thread(_read, pending, document, copy, reply)
    return found if found is not None else _missing(copy, reply)


def pack_copy(mill: Mill, pending: PendingPage, capture: Capture) -> tuple[Packed, ...]:
    """The copy for the archive, as of the day it was made; nothing where the settings are against it."""
    if not mill.settings.archive_pages or pending.url is None:
        return ()
    with mill.database.read() as session:
        site_id = sites.ids(session, [host_of(pending.url)]).get(host_of(pending.url))
        return (mill.archive.pack(session, site_id, capture),) if site_id is not None else ()


def told(reading: PageReading, pending: PendingPage, capture: Capture) -> PageReading:
    """The reading of a copy, marked as one: where it was had, and from which day it is."""
    at = wanted_copy(pending)
    assert pending.history is not None
    assert at is not None
    copy = copy_of(pending.history.copies[at])
    words = f"of {capture.fetched_at:%Y-%m-%d}, {copy.ask.url}"
    article = reading.article
    provenance = {**article.provenance, "copy": words}
    marked = replace(article, provenance=provenance, extractor=f"{article.extractor} (copy {words})")
    return replace(reading, article=marked)


def _read(pending: PendingPage, document: Mapping[str, Any], copy: Copy, reply: Reply) -> Capture | None:
    if document.get(_NEAREST):
        return read_missing(pending.url or "", reply)
    return read_copy(Ref(url=pending.url), copy, reply)


def _missing(copy: Copy, reply: Reply) -> FetchFailed:
    detail = f"{copy.ask.url}: the archive has no such copy."
    return FetchFailed(url=copy.ask.url, kind=FailureKind.NOT_FOUND, detail=detail, status=reply.status)


def _nearest(wayback_url: str, url: str, published_at: datetime | None) -> dict[str, Any]:
    asked = ask_missing(wayback_url, url, published_at)
    return {**write_copy(Copy(ask=asked, captured_at=_UNKNOWN)), _NEAREST: True}


def _host(document: Mapping[str, Any], url: str) -> str:
    try:
        return host_of(url) if document["ask"]["place"] == Place.FILE else host_of(document["ask"]["url"])
    except BadUrl:
        return host_of(url)
