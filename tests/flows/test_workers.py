"""Worker processes: what a job may cost, and what happens when it costs more."""

from pathlib import Path

import pytest

from flows.workers import WorkerBugError, WorkerLimitError, WorkerLimits, Workers
from ingest.errors import NotAFeed
from ingest.jobs import FeedJob

ODD = (str(Path(__file__).parent / "odd_worker.py"),)  # knows jobs that sleep, eat memory and crash
RSS = b"<rss version='2.0'><channel><title>T</title><item><title>A</title><link>http://a.example/1</link></item></channel></rss>"

FEED = FeedJob(RSS, "http://a.example/feed")


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
