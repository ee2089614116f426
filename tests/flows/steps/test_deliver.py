"""Webhooks on a loopback receiver: signed, in order, once where it answers, again where it does not."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web

from flows.mill import Mill, open_mill
from flows.settings import Settings
from flows.steps import deliver
from flows.steps.deliver import ARTICLES_AT_ONCE, deliver_searches
from ingest.model import Article, ArticleRecord, ArticleStatus
from ingest.urls import dedupe_key
from storage import articles, pages, searches

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "a secret of the desk"


@dataclass
class Receiver:
    """Takes deliveries, and answers what the test says: by default 204."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.taken.append((dict(request.headers), await request.read()))
        if self.is_silent:
            await asyncio.sleep(60)
        return web.Response(status=self.status, headers=self.headers)

    @property
    def articles(self) -> list[int]:
        return [article["id"] for _, body in self.taken for article in json.loads(body)["articles"]]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    runner = web.ServerRunner(web.Server(made.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@dataclass
class Desk:
    """feedmill with a saved search, and a clock that the test turns."""

    folder: Path
    receiver: Receiver
    now: datetime = START
    is_reachable: bool = True

    @asynccontextmanager
    async def mill(self) -> AsyncIterator[Mill]:
        settings = Settings(
            data_dir=self.folder,
            allow_networks=(ip_network("127.0.0.0/8"),) if self.is_reachable else (),
            host_delay_seconds=0,
            webhook_secret=SECRET,
        )
        async with open_mill(settings, lambda: self.now) as mill:
            yield mill

    async def save(self) -> None:
        new = searches.NewSearch(
            name="rivers", query="river", webhook_url=f"http://127.0.0.1:{self.receiver.port}/hook/token"
        )
        async with self.mill() as mill:
            await mill.writer.apply(lambda session: searches.add(session, new, self.now))

    async def publish(self, count: int, start: int = 0) -> None:
        async with self.mill() as mill, asyncio.timeout(30):
            for number in range(start, start + count):
                await mill.writer.apply(lambda session, number=number: self.store(session, number))

    def store(self, session, number: int) -> None:
        url = f"https://news.example/{number}"
        pages.add_urls(session, [pages.NewPage(url, dedupe_key(url), "news.example")], self.now)
        article = Article(url=url, title=f"River {number}", text="The river rose.", status=ArticleStatus.OK)
        record = ArticleRecord(
            page_id=number + 1,
            article=article,
            alias_keys=(dedupe_key(url),),
            fetched_at=self.now,
            content_hash=str(number),
        )
        articles.save(session, record, self.now)

    async def deliver(self) -> int:
        async with self.mill() as mill:
            return await deliver_searches(mill)

    async def listed(self) -> dict:
        async with self.mill() as mill:
            with mill.database.read() as session:
                return searches.listing(session)[0]


@pytest.fixture
async def desk(tmp_path: Path, receiver: Receiver) -> Desk:
    made = Desk(tmp_path, receiver)
    await made.save()
    return made


async def test_new_articles_are_delivered_once_signed_and_in_order(desk, receiver):
    await desk.publish(3)
    assert await desk.deliver() == 3
    assert await desk.deliver() == 0
    assert receiver.articles == [1, 2, 3]
    [(headers, body)] = receiver.taken
    expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["Feedmill-Signature"] == expected
    assert headers["Content-Type"] == "application/json"
    document = json.loads(body)
    assert document["delivery"] == headers["Feedmill-Delivery"] == "rivers-1"
    assert document["articles"][0]["url"] == "https://news.example/0"
    assert (await desk.listed())["delivered"] == 3


async def test_many_come_in_portions_and_the_rest_in_the_next_round(desk, receiver):
    await desk.publish(ARTICLES_AT_ONCE * deliver.POSTS_A_ROUND + 5)
    assert await desk.deliver() == ARTICLES_AT_ONCE * deliver.POSTS_A_ROUND
    assert await desk.deliver() == 5
    assert receiver.articles == sorted(set(receiver.articles))


async def test_what_a_receiver_refuses_comes_again_later_and_nothing_is_lost(desk, receiver):
    await desk.publish(2)
    receiver.status = 500
    assert await desk.deliver() == 0
    assert await desk.deliver() == 0
    assert len(receiver.taken) == 1, "not before its time"
    assert (await desk.listed())["detail"] == "the receiver answered 500"
    await desk.publish(1, start=2)
    receiver.status = 204
    desk.now += timedelta(minutes=2)
    assert await desk.deliver() == 3
    first, second = (headers["Feedmill-Delivery"] for headers, _ in receiver.taken)
    assert first == second
    assert (await desk.listed())["failures"] == 0


async def test_a_receiver_that_asks_for_patience_gets_it(desk, receiver):
    await desk.publish(1)
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    await desk.deliver()
    desk.now += timedelta(minutes=50)
    await desk.deliver()
    assert len(receiver.taken) == 1
    receiver.status = 204
    desk.now += timedelta(minutes=11)
    assert await desk.deliver() == 1


async def test_a_receiver_that_never_answers_costs_a_bounded_time(desk, receiver, monkeypatch):
    monkeypatch.setattr(deliver, "TURN_SECONDS", 0.3)
    await desk.publish(1)
    receiver.is_silent = True
    assert await desk.deliver() == 0
    assert (await desk.listed())["detail"] == "no delivery: timeout"


async def test_a_process_killed_after_the_answer_delivers_it_again_under_the_same_name(desk, receiver):
    await desk.publish(1)

    async with desk.mill() as mill:
        [search] = await mill.writer.apply(lambda session: searches.claim(session, "dead", desk.now, deliver.LEASE))
        await deliver._post(mill, search, deliver._read(mill, search, 0))  # and no more: neither recorded nor let go of
    assert await desk.deliver() == 0, "its lease holds"
    desk.now += deliver.LEASE
    assert await desk.deliver() == 1
    assert [headers["Feedmill-Delivery"] for headers, _ in receiver.taken] == ["rivers-1", "rivers-1"]


async def test_an_address_that_the_guard_forbids_is_never_called(desk, receiver):
    await desk.publish(1)
    desk.is_reachable = False
    assert await desk.deliver() == 0
    assert receiver.taken == []
    assert (await desk.listed())["detail"] == "no delivery: forbidden-address"


async def test_two_rounds_at_once_deliver_once(desk, receiver):
    await desk.publish(5)
    assert sorted(await asyncio.gather(desk.deliver(), desk.deliver())) == [0, 5]
    assert receiver.articles == [1, 2, 3, 4, 5]


async def test_a_log_names_the_search_and_not_its_address(desk, receiver, caplog):
    await desk.publish(1)
    receiver.status = 500
    await desk.deliver()
    assert "rivers" in caplog.text
    assert "token" not in caplog.text
