"""Ad hoc: a site's history, planned, fetched and stored; a run that was cut off goes on by the number of its job."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from prefect import flow
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed
from pydantic import Field, WithJsonSchema

from flows import backfill_reports as words
from flows import backfilling
from flows.backfill_words import Budget, Order, Report
from flows.credentials_block import read_block
from flows.ingest_feeds import run_batch_as_task
from flows.logs import say_where, show_our_logs
from flows.mill import Mill, open_mill, utc_now
from flows.plots import months_plot
from flows.settings import Settings
from ingest.backfill.registry import AUTO, NAMED_BY_USER, NAMES
from ingest.text import escape_markdown

# What the registry has, as the choices of the form; those that read files of a machine are for the command line.
SourceName = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [AUTO, *(name for name in NAMES if name not in NAMED_BY_USER)]})
]


SHOW_SECONDS = 3.0
# How a run ends whose job is not done: the state's name, and its kind.
ENDS: Mapping[str, tuple[str | None, Callable[..., State[object]]]] = {
    "failed": (None, Failed),
    "cancelled": (None, Cancelled),
    "waiting": ("Waiting", Completed),
}


def _run_name() -> str:
    parameters = flow_run.parameters
    if parameters.get("resume_id"):
        return f"resume backfill {parameters['resume_id']}"
    kind = "dry run" if parameters.get("dry_run", True) else "backfill"
    return f"{kind} of {parameters.get('site')}"


@flow(name="backfill", flow_run_name=_run_name)
async def backfill(  # noqa: PLR0913, PLR0917 - the fields of the run form
    site: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = Field(
        "", description="The address of the site's home page or of its feed, with http:// or https://."
    ),
    since: date | None = Field(None, description="Only articles of this day or later, in UTC. Empty: from the first."),
    until: date | None = Field(None, description="Only articles of this day or earlier, in UTC. Empty: to the last."),
    sources: list[SourceName] = Field(
        default=[AUTO], description="Where to look for what was published. auto: all that fit, each article once."
    ),
    max_pages: Annotated[int, Field(ge=1, le=100_000)] = Field(
        10_000, description="So many articles are fetched at most. A job that reached it waits; a resume goes on."
    ),
    max_requests: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="So many requests of any kind are sent at most, listings included. Empty: no such bound."
    ),
    copies: bool = Field(  # noqa: FBT001 - a switch of the run form
        False, description="Take pages that are gone (404, 410) from the Wayback Machine, and mark them so."
    ),
    dry_run: bool = Field(  # noqa: FBT001
        True, description="Only say what there is, from where and at what cost. Switch it off to fetch and store it."
    ),
    resume_id: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Go on with the backfill of this number: of the other fields, only the two limits count then."
    ),
) -> State[object]:
    """Find a site's listings of what it published, walk them, and fetch, extract and store the articles they name.

    A dry run first: it reads listings, never articles. Cancel a run whenever you like: what it stored stays, and a run
    with its number as resume_id goes on. Live polls go first.
    """
    show_our_logs()
    order = Order(
        site=site,
        since=since,
        until=until,
        sources=tuple(sources),
        max_pages=max_pages,
        max_requests=max_requests,
        uses_copies=copies,
    )
    check(order, resume_id)
    desk = Desk(await _progress_artifact())
    settings = Settings()
    async with open_mill(settings, credentials=await read_block(settings)) as mill:
        say_where(mill.settings, mill.database)
        try:
            report = await _carry_out(mill, order, desk, resume_id=resume_id, is_dry_run=dry_run)
        except BaseException:  # cancelled: Prefect's signal comes as what the task in hand makes of it; or a bug
            await desk.leave_stopped()
            raise
    await desk.leave(report)
    return final_state(report)


def check(order: Order, resume_id: int | None) -> None:
    """What the form's schema cannot say. Raises ValueError that names the parameter (prefect.md rule 4)."""
    if resume_id is not None:
        return
    if not order.site:
        raise ValueError("site: give the address of a site, or the number of a backfill as resume_id")
    if order.since and order.until and order.since > order.until:
        raise ValueError(f"since: {order.since} is after until, {order.until}: the other way round?")
    if order.since and order.since > utc_now().date():
        raise ValueError(f"since: {order.since} is still to come; a backfill fetches what was")
    if not order.sources:
        raise ValueError("sources: name at least one, or auto")


async def _carry_out(mill: Mill, order: Order, desk: "Desk", *, resume_id: int | None, is_dry_run: bool) -> Report:
    if resume_id is not None:
        budget = Budget(order.max_pages, order.max_requests)
        return await backfilling.resume(mill, resume_id, budget, run_batch_as_task, desk.show)
    if is_dry_run:
        return await backfilling.plan(mill, order, desk.show)
    return await backfilling.run(mill, order, run_batch_as_task, desk.show)


class Desk:
    """What the dashboard shows of one run: its name with the job's number, its progress, its report."""

    def __init__(self, show_share: Callable[[float, str], Awaitable[None]]) -> None:
        self._show_share = show_share
        self._latest: Report | None = None
        self._next_at = 0.0

    async def show(self, report: Report) -> None:
        """Move the progress artifact; the first time that the job has a number, name the run after it.

        Each move is a request and an event to Prefect: not more than one in ``SHOW_SECONDS``.
        """
        if report.id is not None and (self._latest is None or self._latest.id != report.id):
            await _name_run(f"backfill {report.id} of {report.site}")
        self._latest = report
        now = asyncio.get_running_loop().time()
        if now >= self._next_at:
            self._next_at = now + SHOW_SECONDS
            await self._show_share(words.share(report), words.progress_sentence(report))

    async def leave(self, report: Report) -> None:
        """The last word of the progress, and the report with the picture of what came by month."""
        await self.show(report)
        is_at_end = report.id is None or report.state == "done"
        told = words.outcome(report) if is_at_end else words.progress_sentence(report)
        await self._show_share(1.0 if report.id is None else words.share(report), told)
        # In the report: beside a picture that is an artifact of its own the dashboard prints its whole address.
        has_picture = report.months and report.id is not None
        picture = await asyncio.to_thread(months_plot, report.months) if has_picture else None
        await acreate_markdown_artifact(
            words.markdown(report, picture), key="backfill-report", description=escape_markdown(words.outcome(report))
        )

    async def leave_stopped(self) -> None:
        """What a run leaves that is cut off: how far it came, and how to go on."""
        if self._latest is not None and self._latest.id is not None:
            await acreate_markdown_artifact(
                words.stopped_markdown(self._latest),
                key="backfill-report",
                description=escape_markdown(
                    f"resume_id {self._latest.id} goes on; {words.progress_sentence(self._latest)}"
                ),
            )


async def _name_run(name: str) -> None:
    async with get_client() as client:
        await client.update_flow_run(UUID(str(flow_run.id)), name=name)


async def _progress_artifact() -> Callable[[float, str], Awaitable[None]]:
    artifact_id: UUID = await acreate_progress_artifact(
        0.0, key="backfill-progress", description="Articles done, of those that the sources name."
    )

    async def show(share: float, line: str) -> None:
        await aupdate_progress_artifact(artifact_id, share * 100, description=escape_markdown(line))

    return show


def final_state(report: Report) -> State[object]:
    """The final state says what happened, and with which number the job goes on."""
    if words.has_no_listing(report):
        return Failed(name="NothingFound", message=words.nothing_found(report))
    if report.state in ENDS:
        name, end = ENDS[report.state]
        return end(name=name, message=f"{words.sentence(report)}. {words.how_to_go_on(report)}")
    if report.id is None:
        return Completed(name="DryRun", message=words.sentence(report))
    return Completed(name=None if report.stored else "NothingNew", message=words.sentence(report))
