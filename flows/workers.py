"""Killable worker processes for CPU work: a job that runs too long, eats too much or crashes ends alone."""

import asyncio
import pickle
from contextlib import suppress
from typing import Any, Self

from flows.children import AT_ONCE, Child, GivenJob, Reply, UnbegunError, WorkerLimits
from flows.forks import Forks, ForkServer
from flows.lanes import Lanes
from ingest.blocks import StoredText
from ingest.errors import BadUrl, IngestError
from ingest.jobs import FeedJob, FeedReading, MendJob, PageJob, PageReading
from ingest.urls import host_of
from ingest.worker import FOR_FEEDS, FOR_PAGES, WITHOUT_PAGES

PATIENCE_SECONDS = 0.5  # then a job that waits behind another one goes to any process that has room
_SLOW_SHARE = 0.25  # of the time limit: beyond it a job counts as slow


class WorkerLimitError(Exception):
    """The job was beyond a worker's limits of time or memory, or ended its process. The message says which."""


class WorkerBugError(Exception):
    """The job raised what it should not: our mistake. The message is the child's traceback."""


class Workers:
    """At most ``limits.count`` processes, each started when a job finds none idle.

    A process has its next job before it has answered the last, for until we have read one answer and sent another job
    it would stand still: a seventh of its time, beside the store's writer.
    """

    def __init__(self, limits: WorkerLimits, command: tuple[str, ...] = ("-m", "ingest.worker")) -> None:
        self._limits = limits
        self._forks = Forks((*command, str(limits.memory_bytes), str(limits.timeout_seconds)))
        self._slots = asyncio.Semaphore(limits.count * AT_ONCE)
        self._lanes = Lanes(limits.timeout_seconds * _SLOW_SHARE)
        self._all: set[Child] = set()
        self._starting = 0
        self._changed = asyncio.Event()
        self._is_closed = False
        self._expects_pages = False
        self._expecting: asyncio.Task[None] | None = None
        self.started = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._is_closed = True
        self._changed.set()
        children = tuple(self._all)
        await asyncio.gather(*map(self._end, children))
        await asyncio.gather(*(child.finish() for child in children))
        if self._expecting is not None:
            await self._expecting
        await self._forks.close()
        self._all.clear()

    def expect_pages(self) -> None:
        """Load what pages need, a second's work, while feeds are read and the first pages fetched."""
        self._expects_pages = True
        if self._expecting is None and (server := self._forks.server) is not None:
            self._expecting = asyncio.create_task(_prepare(server))

    async def read_feed(self, job: FeedJob) -> FeedReading:
        """Parse a feed document in a worker. Raises IngestError, WorkerLimitError or WorkerBugError."""
        reading: FeedReading = await self.run("read_feed", job, host=_host(job.url))
        return reading

    async def read_page(self, job: PageJob) -> PageReading:
        """Extract an article in a worker. Raises WorkerLimitError or WorkerBugError."""
        reading: PageReading = await self.run("read_page", job, host=_host(job.url) or job.feed_title or "")
        return reading

    async def mend_texts(self, job: MendJob, host: str) -> list[tuple[StoredText, StoredText]]:
        """Clean a host's stored texts of what was learned since. Raises WorkerLimitError or WorkerBugError."""
        changes: list[tuple[StoredText, StoredText]] = await self.run("mend_texts", job, host=host)
        return changes

    async def run(self, name: str, *arguments: object, host: str = "") -> Any:
        """Run one of the child's jobs (``ingest.worker.JOBS``) by name; ``host``: on whose account."""
        async with self._lanes.turn(host), self._slots:
            # Pickled when it is sent, for the bytes of what waits would be in memory twice.
            job = pickle.dumps((name, arguments), protocol=pickle.HIGHEST_PROTOCOL)
            kind, value = await self._ask(name, job, host)
        if kind == "done":
            return value
        if kind == "unusable":
            assert isinstance(value, IngestError)
            raise value
        if kind == "memory":
            raise WorkerLimitError(value)
        raise WorkerBugError(value)

    async def _ask(self, name: str, job: bytes, host: str) -> Reply:
        is_page = name not in WITHOUT_PAGES
        while True:
            child = await self._child_for(is_page=is_page)
            given = child.give(job, is_slow=self._lanes.is_slow(host))
            try:
                if await self._begins(given, child, is_page=is_page):
                    reply, seconds = await given.answer
                    self._lanes.judge(host, seconds)
                    return reply
            except UnbegunError:
                pass
            except asyncio.CancelledError:
                if given.begun.done() and not given.is_over:  # by nobody's wish any more
                    await self._end(child)
                raise
            finally:
                given.answer.cancel()

    async def _begins(self, given: GivenJob, child: Child, *, is_page: bool) -> bool:
        """Whether the process comes to a job: where the one before it takes long, another one may have room."""
        if not given.begun.done():
            await asyncio.wait((given.begun,), timeout=PATIENCE_SECONDS)
            given.begun.add_done_callback(lambda _: self._changed.set())
        while not given.begun.done():
            if any(other.fits(is_page=is_page) for other in self._all if other is not child):
                return False
            self._changed.clear()
            await self._changed.wait()  # directly: whoever comes later is not to be sooner
        return True

    async def _settle(self, child: Child) -> None:
        """A job less in hand; a process that leaves ends with the last of them."""
        try:
            if child.is_leaving and not child.in_hand:
                await self._end(child)
        finally:
            self._changed.set()

    async def _end(self, child: Child) -> None:
        child.is_leaving = True
        with suppress(OSError):  # it has ended, and nobody can say how
            await child.process.kill()
        self._all.discard(child)

    async def _child_for(self, *, is_page: bool) -> Child:
        """Who does the next job: an idle process, a new one, or the one with the least in hand."""
        while not self._is_closed:
            fitting = [child for child in self._all if child.fits(is_page=is_page)]
            child = min(fitting, key=lambda one: (one.in_hand, one.is_for_pages is not is_page), default=None)
            if child is None or child.in_hand:
                idle = next((one for one in self._all if not one.in_hand and not one.is_leaving), None)
                if idle is not None or len(self._all) + self._starting < self._limits.count:
                    child = await self._start(is_for_pages=is_page, instead_of=idle)
            if child is not None:
                return child
            self._changed.clear()
            await self._changed.wait()
        raise WorkerLimitError("its workers have ended")

    async def _start(self, *, is_for_pages: bool, instead_of: Child | None) -> Child:
        """A new process; one forked for feeds that has nothing to do gives way to one for pages."""
        self._starting += 1
        try:
            if instead_of is not None:
                await self._end(instead_of)
            process = await self._forks.fork(FOR_PAGES if is_for_pages else FOR_FEEDS)
        finally:
            self._starting -= 1
            self._changed.set()
        child = Child(process, self._limits, self._settle, is_for_pages=is_for_pages)
        self._all.add(child)
        self.started += 1
        if self._expects_pages:  # there was no process to load it before
            self.expect_pages()
        return child


async def _prepare(server: ForkServer) -> None:
    with suppress(ConnectionError):  # whoever forks next starts another server, which loads it then
        await server.prepare(FOR_PAGES)


def _host(url: str | None) -> str:
    try:
        return host_of(url) if url else ""
    except BadUrl:
        return ""
