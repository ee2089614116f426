"""WARC files that the user names, Common Crawl's news crawl above all (CC-NEWS: no index, about 1 GB a file)."""

from dataclasses import dataclass, replace

from ingest.backfill.answers import is_refused
from ingest.backfill.belonging import is_page_of
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Ask, Copy, Cursor, End, Listing, Nature, Place, Ref, Reply, Target
from ingest.backfill.warc_chunks import Chunk, Record, read_chunk
from ingest.urls import clean_url

CHUNK = 8_000_000  # bytes; a record that does not fit is asked for with more
LARGEST_CHUNK = 128_000_000
ENDINGS = (".warc", ".warc.gz", ".arc.gz", ".arc")

_NEVER = 1_000_000_000  # a file is read to its end, however little of it is the site's


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    home: str
    left: tuple[str, ...]  # files, the current one first
    offset: int = 0
    size: int = CHUNK
    found: int = 0
    unread: int = 0  # files that could not be read, or not to their end


class CcNews:
    """One chunk of a file after the other; each page is had by its range in the file."""

    name = "cc_news"
    summary = "The site's pages in WARC files on this machine, as Common Crawl's CC-NEWS publishes them."
    nature = Nature(is_newest_first=False, idle_pages=_NEVER, empty_pages=_NEVER)

    def probe(self, target: Target) -> float:
        """Certain where the user names such a file."""
        return 1.0 if _files(target) else 0.0

    def first(self, target: Target) -> Cursor:
        """The first chunk of the first file."""
        return _cursor(_Position(home=target.home_url, left=_files(target)))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The site's pages in a chunk, and the chunk behind it."""
        position = unpack(_Position, cursor.state)
        if is_refused(reply):
            return _next_file(replace(position, unread=position.unread + 1), ())
        is_last = len(reply.body) < position.size
        chunk = read_chunk(reply.body)
        refs = tuple(ref for record in chunk.records if (ref := _ref(record, position)) is not None)
        position = replace(position, found=position.found + len(chunk.records))
        if is_last or chunk.is_damaged:
            is_whole = not chunk.is_damaged and chunk.end == len(reply.body)
            return _next_file(replace(position, unread=position.unread + (not is_whole)), refs)
        return _next_chunk(position, chunk, refs)


def is_warc(path: str) -> bool:
    """Whether a file is named like a WARC file."""
    return path.lower().endswith(ENDINGS)


def _files(target: Target) -> tuple[str, ...]:
    return tuple(path for path in target.files if is_warc(path))


def _next_chunk(position: _Position, chunk: Chunk, refs: tuple[Ref, ...]) -> Listing:
    if chunk.end:
        return Listing(refs=refs, next=_cursor(replace(position, offset=position.offset + chunk.end, size=CHUNK)))
    if position.size >= LARGEST_CHUNK:
        return _next_file(replace(position, unread=position.unread + 1), refs)
    return Listing(refs=refs, next=_cursor(replace(position, size=position.size * 4)))


def _next_file(position: _Position, refs: tuple[Ref, ...]) -> Listing:
    left = position.left[1:]
    if left:
        return Listing(refs=refs, next=_cursor(replace(position, left=left, offset=0, size=CHUNK)))
    if position.unread:
        end = End.BLOCKED if position.found else End.UNSUITABLE
        detail = f"{position.unread} of the files are no WARC files, or damaged"
        return Listing(refs=refs, end=end, detail=detail)
    return Listing(refs=refs, end=End.COMPLETE)


def _cursor(position: _Position) -> Cursor:
    byte_range = (position.offset, position.offset + position.size - 1)
    ask = Ask(url=position.left[0], place=Place.FILE, byte_range=byte_range, max_bytes=position.size)
    return Cursor(ask, pack(position))


def _ref(record: Record, position: _Position) -> Ref | None:
    if not is_page_of(record.url, position.home):
        return None
    start = position.offset + record.start
    ask = Ask(
        url=position.left[0],
        place=Place.FILE,
        byte_range=(start, start + record.length - 1),
        max_bytes=record.length,
    )
    copy = Copy(ask=ask, captured_at=record.captured_at, is_warc_record=True)
    return Ref(url=clean_url(record.url), latest_at=record.captured_at, copies=(copy,))
