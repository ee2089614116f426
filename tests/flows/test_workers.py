"""Worker processes: what a job may cost, and what happens when it costs more."""

import asyncio
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.children import WorkerLimits
from flows.workers import WorkerBugError, WorkerLimitError, Workers
from ingest.errors import NotAFeed
from ingest.jobs import FeedJob, PageJob
from ingest.model import Page

ODD = (str(Path(__file__).parent / "odd_worker.py"),)  # knows jobs that sleep, eat memory and crash
RSS = b"<rss version='2.0'><channel><title>T</title><item><title>A</title><link>http://a.example/1</link></item></channel></rss>"

FEED = FeedJob(RSS, "http://a.example/feed")
URL = "http://a.example/1"
PAGE = PageJob(
    url=URL,
    page=Page(url=URL, html=b"<p>The gauge was read at noon.</p>"),
    entry=None,
    feed_title=None,
    now=datetime(2026, 11, 1, tzinfo=UTC),
)


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().split()[3])


def is_there(pid):
    return Path(f"/proc/{pid}").exists()


def has_loaded(pid, library):
    return library in Path(f"/proc/{pid}/maps").read_text()


async def parents_of(workers):
    """Two processes at once, and which process has each of them for a child."""
    await asyncio.gather(*(workers.run("sleep", 0.5) for _ in range(2)))
    return [parent_of(child.process.pid) for child in workers._all]


async def test_no_process_starts_before_a_job_needs_one():
    async with Workers(WorkerLimits()) as workers:
        assert workers.started == 0
        await workers.read_feed(FEED)
        assert workers.started == 1


async def test_a_feed_comes_back_with_the_identities_of_its_entries():
    async with Workers(WorkerLimits()) as workers:
        reading = await workers.read_feed(FEED)
    assert reading.parsed.title == "T"
    assert [seen.page_url for seen in reading.seen] == ["http://a.example/1"]


async def test_unusable_input_raises_what_the_parser_raised_and_keeps_the_process():
    async with Workers(WorkerLimits(count=1)) as workers:
        with pytest.raises(NotAFeed, match=r"a\.example"):
            await workers.read_feed(FeedJob(b"<html><title>Hello</title></html>", "http://a.example/feed"))
        await workers.read_feed(FEED)
        assert workers.started == 1


async def test_a_job_beyond_its_time_is_ended_and_the_next_one_gets_a_new_process():
    async with Workers(WorkerLimits(count=1, wall_seconds=3), ODD) as workers:
        with pytest.raises(WorkerLimitError, match="longer than 3 s"):
            await workers.run("sleep", 600)
        assert await workers.run("echo", "here") == "here"
        assert workers.started == 2


async def test_a_job_beyond_its_cpu_time_is_ended_and_one_that_only_waits_is_not():
    async with Workers(WorkerLimits(count=1, timeout_seconds=0.5), ODD) as workers:
        assert await workers.run("sleep", 1) is None
        with pytest.raises(WorkerLimitError, match=r"0\.5 s of CPU"):
            await workers.run("spin")
        assert await workers.run("echo", "here") == "here"
        assert workers.started == 2


async def test_a_job_beyond_its_memory_is_told_and_its_process_replaced():
    async with Workers(WorkerLimits(count=1, memory_bytes=1 << 30), ODD) as workers:
        with pytest.raises(WorkerLimitError, match="memory"):
            await workers.run("eat", 2 << 30)
        assert await workers.run("echo", "here") == "here"
        assert workers.started == 2


async def test_a_crashed_process_costs_its_job_alone():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        with pytest.raises(WorkerLimitError, match="ended its worker"):
            await workers.run("die", 3)
        assert await workers.run("echo", "here") == "here"


async def test_what_a_library_prints_does_not_break_an_answer():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        assert await workers.run("chatter", "noise") == "quiet"


async def test_a_bug_comes_back_with_its_traceback():
    async with Workers(WorkerLimits()) as workers:
        with pytest.raises(WorkerBugError, match="TypeError"):
            await workers.run("read_feed", 1, 2, 3)


async def test_a_process_that_has_grown_is_replaced_before_a_page_finds_no_room():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        await workers.run("keep", 100 << 20)
        await workers.run("echo", "still the same")
        assert workers.started == 1
        await workers.run("keep", 300 << 20)
        await workers.run("echo", "another")
        assert workers.started == 2


async def test_a_process_is_replaced_after_its_share_of_jobs():
    async with Workers(WorkerLimits(count=1, jobs_per_process=2)) as workers:
        for _ in range(5):
            await workers.read_feed(FEED)
        assert workers.started == 3


async def test_processes_are_forked_from_one_that_has_loaded_what_they_need():
    async with Workers(WorkerLimits(count=2), ODD) as workers:
        first, second = await parents_of(workers)
        assert first == second != os.getpid()
        assert await workers.run("loaded", "feedparser") is True
        assert await workers.run("loaded", "py3langid") is True


async def test_a_process_forked_for_feeds_gives_way_to_one_forked_for_pages():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        await workers.read_feed(FEED)
        await workers.read_page(PAGE)
        assert workers.started == 2
        await workers.read_feed(FEED)
        await workers.read_page(PAGE)
        assert workers.started == 2, "one that reads pages reads feeds too"


async def test_what_pages_need_is_loaded_before_the_first_is_there():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        await workers.read_feed(FEED)
        server = parent_of(next(iter(workers._all)).process.pid)
        assert not has_loaded(server, "numpy")
        workers.expect_pages()
        await asyncio.wait_for(workers._expecting, 60)
        assert has_loaded(server, "numpy")
        assert workers.started == 1


async def test_what_pages_need_is_loaded_too_where_it_was_asked_for_before_any_process_was_there():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        workers.expect_pages()
        await workers.read_feed(FEED)
        await asyncio.wait_for(workers._expecting, 60)
        assert has_loaded(parent_of(next(iter(workers._all)).process.pid), "numpy")


async def test_where_the_process_that_forks_was_ended_another_one_starts():
    async with Workers(WorkerLimits(count=2), ODD) as workers:
        forks, _ = await parents_of(workers)
        os.kill(forks, signal.SIGKILL)
        with pytest.raises(WorkerLimitError):
            await workers.run("die", 3)
        assert await asyncio.gather(*(workers.run("echo", n) for n in range(4))) == ["0", "1", "2", "3"]
        assert forks not in await parents_of(workers)


async def test_workers_outlive_an_interrupt_of_their_whole_group():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        slow = asyncio.create_task(workers.run("sleep", 1))
        await asyncio.sleep(0.5)
        for child in workers._all:
            os.kill(child.process.pid, signal.SIGINT)
        assert await slow is None


async def test_a_process_has_its_next_job_before_it_has_answered_the_last():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        jobs = [asyncio.create_task(workers.run("echo", n)) for n in range(9)]
        assert await asyncio.gather(*jobs) == [str(n) for n in range(9)]
        slow, behind = (asyncio.create_task(workers.run(*job)) for job in (("sleep", 1), ("echo", "behind")))
        await asyncio.sleep(0.5)
        assert [child.in_hand for child in workers._all] == [2]
        assert await slow is None
        assert await behind == "behind"
        assert workers.started == 1


@pytest.mark.parametrize(("job", "told"), [(("die", 3), "ended its worker"), (("eat", 2 << 30), "memory")])
async def test_a_job_behind_one_that_ends_its_process_is_done_by_another(job, told):
    async with Workers(WorkerLimits(count=1, memory_bytes=1 << 30), ODD) as workers:
        ends, *behind = (asyncio.create_task(workers.run(*one)) for one in (job, ("echo", 1), ("echo", 2)))
        with pytest.raises(WorkerLimitError, match=told):
            await ends
        assert await asyncio.gather(*behind) == ["1", "2"]
        assert workers.started == 2


async def test_a_job_behind_one_that_hangs_is_not_held_to_its_time():
    async with Workers(WorkerLimits(count=1, wall_seconds=2), ODD) as workers:
        await workers.run("echo", "up")
        hangs, behind = (asyncio.create_task(workers.run(*job)) for job in (("sleep", 600), ("sleep", 1.5)))
        with pytest.raises(WorkerLimitError, match="longer than 2 s"):
            await hangs
        assert await behind is None


async def test_a_job_behind_a_slow_one_goes_to_a_process_that_has_room():
    async with Workers(WorkerLimits(count=2), ODD) as workers:
        await asyncio.gather(*(workers.run("sleep", 0.5) for _ in range(2)))
        slow = asyncio.create_task(workers.run("sleep", 600))
        others = [asyncio.create_task(workers.run("sleep", 0.1)) for _ in range(9)]
        assert await asyncio.wait_for(asyncio.gather(*others), 30) == [None] * 9
        assert not slow.done()


async def test_nobody_gets_the_answer_to_a_job_that_was_given_up():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        await workers.run("echo", "up")
        slow, given_up, behind = (
            asyncio.create_task(workers.run(*job)) for job in (("sleep", 1), ("echo", "old"), ("echo", "new"))
        )
        await asyncio.sleep(0.5)
        given_up.cancel()
        assert await slow is None, "the one before it is done to its end"
        assert await behind == "new"
        assert workers.started == 1


async def test_the_first_given_up_costs_the_one_behind_nothing():
    async with Workers(WorkerLimits(count=1), ODD) as workers:
        await workers.run("echo", "up")
        slow, behind = (asyncio.create_task(workers.run(*job)) for job in (("sleep", 600), ("echo", "here")))
        await asyncio.sleep(0.5)
        slow.cancel()
        assert await asyncio.wait_for(behind, 20) == "here"
        assert workers.started == 2


async def test_there_are_never_more_processes_than_asked_for():
    async with Workers(WorkerLimits(count=2, jobs_per_process=2), ODD) as workers:
        most = 0

        async def look():
            nonlocal most
            while True:
                most = max(most, len(workers._all))
                await asyncio.sleep(0.001)

        watch = asyncio.create_task(look())
        feeds = [workers.read_feed(replace(FEED, url=f"http://{n}.example/feed")) for n in range(10)]
        pages = [workers.read_page(replace(PAGE, url=f"http://{n}.example/1")) for n in range(10)]
        await asyncio.gather(*(job for pair in zip(feeds, pages, strict=True) for job in pair))
        watch.cancel()
    assert most == 2


async def test_no_process_is_left_when_it_is_over():
    async with Workers(WorkerLimits(count=2), ODD) as workers:
        forks, _ = await parents_of(workers)
        children = [child.process.pid for child in workers._all]
        stuck = asyncio.create_task(workers.run("sleep", 600))
        await asyncio.sleep(0.2)
    assert not any(map(is_there, (forks, *children)))
    with pytest.raises(WorkerLimitError):
        await stuck
