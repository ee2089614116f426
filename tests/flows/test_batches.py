"""Rounds that end early, meet a bug of ours, or run side by side."""

import asyncio
import subprocess
import sys

from sqlalchemy import text

from flows import batches
from flows.batches import MOST_FAILED_BATCHES, RoundPlan, run_round
from flows.steps import work_host, work_pages
from flows.steps.work_host import HostPlan
from storage import articles, pages
from storage.articles import ExportQuery
from storage.sites import ClaimedSite

IDLE = """
import sys
import flows.cli.ingest, flows.mill, flows.batches, flows.reports.numbers, flows.cli.round_report
readers = {"feedparser", "lxml", "numpy", "trafilatura", "warcio"}
sys.exit(", ".join(sorted(readers & {name.partition(".")[0] for name in sys.modules})) or 0)
"""


async def test_a_soft_end_takes_up_no_new_work_and_gives_the_hosts_back(world):
    report = await world.round(RoundPlan(max_seconds=0))
    async with world.mill() as mill:
        with mill.database.read() as session:
            held = (
                session.connection().execute(text("SELECT count(*) FROM site WHERE lease_holder IS NOT NULL")).scalar()
            )
    assert report.feeds_polled == 0
    assert held == 0


async def test_a_bug_in_one_page_costs_that_page_alone_and_is_counted(world, monkeypatch):
    real = work_pages.fetch_page
    hit = []

    async def broken(mill, pending, robots):
        if not hit:
            hit.append(pending.url)
            raise AssertionError("ours")
        return await real(mill, pending, robots)

    monkeypatch.setattr(work_pages, "fetch_page", broken)
    report = await world.round()
    async with world.mill() as mill:
        with mill.database.read() as session:
            waiting, why = pages.counts(session)["pending"], pages.failures(session)
    assert report.bugs == 1
    assert report.articles_new > 20
    assert waiting == 1
    assert [(row["kind"], row["pages"]) for row in why if row["kind"] == "internal"] == [("internal", 1)]


async def test_two_rounds_at_once_share_the_hosts(world):
    async with world.mill() as one, world.mill() as two:
        await world.subscribe(one)
        first, second = await asyncio.gather(run_round(one, RoundPlan()), run_round(two, RoundPlan()))
        with one.database.read() as session:
            stored = list(articles.export(session, ExportQuery()))
    assert first.articles_new + second.articles_new == len(stored)
    assert first.feeds_polled + second.feeds_polled == len(world.newsroom.feeds(world.clock(), world.server.port))


async def test_a_round_whose_batches_all_fail_as_a_whole_ends(world, monkeypatch):
    async def broken(work):
        raise AssertionError("ours")

    monkeypatch.setattr(work_host, "_poll_feeds", broken)
    async with world.mill() as mill:
        await world.subscribe(mill)
        report = await run_round(mill, RoundPlan())
    assert MOST_FAILED_BATCHES <= report.bugs <= MOST_FAILED_BATCHES + 1


async def test_hosts_that_take_long_hold_up_no_others(world, monkeypatch):
    real, polled, all_polled = work_host._poll_feeds, [], asyncio.Event()
    monkeypatch.setattr(batches, "HOSTS_PER_BATCH", 1)
    monkeypatch.setattr(batches, "HOSTS_AT_ONCE", 3)

    async def poll(work):
        polled.append(work.site.host)
        is_slow = len(polled) <= 2
        if len(polled) == hosts:
            all_polled.set()
        has_news = await real(work)
        if is_slow:
            await asyncio.wait_for(all_polled.wait(), 30)
        return has_news

    monkeypatch.setattr(work_host, "_poll_feeds", poll)
    async with world.mill() as mill:
        await world.subscribe(mill)
        with mill.database.read() as session:
            hosts = session.connection().execute(text("SELECT count(DISTINCT site_id) FROM feed")).scalar()
        report = await run_round(mill, RoundPlan())
    assert hosts > 5
    assert (report.bugs, len(set(polled))) == (0, hosts)


async def test_a_batch_that_fails_before_it_begins_takes_no_room_for_ever(world, monkeypatch):
    real = batches._look
    failed = []

    def look(mill, batch):
        if len(failed) < 2:
            failed.append(batch.index)
            raise AssertionError("ours")
        return real(mill, batch)

    monkeypatch.setattr(batches, "HOSTS_PER_BATCH", 1)
    monkeypatch.setattr(batches, "HOSTS_AT_ONCE", 2)
    monkeypatch.setattr(batches, "_look", look)
    async with world.mill() as mill:
        await world.subscribe(mill)
        report = await asyncio.wait_for(run_round(mill, RoundPlan()), 60)
    assert report.bugs == 2
    assert report.feeds_polled > 10


async def test_a_batch_that_fails_lets_go_of_its_own_hosts_only(world):
    async with world.mill() as mill:
        plan = HostPlan(wanted=RoundPlan().wanted(mill), stop=asyncio.Event())
        plan.held.update({1: 0, 2: 0, 3: 0})

        async def fail(mill, batch):
            plan.held.pop(1)  # it was done,
            plan.held[1] = 1  # and has pages again: the next batch has it in hand
            raise AssertionError("ours")

        about = {"lease_until": plan.wanted.now, "crawl_delay_seconds": None, "platform": None}
        hosts = tuple(ClaimedSite(site_id=number, host=f"host{number}.example", **about) for number in (1, 2, 3))
        await batches._run(fail, batches._Round(mill, plan), batches.Batch(0, hosts, plan))
    assert plan.held == {1: 1}
    assert plan.let_go.is_set()


def test_a_round_that_finds_nothing_new_imports_nothing_that_reads_pages():
    told = subprocess.run([sys.executable, "-c", IDLE], check=False, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")
