"""When our own network is down, no feed and no page pays for it."""

from flows.steps.queue_urls import queue_urls
from ingest.model import FailureKind

FEEDS = [f"https://site{number}.example{number}/feed" for number in range(8)]


async def test_a_round_without_a_network_counts_against_no_feed_and_ends(office, web):
    await office.subscribe(*FEEDS)
    web.is_cut = True
    report = await office.round()
    states = [await office.state(url) for url in FEEDS]
    assert report.feeds_put_off == len(FEEDS)
    assert report.feeds_failed == 0
    assert "our own network is down" in report.sentence()
    assert {row.state.failures for row in states} == {0}
    assert {(row.next_poll_at - office.now).total_seconds() for row in states} == {900}


async def test_one_site_in_eight_that_answers_shows_that_the_network_works(office, web, make):
    await office.subscribe(*FEEDS)
    for url in FEEDS[1:]:
        web.fail(url, FailureKind.TIMEOUT)
    web.say(FEEDS[0], make.rss())
    report = await office.round()
    assert (report.feeds_polled, report.feeds_failed, report.feeds_put_off) == (8, 7, 0)
    assert (await office.state(FEEDS[3])).state.failures == 1


async def test_few_feeds_prove_nothing_and_are_recorded_at_once(office, web):
    await office.subscribe(*FEEDS[:4])
    web.is_cut = True
    assert (await office.round()).feeds_failed == 4


async def test_when_the_network_is_back_everything_is_as_before(office, web, make):
    await office.subscribe(*FEEDS)
    web.is_cut = True
    await office.round()
    web.is_cut = False
    for url in FEEDS:
        web.say(url, make.rss())
    office.forward(minutes=16)
    assert (await office.round()).feeds_polled == 8


async def test_pages_wait_as_if_they_had_never_been_tried(office, web):
    async with office.mill() as mill:
        await queue_urls(mill, [url.replace("feed", "page") for url in FEEDS])
    web.is_cut = True
    assert (await office.round()).pages_waiting == 8
    assert await office.rows("SELECT DISTINCT state, attempts, next_attempt_at FROM page") == [("pending", 0, None)]
