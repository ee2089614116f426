"""Ad hoc: fetch, extract and store these pages, now."""

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from flows.batches import RoundPlan, run_round
from flows.credentials_block import read_block
from flows.ingest_feeds import HttpUrl, final_state, leave_artifacts, progress_artifact, run_batch_as_task
from flows.logs import say_where, show_our_logs
from flows.mill import open_mill
from flows.settings import Settings
from flows.steps.queue_urls import queue_urls


@flow(name="ingest-urls", flow_run_name="{urls[0]}")
async def ingest_urls(
    urls: list[HttpUrl] = Field(
        ..., min_length=1, description="The addresses of the pages, one an item. Stored ones are fetched again."
    ),
) -> State[object]:
    """Fetch these pages, extract and clean their text, and store the articles, whether a feed names them or not."""
    show_our_logs()
    settings = Settings()
    async with open_mill(settings, credentials=await read_block(settings)) as mill:
        say_where(mill.settings, mill.database)
        started_at = mill.clock()
        queued = await queue_urls(mill, urls)
        plan = RoundPlan(page_keys=queued.keys, is_asked=True)
        report = await run_round(mill, plan, run_batch_as_task, await progress_artifact())
        report.failures["page bad-url"] += len(queued.refused)
        await leave_artifacts(mill, report, started_at)
    return final_state(report)
