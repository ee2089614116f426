"""Ad hoc: today's extractor and rules over yesterday's stored pages, with what would change."""

from datetime import UTC, date, datetime
from uuid import UUID

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact, acreate_progress_artifact, aupdate_progress_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.logs import show_our_logs
from flows.mill import open_mill
from flows.reextraction import Progress, ReextractPlan, ReextractReport
from flows.reextraction import reextract as run
from flows.reports.reextraction import reextraction_markdown
from flows.settings import Settings
from ingest.extract.version import extraction_version
from storage.reextraction import ReextractQuery


@flow(name="reextract", flow_run_name="extract again")
async def reextract(
    dry_run: bool = Field(  # noqa: FBT001 - a switch of the run form
        True, description="Only say what would change. Switch it off to replace the texts."
    ),
    site: str = Field("", description="Only articles of this host, for example news.example. Empty: every host."),
    since: date | None = Field(None, description="Only articles first seen on this day or later, in UTC."),
    everything: bool = Field(  # noqa: FBT001
        False, description="Also articles that today's rules have seen already."
    ),
    take_worse: bool = Field(  # noqa: FBT001
        False, description="Also replace texts by ones that lost more than a fifth."
    ),
) -> State[object]:
    """Extract stored articles again from their archived pages, without the network; a cut-off run goes on."""
    show_our_logs()
    moment = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None
    query = ReextractQuery(site=site or None, since=moment, rules=None if everything else extraction_version())
    plan = ReextractPlan(query=query, is_dry_run=dry_run, takes_worse=take_worse, wants_diff=True)
    async with open_mill(Settings()) as mill:
        report = await run(mill, plan, await _progress())
    await acreate_markdown_artifact(
        reextraction_markdown(report, plan), key="reextract-report", description=report.sentence()
    )
    return Completed(message=report.sentence())


async def _progress() -> Progress:
    artifact_id: UUID = await acreate_progress_artifact(0.0, key="reextract-progress", description="Articles done.")

    async def show(report: ReextractReport) -> None:
        share = 100 * report.pages / max(1, report.planned)
        await aupdate_progress_artifact(artifact_id, share, description=report.sentence())

    return show
