"""kill -9 in the middle of an ingest, with a real process: nothing lost, nothing twice."""

import asyncio
import os
import signal
import sys
from collections import Counter

import pytest

from storage import articles, pages
from storage.articles import ExportQuery
from storage.database import Database

KILLS = 4


async def ingest(world, *, kill_after_articles=None):
    """Run `feedmill ingest` as a process of its own; kill it once so many articles are stored."""
    environment = os.environ | {
        "FEEDMILL_DATA_DIR": str(world.settings.data_dir),
        "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{world.server.port}",
        "FEEDMILL_HOST_DELAY_SECONDS": "0.05",
    }
    arguments = ("-m", "flows.cli.main", "ingest", "--json")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    while kill_after_articles is not None and process.returncode is None:
        if count(world) >= kill_after_articles:
            process.send_signal(signal.SIGKILL)
        await asyncio.sleep(0.02)
    return await process.wait()


def count(world):
    with Database(world.settings.database) as database, database.read() as session:
        return sum(1 for _ in articles.export(session, ExportQuery()))


def contents(settings):
    with Database(settings.database) as database, database.read() as session:
        found = list(articles.export(session, ExportQuery()))
        return Counter((a["canonical_url"] or a["url"] or a["title"], a["content_hash"]) for a in found), pages.counts(
            session
        )


@pytest.mark.timeout(240)
async def test_an_ingest_killed_again_and_again_ends_with_the_store_of_an_undisturbed_one(world, world_at, tmp_path):
    async with world.mill() as mill:
        await world.subscribe(mill)
    codes = [await ingest(world, kill_after_articles=12 * (kill + 1)) for kill in range(KILLS)]
    assert codes == [-signal.SIGKILL] * KILLS, "every run was killed while it stored"
    assert await ingest(world) == 0
    killed, waiting = contents(world.settings)

    async with world_at(tmp_path / "undisturbed") as other:
        async with other.mill() as mill:
            await other.subscribe(mill)
        assert await ingest(other) == 0
        calm, _ = contents(other.settings)

    assert waiting["pending"] == 0
    assert len(killed) == len(calm)
    assert [name for name, times in killed.items() if times > 1] == []


async def test_the_hosts_of_a_killed_run_are_taken_over_at_once(world):
    async with world.mill() as mill:
        await world.subscribe(mill)
    assert await ingest(world, kill_after_articles=5) == -signal.SIGKILL
    assert await ingest(world) == 0
    _, waiting = contents(world.settings)
    assert waiting["pending"] == 0
