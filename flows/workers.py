"""Killable worker processes for CPU work: a job that runs too long, eats too much or crashes ends alone."""

import asyncio
import pickle
import signal
import time
from dataclasses import dataclass
from typing import Any, Self

from flows.forks import Forked, Forks
from flows.lanes import Lanes
from ingest.blocks import StoredText
from ingest.errors import BadUrl, IngestError
from ingest.jobs import FeedJob, FeedReading, MendJob, PageJob, PageReading
from ingest.urls import host_of
from ingest.worker import FOR_FEEDS, FOR_PAGES, LENGTH_BYTES, WITHOUT_PAGES

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


class _Child:
    """One process and how many jobs it has done. ``is_for_pages``: it was forked with what pages need."""

    def __init__(self, process: Forked, *, is_for_pages: bool) -> None:
        self.process = process
        self.is_for_pages = is_for_pages
        self.jobs_done = 0
        self.is_grown = False

    async def ask(self, job: bytes) -> tuple[str, Any]:
        reader, writer = self.process.reader, self.process.writer
        writer.write(len(job).to_bytes(LENGTH_BYTES) + job)
        await writer.drain()
        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
        self.is_grown = await reader.readexactly(1) == b"\1"
        reply: tuple[str, Any] = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own child
        self.jobs_done += 1
        return reply

    async def end(self) -> None:
        await self.process.kill()


class Workers:
    """At most ``limits.count`` processes, each started when a job finds none idle."""

    def __init__(self, limits: WorkerLimits, command: tuple[str, ...] = ("-m", "ingest.worker")) -> None:
        self._limits = limits
        self._forks = Forks((*command, str(limits.memory_bytes), str(limits.timeout_seconds)))
        self._slots = asyncio.Semaphore(limits.count)
        self._lanes = Lanes(limits.timeout_seconds * _SLOW_SHARE)
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self.started = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await asyncio.gather(*(child.end() for child in tuple(self._all)))
        await self._forks.close()
        self._all.clear()
        self._idle.clear()

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
            started = time.monotonic()
            kind, value = await self._ask(await self._child_for(name), job)
            self._lanes.judge(host, time.monotonic() - started)
        if kind == "done":
            return value
        if kind == "unusable":
            assert isinstance(value, IngestError)
            raise value
        if kind == "memory":
            raise WorkerLimitError(value)
        raise WorkerBugError(value)

    async def _ask(self, child: _Child, job: bytes) -> tuple[str, Any]:
        keep = False
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                reply = await child.ask(job)
            is_spent = child.is_grown or child.jobs_done >= self._limits.jobs_per_process
            keep = not is_spent and reply[0] != "memory"
        except TimeoutError:
            return "memory", f"took longer than {self._limits.wall_seconds:g} s"
        except (asyncio.IncompleteReadError, ConnectionError):
            return "memory", await self._end_of(child)
        else:
            return reply
        finally:
            await self._settle(child, keep=keep)

    async def _end_of(self, child: _Child) -> str:
        try:
            is_timeout = await child.process.wait() == -signal.SIGPROF
        except ConnectionError:
            is_timeout = False
        return f"took more than {self._limits.timeout_seconds:g} s of CPU" if is_timeout else "ended its worker process"

    async def _settle(self, child: _Child, *, keep: bool) -> None:
        if keep:
            self._idle.append(child)
        else:
            self._all.discard(child)
            await child.end()

    async def _child_for(self, name: str) -> _Child:
        """An idle process or a new one; for a page, one that shares with the others what pages need."""
        is_page = name not in WITHOUT_PAGES
        idle = next((child for child in self._idle if child.is_for_pages is is_page), None)
        if idle is None and self._idle and not is_page:
            idle = self._idle[-1]
        if idle is not None:
            self._idle.remove(idle)
            return idle
        if self._idle:
            await self._settle(self._idle.pop(), keep=False)
        return await self._start(is_for_pages=is_page)

    async def _start(self, *, is_for_pages: bool) -> _Child:
        process = await self._forks.fork(FOR_PAGES if is_for_pages else FOR_FEEDS)
        child = _Child(process, is_for_pages=is_for_pages)
        self._all.add(child)
        self.started += 1
        return child


def _host(url: str | None) -> str:
    try:
        return host_of(url) if url else ""
    except BadUrl:
        return ""
