"""Nightly upkeep: what the database needs, and a report of how every feed fares."""

import asyncio
from collections import Counter
from datetime import datetime

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed
from sqlmodel import Session

from flows import tally, week
from flows.alerts import find_news
from flows.health import HealthReport, judge
from flows.logs import say_where, show_our_logs
from flows.mill import utc_now, worker_limits
from flows.reports.health import drift_markdown, health_table, ill_feeds_markdown
from flows.reports.stories import STORIES_SHOWN, stories_markdown
from flows.reports.upkeep import lessons_markdown, retention_markdown, upkeep_markdown, upkeep_sentence
from flows.reports.week import week_markdown
from flows.retention import is_anything_set, let_go, policy_of
from flows.settings import Settings
from flows.shifts import since_yesterday
from flows.steps.learn_site import learn_sites
from flows.steps.sign_texts import sign_texts
from flows.store import ready_database
from flows.workers import Workers
from ingest.decide.budget import rhythm_of, solve_constant
from ingest.decide.health import HealthState
from ingest.decide.policy import PollPolicy
from ingest.model import FeedState, FeedStatus
from storage import blocks, budget, stories, tallies, told
from storage.blocks import SiteBlock
from storage.database import Database
from storage.removing import Removed
from storage.stats import stats
from storage.stories import StoryQuery


@flow(name="maintain", flow_run_name="upkeep")
async def maintain() -> State[object]:
    """Refresh the database's statistics, fold back its log, spread the budget of requests, report every feed's health.

    Lets old articles go where retention is set. Learns from texts stored before there was a memory of their site, lets
    stored texts follow what was learned, and finds the copies of those stored before there were stories. Safe beside
    ingests.
    """
    show_our_logs()
    now, settings = utc_now(), Settings()
    yesterday = since_yesterday(now)[0]
    database = ready_database(settings)
    say_where(settings, database)
    try:
        removed = await asyncio.to_thread(_let_old_go, database, settings, now)
        joined = await asyncio.to_thread(sign_texts, database)
        database.tidy()
        with database.read() as session:
            sizes = stats(session)
            report = judge(session, now)
        seen = look_back(database, report, now)
        with database.begin() as session:
            budget.put_constant(session, affordable_constant(settings, [row.state for row, _ in report.feeds]))
        async with Workers(worker_limits(settings)) as workers:
            lessons = await learn_sites(database, workers, now, settings.site_rules)
        with database.read() as session:
            changed = changed_since_yesterday(session, now)
            told_again = stories.find(session, StoryQuery(since=yesterday, limit=STORIES_SHOWN + 1))
        tell(database, report, now)
    finally:
        database.dispose()
    states = Counter(str(verdict.state) for _, verdict in report.feeds)
    await acreate_table_artifact(
        health_table(report.feeds),
        key="feed-health",
        description="Every feed that is not healthy, and why. What that rests on and what to do: `upkeep-report`.",
    )
    weeks = week_markdown(seen)
    parts = [upkeep_markdown(sizes, states, now, weeks), ill_feeds_markdown(report.feeds)]
    parts += [lessons_markdown(changed, lessons)]
    parts += [retention_markdown(removed)] if removed is not None else []
    parts += [stories_markdown(told_again, yesterday, joined)]
    parts += [drift_markdown(report.drifts)] if report.drifts else []
    await acreate_markdown_artifact(
        "\n\n".join(part for part in parts if part),
        key="upkeep-report",
        description="This week beside the last, sizes, and what sites have taught.",
    )
    return Completed(message=upkeep_sentence(sizes, states))


def changed_since_yesterday(session: Session, now: datetime) -> list[SiteBlock]:
    """The learned blocks that changed yesterday or today: no night begins at the same second as the one before."""
    return blocks.find(session, since=since_yesterday(now)[0])


def tell(database: Database, report: HealthReport, now: datetime) -> None:
    """Emit an event for each change of a feed's or a site's health: once, not each night (docs/how-to/alerts.md)."""
    with database.read() as session:
        news = find_news(report, told.read(session), now)
    for alert in news.alerts:
        resource = {"prefect.resource.id": alert.subject, "prefect.resource.name": alert.name}
        emit_event(alert.event, resource, payload=dict(alert.payload))
    with database.begin() as session:
        told.put(session, news.told, news.well, now)


def look_back(database: Database, report: HealthReport, now: datetime) -> week.WeekView:
    """Note how many feeds are failing tonight, let old counts go, and compare the week with the one before."""
    failing = sum(verdict.state in {HealthState.FAILING, HealthState.SLOW} for _, verdict in report.feeds)
    with database.begin() as session:
        week.note_failing(session, failing, now)
        tallies.forget(session, tally.kept_since(now))
    with database.read() as session:
        return week.view(session, now)


def _let_old_go(database: Database, settings: Settings, now: datetime) -> Removed | None:
    policy = policy_of(settings)
    return let_go(database, policy, now) if is_anything_set(database, policy) else None


def affordable_constant(settings: Settings, states: list[FeedState]) -> float | None:
    """The constant of the square-root rule that the setting's budget affords; None without a budget or feeds."""
    policy = PollPolicy(min_interval_seconds=settings.min_interval_seconds)
    rhythms = [rhythm_of(state, policy) for state in states if state.status is FeedStatus.ACTIVE]
    if not settings.requests_per_day or not rhythms:
        return None
    return solve_constant(rhythms, settings.requests_per_day)
