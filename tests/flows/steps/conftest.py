"""A loopback web whose pages are prepared or never answer, and feedmill pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from flows.mill import Mill, open_mill
from flows.settings import Settings
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed


@dataclass
class Web:
    """Answers by path, whatever the host is called; a path without an answer stays silent."""

    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, host: str = "news.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def say(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        self.answers[path] = head.encode() + body
        return self.url(path)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
                self.asked.append(path)
                if path in self.answers:
                    writer.write(self.answers[path])
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = Web()
    listener = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.port = listener.sockets[0].getsockname()[1]
    made.say("/robots.txt", b"no", status=404)
    yield made
    listener.close()


@dataclass
class Office:
    """feedmill's settings for that web."""

    settings: Settings

    @asynccontextmanager
    async def mill(self, *feed_urls: str, **fields: Any) -> AsyncIterator[Mill]:
        async with open_mill(self.settings) as mill:
            for url in feed_urls:
                new = NewFeed(url=url, host=host_of(url), created_at=mill.clock(), **fields)
                await mill.writer.apply(lambda session, new=new: feeds.add(session, new))
            yield mill


@pytest.fixture
def make_office(tmp_path: Path) -> Callable[..., Office]:
    def make(**settings: Any) -> Office:
        given = {"data_dir": tmp_path, "database_url": "", "host_delay_seconds": 0, "workers": 1}
        given |= {"allow_networks": (ip_network("127.0.0.0/8"),), "min_interval_seconds": 0}
        return Office(Settings(**given | settings))

    return make


@pytest.fixture
def rss() -> Callable[..., bytes]:
    def document(*links: str, extra: str = "") -> bytes:
        items = "".join(f"<item><guid>{link}</guid><title>T</title><link>{link}</link></item>" for link in links)
        head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>'
        return f"{head}{extra}{items}</channel></rss>".encode()

    return document
