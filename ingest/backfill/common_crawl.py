"""Common Crawl's URL index (index.commoncrawl.org, pywb): crawl after crawl, page after page of rows.

Rows are JSON objects, one a line; each names the WARC file, offset and length of one record. A page that was asked for
and is not there is the end of a crawl: 404 without captures, 400 behind the last page.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from ingest.backfill import cdx, crawls
from ingest.backfill.answers import JSON_TYPES, count_at, count_in, is_refused, json_in, misread, refuse, text_at
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Ask, Copy, Cursor, End, Listing, Nature, Place, Ref, Reply, Target, Window
from ingest.backfill.unlikely import is_unlikely
from ingest.urls import clean_url, is_web_url

INDEX_URL = "https://index.commoncrawl.org"
DATA_URL = "https://data.commoncrawl.org"
FIELDS = "url,timestamp,status,mime,filename,offset,length"

_MOST_ROWS = 50_000  # of one answer
_MOST_RECORD_BYTES = 20_000_000
_MOST_LINE = 20_000
_FILE = re.compile(r"(?!.*\.\.)crawl-data/[A-Za-z0-9/_.-]{1,300}/warc/[A-Za-z0-9_.-]{1,200}\.warc\.gz")
_STAMP = re.compile(r"[0-9]{14}")
_NO_SUCH_PAGE = frozenset({400, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """``left``: the crawls to ask, the current one first; ``pages`` of it, None: it does not say."""

    index: str
    data: str
    pattern: str
    since: str | None
    until: str | None
    stage: str = "crawls"  # crawls, count, page
    left: tuple[str, ...] = ()
    page: int = 0
    pages: int | None = None
    answers: int = 0  # pages of rows so far


class CommonCrawl:
    """The crawls that may hold the window's pages, newest first."""

    name = "common_crawl"
    summary = "The site's pages in Common Crawl's archive, read record by record."
    nature = Nature(is_newest_first=False, idle_pages=60, empty_pages=60)  # later crawls mostly show the same pages

    def probe(self, target: Target) -> float:
        """Any site may be there."""
        return 0.1 if target.host else 0.0

    def first(self, target: Target) -> Cursor:
        """Which crawls there are."""
        base = target.archives.common_crawl_url
        folder = urlsplit(target.home_url).path.strip("/")
        window = target.window
        position = _Position(
            index=base or INDEX_URL,
            data=base or DATA_URL,
            pattern=f"{target.host}/{folder}/*" if folder else f"{target.host}/*",
            since=window.since.isoformat() if window.since else None,
            until=window.until.isoformat() if window.until else None,
        )
        return Cursor(_ask(f"{position.index}/collinfo.json"), pack(position))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The list of crawls, the number of a crawl's pages, or one of them."""
        position = unpack(_Position, cursor.state)
        if position.stage == "crawls":
            return _read_crawls(position, reply)
        return _read_count(position, reply) if position.stage == "count" else _read_page(position, reply)


def _read_crawls(position: _Position, reply: Reply) -> Listing:
    if is_refused(reply):
        return refuse(reply, is_first=True)
    found = crawls.crawls_in(json_in(reply.body))
    if not found:
        return misread(reply, wanted="list of crawls", is_first=True)
    return _next_crawl(replace(position, left=("", *crawls.choose(found, _window(position)))))


def _read_count(position: _Position, reply: Reply) -> Listing:
    """How many pages a crawl has of the site: an object with ``pages``, in older servers the bare number."""
    if is_refused(reply) and reply.status not in _NO_SUCH_PAGE:
        return refuse(reply, is_first=position.answers == 0)
    value = None if is_refused(reply) else json_in(reply.body)
    pages = count_at(value, "pages") if isinstance(value, dict) else count_in(value)
    if pages == 0 or reply.status == 404:  # noqa: PLR2004  no captures
        return _next_crawl(position)
    return Listing(next=_page(replace(position, pages=pages, page=0)))


def _read_page(position: _Position, reply: Reply) -> Listing:
    if reply.status in _NO_SUCH_PAGE:
        return _without_page(position, reply)
    if is_refused(reply):
        return refuse(reply, is_first=position.answers == 0)
    rows = list(_rows(reply.body))
    if not rows and reply.body.strip():
        return misread(reply, wanted="list of captures", is_first=position.answers == 0)
    refs = tuple(ref for row in rows if (ref := _ref(row, position.data)) is not None)
    return replace(_next_page(replace(position, answers=position.answers + 1)), refs=refs)


def _without_page(position: _Position, reply: Reply) -> Listing:
    """404: nothing on this page. 400: behind the last page; on the first one the question itself is bad."""
    if reply.status == 400 and position.page == 0:  # noqa: PLR2004
        return refuse(reply, is_first=position.answers == 0)
    is_known = reply.status == 404 and position.pages is not None  # noqa: PLR2004  all of the page was filtered out
    return _next_page(position) if is_known else _next_crawl(position)


def _next_page(position: _Position) -> Listing:
    page = position.page + 1
    if position.pages is not None and page >= position.pages:
        return _next_crawl(position)
    return Listing(next=_page(replace(position, page=page)))


def _next_crawl(position: _Position) -> Listing:
    left = position.left[1:]
    if not left:
        return Listing(end=End.COMPLETE)
    ahead = replace(position, left=left, stage="count", page=0, pages=None)
    return Listing(next=Cursor(_ask(f"{_question(ahead)}&showNumPages=true"), pack(ahead)))


def _page(position: _Position) -> Cursor:
    ahead = replace(position, stage="page")
    return Cursor(_ask(f"{_question(ahead)}&fl={FIELDS}&page={ahead.page}"), pack(ahead))


def _question(position: _Position) -> str:
    """A crawl's rows of the site. ``=status:200`` is pywb's filter for "is exactly"."""
    pattern = quote(position.pattern, safe="*/")
    return f"{position.index}/{position.left[0]}-index?url={pattern}&output=json&filter==status:200"


def _ask(url: str) -> Ask:
    return Ask(url=url, place=Place.COMMON_CRAWL, accept=JSON_TYPES, max_bytes=50_000_000)


def _window(position: _Position) -> Window:
    since, until = (datetime.fromisoformat(text) if text else None for text in (position.since, position.until))
    return Window(since, until)


def _rows(body: bytes) -> Iterator[Mapping[str, Any]]:
    """The objects of the lines; a line that is none, as where the answer was cut off, costs only itself."""
    for line in body.splitlines()[:_MOST_ROWS]:
        row = json_in(line) if len(line) <= _MOST_LINE else None
        if isinstance(row, dict) and "url" in row:
            yield row


def _ref(row: Mapping[str, Any], data: str) -> Ref | None:
    url, copy = text_at(row, "url"), _copy(row, data)
    is_page = "html" in (text_at(row, "mime") or "html") and text_at(row, "status") in ("200", None)
    if url is None or copy is None or not is_page or not is_web_url(url) or is_unlikely(url):
        return None
    return Ref(url=clean_url(url), latest_at=copy.captured_at, copies=(copy,))


def _copy(row: Mapping[str, Any], data: str) -> Copy | None:
    file, offset, length = text_at(row, "filename") or "", count_at(row, "offset"), count_at(row, "length")
    captured_at = _captured_at(text_at(row, "timestamp") or "")
    if not _FILE.fullmatch(file) or offset is None or not length or length > _MOST_RECORD_BYTES or not captured_at:
        return None
    ask = Ask(
        url=f"{data}/{file}", place=Place.COMMON_CRAWL, byte_range=(offset, offset + length - 1), max_bytes=length
    )
    return Copy(ask=ask, captured_at=captured_at, is_warc_record=True)


def _captured_at(stamp: str) -> datetime | None:
    try:
        return cdx.moment_of(stamp) if _STAMP.fullmatch(stamp) else None
    except ValueError:
        return None
