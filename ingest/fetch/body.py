"""A response's headers and body, read with a bound: more than asked for is never kept."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from ingest.fetch.decode import decoder_for
from ingest.fetch.failures import Failure, RequestFailed
from ingest.model import FailureKind

_WIRE_SLACK_BYTES = 65_536  # a coding's own overhead, on bodies that do not compress
_SKIPPED_BYTES = 65_536
_SKIP_SECONDS = 1.0

Hold = Callable[[int], Awaitable[None]]


def headers_of(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Give the headers by lower-case name, repeated ones joined by ", ", each byte as one character (Latin-1)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(response: aiohttp.ClientResponse, coding: str, max_bytes: int, hold: Hold) -> bytes:
    """Give the whole body, its Content-Encoding undone: all of them, for two headers are a stack too.

    Each piece is kept once ``hold`` has let so many bytes in.

    Raises:
        RequestFailed: it is larger than ``max_bytes``, decoded or on the wire.
        UndecodableBody: the coding is unknown, or its stream is damaged or ends early.
        aiohttp.ClientError: the connection broke before its end.
    """
    if not coding and (response.content_length or 0) > max_bytes:
        raise _too_large(max_bytes)
    decoder = decoder_for(coding)
    pieces: list[bytes] = []  # joined at the end: a single piece is then never copied
    size = on_wire = 0
    async for data in response.content.iter_any():
        on_wire += len(data)
        for piece in decoder.decode(data):
            size += len(piece)
            if size > max_bytes:
                raise _too_large(max_bytes)
            await hold(len(piece))
            pieces.append(piece)
        if on_wire > max_bytes + _WIRE_SLACK_BYTES:
            raise _too_large(max_bytes)
    if on_wire:
        decoder.finish()
    return b"".join(pieces)


async def skip_body(response: aiohttp.ClientResponse) -> None:
    """Read past a small body that nobody wants, so that the connection can be used again; give up on any other."""
    length = response.content_length
    if length is not None and length > _SKIPPED_BYTES:
        return
    skipped = 0
    try:
        async with asyncio.timeout(_SKIP_SECONDS):
            async for data in response.content.iter_any():
                skipped += len(data)
                if skipped > _SKIPPED_BYTES:
                    return
    except (TimeoutError, aiohttp.ClientError, OSError):
        return


def _too_large(max_bytes: int) -> RequestFailed:
    return RequestFailed(Failure(FailureKind.TOO_LARGE, f"the body is larger than {max_bytes:,} bytes"))
