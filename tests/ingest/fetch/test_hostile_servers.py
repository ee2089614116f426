"""Servers that want to hurt: bombs, drips, floods (design note on hostile input, section 4)."""

import asyncio
import gzip
import resource
import sys
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import brotli
import pytest

from ingest.fetch import transport
from ingest.fetch.client import Client
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest, FetchResult

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Make = Callable[..., Awaitable[Client]]
GIB = 1 << 30
MIB = 1 << 20
GROWTH_LIMIT_MB = 100


def bomb(coding: str) -> bytes:
    """One GiB of zeros in a coding."""
    zeros = bytes(MIB)
    if coding == "br":
        compressor = brotli.Compressor(quality=1)
        pieces = [compressor.process(zeros) for _ in range(GIB // MIB)]
        return b"".join(pieces) + bytes(compressor.finish())
    if coding == "zstd":
        stream = zstd.ZstdCompressor()
        return b"".join(stream.compress(zeros) for _ in range(GIB // MIB)) + stream.flush()
    deflate = zlib.compressobj(wbits=-15)
    block = deflate.compress(zeros) + deflate.flush(zlib.Z_FULL_FLUSH)
    header = b"\x1f\x8b\x08" + bytes(6) + b"\xff" if coding == "gzip" else b"\x78\x01"
    return header + block * (GIB // MIB) + b"\x03\x00" + bytes(8)


def peak_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


async def get(client: Client, url: str, **more: Any) -> FetchResult:
    return await client.fetch(FetchRequest(url=url, **more))


def kind(result: FetchResult) -> FailureKind:
    assert isinstance(result, FetchFailed), result
    return result.kind


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_a_bomb_of_a_gibibyte_stops_at_the_limit(server: Any, client: Client, coding: str) -> None:
    url = server.reply("/", body=bomb(coding), headers=b"Content-Encoding: %s\r\n" % coding.encode())
    before = peak_memory_mb()

    assert kind(await get(client, url)) is FailureKind.TOO_LARGE
    assert peak_memory_mb() - before < GROWTH_LIMIT_MB


async def test_a_bomb_in_a_bomb_is_refused_unopened(server: Any, client: Client) -> None:
    body = gzip.compress(bomb("gzip"))
    url = server.reply("/", body=body, headers=b"Content-Encoding: gzip, gzip\r\n")
    twice = server.reply("/2", body=body, headers=b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n")
    before = peak_memory_mb()

    assert kind(await get(client, url)) is FailureKind.PROTOCOL
    assert kind(await get(client, twice)) is FailureKind.PROTOCOL
    assert peak_memory_mb() - before < GROWTH_LIMIT_MB


@pytest.mark.parametrize("length", [b"Content-Length: 9999999999\r\n", b""])
async def test_an_endless_body_stops_at_the_limit(server: Any, client: Client, length: bytes) -> None:
    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\n%s\r\n" % length)
        while True:
            writer.write(bytes(MIB))
            await writer.drain()

    before = peak_memory_mb()

    assert kind(await get(client, server.say("/", pour), max_bytes=3 * MIB)) is FailureKind.TOO_LARGE
    assert peak_memory_mb() - before < GROWTH_LIMIT_MB


async def test_compressed_data_that_gives_nothing_is_too_large_as_well(server: Any, client: Client) -> None:
    skippable = b"\x50\x2a\x4d\x18" + (60_000).to_bytes(4, "little") + bytes(60_000)
    url = server.reply("/", body=skippable * 100, headers=b"Content-Encoding: zstd\r\n")

    assert kind(await get(client, url, max_bytes=MIB)) is FailureKind.TOO_LARGE


def dripping(start: bytes, drop: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.02)

    return drip


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 X\r\n", b"X"),
        (b"HTTP/1.1 200 X\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n", b"a"),
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"HTTP/1.1 404 X\r\nContent-Length: 999\r\n\r\n", b"a"),
    ],
)
async def test_drips_end_at_the_deadline(server: Any, client: Client, start: bytes, drop: bytes) -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()

    result = await get(client, server.say("/", dripping(start, drop)), deadline_seconds=0.4)

    assert kind(result) in (FailureKind.TIMEOUT, FailureKind.PROTOCOL)
    assert loop.time() - before < 3.0


async def test_the_deadline_holds_over_all_redirects(server: Any, client: Client) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 302 X\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n" % len(server.requests))

    for number in range(9):
        server.say(f"/{number}", slow)

    result = await get(client, server.url("/0"), deadline_seconds=0.5)

    assert kind(result) is FailureKind.TIMEOUT
    assert len(server.requests) <= 3


async def test_silence_ends_before_the_deadline(server: Any, make_client: Make) -> None:
    async def hang(writer: asyncio.StreamWriter) -> None:
        del writer
        await asyncio.sleep(5)

    client = await make_client(read_timeout=0.1)

    assert kind(await get(client, server.say("/", hang))) is FailureKind.TIMEOUT


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 X\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
        b"HTTP/1.1 200 X\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 X\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 X\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 2000 X\r\n\r\n",
        b"HTTP/9.9 200 X\r\n\r\n",
        b"\x00" * 1_000,
        b"<html>no HTTP at all</html>",
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=lambda answer: repr(answer[:40]),
)
async def test_what_is_no_valid_http_breaks_the_protocol(server: Any, client: Client, answer: bytes) -> None:
    async def answer_and_close(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    assert kind(await get(client, server.say("/", answer_and_close), deadline_seconds=5)) is FailureKind.PROTOCOL


async def test_a_flood_of_early_hints_ends(server: Any, client: Client) -> None:
    async def hint(writer: asyncio.StreamWriter) -> None:
        for _ in range(100):
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)
            await writer.drain()
        writer.write(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")

    assert kind(await get(client, server.say("/", hint), deadline_seconds=20)) in (
        FailureKind.NOT_FOUND,
        FailureKind.PROTOCOL,
    )


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 1_000),
        (b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 900 + b"\r\na\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ],
)
async def test_an_answer_that_is_all_frames_ends_at_a_bound_on_the_wire(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch, start: bytes, more: bytes
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 300_000)

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(more)
            await writer.drain()

    result = await get(client, server.say("/", flood))

    assert kind(result) is FailureKind.TOO_LARGE
    assert server.connections == 1


async def test_the_bound_on_the_wire_counts_each_answer_of_a_connection_anew(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 100_000)
    url = server.reply("/", body=b"a" * 60_000)

    assert [type(await get(client, url)) for _ in range(3)] == [Fetched] * 3
    assert server.connections == 1


def test_the_bound_on_the_wire_lets_the_largest_feed_through() -> None:
    assert transport.MAX_ANSWER_BYTES > 2 * 10_000_000


async def test_a_switch_of_protocols_is_a_failure(server: Any, client: Client) -> None:
    async def switch(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
        await asyncio.sleep(0.2)

    result = await get(client, server.say("/", switch), deadline_seconds=3)

    assert kind(result) in (FailureKind.HTTP_ERROR, FailureKind.PROTOCOL)


async def test_after_every_attack_the_next_request_is_served(server: Any, client: Client) -> None:
    for answer in (b"\x00" * 100, b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc"):

        async def attack(writer: asyncio.StreamWriter, answer: bytes = answer) -> None:
            writer.write(answer)

        await get(client, server.say("/", attack))
    server.reply("/good")

    results = await asyncio.gather(*(get(client, server.url("/good")) for _ in range(5)))

    assert not any(isinstance(result, FetchFailed) for result in results)
