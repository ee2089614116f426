"""Backfill: a site's history, planned, walked and stored, and taken up again where it stopped."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.backfill_call import Call
from flows.backfill_course import go_on, keep, leave
from flows.backfill_standing import report_of
from flows.backfill_words import (
    NOTHING_LEFT,
    UNBOUNDED,
    Budget,
    Estimate,
    MonthCount,
    Order,
    Progress,
    Report,
    SourceReport,
)
from flows.batches import BatchRunner, run_batch
from flows.mill import Mill, address_policy
from flows.steps.ask_history import Ledger, Undertaking, quiet
from flows.steps.find_site import address_of, home_key_of
from flows.steps.plan_history import Joined, worker_of
from flows.writer import Writer
from ingest.backfill.detect import home_of
from ingest.backfill.registry import AUTO, source_named
from ingest.errors import BadUrl
from ingest.fetch.guard import ForbiddenAddress, check_host
from storage import backfills, find_pages
from storage.backfills import Job, NotOurs, Standing, Wish
from storage.database import Database

__all__ = [
    "NOTHING_LEFT",
    "UNBOUNDED",
    "Budget",
    "Estimate",
    "MonthCount",
    "Order",
    "Progress",
    "Report",
    "SourceReport",
    "plan",
    "resume",
    "resume_due",
    "run",
    "standing",
]

WATCH_SECONDS = 1.0


async def plan(mill: Mill, order: Order, progress: Progress | None = None) -> Report:
    """The dry run: what would be fetched and what it would cost. It leaves no job behind.

    Raises BadUrl for an address that is none or may not be asked, UnknownSource for a source that there is not.
    """
    wish = _wish(mill, order)
    with TemporaryDirectory(prefix="feedmill-plan-") as folder:
        async with _scratch(Path(folder)) as ledger:
            opened = await ledger.apply(lambda session: backfills.open_job(session, wish, mill.clock()))
            work = Undertaking(mill=quiet(mill), ledger=ledger, job_id=opened.job.id, counted=mill.client.sent)
            call = _call(work, run_batch, progress, order)
            await ledger.apply(lambda session: backfills.start(session, opened.job.id, worker_of(work)))
            report = await _work(call)
            return replace(report, state="planned")


async def run(mill: Mill, order: Order, runner: BatchRunner = run_batch, progress: Progress | None = None) -> Report:
    """Walk and store: a new job, or the one of this site that there is, with the wider window of both.

    Raises BadUrl for an address that is none or may not be asked, UnknownSource for a source that there is not.
    """
    wish = _wish(mill, order)
    opened = await mill.writer.apply(lambda session: backfills.open_job(session, wish, mill.clock()))
    work = _undertaking(mill, opened.job.id)
    if _is_put_off(opened.job, mill.clock()):
        return report_of(work, opened.job)
    report = await _take_up(_call(work, runner, progress, order))
    return replace(report, why=f"{_joined(opened.job)} {report.why}".strip()) if opened.is_widened else report


async def resume(
    mill: Mill,
    job_id: int,
    budget: Budget = UNBOUNDED,
    runner: BatchRunner = run_batch,
    progress: Progress | None = None,
) -> Report:
    """Take up a job where it stopped; one that is done stays as it is, and the report says so.

    Passes over a backoff of our own, never over a Retry-After. Raises UnknownBackfill.
    """
    work = _undertaking(mill, job_id)
    with mill.database.read() as session:
        job = backfills.known(session, job_id)
    if job.state == "done":
        return replace(report_of(work, job), why="It is done: there is nothing to go on with.")
    work.passes_backoff = True
    order = Order(site=job.site, max_pages=budget.pages, max_requests=budget.requests)
    return await _take_up(_call(work, runner, progress, order))


async def resume_due(mill: Mill, runner: BatchRunner = run_batch) -> list[Report]:
    """Go on with every job whose time has come: what waited for a server, and what was left by a process that died."""
    with mill.database.read() as session:
        due = backfills.due(session, mill.clock())
    return [await _take_up(_call(_undertaking(mill, job.id), runner, None, Order(site=job.site))) for job in due]


def standing(mill: Mill, job_id: int) -> Report:
    """Where a job stands, without working on it. Raises UnknownBackfill."""
    return report_of(_undertaking(mill, job_id))


# --- opening and leaving a job ---------------------------------------------------------------------------------------


def _wish(mill: Mill, order: Order) -> Wish:
    for name in order.sources:
        if name != AUTO:
            source_named(name)
    home_url = home_of(address_of(order.site))
    try:
        check_host(home_url, address_policy(mill.settings))
    except ForbiddenAddress as error:
        raise BadUrl(f"{home_url} is not asked: {error}; FEEDMILL_ALLOW_NETWORKS lets it through") from error
    return Wish(
        site=order.site,
        home_url=home_url,
        home_key=home_key_of(home_url),
        since=order.since,
        until=order.until,
        sources=tuple(order.sources),
        files=tuple(order.files),
        uses_copies=order.uses_copies,
    )


def _undertaking(mill: Mill, job_id: int) -> Undertaking:
    ledger = Ledger(mill.database, mill.writer)
    return Undertaking(mill=quiet(mill), ledger=ledger, job_id=job_id, counted=mill.client.sent)


def _call(work: Undertaking, runner: BatchRunner, progress: Progress | None, order: Order) -> Call:
    return Call(
        work=work,
        runner=runner,
        progress=progress,
        max_pages=order.max_pages,
        max_requests=order.max_requests,
        sent_before=work.mill.client.sent,
        began_at=work.mill.clock(),
    )


@asynccontextmanager
async def _scratch(folder: Path) -> AsyncIterator[Ledger]:
    """A ledger that is thrown away with its folder."""
    with Database(f"sqlite:///{folder / 'plan.db'}") as database:
        await asyncio.to_thread(database.upgrade)
        async with Writer(database) as writer:
            yield Ledger(database, writer)


async def _take_up(call: Call) -> Report:
    work = call.work
    worker = worker_of(work)
    if not await work.ledger.apply(lambda session: backfills.start(session, work.job_id, worker)):
        report = report_of(work)
        return replace(report, why=f"Backfill {work.job_id} of this site is under way already.")
    return await _work(call)


async def _work(call: Call) -> Report:
    """Work on a job that is ours to its end, or to where it waits; whatever happens it is given back."""
    work = call.work
    try:
        async with _watched(call):
            await go_on(call)
    except Joined as joined:
        work.job_id = joined.job_id
        return replace(report_of(work), why=f"Backfill {joined.job_id} of this site is under way, and does it too.")
    except NotOurs:
        await work.ledger.apply(lambda session: find_pages.settle(session, work.job_id))
    except asyncio.CancelledError:
        await asyncio.shield(leave(work, Standing(state="waiting", why="It was stopped in the middle.")))
        raise
    except Exception as error:
        told = Standing(state="failed", why=f"It failed for a reason of ours: {type(error).__name__}, see the log.")
        await asyncio.shield(leave(work, told))
        raise
    await call.tell(is_urgent=True)
    return report_of(work)


@asynccontextmanager
async def _watched(call: Call) -> AsyncIterator[None]:
    """Notice while we work when the job is cancelled or taken over, keep it ours, and tell how far it is."""
    task = asyncio.create_task(_watch(call))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(call: Call) -> None:
    work, kept = call.work, time.monotonic()
    while not work.stop.is_set():
        await asyncio.sleep(WATCH_SECONDS)
        job = work.ledger.look(lambda session: backfills.get(session, work.job_id))
        if job is None or job.state != "running" or job.holder != work.mill.holder:
            work.stop.set()
        elif time.monotonic() - kept > backfills.LEASE_SECONDS / 4:
            kept = time.monotonic()
            await keep(work)
        else:
            await call.tell()


def _is_put_off(job: Job, now: datetime) -> bool:
    """Whether the site gave no answer when it was looked at last, and is left alone still: only a resume asks it."""
    return job.state == "waiting" and not job.is_planned and job.next_at is not None and job.next_at > now


def _joined(job: Job) -> str:
    """That a wish went into a job that was there."""
    days = f"from {job.since or 'the first day'} to {job.until or 'today'}"
    return f"Backfill {job.id} of this site took it in: it goes {days}."
