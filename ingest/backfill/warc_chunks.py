"""WARC files by chunks: where each record begins and ends, and what its headers say (ISO 28500). Pure; nothing is kept.

A gzipped file has one member a record, so that any record can be had by its range alone.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.urls import is_web_url

MOST_UNPACKED = 400_000_000  # of one chunk: more is a bomb

_HEAD = 65_536  # of a record, unpacked: its headers and those of HTTP
_PIECE = 65_536
_FIELD = re.compile(rb"^([A-Za-z-]{1,60}):[ \t]*([^\r\n]{0,4096})", re.MULTILINE)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")
_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Record:
    """A page's record: where it is in the chunk, and whose capture it is."""

    start: int
    length: int
    url: str
    captured_at: datetime


@dataclass(slots=True)
class Chunk:
    """What a chunk holds: ``end`` is where the first record begins that is not all there."""

    records: list[Record] = field(default_factory=list)
    end: int = 0
    is_damaged: bool = False


def read_chunk(body: bytes) -> Chunk:
    """The page records (successful HTML responses) in a chunk that begins where a record begins."""
    chunk = Chunk()
    unpacked = 0
    for head, length, size in _parts(body, chunk):
        record = _record(head, chunk.end, length)
        if record is not None:
            chunk.records.append(record)
        chunk.end += length
        unpacked += size
        if unpacked > MOST_UNPACKED:
            chunk.is_damaged = True
            break
    return chunk


def _parts(body: bytes, chunk: Chunk) -> Iterator[tuple[bytes, int, int]]:
    """Each whole record: the start of it unpacked, its length in the file, its length unpacked."""
    while chunk.end < len(body):
        part = _member(body, chunk.end) if body.startswith(b"\x1f\x8b", chunk.end) else _plain(body, chunk.end)
        if part is None:
            chunk.is_damaged = True
            return
        if not part[1]:
            return
        yield part


def _member(body: bytes, start: int) -> tuple[bytes, int, int] | None:
    """A gzip member; None where it is damaged, of length 0 where it is not all there."""
    unpacker, head, size, position = zlib.decompressobj(zlib.MAX_WBITS | 16), b"", 0, start
    try:
        while not unpacker.eof:
            fed = unpacker.unconsumed_tail or body[position : position + _PIECE]
            position += 0 if unpacker.unconsumed_tail else len(fed)
            if not fed:
                return b"", 0, 0
            piece = unpacker.decompress(fed, 1_000_000)
            size += len(piece)
            head = head if len(head) >= _HEAD else head + piece[:_HEAD]
            if size > MOST_UNPACKED:
                return None
    except zlib.error:
        return None
    return head, position - len(unpacker.unused_data) - start, size


def _plain(body: bytes, start: int) -> tuple[bytes, int, int] | None:
    """A record that is not packed: its own header says how long it is."""
    if not body.startswith(b"WARC/", start):
        return (b"", 0, 0) if len(body) - start < len(b"WARC/") else None
    end = body.find(b"\r\n\r\n", start, start + _HEAD)
    if end < 0:
        return (b"", 0, 0) if len(body) - start < _HEAD else None
    length = _fields(body[start:end]).get(b"content-length", b"")
    if not length.isdigit() or len(length) > 12:  # noqa: PLR2004  more is no length of a record
        return None
    total = end + 4 + int(length) + 4 - start
    is_whole = start + total <= len(body)
    return (body[start : start + min(total, _HEAD)], total, total) if is_whole else (b"", 0, 0)


def _record(head: bytes, start: int, length: int) -> Record | None:
    warc, _, http = head.partition(b"\r\n\r\n")
    status = _STATUS.match(http)
    fields, answer = _fields(warc), _fields(http.partition(b"\r\n\r\n")[0])
    media_type = answer.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    is_page = fields.get(b"warc-type") == b"response" and status is not None and status[1] == b"200"
    url = fields.get(b"warc-target-uri", b"").decode("utf-8", "replace").strip().strip("<>")
    captured_at = _moment(fields.get(b"warc-date", b"").decode("latin-1"))
    if not is_page or media_type not in _PAGES or captured_at is None or not is_web_url(url):
        return None
    return Record(start, length, url, captured_at)


def _fields(head: bytes) -> dict[bytes, bytes]:
    return {name.lower(): value.strip() for name, value in _FIELD.findall(head)}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
