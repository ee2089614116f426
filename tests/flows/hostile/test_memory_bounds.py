"""What a round over the greediest input takes of memory at its peak: the round's own process, and its workers."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MEASURED = Path(__file__).parent / "measured_ingest.py"
PARENT_BYTES = 256 << 20  # 80 MB that Python and the libraries take, and a dozen bodies of 10 MB in hand
WORKER_BYTES = 512 << 20  # the design note's bound for one input; 170 MB are taken before the first page


def endless(kind: str) -> dict[str, Any]:
    """A reply that goes on as fast as it is read."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n<html>".encode())
        while not writer.is_closing():
            writer.write(b"<p>And so it went on.</p>" * 4_000)
            await writer.drain()

    return {"act": act}


def described(web: Any, html: str) -> dict[str, Any]:
    return {"body": web.rss(f"<item><title>x</title><description><![CDATA[{html}]]></description></item>")}


def huge_string() -> str:
    return f'<script type="application/ld+json">{json.dumps({"headline": "a" * 4_900_000})}</script>'


FEEDS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "endless": lambda _: endless("text/xml"),
    "huge": lambda web: described(web, "a" * 50_000_000),
    "gzip": lambda web: web.bomb("gzip"),
    "deflate": lambda web: web.bomb("deflate"),
    "brotli": lambda web: web.bomb("br"),
    "zstd": lambda web: web.bomb("zstd"),
    "deep": lambda web: described(web, "<b>" * 100_000),
    "full": lambda web: described(web, "<p class=x>The gauge was read.</p>" * 280_000),
    "items": lambda web: {"body": web.rss("<item><guid>s</guid><description>x</description></item>" * 180_000)},
}
PAGES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "endless-page": lambda _: endless("text/html"),
    "gzip-page": lambda web: web.bomb("gzip"),
    "brotli-page": lambda web: web.bomb("br"),
    "deep-page": lambda web: {"body": web.page("deep", "<div>" * 900_000)},
    "paragraphs": lambda web: {"body": web.page("paragraphs", "<p>x</p>" * 600_000)},
    "text-node": lambda web: {"body": web.page("node", f"<p>{'x' * 4_900_000}</p>")},
    "json-ld": lambda web: {"body": web.page("json", head=huge_string())},
}


def greedy_web(web: Any) -> list[str]:
    """Every greedy feed and page on a host of its own, and one whose robots.txt never ends."""
    urls = [web.say(name, "/feed", **make(web)) for name, make in FEEDS.items()]
    for name, make in PAGES.items():
        urls.append(web.articles(name))
        web.say(name, "/page0", **make(web))
    urls.append(web.articles("robots"))
    web.say("robots", "/robots.txt", **endless("text/plain"))
    return urls


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read from Linux's /proc")
async def test_neither_the_round_nor_a_worker_takes_more_memory_than_it_may(hostile: Any) -> None:
    urls = greedy_web(hostile.web)
    async with hostile.mill() as mill:
        await hostile.subscribe(mill, *urls, hostile.web.articles("polite"))
    found = hostile.settings.data_dir / "peaks.json"
    environment = {
        "FEEDMILL_DATA_DIR": str(hostile.settings.data_dir),
        "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{hostile.web.port}",
        "FEEDMILL_HOST_DELAY_SECONDS": "0",
        "FEEDMILL_WORKERS": "2",
    }

    ingest = await asyncio.create_subprocess_exec(
        sys.executable, str(MEASURED), str(found), env=os.environ | environment, stdout=asyncio.subprocess.DEVNULL
    )
    code = await ingest.wait()

    peaks = json.loads(found.read_text())
    assert code == 0
    assert len(await hostile.stored()) >= len(PAGES)
    assert 0 < peaks["parent"] < PARENT_BYTES
    assert 0 < peaks["worker"] < WORKER_BYTES
