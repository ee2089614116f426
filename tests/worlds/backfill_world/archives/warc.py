"""WARC files of captures, made with warcio: every record packed by itself, so that a range of bytes is one record."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from backfill_world.archives.captures import Capture


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies in its file: bytes."""

    offset: int
    length: int


def pack(captures: Iterable[Capture]) -> tuple[bytes, list[Place]]:
    """A WARC file with a warcinfo record and a response record for each capture, and where these lie."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    writer.write_record(writer.create_warcinfo_record("slipway.warc.gz", {"software": "slipway", "format": "WARC 1.0"}))
    places = []
    for one in captures:
        offset = out.tell()
        status = f"{one.status} {HTTPStatus(one.status).phrase}"
        headers = StatusAndHeaders(status, one.headers, protocol="HTTP/1.1")
        moment = {"WARC-Date": f"{one.captured_at:%Y-%m-%dT%H:%M:%SZ}"}
        record = writer.create_warc_record(
            one.url,
            "response",
            payload=BytesIO(one.body),
            length=len(one.body),  # or warcio spools the payload into a file that it leaves open
            http_headers=headers,
            warc_headers_dict=moment,
        )
        writer.write_record(record)
        places.append(Place(offset, out.tell() - offset))
    return out.getvalue(), places


def warc_file(captures: Iterable[Capture], path: Path) -> Path:
    """Write the captures as a WARC file, as CC-NEWS has them."""
    path.write_bytes(pack(captures)[0])
    return path
