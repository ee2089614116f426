"""What rounds count for the days after them: as much as they report, how late by the newsroom's own clock."""

from datetime import timedelta

import pytest

from flows import tally
from flows.batches import RoundPlan, run_round
from ingest.decide.lateness import lateness
from storage import tallies


async def go_round(world, **plan):
    async with world.mill() as mill:
        await world.subscribe(mill)
        report = await run_round(mill, RoundPlan(**plan or {"poll_all": True}))
        day = tally.day_of(world.clock())
        with mill.database.read() as session:
            counted = {
                one: tallies.sums(session, one, (day, day + timedelta(days=1)))
                for one in (*tally.TOTALS, *tally.KEPT_DAYS)
            }
        return report, counted


@pytest.mark.timeout(120)
async def test_rounds_are_counted_as_they_are_reported_and_only_live_articles_are_late(world):
    first, counted = await go_round(world)
    assert counted[tally.ARTICLES] == {"": first.articles_new}
    assert counted[tally.POLLS] == {"": first.feeds_polled}
    assert counted[tally.REQUESTS][""] == first.requests > first.feeds_polled
    assert sum(counted[tally.BY_RULE].values()) == counted[tally.DROPPED][""] == first.blocks_dropped.total()
    assert sum(counted[tally.BY_HOUR].values()) == first.articles_new
    assert {host.partition(".")[0] for host in counted[tally.KEPT_AT]} > {"harbour", "kitchen", "tagebuch"}
    assert counted[tally.LATE] == {}, "what a feed's first poll shows is not late"

    world.clock.forward(minutes=40)
    then, counted = await go_round(world)
    assert then.arrivals.articles == then.articles_new > 20
    assert counted[tally.ARTICLES] == {"": first.articles_new + then.articles_new}
    told = lateness(then.arrivals.late)
    assert counted[tally.LATE] == {str(seconds): count for seconds, count in then.arrivals.late.items()}
    assert 0 < told.articles <= then.articles_new
    assert 60 <= told.median <= told.p95 <= 40 * 60, "all of it was published since the round before"


async def test_a_round_with_nothing_due_counts_nothing(world):
    await go_round(world)
    async with world.mill() as mill:
        report = await run_round(mill, RoundPlan(feed_urls=()))
    assert (report.requests, report.arrivals.articles) == (0, 0)
