"""Backfills whose wait is over go on by themselves: the scheduled round starts a run of its own for each."""

import logging

from prefect.deployments.flow_runs import arun_deployment
from prefect.exceptions import ObjectNotFound

from flows.mill import Mill
from storage import backfills
from storage.backfills import Job

DEPLOYMENT = "backfill/backfill"
log = logging.getLogger(__name__)


async def start_waiting(mill: Mill) -> int:
    """Start a run for each backfill that may go on, or that was left by a process that died; gives how many there are.

    A round that comes before such a run has begun starts no second one. Where nothing is deployed nobody would run it.
    """
    with mill.database.read() as session:
        due = backfills.due(session, mill.clock())
    for job in due:
        try:
            await _start(job)
        except ObjectNotFound:
            log.info("backfill %d could go on: `feedmill backfill resume %d` does it", job.id, job.id)
    return len(due)


async def _start(job: Job) -> None:
    await arun_deployment(
        DEPLOYMENT,
        parameters={"resume_id": job.id, "dry_run": False},
        timeout=0,
        as_subflow=False,
        idempotency_key=f"backfill-{job.id}-{(job.next_at or job.updated_at).isoformat()}",
    )
