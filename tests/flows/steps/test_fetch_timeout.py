"""FEEDMILL_FETCH_TIMEOUT_SECONDS bounds every fetch, whoever asks: the servers here answer nothing."""

import re

import pytest

from flows.batches import RoundPlan, run_round
from flows.mill import open_client
from flows.steps.fill_gap import Document, fill_gap
from flows.steps.find_feeds import NoFeedFound, find_feeds
from flows.steps.read_feed import feed_request, read_feed
from flows.steps.robots import RobotsDesk
from flows.steps.subscribe import ask_hubs
from ingest.fetch.guard import AddressPolicy
from ingest.model import FailureKind, FeedState
from ingest.urls import host_of
from storage import subscriptions

TIMEOUT = 0.2
WORDS = r"not done within 0\.2 seconds"


@pytest.fixture
def office(make_office):
    return make_office(fetch_timeout_seconds=TIMEOUT)


async def test_a_poll_ends_at_the_timeout(web, office, caplog):
    async with office.mill(web.url("/feed")) as mill:
        report = await run_round(mill, RoundPlan())

    assert report.failures == {"feed timeout": 1}
    assert re.search(WORDS, caplog.text)


async def test_a_page_ends_at_the_timeout(web, office, rss, caplog):
    feed = web.say("/feed", rss(web.url("/silent")))
    async with office.mill(feed) as mill:
        report = await run_round(mill, RoundPlan())

    assert report.failures == {"page timeout": 1}
    assert f"{web.url('/silent')}: it was not done within 0.2 seconds" in caplog.text


async def test_robots_txt_ends_at_the_timeout(web, office, rss, caplog):
    del web.answers["/robots.txt"]
    feed = web.say("/feed", rss(web.url("/a")))
    async with office.mill(feed) as mill:
        await run_round(mill, RoundPlan())

    assert f"{web.url('/robots.txt')}: it was not done within 0.2 seconds" in caplog.text


async def test_an_older_document_ends_at_the_timeout(web, office, rss):
    older = f'<atom:link rel="next" href="{web.url("/silent")}"/>'
    feed = web.say("/feed", rss(web.url("/a"), extra=older))
    async with office.mill(feed) as mill:
        newest = await mill.client.fetch(feed_request(feed))
        reading = await read_feed(mill, newest)
        known = FeedState(url=feed, last_changed_at=mill.clock())
        gap = await fill_gap(mill, Document(1, known, newest, reading), RobotsDesk(mill, 1, host_of(feed)))

    assert gap.failure.kind is FailureKind.TIMEOUT
    assert re.search(WORDS, gap.failure.detail)


async def test_a_hub_is_given_up_at_the_timeout(web, make_office, rss):
    office = make_office(fetch_timeout_seconds=TIMEOUT, websub_callback_url="http://127.0.0.1:1/")
    links = f'<atom:link rel="hub" href="{web.url("/silent")}"/><atom:link rel="self" href="{web.url("/feed")}"/>'
    feed = web.say("/feed", rss(extra=links))
    async with office.mill(feed) as mill:
        await run_round(mill, RoundPlan())
        assert await ask_hubs(mill) == 1
        with mill.database.read() as session:
            (row,) = subscriptions.listing(session)

    assert "not done within 0.2 seconds" in row["detail"]


async def test_looking_for_a_sites_feeds_ends_at_the_timeout(web, office):
    policy = AddressPolicy(allow_networks=office.settings.allow_networks)
    async with open_client(office.settings) as client:
        with pytest.raises(NoFeedFound, match=WORDS):
            await find_feeds(client, web.url("/silent"), policy)


async def test_a_candidate_that_is_silent_is_passed_over_at_the_timeout(web, office, rss):
    page = '<link rel="alternate" type="application/rss+xml" href="/{}">'
    site = web.say("/", (page.format("silent") + page.format("feed")).encode())
    web.say("/feed", rss())
    policy = AddressPolicy(allow_networks=office.settings.allow_networks)
    async with open_client(office.settings) as client:
        found = await find_feeds(client, site, policy)

    assert [feed.url for feed in found] == [web.url("/feed")]
