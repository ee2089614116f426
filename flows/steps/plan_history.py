"""Lay out a backfill: look at the site, choose its sources, and write down where each walk begins."""

from sqlmodel import Session

from flows.mill import is_holder_dead
from flows.steps.ask_history import Delay, Undertaking
from flows.steps.find_site import find_site, home_key_of
from flows.steps.walk_history import Terrain, decider
from ingest.backfill.registry import AUTO, choose
from ingest.backfill.source import Target
from ingest.backfill.stored import write_cursor
from ingest.backfill.window import window_of
from ingest.urls import host_of
from storage import backfills, finds, walks
from storage.backfills import Job, NotOurs, Worker


def worker_of(work: Undertaking) -> Worker:
    """Us, at this moment."""
    return Worker(work.mill.holder, work.mill.clock(), is_holder_dead)


def terrain_of(job: Job) -> Terrain:
    """What the job's walks are held to."""
    return Terrain(window=window_of(job.since, job.until), host=host_of(job.home_url))


async def plan_walks(work: Undertaking, job: Job) -> Delay | None:
    """Look at the site and lay the walks of its sources; gives when to try again where the site does not answer.

    Raises NotOurs where the site turns out to be that of a job that somebody else works on: it has our wish now.
    """
    target = await find_site(work, job)
    if isinstance(target, Delay):
        return target
    first = [(source.name, write_cursor(source.first(target))) for source in choose(target, job.sources)]
    work.job_id = await work.ledger.apply(lambda session: _settle_home(session, work, job, target))
    if work.job_id == job.id:
        await work.ledger.apply(lambda session: _lay(session, work, job, first))
    return None


def _settle_home(session: Session, work: Undertaking, job: Job, target: Target) -> int:
    worker = worker_of(work)
    backfills.keep_in_turn(session, job.id, worker, work.uncounted())
    there = backfills.move_home(session, job.id, target.home_url, home_key_of(target.home_url))
    if there != job.id and not backfills.start(session, there, worker):
        raise Joined(there)
    return there


def _lay(session: Session, work: Undertaking, job: Job, first: list[tuple[str, dict[str, object]]]) -> None:
    backfills.keep(session, job.id, worker_of(work))
    sources = None if AUTO in job.sources else job.sources
    finds.judge_anew(session, job.id, decider(window_of(job.since, job.until)), sources)
    walks.lay(session, job.id, first, job.orders)


class Joined(NotOurs):
    """Another process works on the job of this site; what was asked for was added to it."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"backfill {job_id} of this site is under way")
        self.job_id = job_id
