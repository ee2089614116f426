"""Our side of the fork server (``ingest.forkserver``): worker processes from one that has loaded what they need.

Plain processes with sockets, not multiprocessing: that imports the parent's main module again in every child, and under
Prefect that is Prefect itself (2 s and 84 MB for each).
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass, field
from typing import Self

from flows.memory import MALLOC
from ingest.forkserver import ANSWER, FAILED, REAP, REQUEST
from ingest.worker import SOCKET_BYTES

_NO_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # a process with threads is not to be forked

_GONE = "the process that forks the workers has ended"


@dataclass(slots=True)
class Forked:
    """A forked process and our end of its socket."""

    server: "ForkServer"
    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _waiting: "asyncio.Task[int] | None" = field(default=None, repr=False)

    async def wait(self) -> int:
        """How the process ended, as subprocess has it: below zero, the signal. Raises ConnectionError."""
        if self._waiting is None:
            self._waiting = asyncio.create_task(self.server.reap(self.pid))
        return await asyncio.shield(self._waiting)

    async def kill(self) -> None:
        """End it, and wait until it has ended."""
        self.writer.close()
        with contextlib.suppress(ConnectionError, ProcessLookupError):  # without its server it ends with its socket
            if self._waiting is None and self.server.is_running:  # unreaped, so that its number is nobody else's
                os.kill(self.pid, signal.SIGKILL)
            await self.wait()


class Forks:
    """Forks processes from one that is started with the first fork, and anew where the system has ended it."""

    def __init__(self, arguments: tuple[str, ...]) -> None:
        self._arguments = arguments
        self._server: ForkServer | None = None
        self._starting = asyncio.Lock()

    async def fork(self, preparation: bytes) -> Forked:
        """Give a new process that has loaded what ``preparation`` names. Raises OSError where there can be none."""
        server = await self._running()
        try:
            return await server.fork(preparation)
        except ConnectionError:  # it was ended, for want of memory perhaps
            return await (await self._running()).fork(preparation)

    @property
    def server(self) -> "ForkServer | None":
        """The process that forks, if there is one by now."""
        return self._server if self._server is not None and self._server.is_running else None

    async def close(self) -> None:
        """End what forks, when all that it forked has ended."""
        if self._server is not None:
            await self._server.close()

    async def _running(self) -> "ForkServer":
        async with self._starting:
            if self._server is None or not self._server.is_running:
                self._server = await ForkServer.start(self._arguments)
            return self._server


class ForkServer:
    """One process that forks, and our end of the socket over which it is told to."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._turn = asyncio.Lock()

    @classmethod
    async def start(cls, arguments: tuple[str, ...]) -> Self:
        """Start ``python *arguments``."""
        ours, its = socket.socketpair()
        ours.setblocking(False)
        environment = os.environ | MALLOC | _NO_THREADS
        with its:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, stdin=its.fileno(), stdout=DEVNULL, env=environment
            )
        return cls(process, ours)

    @property
    def is_running(self) -> bool:
        """Whether the process is there, and waits for those that it has forked."""
        return self._process.returncode is None

    async def fork(self, preparation: bytes) -> Forked:
        """Give a new process. Raises OSError where there can be none, ConnectionError where the server has ended."""
        ours, its = socket.socketpair()
        try:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BYTES)
            pid = await self._ask(REQUEST.pack(preparation, 0), its)
        except BaseException:
            ours.close()
            raise
        finally:
            its.close()
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=SOCKET_BYTES)
        return Forked(self, pid, reader, writer)

    async def prepare(self, preparation: bytes) -> None:
        """Load what a fork is to have. Raises ConnectionError where the server has ended."""
        await self._ask(REQUEST.pack(preparation, 0))

    async def reap(self, pid: int) -> int:
        """Wait for a process that was forked here. Raises ConnectionError where the server has ended."""
        return await self._ask(REQUEST.pack(REAP, pid))

    async def close(self) -> None:
        """End the server, when all that it forked has ended."""
        self._control.close()
        await self._process.wait()

    async def _ask(self, request: bytes, its: socket.socket | None = None) -> int:
        """One request and its answer, whole even where nobody waits for it any more: the next answer is another's."""
        fd = None if its is None else os.dup(its.fileno())
        return await asyncio.shield(asyncio.create_task(self._exchange(request, fd)))

    async def _exchange(self, request: bytes, fd: int | None) -> int:
        try:
            async with self._turn:
                self._send(request, fd)
                answer: int = ANSWER.unpack(await self._read())[0]
        except ConnectionError:
            await self._bury()
            raise
        finally:
            if fd is not None:
                os.close(fd)
        if answer <= FAILED:
            raise OSError(FAILED - answer, os.strerror(FAILED - answer))
        return answer

    def _send(self, request: bytes, fd: int | None) -> None:
        if not self.is_running:
            raise ConnectionError(_GONE)
        socket.send_fds(self._control, [request], [] if fd is None else [fd])

    async def _read(self) -> bytes:
        answer = b""
        while len(answer) < ANSWER.size:
            more = await asyncio.get_running_loop().sock_recv(self._control, ANSWER.size - len(answer))
            if not more:
                raise ConnectionError(_GONE)
            answer += more
        return answer

    async def _bury(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._control.close()
