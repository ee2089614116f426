"""Standing still, and clocks that jump: no burst afterwards, and no feed forgotten (rule 27)."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from flows.batches import RoundPlan, run_round

FEEDS = [f"https://site{number}.example/feed" for number in range(30)]


async def due(office):
    return [(await office.state(url)).next_poll_at for url in FEEDS]


async def test_after_days_of_standing_still_the_next_polls_are_spread_over_an_interval(office, web, make):
    for url in FEEDS:
        web.say(url, make.rss())
    await office.subscribe(*FEEDS)
    await office.round()
    interval = (await office.state(FEEDS[0])).state.interval_seconds
    office.forward(days=3)
    chance = cycle(number / 30 for number in range(30))
    async with office.mill() as mill:
        report = await run_round(replace(mill, jitter=lambda: next(chance)), RoundPlan())
    assert report.feeds_polled == len(FEEDS)
    gaps = [(moment - office.now).total_seconds() / interval for moment in await due(office)]
    assert min(gaps) >= 1
    assert max(gaps) > 1.9
    assert max(Counter(round(gap, 1) for gap in gaps).values()) <= 4


async def test_a_restart_polls_nothing_before_its_time(office, web, make):
    for url in FEEDS:
        web.say(url, make.rss())
    await office.subscribe(*FEEDS)
    await office.round()
    before = await due(office)
    office.forward(minutes=30)
    assert (await office.round()).feeds_polled == 0
    assert await due(office) == before


async def test_a_clock_that_had_jumped_ahead_leaves_no_feed_waiting_for_years(office, web, make):
    for url in FEEDS:
        web.say(url, make.rss())
    await office.subscribe(*FEEDS)
    right = office.now
    office.forward(days=4000)
    await office.round()
    waits = [moment - office.now for moment in await due(office)]
    office.now = right
    assert (await office.round()).feeds_polled == 0
    assert await due(office) == [right + wait for wait in waits]
    office.forward(days=4)
    assert (await office.round()).feeds_polled == len(FEEDS)


async def test_holds_leases_and_page_attempts_of_a_wrong_clock_end(office, web, make):
    web.say(FEEDS[0], make.rss("a"))
    await office.subscribe(FEEDS[0])
    right = office.now
    office.forward(days=4000)
    await office.round()  # the page fails: 404 once robots.txt was read; its host keeps its spacing
    web.say("https://news.example/a", make.page("a"))
    async with office.mill() as mill:
        ahead = (right + timedelta(days=4000)).strftime("%Y-%m-%d %H:%M:%S.%f")
        with mill.database.begin() as session:
            session.connection().exec_driver_sql(
                f"UPDATE site SET next_request_at = '{ahead}', lease_until = '{ahead}'"
            )
            session.connection().exec_driver_sql(f"UPDATE page SET state = 'pending', next_attempt_at = '{ahead}'")
    office.now = right
    assert (await office.round()).pages_fetched == 1
