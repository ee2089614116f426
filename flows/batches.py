"""A round: claim hosts, work on batches of them side by side, count what happened, stop cleanly."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flows.leases import LEASE_SECONDS, leases_kept, let_go
from flows.mill import Mill, is_holder_dead
from flows.outcomes import RoundReport
from flows.steps.deliver import deliver_searches
from flows.steps.robots import RobotsDesk
from flows.steps.work_host import HostPlan, HostWork, Waiting, work_host
from flows.tally import record
from storage import clock, feeds, pages, revisits, sites, turns
from storage.due import Wanted
from storage.errors import StorageError, lasting
from storage.giving_way import is_quiet
from storage.sites import Claim, ClaimedSite

log = logging.getLogger(__name__)

HOSTS_PER_BATCH = 100
HOSTS_AT_ONCE = 200  # bounds memory; of any number of batches, for each lasts as long as its slowest host
MOST_FAILED_BATCHES = 5  # as a whole, in one round
LOOK_AGAIN_SECONDS = 0.5
HELD_SECONDS = 45  # a request of a backfill ends within its deadline, and then the host is let go
COOLDOWN = timedelta(minutes=5)  # of `--all`: no feed twice within it (rule 28)

BatchRunner = Callable[[Mill, "Batch"], Awaitable[RoundReport]]
Progress = Callable[[RoundReport, float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """What a round covers. ``max_seconds`` is a soft end: no new work after it.

    ``tags``: the feeds that have one of these, or a folder below it, with their pages. ``is_asked``: a person named the
    pages, so that no filter keeps them out.
    """

    poll_all: bool = False
    feed_urls: tuple[str, ...] | None = None
    page_keys: tuple[int, ...] | None = None
    tags: tuple[str, ...] | None = None
    is_asked: bool = False
    max_seconds: float | None = None

    def wanted(self, mill: Mill) -> Wanted:
        """The same in storage's words, from this moment on."""
        now = mill.clock()
        return Wanted(
            now=now,
            started_at=now,
            everything=self.poll_all,
            cooldown_at=now - COOLDOWN if mill.settings.min_interval_seconds else None,
            feed_urls=self.feed_urls,
            page_keys=self.page_keys,
            tags=self.tags,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The hosts of one task run, each under our lease."""

    index: int
    hosts: tuple[ClaimedSite, ...]
    plan: HostPlan


@dataclass(slots=True)
class _Round:
    """What a round carries along: its batches in hand, the hosts done, the sums so far."""

    mill: Mill
    plan: HostPlan
    report: RoundReport = field(default_factory=RoundReport)
    running: dict["asyncio.Task[RoundReport]", int] = field(default_factory=dict)
    batches: int = 0
    failed_batches: int = 0
    broken: StorageError | None = None
    hosts_done: int = 0
    requests_counted: int = 0  # of those that the client sent
    last_end: float = 0.0  # monotonic: when a batch last ended
    waits_since: float = 0.0  # monotonic: for hosts that are held for history

    @property
    def has_room(self) -> bool:
        """Whether so few hosts are in hand that another batch may begin."""
        return len(self.plan.held) <= HOSTS_AT_ONCE - HOSTS_PER_BATCH

    async def room(self) -> None:
        """Wait until there is room."""
        while not self.has_room:
            self.plan.let_go.clear()
            await self.plan.let_go.wait()

    def has_patience(self) -> bool:
        """Whether to wait on for hosts that others hold: no longer than a request may take, since a batch ended."""
        if self.waits_since <= self.last_end:
            self.waits_since = time.monotonic()
        return time.monotonic() - self.waits_since < HELD_SECONDS

    @property
    def share_done(self) -> float:
        """Hosts done, of those claimed so far."""
        return self.hosts_done / max(1, self.hosts_done + sum(self.running.values()))


async def run_batch(mill: Mill, batch: Batch) -> RoundReport:
    """Work on all hosts of a batch at once; one host's trouble is its own."""
    report = RoundReport()
    batch.plan.network.expect(site.host for site in batch.hosts)
    waiting = _look(mill, batch)
    async with _one_failure(), asyncio.TaskGroup() as group:
        for site in batch.hosts:
            robots = RobotsDesk(mill, site.site_id, site.host)
            work = HostWork(mill, site, waiting[site.site_id], batch.plan, report, robots)
            group.create_task(work_host(work))
    return report


def _look(mill: Mill, batch: Batch) -> dict[int, Waiting]:
    """What waits on each host of a batch: asked for all of them at once, for most have one feed and nothing else."""
    wanted = replace(batch.plan.wanted, now=mill.clock())
    ids = [site.site_id for site in batch.hosts]
    with mill.database.read() as session:
        due, with_pages = feeds.due(session, ids, wanted), pages.hosts_waiting(session, ids, wanted)
    return {site_id: Waiting(tuple(due[site_id]), site_id in with_pages) for site_id in ids}


@asynccontextmanager
async def _one_failure() -> AsyncIterator[None]:
    """A database that fails does so for every host at once: that is one failure, and no bug."""
    try:
        yield
    except BaseExceptionGroup as group:
        if (failure := lasting(group)) is None:
            raise
        raise failure from None


async def run_round(
    mill: Mill, plan: RoundPlan, runner: BatchRunner = run_batch, progress: Progress | None = None
) -> RoundReport:
    """One round over everything that waits. ``runner`` runs a batch: under Prefect, as a task run."""
    started = time.monotonic()
    current = _Round(mill, HostPlan(wanted=plan.wanted(mill), stop=asyncio.Event(), is_asked=plan.is_asked))
    current.requests_counted = mill.client.sent
    await mill.writer.apply(lambda session: clock.bring_back(session, mill.clock()))
    await mill.writer.apply(lambda session: revisits.queue(session, mill.clock(), mill.settings.revisits_per_day))
    try:
        async with leases_kept(mill, current.plan.held), _soft_end(current.plan.stop, plan.max_seconds):
            await _claim_and_run(current, runner, progress)
            await _finish(current)
        if current.broken is not None:
            raise current.broken
    finally:
        current.plan.stop.set()  # cancelled: what is in hand ends, hosts are given back
        await _finish(current)
    await deliver_searches(mill)
    current.report.seconds = time.monotonic() - started
    return current.report


async def _claim_and_run(current: _Round, runner: BatchRunner, progress: Progress | None) -> None:
    while not current.plan.stop.is_set():
        if not current.has_room:
            await _collect(current, progress, asyncio.create_task(current.room()))
        elif hosts := await _claim(current):
            _start(current, runner, hosts)
        elif current.running:
            await _ask_back(current)
            await _collect(current, progress)
        elif (await _ask_back(current) and current.has_patience()) or _may_become_claimable(current):
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        else:
            return


async def _ask_back(current: _Round) -> bool:
    """Ask the backfills that hold hosts with due work to let go of them; whether there are any (rule B7)."""
    mill = current.mill
    wanted = replace(current.plan.wanted, now=mill.clock())
    if is_quiet(mill.holder):
        return False
    with mill.database.read() as session:
        held = turns.held_back(session, wanted, is_holder_dead)
    if held:
        await mill.writer.apply(lambda session: turns.ask_for(session, held, wanted.now))
    return bool(held)


def _may_become_claimable(current: _Round) -> bool:
    """Whether new pages lie on a host that was given back a moment ago and keeps its spacing."""
    spacing = current.mill.settings.host_delay_seconds + LOOK_AGAIN_SECONDS
    has_news = current.report.entries_new or current.report.entries_changed
    if not has_news or time.monotonic() - current.last_end >= spacing:
        return False
    wanted = replace(current.plan.wanted, now=current.mill.clock())
    with current.mill.database.read() as session:
        return sites.is_any_soon(session, wanted, timedelta(seconds=spacing))


async def _claim(current: _Round) -> tuple[ClaimedSite, ...]:
    mill = current.mill
    claim = Claim(
        wanted=replace(current.plan.wanted, now=mill.clock()),
        holder=mill.holder,
        limit=HOSTS_PER_BATCH,
        lease_seconds=LEASE_SECONDS,
        is_holder_dead=is_holder_dead,
    )
    hosts = await mill.writer.apply(lambda session: sites.claim(session, claim))
    current.plan.held.update((host.site_id, current.batches) for host in hosts)
    return tuple(hosts)


def _start(current: _Round, runner: BatchRunner, hosts: tuple[ClaimedSite, ...]) -> None:
    batch = Batch(current.batches, hosts, current.plan)
    current.running[asyncio.create_task(_run(runner, current, batch))] = len(hosts)
    current.batches += 1


def _break_off(current: _Round, failure: StorageError) -> RoundReport:
    current.broken = failure
    current.plan.stop.set()
    return RoundReport()


async def _run(runner: BatchRunner, current: _Round, batch: Batch) -> RoundReport:
    """A batch that fails as a whole, not one item in it, is a bug of ours: counted, and the others go on.

    Its hosts wait again, so that a fault that meets every batch would go round for ever: some end the round. A database
    that fails ends it at once.
    """
    try:
        report = await runner(current.mill, batch)
    except Exception as error:
        if (failure := lasting(error)) is not None:
            return _break_off(current, failure)
        log.exception("batch %d failed for a reason of ours", batch.index)
        current.failed_batches += 1
        if current.failed_batches >= MOST_FAILED_BATCHES:
            current.plan.stop.set()
        return RoundReport(bugs=1)
    finally:
        let_go(current.plan.held, {host.site_id: batch.index for host in batch.hosts})
        current.plan.let_go.set()
    sent = current.mill.client.sent
    report.requests, current.requests_counted = sent - current.requests_counted, sent
    await record(current.mill, report)
    return report


async def _collect(current: _Round, progress: Progress | None, *others: "asyncio.Task[None]") -> None:
    """Wait for a batch or another task to end, or a moment: what a host finds on others is claimable before it ends."""
    waited = (*current.running, *others)
    try:
        done, _ = await asyncio.wait(waited, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in others:
            task.cancel()
    ended = [batch for batch in current.running if batch in done]
    for batch in ended:
        _count(current, batch)
    if ended and progress is not None:
        await progress(current.report, current.share_done)


def _count(current: _Round, task: "asyncio.Task[RoundReport]") -> None:
    current.hosts_done += current.running.pop(task)
    current.last_end = time.monotonic()
    current.report.merge(task.result())


async def _finish(current: _Round) -> None:
    """Let what is in hand end: each item is finished and committed, each host given back."""
    if current.running:
        await asyncio.wait(current.running)
    for task in tuple(current.running):
        if task.cancelled():
            current.running.pop(task)
        else:
            _count(current, task)


@asynccontextmanager
async def _soft_end(stop: asyncio.Event, seconds: float | None) -> AsyncIterator[None]:
    handle = asyncio.get_running_loop().call_later(seconds, stop.set) if seconds is not None else None
    try:
        yield
    finally:
        if handle is not None:
            handle.cancel()
