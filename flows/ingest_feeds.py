"""Scheduled: poll the feeds that are due, fetch what is new, store clean articles."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed
from pydantic import Field

from flows.batches import Batch, RoundPlan, run_batch, run_round
from flows.credentials_block import read_block
from flows.going_on import start_waiting
from flows.logs import say_where, show_our_logs
from flows.mill import Mill, open_mill
from flows.outcomes import RoundReport
from flows.reports.failing import failing_table
from flows.reports.numbers import numbers_table
from flows.reports.round import report_markdown
from flows.round_view import view
from flows.settings import Settings
from storage import feeds as stored_feeds

HttpUrl = Annotated[str, Field(pattern=r"^https?://\S+$")]


class Which(StrEnum):
    """Which feeds a round polls."""

    DUE = "due"
    ALL = "all"


def _run_name() -> str:
    parameters = flow_run.parameters
    if tags := parameters.get("tags"):
        return f"{', '.join(tags)} {flow_run.scheduled_start_time:%m-%d %H:%M}"
    which = "listed feeds" if parameters.get("feeds") else f"{Which(parameters.get('poll') or Which.DUE)} feeds"
    return f"{which} {flow_run.scheduled_start_time:%m-%d %H:%M}"


@flow(name="ingest-feeds", flow_run_name=_run_name)
async def ingest_feeds(
    poll: Which = Field(
        Which.DUE,
        description="due: only feeds whose next poll has come. all: every active feed now, but never before a server's "
        "Retry-After, and no feed twice within five minutes.",
    ),
    feeds: list[HttpUrl] = Field(
        default=[], description="Only these feeds, by address as `feedmill feeds list` shows it. Empty: all of them."
    ),
    tags: list[str] = Field(
        default=[],
        description="Only the feeds with one of these tags, or a folder below it (News: News/World too). Empty: all of "
        "them. A deployment for each group has a rhythm and a limit of its own.",
    ),
    max_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        20, description="A soft end: no new work after so many minutes; what waits is done by the next run."
    ),
) -> State[object]:
    """Poll feeds, fetch the pages of new entries, extract and clean their text, and store the articles."""
    show_our_logs()
    plan = RoundPlan(
        poll_all=poll is Which.ALL,
        feed_urls=tuple(feeds) or None,
        tags=tuple(tags) or None,
        max_seconds=max_minutes * 60,
    )
    settings = Settings()
    async with open_mill(settings, credentials=await read_block(settings)) as mill:
        say_where(mill.settings, mill.database)
        started_at = mill.clock()
        show = await progress_artifact()
        report = await run_round(mill, plan, run_batch_as_task, show)
        if report.is_idle:
            await show(report, 1.0)
        await leave_artifacts(mill, report, started_at)
        await start_waiting(mill)
    return final_state(report)


async def run_batch_as_task(mill: Mill, batch: Batch) -> RoundReport:
    """One task run for a batch of hosts, never one for a feed or an article (prefect.md rule 1)."""

    @task(name="batch", task_run_name=f"batch-{batch.index:03d}", cache_policy=NO_CACHE, persist_result=False)
    async def work(hosts: list[str]) -> RoundReport:  # noqa: ARG001 - the dashboard shows which hosts
        return await run_batch(mill, batch)

    return await work([host.host for host in batch.hosts])


async def progress_artifact() -> Callable[[RoundReport, float], Awaitable[None]]:
    """Create the run's progress artifact; gives what moves it."""
    artifact_id: UUID = await acreate_progress_artifact(
        0.0, key="ingest-progress", description="Hosts done, of those with work waiting."
    )

    async def show(report: RoundReport, share: float) -> None:
        await aupdate_progress_artifact(artifact_id, share * 100, description=report.sentence())

    return show


async def leave_artifacts(mill: Mill, report: RoundReport, started_at: datetime) -> None:
    """The run's report and numbers, and the feeds that fail now; where something came in, with a picture of it.

    A round that had nothing to do leaves nothing: its final state says so, and it runs every few minutes.
    """
    if report.is_idle:
        return
    seen = None
    with mill.database.read() as session:
        failing = stored_feeds.failing(session)
        if report.arrivals.articles:
            seen = view(session, report, mill.clock())
    await acreate_table_artifact(
        failing_table(failing),
        key="failing-feeds",
        description="Feeds whose last poll failed, longest first. What to type about each: `ingest-report`.",
    )
    await acreate_table_artifact(numbers_table(report), key="ingest-numbers", description=report.sentence())
    await acreate_markdown_artifact(
        report_markdown(report, started_at, seen, failing), key="ingest-report", description=report.sentence()
    )


def final_state(report: RoundReport) -> State[object]:
    """The final state says what happened: NothingNew, Completed with the sums, or Failed where we are wrong."""
    if report.bugs:
        return Failed(message=f"{report.sentence()}; the log has the tracebacks")
    if report.is_quiet:
        return Completed(name="NothingNew", message=report.sentence())
    return Completed(message=report.sentence())
