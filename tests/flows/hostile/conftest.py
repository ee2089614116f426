"""A loopback web of many hosts, NAME.localhost on one port, some of which misbehave, and feedmill pointed at it."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import brotli
import pytest
from backports import zstd
from sqlalchemy import text

from flows.batches import RoundPlan, run_round
from flows.mill import Mill, open_mill
from flows.outcomes import RoundReport
from flows.settings import Settings
from ingest.urls import host_of
from storage import articles, feeds
from storage.articles import ExportQuery
from storage.feeds import NewFeed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": zstd.compress,
}
SENTENCE = (
    "The keeper of {name} read the gauge on the pier at noon, and wrote entry {number} into the book of that year."
)


@cache
def _packed(coding: str) -> bytes:
    return CODERS[coding](b" " * 300_000_000)


Act = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What a path gives: a reply in one piece, or an act that writes to the socket as it likes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    act: Act | None = None

    def reply(self) -> bytes:
        lines = {"Content-Length": str(len(self.body)), "Connection": "close"} | self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode() + self.body


@dataclass
class Web:
    """The hosts with their answers by path, and who asked for what, in order."""

    port: int = 0
    sites: dict[str, dict[str, Answer]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)  # set: those who drip end

    def url(self, name: str, path: str = "/feed") -> str:
        return f"http://{name}.localhost:{self.port}{path}"

    def say(self, name: str, path: str, body: bytes = b"", **rest: Any) -> str:
        """Answer so from now on; ``rest`` as in Answer. Gives the URL."""
        self.sites.setdefault(name, {})[path] = Answer(body, **rest)
        return self.url(name, path)

    def feed(self, name: str, items: str, before: str = "") -> str:
        """A host with this feed."""
        return self.say(name, "/feed", self.rss(items, before))

    def articles(self, name: str, page: bytes | None = None, of: int = 1, **rest: Any) -> str:
        """A host with a feed of ``of`` entries, each with content of its own, and this page behind each."""
        if page is None and not rest:
            page = self.page(name)
        for number in range(of):
            self.say(name, f"/page{number}", page or b"", **rest)
        return self.feed(name, "".join(self._item(name, number) for number in range(of)))

    def _item(self, name: str, number: int) -> str:
        content = escape(f"<p>{self.words_of_feed(name, number)}</p>")
        link = self.url(name, f"/page{number}")
        return f"<item><title>{name} {number}</title><link>{link}</link><description>{content}</description></item>"

    @staticmethod
    def rss(inner: str, before: str = "") -> bytes:
        return f'{before}<rss version="2.0"><channel><title>t</title>{inner}</channel></rss>'.encode()

    @staticmethod
    def words_of_feed(name: str, number: int = 0) -> str:
        return f"So says the feed of {name} about its entry {number}."

    @staticmethod
    def page(name: str, body: str = "", head: str = "") -> bytes:
        """An article's page, with ``body`` before its text."""
        text = "".join(f"<p>{SENTENCE.format(name=name, number=number)}</p>" for number in range(8))
        return f"<html><head><title>{name}</title>{head}</head><body>{body}{text}</body></html>".encode()

    @staticmethod
    def bomb(coding: str) -> dict[str, Any]:
        """300 MB of blanks in some KB: a body with its headers."""
        return {"body": _packed(coding), "headers": {"Content-Encoding": coding}}

    @classmethod
    def bomb_page(cls, coding: str) -> dict[str, Any]:
        """The same as a page for ``articles``."""
        bomb = cls.bomb(coding)
        return {"page": bomb["body"], "headers": bomb["headers"]}

    def drip(self) -> dict[str, Any]:
        """A reply that begins and then sends a byte now and then, until all are let go."""

        async def act(writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000000\r\n\r\n<html>")
            while not writer.is_closing() and not self.let_go.is_set():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)

        return {"act": act}

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            name = head.lower().partition("\r\nhost: ")[2].partition(".localhost")[0]
            self.asked.append((name, path))
            answer = self.sites.get(name, {}).get(path, Answer(b"nothing here", 404))
            if answer.act is not None:
                await answer.act(writer)
            else:
                writer.write(answer.reply())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@dataclass
class Trap:
    """A listener that nobody may ever connect to."""

    port: int = 0
    hits: int = 0

    async def handle(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits += 1
        writer.close()


@dataclass
class HostileWorld:
    """The web, the trap, and feedmill's settings: the web's port is let through the guard, the trap's is not."""

    web: Web
    trap: Trap
    settings: Settings
    now: datetime = NOW

    def mill(self, **changes: Any) -> Any:
        return open_mill(self.settings.model_copy(update=changes), lambda: self.now)

    async def subscribe(self, mill: Mill, *urls: str) -> None:
        for url in urls:
            new = NewFeed(url=url, host=host_of(url), created_at=NOW)
            await mill.writer.apply(lambda session, new=new: feeds.add(session, new))

    async def subscribe_as_is(self, mill: Mill, url: str) -> None:
        """Subscribe to an address that no command would let in."""
        new = NewFeed(url=url, host="somewhere", created_at=NOW)
        await mill.writer.apply(lambda session: feeds.add(session, new))

    async def round(self, *urls: str, **changes: Any) -> RoundReport:
        async with self.mill(**changes) as mill:
            await self.subscribe(mill, *urls)
            return await run_round(mill, RoundPlan(poll_all=True))

    async def stored(self) -> list[dict[str, Any]]:
        """Every article, in the order of storing."""
        async with self.mill() as mill:
            with mill.database.read() as session:
                return list(articles.export(session, ExportQuery()))

    async def rows(self, statement: str) -> list[Any]:
        async with self.mill() as mill:
            with mill.database.read() as session:
                return list(session.connection().execute(text(statement)))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """For tests of what reaches the database: the world's URL of it, once of SQLite and once of Postgres."""
    if request.param == "sqlite":
        yield ""
        return
    with request.getfixturevalue("new_postgres")("hostile") as url:
        yield url


@pytest.fixture
async def hostile(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HostileWorld]:
    """A hostile world in SQLite, unless the test uses ``each_database``."""
    web, trap = Web(), Trap()
    listeners = [await asyncio.start_server(each.handle, "127.0.0.1", 0) for each in (web, trap)]
    web.port, trap.port = (listener.sockets[0].getsockname()[1] for listener in listeners)
    settings = Settings(
        data_dir=tmp_path,
        database_url=request.getfixturevalue("each_database") if "each_database" in request.fixturenames else "",
        allow_endpoints=frozenset({f"127.0.0.1:{web.port}"}),
        host_delay_seconds=0,
        min_interval_seconds=0,
        workers=2,
    )
    yield HostileWorld(web, trap, settings)
    for listener in listeners:
        listener.close()
