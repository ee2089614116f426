"""History waits: one request at a time, at its pace, and never longer than one request before what is live."""

import asyncio
from datetime import timedelta

import pytest
from backfill_world import cms

from flows.backfilling import Order, run
from flows.batches import RoundPlan, run_round
from flows.settings import Settings
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed


async def subscribe(mill, url):
    new = NewFeed(url=url, host=host_of(url), created_at=mill.clock() - timedelta(days=1))
    await mill.writer.apply(lambda session: feeds.add(session, new))


async def requests_came(world, count):
    while len(world.requests) < count:  # noqa: ASYNC110  the fake's log tells nobody
        await asyncio.sleep(0.01)


def test_history_is_asked_for_every_two_seconds_unless_the_operator_says_otherwise():
    assert Settings().history_delay_seconds == 2.0
    assert Settings(host_delay_seconds=0.5).history_delay_seconds == 0.5
    assert Settings(host_delay_seconds=9).history_delay_seconds == 9


async def test_a_host_gets_one_request_at_a_time_and_a_pause_between_them(store):
    async with cms("wordpress", posts=6, latency_seconds=0.1) as world:
        report = await store_with_delay(store, 0.25).backfill(world.home_url)

        assert report.stored == 6
        assert world.requests.most_at_once() == 1
        assert min(world.requests.gaps()) >= 0.2


def store_with_delay(store, seconds):
    store.plain["host_delay_seconds"] = seconds
    return store


async def test_a_crawl_delay_is_kept(store):
    async with cms("static", posts=2, crawl_delay=1) as world:
        await store.backfill(world.home_url, sources=("static_site",))

        assert min(world.requests.gaps()[1:]) >= 0.98


@pytest.mark.parametrize("begins_after", [2, 12])
async def test_a_feed_that_is_due_is_polled_after_one_request_of_a_backfill_at_most(store, begins_after):
    """While another process walks the listing, and while it fetches pages."""
    async with (
        cms("wordpress", posts=60, page_size=10, latency_seconds=0.3) as world,
        store.mill() as mill,
        store.mill() as other,
    ):
        backfill = asyncio.create_task(run(mill, Order(site=world.home_url, sources=("wordpress",), max_pages=30)))
        await requests_came(world, begins_after)
        await subscribe(other, world.feed_url)
        before = len(world.requests)

        report = await run_round(other, RoundPlan(feed_urls=(world.feed_url,), max_seconds=20))

        polled = next(at for at, one in enumerate(world.requests) if at >= before and one.kind == "feed")
        assert report.feeds_polled == 1
        assert polled - before <= 1
        done = await backfill
        assert done.already_stored + done.stored + done.left == 60


async def test_live_rounds_and_a_backfill_get_all_done_between_them(store):
    async with (
        cms("wordpress", posts=40, latency_seconds=0.05) as world,
        store.mill() as mill,
        store.mill() as other,
    ):
        await subscribe(other, world.feed_url)
        backfill = asyncio.create_task(run(mill, Order(site=world.home_url)))
        await requests_came(world, 5)
        for _ in range(3):
            await run_round(other, RoundPlan(poll_all=True))
        report = await backfill

        assert report.state == "done"
        assert store.urls == {post.link for post in world.opening}
        assert world.requests.counts()["page"] == 40


async def test_a_scheduled_round_treats_the_pages_of_a_backfill_alike(store):
    """Its window holds, whoever fetches the page."""
    async with (
        cms("ghost", surface="sitemap", is_alone=True, posts=12, span_days=11, lastmod="none") as world,
        store.mill() as mill,
    ):
        since = world.opening[4].published_at.date()
        task = asyncio.create_task(run(mill, Order(site=world.home_url, since=since)))
        while not world.requests.of("page"):  # noqa: ASYNC110  the fake's log tells nobody
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        await run_round(mill, RoundPlan())
        await run_round(mill, RoundPlan())

        assert store.urls == {post.link for post in world.opening[:5]}
