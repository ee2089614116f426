"""One worker process and the jobs that it has in hand: it answers them in their order, or says how it has ended."""

import asyncio
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from flows.forks import Forked
from ingest.worker import LENGTH_BYTES

AT_ONCE = 2  # jobs that a process has in hand: the one that it does, and the next

Reply = tuple[str, Any]
Settled = Callable[["Child"], Awaitable[None]]


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


class UnbegunError(Exception):
    """The process ended over another job before it came to this one."""


class GivenJob:
    """A job that a process has in hand: whether it has come to it, and what it says."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.answer: asyncio.Future[tuple[Reply, float]] = loop.create_future()  # with the seconds that it took
        self.is_over = False  # whether or not anybody still waits for the answer

    def begin(self) -> None:
        """The process has come to it."""
        if not self.begun.done():
            self.begun.set_result(None)

    def settle(self, reply: Reply, seconds: float) -> None:
        """It has said this, after so many seconds of work."""
        self.is_over = True
        if not self.answer.done():
            self.answer.set_result((reply, seconds))

    def put_back(self) -> None:
        """The process has ended before it came to it: another one does it."""
        self.is_over = True
        self.begin()
        if not self.answer.done():
            self.answer.set_exception(UnbegunError())


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
        self._jobs: deque[GivenJob] = deque()
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

    def give(self, job: bytes, *, is_slow: bool) -> GivenJob:
        """One job more, behind those that it has; behind one that is likely to be slow there is none."""
        self._send(job)
        self._is_slow = is_slow
        given = GivenJob()
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
