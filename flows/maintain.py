"""Nightly upkeep: what the database needs, and a report of how every feed fares."""

from collections import Counter

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import reports
from flows.logs import show_our_logs
from flows.mill import utc_now
from flows.settings import Settings
from flows.store import ready_database
from ingest.decide.health import health
from storage import feeds
from storage.stats import stats


@flow(name="maintain", flow_run_name="upkeep")
async def maintain() -> State[object]:
    """Refresh the database's statistics, fold back its log, report every feed's health. Safe beside ingests."""
    show_our_logs()
    now = utc_now()
    database = ready_database(Settings())
    try:
        database.tidy()
        with database.read() as session:
            sizes = stats(session)
            rows = [(row, health(row.state, now)) for row in feeds.states(session)]
    finally:
        database.dispose()
    states = Counter(str(verdict.state) for _, verdict in rows)
    await acreate_table_artifact(
        reports.health_table(rows), key="feed-health", description="Every feed that is not healthy, and why."
    )
    await acreate_markdown_artifact(
        reports.upkeep_markdown(sizes, states, now), key="upkeep-report", description="Sizes, and feeds by health."
    )
    return Completed(message=reports.upkeep_sentence(sizes, states))
