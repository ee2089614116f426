"""A publisher and its hub on loopback, feedmill as their subscriber, and a clock that the test turns."""

import hashlib
import hmac
import io
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from flows.batches import RoundPlan, run_round
from flows.mill import Mill, open_mill
from flows.outcomes import RoundReport
from flows.settings import Settings
from flows.steps.subscribe import ask_hubs
from flows.websub import WebSub
from ingest.urls import host_of
from storage import articles, feeds, subscriptions
from storage.feeds import FeedSchedule, NewFeed

WORDS = "The harbour council met on Tuesday and agreed on new moorings for the fishing boats of the old quay. " * 8


@dataclass
class Clock:
    """Time that moves when told."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass
class Answer:
    """What feedmill's callback answered."""

    status: int
    text: str
    content_type: str


@dataclass
class Publisher:
    """A feed with articles, and its hub: asks nothing by itself, does what the test tells it."""

    port: int = 0
    entries: list[int] = field(default_factory=list)  # none: polls without pages are quick
    headers: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple[int, str]] = field(default_factory=dict)  # path -> status and Location, GET and POST
    hub_status: int = 202
    verifies_at_once: bool = False  # before it answers the request
    hub_headers: dict[str, str] = field(default_factory=dict)
    body_links: str = ""
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # the hub's path, and what it was asked
    polls: int = 0

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def name_hub(self, topic: str = "/feed", hub: str = "/hub") -> None:
        """Say in the Link header what the hub and the topic are."""
        self.headers["Link"] = f'<{self.url(hub)}>; rel="hub", <{self.url(topic)}>; rel="self"'

    def feed(self) -> bytes:
        items = "".join(
            f"<item><title>News {n}</title><link>{self.url(f'/news/{n}')}</link><guid>{n}</guid>"
            f"<description>{WORDS}</description></item>"
            for n in reversed(self.entries)
        )
        rss = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour</title>'
        return f"{rss}{self.body_links}{items}</channel></rss>".encode()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.method == "POST":
            self.forms.append((request.path, {name: str(value) for name, value in (await request.post()).items()}))
        if request.path in self.moved:
            status, location = self.moved[request.path]
            return web.Response(status=status, headers={"Location": location})
        if request.method == "POST" and self.verifies_at_once:
            assert (await self.verify()).status == 200
        if request.method == "POST":
            return web.Response(status=self.hub_status, headers=self.hub_headers)
        if request.path.startswith("/news/"):
            page = f"<html><body><article><h1>News {request.path[6:]}</h1><p>{WORDS}</p></article></body></html>"
            return web.Response(text=page, content_type="text/html")
        if request.path == "/robots.txt":
            return web.Response(status=404)
        self.polls += 1
        return web.Response(body=self.feed(), content_type="application/rss+xml", headers=self.headers)

    @property
    def form(self) -> dict[str, str]:
        """What the hub was asked last."""
        return self.forms[-1][1]

    async def ask(self, method: str = "GET", url: str | None = None, **options: Any) -> Answer:
        """Ask feedmill's callback."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url or self.form["hub.callback"], **options) as response,
        ):
            return Answer(response.status, await response.text(), response.content_type)

    async def verify(self, **changes: str) -> Answer:
        """Verify the last request as a hub does (WebSub 5.3)."""
        query = {
            "hub.mode": self.form["hub.mode"],
            "hub.topic": self.form["hub.topic"],
            "hub.challenge": "c4a11 en&ge",
            "hub.lease_seconds": "864000",
        }
        return await self.ask(params=query | {f"hub.{name}": value for name, value in changes.items()})

    async def push(self, body: bytes | None = None, method: str = "sha256", **headers: str) -> Answer:
        """Deliver the feed as it is, or ``body``, signed with the secret of the last subscription."""
        body = self.feed() if body is None else body
        secret = next(form["hub.secret"] for _, form in reversed(self.forms) if "hub.secret" in form)
        signature = f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"
        sent = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in sent.items() if value}
        return await self.ask("POST", data=io.BytesIO(body), headers=kept)


@dataclass
class Stage:
    """The publisher with its hub, and feedmill with its callback server."""

    publisher: Publisher
    clock: Clock
    mill: Mill
    websub: WebSub

    async def subscribe(self, path: str = "/feed", **fields: Any) -> None:
        url = self.publisher.url(path)
        new = NewFeed(url=url, host=host_of(url), created_at=self.clock(), **fields)
        await self.mill.writer.apply(lambda session: feeds.add(session, new))

    async def poll(self) -> RoundReport:
        """A round over what is due."""
        return await run_round(self.mill, RoundPlan())

    async def ask_hubs(self) -> int:
        return await ask_hubs(self.mill)

    async def go_live(self) -> None:
        """Subscribe to the feed, poll it, ask its hub, and have it verified."""
        await self.subscribe()
        await self.poll()
        await self.ask_hubs()
        assert (await self.publisher.verify()).status == 200

    async def publish(self, number: int, **headers: str) -> Answer:
        """Publish one more article and push it; waits until feedmill is done with it."""
        self.publisher.entries.append(number)
        answer = await self.publisher.push(**headers)
        await self.websub.settled()
        return answer

    @property
    def subscriptions(self) -> list[dict[str, Any]]:
        with self.mill.database.read() as session:
            return subscriptions.listing(session)

    @property
    def feed(self) -> FeedSchedule:
        with self.mill.database.read() as session:
            return feeds.states(session)[0]

    @property
    def titles(self) -> list[str]:
        with self.mill.database.read() as session:
            return sorted(row["title"] for row in articles.export(session, articles.ExportQuery()))


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    made = Publisher()
    runner = web.ServerRunner(web.Server(made.handle, access_log=None), shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    made.name_hub()
    yield made
    await runner.cleanup()


@pytest.fixture
async def stage(publisher: Publisher, tmp_path: Path) -> AsyncIterator[Stage]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        allow_networks=(ip_network("127.0.0.0/8"),),
        host_delay_seconds=0,
        workers=1,
        websub_callback_url=f"http://127.0.0.1:{port}/websub",
        websub_port=port,
    )
    clock = Clock()
    async with open_mill(settings, clock) as mill, WebSub(mill) as websub:
        yield Stage(publisher, clock, mill, websub)
