"""The newsroom's web server: one loopback port, virtual hosts by the Host header, a log of who asked for what."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from aiohttp import web

from flows.sample.answers import Answer, Asked, answer
from flows.sample.world import Newsroom

LOG_LENGTH = 100_000
"""How many requests are remembered; when there are more, the older half is forgotten."""


class PortTaken(OSError):
    """The port cannot be had. The message names it and says what to do."""


class LoggedRequest(NamedTuple):
    """One request and how it was answered."""

    host: str
    path: str
    status: int
    conditional: bool


def system_clock() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)


class RunningNewsroom:
    """A newsroom that answers on a port, until it is stopped."""

    def __init__(self, newsroom: Newsroom, clock: Callable[[], datetime]) -> None:
        self.newsroom = newsroom
        self.requests: list[LoggedRequest] = []
        self.port = 0
        self._clock = clock
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=1.0)

    async def start(self, port: int) -> None:
        """Bind the port on 127.0.0.1; 0 picks a free one. Raises PortTaken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            raise PortTaken(
                f"port {port} of 127.0.0.1 cannot be had ({reason}): name another, or 0 for a free one"
            ) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in {"GET", "HEAD"}:
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        asked = Asked(
            host=(request.host or "").rsplit(":", 1)[0].lower().removesuffix("."),
            path=request.path,
            port=self.port,
            query=request.rel_url.raw_query_string,
            if_none_match=request.headers.get("If-None-Match"),
            if_modified_since=request.headers.get("If-Modified-Since"),
        )
        found = answer(self.newsroom, asked, self._clock())
        self._log(LoggedRequest(asked.host, request.path, found.status, asked.is_conditional))
        await asyncio.sleep(found.delay_seconds)
        return _response(found)

    def _log(self, request: LoggedRequest) -> None:
        if len(self.requests) >= LOG_LENGTH:
            del self.requests[: LOG_LENGTH // 2]
        self.requests.append(request)


async def serve(newsroom: Newsroom, port: int = 8700, clock: Callable[[], datetime] = system_clock) -> RunningNewsroom:
    """Start serving on 127.0.0.1 and return at once; ``port`` 0 picks a free one."""
    running = RunningNewsroom(newsroom, clock)
    await running.start(port)
    return running


async def serve_until_stopped(newsroom: Newsroom, port: int, announce: Callable[[RunningNewsroom], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``announce`` is called once the port answers."""
    running = await serve(newsroom, port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # an event loop of Windows; Ctrl-C ends it there
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        announce(running)
        await stopped.wait()
    finally:
        await running.stop()


def _response(found: Answer) -> web.Response:
    response = web.Response(status=found.status, body=found.body or None, headers=dict(found.headers))
    if found.is_compressed:
        response.enable_compression()
    return response
