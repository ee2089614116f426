"""Killable worker processes for CPU work: a job that runs too long, eats too much or crashes ends alone."""

import asyncio
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
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
PATIENCE_SECONDS = 0.5  # then a job that waits behind another one goes to any process that has room
_SLOW_SHARE = 0.25  # of the time limit: beyond it a job counts as slow


Reply = tuple[str, Any]
Settled = Callable[["Child"], Awaitable[None]]


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


class _Job:
    """A job that a process has in hand: whether it has come to it, and what it says."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.answer: asyncio.Future[tuple[Reply, float]] = loop.create_future()  # with the seconds that it took
        self.is_over = False  # whether or not anybody still waits for the answer

    def begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)

    def settle(self, reply: Reply, seconds: float) -> None:
        self.is_over = True
        if not self.answer.done():
            self.answer.set_result((reply, seconds))

    def put_back(self) -> None:
        self.is_over = True
        self.begin()
        if not self.answer.done():
            self.answer.set_exception(_UnbegunError())


class Child:
    """One process, which answers the jobs that it is given in their order.

    ``is_for_pages``: it was forked with what pages need. ``is_leaving``: it gets no more, and ends with what it has.
    ``settled`` is awaited after each job.
    """

    def __init__(self, process: Forked, limits: WorkerLimits, settled: Settled, *, is_for_pages: bool) -> None:
        self.process = process
        self.is_for_pages = is_for_pages
        self.is_leaving = False
        self._limits, self._settled = limits, settled
        self._jobs: deque[_Job] = deque()
        self._jobs_done = 0
        self._is_slow = False
        self._answering: asyncio.Task[None] | None = None

    @property
    def in_hand(self) -> int:
        """How many jobs it has."""
        return len(self._jobs)

    def fits(self, *, is_page: bool) -> bool:
        """Whether it may be given another job, of a page or not."""
        has_room = self.in_hand < AT_ONCE and not (self.in_hand and self._is_slow)
        return has_room and not self.is_leaving and (self.is_for_pages or not is_page)

    def give(self, job: bytes, *, is_slow: bool) -> _Job:
        """One job more, behind those that it has; behind one that is likely to be slow there is none."""
        self._send(job)
        self._is_slow = is_slow
        given = _Job()
        self._jobs.append(given)
        if self.in_hand == 1:
            given.begin()
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
        return given

    async def finish(self) -> None:
        """Wait until all that it had in hand has an answer."""
        if self._answering is not None:
            await self._answering

    async def _answer_all(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._jobs:
            job, started = self._jobs[0], clock()
            job.begin()
            reply = await self._hear()
            self._jobs_done += 1
            is_over = reply[0] == "memory"
            self.is_leaving |= is_over or self._jobs_done >= self._limits.jobs_per_process
            self._jobs.popleft().settle(reply, clock() - started)
            while is_over and self._jobs:
                self._jobs.popleft().put_back()
            await self._settled(self)

    async def _hear(self) -> Reply:
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                return await self._receive()
        except TimeoutError:
            return "memory", f"took longer than {self._limits.wall_seconds:g} s"
        except (asyncio.IncompleteReadError, OSError):
            return "memory", await self._end()
        except Exception:  # noqa: BLE001 - whoever waits behind must not wait for ever
            self.is_leaving = True
            return "bug", traceback.format_exc()

    def _send(self, job: bytes) -> None:
        self.process.writer.write(len(job).to_bytes(LENGTH_BYTES) + job)

    async def _receive(self) -> Reply:
        reader = self.process.reader
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
        self.is_leaving |= await reader.readexactly(1) == b"\1"  # it has grown
        reply: Reply = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own child
        return reply

    async def _end(self) -> str:
        """How it has ended, in words."""
        try:
            is_timeout = await self.process.wait() == -signal.SIGPROF
        except OSError:  # nobody can say
            is_timeout = False
        return f"took more than {self._limits.timeout_seconds:g} s of CPU" if is_timeout else "ended its worker process"


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
            except _UnbegunError:
                pass
            except asyncio.CancelledError:
                if given.begun.done() and not given.is_over:  # by nobody's wish any more
                    await self._end(child)
                raise
            finally:
                given.answer.cancel()

    async def _begins(self, given: _Job, child: Child, *, is_page: bool) -> bool:
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
