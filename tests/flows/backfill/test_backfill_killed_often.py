"""kill -9 again and again in a backfill: the same articles as without, and hardly a page or a listing fetched twice."""

import asyncio
import multiprocessing
import os
import random
import signal
import sys
from pathlib import Path

import pytest
from backfill_world import cms

sys.path.insert(0, str(Path(__file__).parent))  # the child imports killed_backfill by its plain name
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["killed_backfill", "ingest.extract.article", "ingest.backfill.registry", "ingest.resemblance", "alembic.command"]
)
KILLS = int(os.environ.get("FEEDMILL_TEST_KILLS", "12"))  # a hundred take some minutes
POSTS = 40


async def run_once(store, order, commit, *, is_before):
    """One process; its exit code."""
    import killed_backfill

    arguments = (store.settings().model_dump(), order, commit)
    process = _PROCESSES.Process(target=killed_backfill.backfill, args=arguments, kwargs={"is_before": is_before})
    process.start()
    await asyncio.to_thread(process.join)
    return process.exitcode


def contents(store, world):
    """The articles by address, without the numbers of rows."""
    return sorted((one["url"].replace(world.url, ""), one["text"], one["revision"]) for one in store.exported())


@pytest.mark.timeout(900)
async def test_a_backfill_killed_at_many_points_stores_what_an_undisturbed_one_does(new_store):
    draw, killed, disturbed = random.Random(20261121), 0, []
    async with cms("wordpress", posts=POSTS, page_size=7, gone=3) as world:
        calm = new_store("calm")
        await calm.backfill(world.home_url)
        expected, price = contents(calm, world), len(world.requests)
        rounds = 0
        while killed < KILLS:
            store, asked, deaths = new_store(f"disturbed{rounds}"), len(world.requests), 0
            rounds += 1
            while True:
                wanted = draw.randint(1, 25) if killed < KILLS else 0
                code = await run_once(store, {"site": world.home_url}, wanted, is_before=draw.random() < 0.5)
                assert code in (-signal.SIGKILL, 0)
                if code == 0:
                    break
                killed, deaths = killed + 1, deaths + 1
            disturbed.append((contents(store, world), len(world.requests) - asked - price, deaths))

    assert len(expected) == POSTS  # the listing has the text of those whose pages are gone
    for found, extra, deaths in disturbed:
        assert found == expected
        assert extra <= 4 * deaths  # the request in hand, and the looks at robots.txt, home page and feed
