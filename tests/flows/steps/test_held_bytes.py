"""What waits for a worker is bounded in bytes, and everything has its turn all the same."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from flows.batches import RoundPlan, run_round
from flows.mill import HELD_BYTES
from flows.steps.queue_urls import queue_urls
from ingest.fetch.budget import ByteBudget
from ingest.jobs import read_feed, read_page
from ingest.model import FetchRequest
from storage import feeds

LARGEST = FetchRequest(url="").max_bytes
LIMIT = 12_000_000
PAGES = 9
FEEDS = 6
FEED_BYTES = 4_000_000


@dataclass
class SlowWorkers:
    """Takes every job at once and lets one go when nothing more comes in: as slow as a worker can be."""

    budget: ByteBudget
    waiting: list[asyncio.Event] = field(default_factory=list)
    in_hand: list[bytes] = field(default_factory=list)
    most_bytes: int = 0
    most_counted: int = 0

    def expect_pages(self):
        """Everything is loaded."""

    async def read_page(self, job):
        await self._hold(job.page.html)
        return read_page(replace(job, page=None))

    async def read_feed(self, job):
        await self._hold(job.body)
        return read_feed(replace(job, body=job.body.rstrip(b" ")))

    async def _hold(self, body):
        go = asyncio.Event()
        self.waiting.append(go)
        self.in_hand.append(body)
        self.most_bytes = max(self.most_bytes, sum(map(len, self.in_hand)))
        self.most_counted = max(self.most_counted, self.budget.held_bytes)
        await go.wait()
        self.in_hand.remove(body)

    async def let_go(self):
        """One job after another, each once nothing more has come in for a while."""
        before = None
        while True:
            await asyncio.sleep(0.05)
            before, now = (len(self.in_hand), self.budget.held_bytes), before
            if self.waiting and before == now:
                self.waiting.pop(0).set()


@pytest.fixture
async def slow():
    workers = SlowWorkers(ByteBudget(LIMIT))
    task = asyncio.create_task(workers.let_go())
    yield workers
    task.cancel()


async def test_pages_of_the_largest_size_wait_within_the_limit_and_are_all_stored(web, make_office, slow):
    page = b"<html><body><p>" + b"Ships came in. " * 20 + b"</p>" + b" " * LARGEST
    page = page[:LARGEST]
    web.say("/a", page)
    async with make_office().mill() as opened:
        mill = replace(opened, workers=slow, bodies=slow.budget)
        await queue_urls(mill, [web.url("/a", f"news{number}.localhost") for number in range(PAGES)])
        report = await run_round(mill, RoundPlan())

    assert report.pages_fetched == PAGES
    assert 2 * LARGEST <= slow.most_bytes <= LIMIT + LARGEST
    assert slow.most_bytes <= slow.most_counted <= LIMIT + LARGEST
    assert slow.budget.held_bytes == 0


async def test_feeds_wait_within_the_same_limit(web, make_office, rss, slow):
    web.say("/feed", rss() + b" " * FEED_BYTES)
    urls = [web.url("/feed", f"news{number}.localhost") for number in range(FEEDS)]
    async with make_office().mill(*urls) as opened:
        mill = replace(opened, workers=slow, bodies=slow.budget)
        report = await run_round(mill, RoundPlan())

    assert (report.feeds_polled, report.feeds_failed) == (FEEDS, 0)
    assert FEED_BYTES <= slow.most_bytes <= LIMIT + FEED_BYTES
    assert slow.budget.held_bytes == 0


async def test_a_feed_is_still_known_to_be_large_once_its_body_is_let_go(web, make_office, rss):
    feed = web.say("/feed", rss() + b" " * 300_000)
    async with make_office().mill(feed, max_interval_seconds=3_600) as mill:
        await run_round(mill, RoundPlan())
        with mill.database.read() as session:
            (schedule,) = feeds.states(session)

    assert "the document is large" in schedule.poll_reason


def test_the_limit_leaves_room_for_the_largest_pages():
    assert HELD_BYTES >= 10 * LARGEST
