"""The course of a backfill: look at the site, walk its sources, fetch what they named, wait, one after the other."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlmodel import Session

from flows.backfill_call import SLICE, Call
from flows.backfill_standing import months_stored
from flows.batches import Batch, BatchRunner, RoundPlan, run_round
from flows.mill import Mill
from flows.outcomes import RoundReport
from flows.steps.ask_history import PATIENCE, Delay, Undertaking
from flows.steps.plan_history import plan_walks, terrain_of, worker_of
from flows.steps.walk_history import walk_step
from ingest.backfill.guards import Progress
from ingest.backfill.registry import ARCHIVES, LAST_RESORTS, is_redundant, source_named
from ingest.backfill.sitemaps import Sitemaps, is_guess
from ingest.backfill.source import End
from ingest.backfill.stored import read_cursor, read_progress
from ingest.urls import host_of
from storage import backfills, find_pages, walks
from storage.backfills import Job, NotOurs, Standing
from storage.walks import Walk

UNNEEDED = "unneeded"  # why a walk was not made: the site's own listings told all of it
_SEEN = frozenset({str(End.COMPLETE), str(End.WINDOW)})
_LOOK_AGAIN_SECONDS = 0.2
_MOST_FAILED_ROUNDS = 3  # without a request between them


# --- one thing after the other ---------------------------------------------------------------------------------------


async def go_on(call: Call) -> None:
    """Do what is next until the job is done, or has to wait for longer than anybody waits here."""
    while True:
        job = await keep(call.work)
        left = await _do_next(call, job)
        if left is None:
            await call.tell()
            continue
        after = await leave(call.work, left)
        if after is None or after.state != "running":
            return


async def _do_next(call: Call, job: Job) -> Standing | None:
    """One step of the job; how it is left where there is none to do now."""
    work = call.work
    if not job.is_planned:
        return await _plan(call, job)
    now = work.mill.clock()
    pages = _due_pages(call, now)
    waiting = _waiting(work)
    walked = await _without_unneeded(work, job)
    open_walks = [walk for walk in walked if walk.end is None]
    ready = [walk for walk in open_walks if _is_ready(work, walk, now)]
    has_more = bool(pages.keys or waiting or open_walks)
    if has_more and ((call.max_pages is not None and not call.pages_left) or not call.requests_left):
        return Standing(state="waiting", why=_spent(call))
    if not work.is_dry and (pages.keys or (not pages.soon and (waiting >= SLICE or (waiting and not ready)))):
        return await _work_pages(call, pages)
    if ready:
        await walk_step(work, ready[0], terrain_of(job), worker_of(work))
        return None
    return await _wait(call, open_walks, pages)


async def _plan(call: Call, job: Job) -> Standing | None:
    work = call.work
    delay = await plan_walks(work, job)
    if delay is None:
        await _remember_months(work)
        return None
    if delay.until - work.mill.clock() > PATIENCE:
        return _delayed(delay, attempts=job.attempts + 1)
    await work.ledger.apply(lambda session: backfills.count_attempt(session, job.id))
    await work.pause_until(delay.until)
    return None


async def _remember_months(work: Undertaking) -> None:
    """How many articles there were before: counted once, when the job begins."""
    job = await keep(work)
    if job.months_before or work.is_dry:
        return
    months = months_stored(work, {host_of(job.home_url)})
    await work.ledger.apply(lambda session: backfills.put_months_before(session, job.id, months))


def _due_pages(call: Call, now: datetime) -> find_pages.Due:
    """The pages of this job that may be fetched now; resumed, also those that a backoff of ours keeps waiting."""
    if call.work.is_dry:
        return find_pages.Due()
    passed = call.began_at if call.work.passes_backoff else None
    return call.work.ledger.look(lambda session: find_pages.due(session, call.work.job_id, now, passed))


def _waiting(work: Undertaking) -> int:
    return work.ledger.look(lambda session: find_pages.count_found(session, work.job_id, SLICE))


def _is_ready(work: Undertaking, walk: Walk, now: datetime) -> bool:
    if walk.next_at is None or walk.next_at <= now:
        return True
    return work.passes_backoff and not walk.is_wait_asked and walk.next_at - now > PATIENCE


async def _without_unneeded(work: Undertaking, job: Job) -> list[Walk]:
    """The walks; those are ended that have nothing to add to what the others saw all of."""
    walked = work.ledger.look(lambda session: walks.of_job(session, job.id))
    first = next((walk for walk in walked if walk.end is None), None)
    why = _unneeded(job, walked, first) if first is not None else None
    if first is None or why is None:
        return walked
    await work.ledger.apply(lambda session: walks.end(session, first, UNNEEDED, why))
    return await _without_unneeded(work, job)


def _unneeded(job: Job, walked: list[Walk], walk: Walk) -> str | None:
    """Why a walk is not made: only after all better ones have ended it is known whether it is."""
    if walk.name in job.sources:
        return None
    ended = {other.name: End(other.end) for other in walked if other.end not in {None, UNNEEDED}}
    if is_redundant(source_named(walk.name), ended):
        return "a better listing of the same was seen to its end"
    own = [other for other in walked if other.name not in ARCHIVES and other.end in _SEEN]
    if any(_progress(other).new for other in own) and _is_last_resort(walk):
        return "a listing of the site's own was seen to its end"
    return None


def _is_last_resort(walk: Walk) -> bool:
    """Whether a walk is for sites that tell nothing themselves: archives, the feed's newest, a second guess."""
    if walk.name in LAST_RESORTS:
        return True
    is_begun = walk.cursor is not None and bool(_progress(walk).pages)
    return is_begun and walk.name == Sitemaps.name and is_guess(read_cursor(walk.cursor or {}))


def _progress(walk: Walk) -> Progress:
    return read_progress(walk.progress) if walk.progress else Progress()


# --- pages -----------------------------------------------------------------------------------------------------------


async def _work_pages(call: Call, pages: find_pages.Due) -> Standing | None:
    """Let a slice of pages wait and work on it as on all others, by a round of its own.

    How the job is left where rounds fail one after the other, for what meets them all: the database, a disk.
    """
    work = call.work
    if not pages.keys:
        limit, now = call.pages_left, work.mill.clock()
        await work.ledger.apply(lambda session: _queue(session, work, limit, now))
        return None
    known = [key for key in pages.keys if key in call.worked]
    fresh = [key for key in pages.keys if key not in call.worked][: call.pages_left]
    keys = tuple([*known, *fresh][:SLICE])
    call.worked.update(keys)
    before = work.mill.client.sent
    plan = RoundPlan(page_keys=keys, poll_all=work.passes_backoff)
    report = await run_round(work.mill, plan, partial(_stoppable, work, call.runner))
    await work.ledger.apply(lambda session: find_pages.settle(session, work.job_id))
    has_sent = work.mill.client.sent > before
    call.failed_rounds = 0 if has_sent else call.failed_rounds + bool(report.bugs)
    if call.failed_rounds >= _MOST_FAILED_ROUNDS:
        return Standing(state="failed", why="Its pages could not be worked on for a reason of ours: see the log.")
    if not has_sent:
        await work.pause(_LOOK_AGAIN_SECONDS)
    return None


def _queue(session: Session, work: Undertaking, limit: int, now: datetime) -> None:
    backfills.keep_in_turn(session, work.job_id, worker_of(work))
    find_pages.queue(session, work.job_id, limit, now)


async def _stoppable(work: Undertaking, runner: BatchRunner, mill: Mill, batch: Batch) -> RoundReport:
    """A batch that takes up no new work once the job is cancelled."""
    ending = asyncio.create_task(_end_with(work.stop, batch.plan.stop))
    try:
        return await runner(mill, batch)
    finally:
        ending.cancel()


async def _end_with(stop: asyncio.Event, other: asyncio.Event) -> None:
    await stop.wait()
    other.set()


# --- waiting ---------------------------------------------------------------------------------------------------------


async def _wait(call: Call, open_walks: list[Walk], pages: find_pages.Due) -> Standing | None:
    """Wait for what comes first; how the job is left where that takes too long, or where nothing is left."""
    delays = [
        Delay(walk.next_at, walk.detail or "", walk.is_wait_asked) for walk in open_walks if walk.next_at is not None
    ]
    if pages.next_at is not None:
        delays.append(Delay(pages.next_at, "The pages that are left are asked for again later.", pages.is_asked))
    if not delays:
        return Standing(state="done", why=_done(call.work))
    first = min(delays, key=lambda delay: delay.until)
    if first.until - call.work.mill.clock() > PATIENCE:
        return _delayed(first)
    await call.work.pause_until(first.until)
    return None


def _delayed(delay: Delay, attempts: int = 0) -> Standing:
    return Standing(state="waiting", why=delay.why, next_at=delay.until, is_asked=delay.is_asked, attempts=attempts)


async def keep(work: Undertaking) -> Job:
    """Say that the job is being worked on, and how many requests that took. Raises NotOurs where it is no more."""
    sent = work.uncounted()
    return await work.ledger.apply(lambda session: backfills.keep(session, work.job_id, worker_of(work), sent))


async def leave(work: Undertaking, standing: Standing) -> Job | None:
    """Give the job back as it stands; None where it was not ours any more."""
    told = replace(standing, requests=work.uncounted())
    try:
        return await work.ledger.apply(lambda session: backfills.leave(session, work.job_id, worker_of(work), told))
    except NotOurs:
        return None


def _spent(call: Call) -> str:
    """Which budget is spent."""
    if not call.requests_left:
        return f"The {call.max_requests:,} requests that this run was given are spent."
    return f"The {call.max_pages:,} pages that this run was given are fetched."


def _done(work: Undertaking) -> str:
    """What a job that is done has come to."""
    walked = work.ledger.look(lambda session: walks.of_job(session, work.job_id))
    if not any(walk.found for walk in walked):
        job = work.ledger.look(lambda session: backfills.known(session, work.job_id))
        of_days = " of the days asked for" if job.since or job.until else ""
        return f"{work.refusal}None of its sources named an article{of_days}."
    cut_off = [walk.name for walk in walked if walk.end in {End.BLOCKED, End.LIMIT}]
    has_all = any(walk.end in _SEEN and walk.found for walk in walked)
    return f"Not all of {', '.join(cut_off)} was seen." if cut_off and not has_all else ""
