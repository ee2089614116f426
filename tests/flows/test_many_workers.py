"""Several processes, as on several machines, on one Postgres: they share the work, and one that dies loses nothing."""

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from many_hosts import ManyHosts, manners

from ingest.urls import host_of
from storage import articles, feeds, pages
from storage.articles import ExportQuery
from storage.database import Database
from storage.feeds import NewFeed

sys.path.insert(0, str(Path(__file__).parent))  # the child imports sharing_ingest by its plain name
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["sharing_ingest", "ingest.extract.article", "alembic.command"])

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]
HOSTS = 24
DELAY = 0.3
LATE = 0.1  # a start may reach the server so much later than its neighbour, on a machine with other work


@pytest.fixture
async def hosts():
    world = ManyHosts(HOSTS, pages=2, latency=0.1)
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def store(new_postgres, hosts):
    now = datetime.now(UTC)
    with new_postgres("feedmill_shared") as url:
        with Database(url) as database, database.begin() as session:
            for feed in hosts.feeds():
                feeds.add(session, NewFeed(url=feed, host=host_of(feed), created_at=now))
        yield url


@pytest.fixture
def start(store, hosts, tmp_path):
    """Start a process that runs rounds as a machine of its own; all of them end with the test."""
    import sharing_ingest

    started = []

    def begin(machine, together=None, rounds=1):
        together = together or _PROCESSES.Barrier(1)
        settings = {
            "data_dir": str(tmp_path),
            "database_url": store,
            "user_agent": machine,
            "allow_endpoints": [f"127.0.0.1:{hosts.port}"],
            "host_delay_seconds": DELAY,
            "min_interval_seconds": 0,
            "workers": 1,
        }
        process = _PROCESSES.Process(target=sharing_ingest.ingest, args=(settings, machine, rounds, together))
        process.start()
        started.append((process, together))  # a barrier that nobody holds is gone
        return process

    yield begin
    for process, _ in started:
        process.kill()
        process.join()


def stored(url):
    with Database(url) as database, database.read() as session:
        return [article["url"] for article in articles.export(session, ExportQuery())], pages.counts(session)


async def all_done(processes):
    for process in processes:
        await asyncio.to_thread(process.join)
    return [process.exitcode for process in processes]


async def test_four_processes_share_hosts_and_never_two_of_them_ask_one_at_once(start, store, hosts):
    together = _PROCESSES.Barrier(4)
    codes = await all_done([start(f"machine-{number}", together, rounds=2) for number in range(4)])

    found, waiting = stored(store)
    seen = manners(hosts.asked)
    assert codes == [0] * 4
    assert sorted(found) == sorted(hosts.articles()), "each article, and none twice"
    assert waiting["pending"] == 0
    assert len(seen.agents) == 4, "all took part"
    assert seen.overlapping == []
    assert seen.shortest_gap_between_agents > DELAY - LATE
    assert len([one for one in hosts.asked if one.path.endswith(".html")]) == len(hosts.articles()), "each page once"


async def test_what_a_killed_worker_had_in_hand_others_do_once_its_lease_has_ended(start, store, hosts):
    import sharing_ingest

    doomed = start("doomed")
    while not [one for one in hosts.asked if one.path.endswith(".html")]:  # noqa: ASYNC110 - the server's own list
        await asyncio.sleep(0.02)
    os.kill(doomed.pid, signal.SIGKILL)
    killed_at = time.time()
    held = {one.host for one in hosts.asked}

    while stored(store)[1].get("pending", 0) or len(stored(store)[0]) < len(hosts.articles()):
        assert await all_done([start("heir")]) == [0]
        assert time.time() < killed_at + 120

    found, _ = stored(store)
    first_again = min(one.began for one in hosts.asked if one.agent == "heir" and one.host in held)
    assert sorted(found) == sorted(hosts.articles())
    assert first_again > killed_at + sharing_ingest.LEASE_SECONDS / 2, "a lease that nobody can see is dead is kept"
