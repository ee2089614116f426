"""A web of servers in one object: it answers by address, remembers what it was asked, and needs no sockets."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from flows.batches import RoundPlan, run_round
from flows.mill import Mill, open_mill
from flows.outcomes import RoundReport
from flows.settings import Settings
from ingest.blocks import StoredText
from ingest.fetch.budget import Share
from ingest.jobs import FeedJob, FeedReading, MendJob, PageJob, PageReading, mend_texts, read_feed, read_page
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest, FetchResult, NotModified, Validators
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed

Answer = Callable[[FetchRequest], FetchResult]


def fetched(url: str, body: str | bytes, status: int = 200, **headers: str) -> Fetched:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body.encode() if isinstance(body, str) else body
    return Fetched(url=url, final_url=url, status=status, headers=named, body=raw)


def failed(url: str, kind: FailureKind, status: int | None = None, **headers: str) -> FetchFailed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FetchFailed(url=url, kind=kind, detail=f"{url}: {kind}.", status=status, headers=named)


def rss(*items: str, extra: str = "") -> str:
    """A feed of the items "name" or "name@day-of-November"; each links to its page on news.example."""
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:fh="http://purl.org/syndication/history/1.0"><channel><title>News</title>'
        f"<link>https://news.example/</link>{extra}{''.join(map(_item, items))}</channel></rss>"
    )


def _item(item: str) -> str:
    name, _, day = item.partition("@")
    date = (
        f"<pubDate>{datetime(2026, 11, int(day), 9, tzinfo=UTC):%a, %d %b %Y %H:%M:%S +0000}</pubDate>" if day else ""
    )
    return f"<item><guid>{name}</guid><title>On {name}</title><link>https://news.example/{name}</link>{date}</item>"


def page(name: str, head: str = "") -> str:
    words = " ".join(
        f"The {name} was seen at the quay again, as {word} reported." for word in ("Ann", "Bo", "Cy", "Di")
    )
    return f"<html><head><title>On {name}</title>{head}</head><body><article><h1>On {name}</h1><p>{words}</p></article>"


@dataclass
class Web:
    """Stands in for the client: every address has an answer, a function or nothing (404)."""

    answers: dict[str, FetchResult | Answer] = field(default_factory=dict)
    asked: list[FetchRequest] = field(default_factory=list)
    holds: list[tuple[str, float]] = field(default_factory=list)
    delays: dict[str, float] = field(default_factory=dict)
    is_cut: bool = False

    @property
    def sent(self) -> int:
        """How many requests were made, as the client counts them."""
        return len(self.asked)

    async def fetch(self, request: FetchRequest, share: Share | None = None) -> FetchResult:
        del share  # its answers are in memory anyway
        self.asked.append(request)
        if self.is_cut:
            return failed(request.url, FailureKind.DNS)
        answer = self.answers.get(request.url)
        if answer is None:
            return failed(request.url, FailureKind.NOT_FOUND, 404)
        return answer(request) if callable(answer) else replace(answer, url=request.url)

    def hold(self, host: str, seconds: float) -> None:
        self.holds.append((host, seconds))

    def set_host_delay(self, host: str, seconds: float) -> None:
        self.delays[host] = seconds

    def say(self, url: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        self.answers[url] = fetched(url, body, status, **headers)

    def fail(self, url: str, kind: FailureKind, status: int | None = None, **headers: str) -> None:
        self.answers[url] = failed(url, kind, status, **headers)

    def serve(self, url: str, body: str, etag: str) -> None:
        """A feed with an ETag that is honoured."""

        def answer(request: FetchRequest) -> FetchResult:
            if request.validators.etag == etag:
                return NotModified(url=url, final_url=url, headers={})
            return fetched(url, body, etag=etag)

        self.answers[url] = answer

    def times(self, url: str) -> int:
        return sum(request.url == url for request in self.asked)


class Inline:
    """Does the workers' jobs in this process: what is tested here is what they are given and what becomes of it."""

    def expect_pages(self) -> None:
        """Everything is loaded."""

    async def read_feed(self, job: FeedJob) -> FeedReading:
        return read_feed(job)

    async def read_page(self, job: PageJob) -> PageReading:
        return read_page(job)

    async def mend_texts(self, job: MendJob, host: str) -> list[tuple[StoredText, StoredText]]:
        del host
        return mend_texts(job)


@dataclass
class Office:
    """feedmill at work on that web, under a clock that the test turns."""

    web: Web
    settings: Settings
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))

    def clock(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    @asynccontextmanager
    async def mill(self) -> AsyncIterator[Mill]:
        async with open_mill(self.settings, self.clock) as mill:
            yield replace(mill, client=self.web, workers=Inline(), jitter=lambda: 0.0)  # type: ignore[arg-type]  # stand-ins

    async def subscribe(self, *urls: str) -> None:
        async with self.mill() as mill:
            for url in urls:
                new = NewFeed(url=url, host=host_of(url), created_at=self.now)
                await mill.writer.apply(lambda session, new=new: feeds.add(session, new))

    async def round(self, **plan: Any) -> RoundReport:
        async with self.mill() as mill:
            return await run_round(mill, RoundPlan(**plan))

    async def rows(self, statement: str) -> list[Any]:
        async with self.mill() as mill:
            with mill.database.read() as session:
                return list(session.connection().execute(text(statement)))

    async def state(self, url: str) -> Any:
        async with self.mill() as mill:
            with mill.database.read() as session:
                return next(row for row in feeds.states(session) if row.state.url == url)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def office(web: Web, tmp_path: Path) -> Office:
    quiet = {"host_delay_seconds": 0, "workers": 1, "revisits_per_day": 0}  # only what a rule asks for is requested
    return Office(web, Settings(data_dir=tmp_path, database_url="", **quiet))


@pytest.fixture
def make() -> Any:
    """The words that answers are made of."""

    class Make:
        rss, page, fetched, failed, validators = (
            staticmethod(rss),
            staticmethod(page),
            staticmethod(fetched),
            staticmethod(failed),
            Validators,
        )

    return Make
