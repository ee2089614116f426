"""Archived pages as WARC files (ISO 28500, version 1.1), and WARC files as pages."""

import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.errors import BadArchive
from ingest.model import Capture

_MOST_BYTES = 5_000_000  # of one page, as anywhere else
_PAGES = ("text/html", "application/xhtml+xml")


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio publishes no types
    """Digests are taken in memory: warcio's temporary files stay open, and a page has 5 MB at most."""

    _create_temp_file = staticmethod(BytesIO)


def write_warc(captures: Iterable[Capture], sink: BinaryIO, now: datetime) -> int:
    """Write pages as response records, each its own gzip member, after a warcinfo record; gives how many."""
    writer = _Writer(sink, gzip=True, warc_version="1.1")
    info = {"software": "feedmill", "format": "WARC File Format 1.1", "description": "pages, content codings undone"}
    writer.write_record(writer.create_warcinfo_record(f"feedmill-{now:%Y%m%d%H%M%S}.warc.gz", info))
    count = 0
    for capture in captures:
        writer.write_record(_response(writer, capture))
        count += 1
    return count


def _response(writer: _Writer, capture: Capture) -> ArcWarcRecord:
    headers = [(name, value) for name, value in capture.headers.items() if name != "content-length"]
    headers.append(("content-length", str(len(capture.body))))
    return writer.create_warc_record(
        capture.final_url or capture.url,
        "response",
        payload=BytesIO(capture.body),
        http_headers=StatusAndHeaders(f"{capture.status} OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": capture.fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ")},
    )


def read_warc(source: BinaryIO) -> Iterator[Capture]:
    """The pages in a WARC or ARC file, packed or not: successful HTML responses of at most 5 MB, in their order.

    Raises:
        BadArchive: no WARC file, or a damaged one; what came before the damage was given.
    """
    try:
        for record in ArchiveIterator(source, arc2warc=True):
            capture = _capture(record)
            if capture is not None:
                yield capture
    except (ArchiveLoadFailed, AttributeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise BadArchive(f"the WARC file cannot be read: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """What is wrong, in one line."""
    told = " ".join(str(error).split())
    if "non-chunked gzip" in told:
        return "it is packed as a whole, not record by record; unpack it with gunzip and read that"
    return told or type(error).__name__


def _capture(record: ArcWarcRecord) -> Capture | None:
    url, http = record.rec_headers.get_header("WARC-Target-URI"), record.http_headers
    if record.rec_type != "response" or http is None or not (url or "").startswith(("http://", "https://")):
        return None
    status = http.get_statuscode()
    headers = {name.lower(): value for name, value in http.headers}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status != "200" or media_type not in _PAGES:
        return None
    body = record.content_stream().read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        return None
    if getattr(record.raw_stream, "limit", 0):  # what the record's length announced and the file has not
        raise BadArchive(f"the WARC file cannot be read: it ends within the record of {url}")
    if not body:
        return None
    for name in ("content-encoding", "transfer-encoding", "content-length"):
        headers.pop(name, None)
    fetched_at = _moment(record.rec_headers.get_header("WARC-Date"))
    if fetched_at is None:
        return None
    return Capture(url=url.strip("<>"), body=body, fetched_at=fetched_at, headers=headers)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError:
        return None
