"""What waited for a server goes on by itself, once its time has come."""

import gc
from datetime import timedelta

import pytest
from backfill_world import cms

from flows.backfilling import Order, run

pytestmark = [
    pytest.mark.prefect,
    # Prefect's client leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


async def _deploy():
    from prefect.client.orchestration import get_client

    from flows.backfill import backfill

    async with get_client() as client:
        flow_id = await client.create_flow(backfill)
        await client.create_deployment(flow_id=flow_id, name="backfill", enforce_parameter_schema=False)


async def _runs():
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        return [one.parameters["resume_id"] for one in await client.read_flow_runs() if "resume_id" in one.parameters]


async def test_a_job_whose_time_has_come_gets_one_run_of_its_own(prefect, store):
    from flows.going_on import start_waiting

    async with cms("wordpress", posts=4) as world, store.mill() as mill:
        job = await run(mill, Order(site=world.home_url, max_pages=1))
        assert await start_waiting(mill) == 0  # it waits for a person, who gives it a new budget
        store.make_due(job.id, mill.clock() - timedelta(minutes=1))

        assert await start_waiting(mill) == 1  # nothing is deployed, and nothing fails
        assert await _runs() == []
        await _deploy()
        assert [await start_waiting(mill), await start_waiting(mill)] == [1, 1]

    assert await _runs() == [job.id]
    gc.collect()  # the client's sockets, while nobody minds
