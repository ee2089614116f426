"""Killable worker processes for CPU work: a job that runs too long, eats too much or crashes ends alone."""

import asyncio
import pickle
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

from flows.forks import Forked, Forks, ForkServer
from flows.lanes import Lanes
from ingest.blocks import StoredText
from ingest.errors import BadUrl, IngestError
from ingest.jobs import FeedJob, FeedReading, MendJob, PageJob, PageReading
from ingest.urls import host_of
from ingest.worker import FOR_FEEDS, FOR_PAGES, LENGTH_BYTES, WITHOUT_PAGES

AT_ONCE = 2  # jobs that a process has in hand: the one that it does, and the next
_SLOW_SHARE = 0.25  # of the time limit: beyond it a job counts as slow


class WorkerLimitError(Exception):
    """The job was beyond a worker's limits of time or memory, or ended its process. The message says which."""


class WorkerBugError(Exception):
    """The job raised what it should not: our mistake. The message is the child's traceback."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """How many processes, and what one job and one process may take.

    A job is bounded in CPU time, for on a busy machine the clock says nothing about the job; the clock's own bound is
    for jobs that hang.
    """

    count: int = 2
    timeout_seconds: float = 10.0  # of CPU
    wall_seconds: float = 60.0
    memory_bytes: int = 1 << 30
    jobs_per_process: int = 10_000  # it is flat after some hundreds (bench/quality), and says so where it is not


class _UnbegunError(Exception):
    """The process ended over another job before it came to this one."""


class _Child:
    """One process and the jobs that it has in hand. ``is_for_pages``: it was forked with what pages need.

    ``is_leaving``: it gets no more; ``is_over``: what it says to the jobs that it has is not to be waited for.
    """

    def __init__(self, process: Forked, *, is_for_pages: bool) -> None:
        self.process = process
        self.is_for_pages = is_for_pages
        self.in_hand = 0
        self.is_leaving = self.is_over = False
        self._jobs_done = 0
        self._front = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, job: bytes) -> AsyncIterator[None]:
        """Send a job, and wait until those before it are answered."""
        self.process.writer.write(len(job).to_bytes(LENGTH_BYTES) + job)
        try:
            async with self._front:
                yield
        except BaseException:  # its answer comes nevertheless, and whoever is behind would take it for his own
            self.is_over = self.is_leaving = True
            raise

    async def read(self, jobs_per_process: int) -> tuple[str, Any]:
        """The answer to the job whose turn it is."""
        reader = self.process.reader
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
        is_grown = await reader.readexactly(1) == b"\1"
        reply: tuple[str, Any] = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own child
        self._jobs_done += 1
        self.is_leaving |= is_grown or self._jobs_done >= jobs_per_process
        return reply

    def fits(self, *, is_page: bool) -> bool:
        """Whether it may be given another job, of a page or not."""
        return not self.is_leaving and self.in_hand < AT_ONCE and (self.is_for_pages or not is_page)


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
        self._all: set[_Child] = set()
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
        await asyncio.gather(*(child.process.kill() for child in tuple(self._all)))
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

    async def _ask(self, name: str, job: bytes, host: str) -> tuple[str, Any]:
        while True:
            child = await self._child_for(name)
            try:
                return await self._answer(child, job, host)
            except _UnbegunError:
                continue
            finally:
                await self._settle(child)

    async def _answer(self, child: _Child, job: bytes, host: str) -> tuple[str, Any]:
        async with child.turn(job):
            if child.is_over:
                raise _UnbegunError
            started = time.monotonic()
            try:
                async with asyncio.timeout(self._limits.wall_seconds):
                    kind, value = await child.read(self._limits.jobs_per_process)
            except TimeoutError:
                kind, value = "memory", f"took longer than {self._limits.wall_seconds:g} s"
            except (asyncio.IncompleteReadError, ConnectionError):
                kind, value = "memory", await self._end_of(child)
            if kind == "memory":
                child.is_over = child.is_leaving = True
            self._lanes.judge(host, time.monotonic() - started)
            return kind, value

    async def _end_of(self, child: _Child) -> str:
        try:
            is_timeout = await child.process.wait() == -signal.SIGPROF
        except ConnectionError:
            is_timeout = False
        return f"took more than {self._limits.timeout_seconds:g} s of CPU" if is_timeout else "ended its worker process"

    async def _settle(self, child: _Child) -> None:
        """A job less in hand; a process that leaves ends with the last of them."""
        child.in_hand -= 1
        try:
            if child.is_leaving and not child.in_hand:
                await self._end(child)
        finally:
            self._changed.set()

    async def _end(self, child: _Child) -> None:
        child.is_leaving = True
        try:
            await child.process.kill()
        finally:
            self._all.discard(child)

    async def _child_for(self, name: str) -> _Child:
        """Who does the next job: an idle process, a new one, or the one with the least in hand."""
        is_page = name not in WITHOUT_PAGES
        while not self._is_closed:
            fitting = [child for child in self._all if child.fits(is_page=is_page)]
            child = min(fitting, key=lambda one: (one.in_hand, one.is_for_pages is not is_page), default=None)
            if child is None or child.in_hand:
                idle = next((one for one in self._all if not one.in_hand and not one.is_leaving), None)
                if idle is not None or len(self._all) + self._starting < self._limits.count:
                    child = await self._start(is_for_pages=is_page, instead_of=idle)
            if child is not None:
                child.in_hand += 1
                return child
            self._changed.clear()
            await self._changed.wait()
        raise WorkerLimitError("its workers have ended")

    async def _start(self, *, is_for_pages: bool, instead_of: _Child | None) -> _Child:
        """A new process; one forked for feeds that has nothing to do gives way to one for pages."""
        self._starting += 1
        try:
            if instead_of is not None:
                await self._end(instead_of)
            process = await self._forks.fork(FOR_PAGES if is_for_pages else FOR_FEEDS)
        finally:
            self._starting -= 1
            self._changed.set()
        child = _Child(process, is_for_pages=is_for_pages)
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
