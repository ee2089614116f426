"""kill -9 again and again in an ingest with corrections and copies: the store of an undisturbed one."""

import asyncio
import multiprocessing
import os
import random
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import articles, pages
from storage.articles import ExportQuery
from storage.database import Database

sys.path.insert(0, str(Path(__file__).parent))  # the child imports killed_ingest by its plain name
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["killed_ingest", "ingest.extract.article", "ingest.resemblance", "alembic.command"])
KILLS = int(os.environ.get("FEEDMILL_TEST_KILLS", "20"))  # a hundred take some minutes
MOMENTS = (0, 7, 31)  # hours: the first round, and two in which articles are corrected and looked at again


async def run(world, commit, *, is_before):
    """One process; its exit code."""
    settings = {
        "data_dir": str(world.settings.data_dir),
        "allow_endpoints": list(world.settings.allow_endpoints),
        "host_delay_seconds": 0,
        "min_interval_seconds": 0,
    }
    import killed_ingest

    arguments = (settings, world.clock().isoformat(), commit)
    process = _PROCESSES.Process(target=killed_ingest.ingest, args=arguments, kwargs={"is_before": is_before})
    process.start()
    await asyncio.to_thread(process.join)
    return process.exitcode


async def ingest_all(world, kills, draw):
    """Rounds at three moments, killed so often in each before one may end."""
    async with world.mill() as mill:
        await world.subscribe(mill)
    killed, begun = 0, world.clock()
    for place, hours in enumerate(MOMENTS):
        world.clock.now = begun
        world.clock.forward(hours=hours)
        wanted = kills * (place + 1) // len(MOMENTS)
        while killed < wanted:
            code = await run(world, draw.randint(1, 4), is_before=draw.random() < 0.5)
            assert code in (-signal.SIGKILL, 0)
            if code == 0:
                break
            killed += 1
        while True:
            assert await run(world, 0, is_before=False) == 0
            if not waits(world):
                break
    return killed


def waits(world):
    with Database(world.settings.database) as database, database.read() as session:
        due = (
            "SELECT count(*) FROM page WHERE state = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= :now)"
        )
        return session.connection().scalar(text(due), {"now": world.clock().replace(tzinfo=None)})


def contents(world):
    """The store by address, without the numbers of rows; ports differ from world to world."""
    port = f":{world.server.port}"
    with Database(world.settings.database) as database, database.read() as session:
        connection = session.connection()
        rows = {article["id"]: article for article in articles.export(session, ExportQuery())}
        names = {
            number: (row["canonical_url"] or row["url"] or row["title"]).replace(port, "")
            for number, row in rows.items()
        }
        versions = connection.execute(text("SELECT article_id, number, text FROM revision")).all()
        stored = sorted((names[number], row["text"], row["revision"], row["status"]) for number, row in rows.items())
        grouped = {}
        for number, row in rows.items():
            if row["story_id"] is not None:
                grouped.setdefault(row["story_id"], []).append(names[number])
        return {
            "articles": [tuple(str(part).replace(port, "") for part in row) for row in stored],
            "versions": sorted(
                (names[number], version, words.replace(port, "")) for number, version, words in versions
            ),
            "stories": sorted(sorted(members) for members in grouped.values()),
            "waiting": pages.counts(session)["pending"],
        }


@pytest.mark.timeout(200 + 12 * KILLS)
async def test_an_ingest_killed_at_many_points_leaves_the_store_of_an_undisturbed_one(world, world_at, tmp_path):
    draw = random.Random(20261121)
    killed = await ingest_all(world, KILLS, draw)
    async with world_at(tmp_path / "undisturbed") as other:
        await ingest_all(other, 0, draw)
        calm = contents(other)
    disturbed = contents(world)

    assert killed >= 0.6 * KILLS
    assert len(calm["versions"]) > 0
    for name, expected in calm.items():
        assert disturbed[name] == expected, name
