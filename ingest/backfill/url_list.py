"""Lists of addresses that the user names: one a line, alone, first on its line, or as ``url`` of a JSON object."""

import re
from dataclasses import dataclass, replace

from ingest.backfill.answers import is_refused, json_in, text_at
from ingest.backfill.cc_news import is_warc
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Ask, Cursor, End, Listing, Nature, Place, Ref, Reply, Target
from ingest.urls import clean_url, is_web_url

CHUNK = 1_000_000  # bytes
_MOST_WEB_BYTES = 5_000_000

_NEVER = 1_000_000_000
_SEPARATORS = re.compile(r"[\s,;\"<>]+")
_LONGEST_LINE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    left: tuple[str, ...]  # lists, the current one first
    offset: int = 0
    found: int = 0
    passed: int = 0  # lines that hold no address
    unread: int = 0


class UrlList:
    """One chunk of a list after the other. The addresses may be of any site: the user named them."""

    name = "url_list"
    summary = "Addresses from files, or from lists on the web: one a line."
    nature = Nature(is_newest_first=False, idle_pages=_NEVER, empty_pages=_NEVER)

    def probe(self, target: Target) -> float:
        """Certain where the user names a list."""
        return 1.0 if _lists(target) else 0.0

    def first(self, target: Target) -> Cursor:
        """The first chunk of the first list."""
        return _cursor(_Position(left=_lists(target)))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The addresses of a chunk, up to its last whole line, and the chunk behind it."""
        position = unpack(_Position, cursor.state)
        if is_refused(reply):
            return _next_list(replace(position, unread=position.unread + 1), ())
        is_last = cursor.ask.byte_range is None or len(reply.body) < CHUNK
        end = len(reply.body) if is_last else reply.body.rfind(b"\n") + 1
        lines = _lines_of(reply.body[:end] if end else b"")
        refs = tuple(Ref(url=clean_url(url)) for line in lines if (url := _address(line)) is not None)
        position = replace(position, found=position.found + len(refs), passed=position.passed + len(lines) - len(refs))
        if is_last:
            return _next_list(position, refs)
        ahead = replace(position, offset=position.offset + (end or len(reply.body)))
        return Listing(refs=refs, next=_cursor(ahead))


def _lists(target: Target) -> tuple[str, ...]:
    return tuple(path for path in target.files if not is_warc(path))


def _lines_of(body: bytes) -> list[str]:
    """Those that are neither blank nor a comment."""
    lines = (line.strip() for line in body.decode("utf-8-sig", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _address(line: str) -> str | None:
    if "://" not in line or len(line) > _LONGEST_LINE:
        return None
    if line.startswith("{"):
        value = json_in(line.encode("utf-8", "replace"))
        url = text_at(value, "url") if isinstance(value, dict) else None
        return url if is_web_url(url) else None
    return next((word for word in _SEPARATORS.split(line) if is_web_url(word)), None)


def _next_list(position: _Position, refs: tuple[Ref, ...]) -> Listing:
    left = position.left[1:]
    if left:
        return Listing(refs=refs, next=_cursor(replace(position, left=left, offset=0)))
    passed = f"{position.passed} line(s) without an address were passed over" if position.passed else None
    if position.unread:
        end = End.BLOCKED if position.found else End.UNSUITABLE
        return Listing(refs=refs, end=end, detail=f"{position.unread} of the lists could not be read")
    return Listing(refs=refs, end=End.COMPLETE, detail=passed)


def _cursor(position: _Position) -> Cursor:
    url = position.left[0]
    if is_web_url(url):
        return Cursor(Ask(url=url, accept="text/plain,*/*;q=0.1", max_bytes=_MOST_WEB_BYTES), pack(position))
    byte_range = (position.offset, position.offset + CHUNK - 1)
    return Cursor(Ask(url=url, place=Place.FILE, byte_range=byte_range, max_bytes=CHUNK), pack(position))
