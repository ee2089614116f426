"""A loopback server that answers by a function of the request, and logs what it was asked."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from .log import Log, LoggedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A GET. ``query`` keeps the order, and names that come twice; header names are lower-case."""

    path: str
    raw_path: str  # with the query, as it was sent
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The last value of a parameter."""
        return next((text for key, text in reversed(self.query) if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return [text for key, text in self.query if key == name]

    def number(self, name: str, default: int) -> int:
        """A parameter as a whole number; the default where it is none."""
        text = self.get(name)
        try:
            return default if text is None else int(text)
        except ValueError:
            return default


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response; ``breaks``: the connection ends without one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "other"
    surface: str = ""  # which listing of a site it is of
    breaks: bool = False


Answering = Callable[[Asked], "Answer | Awaitable[Answer]"]


def text_answer(text: str, media_type: str, kind: str, status: int = 200) -> Answer:
    """An answer of text in UTF-8."""
    headers = {"Content-Type": f"{media_type}; charset=utf-8"}
    return Answer(status=status, body=text.encode(), headers=headers, kind=kind)


class LoopbackServer:
    """Answers on a free port of 127.0.0.1 from ``start`` to ``stop``."""

    def __init__(self, answering: Answering, log: Log) -> None:
        self.log = log
        self.port = 0
        self._answering = answering
        self._web = web.Server(self._handle, access_log=None)
        self._runner = web.ServerRunner(self._web, shutdown_timeout=0.2)

    async def start(self, port: int = 0) -> None:
        """Bind the port; 0 picks a free one."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        clock = asyncio.get_running_loop().time
        asked = Asked(
            path=request.path,
            raw_path=request.raw_path,
            query=tuple(parse_qsl(urlsplit(request.raw_path).query, keep_blank_values=True)),
            headers={name.lower(): text for name, text in request.headers.items()},
        )
        logged = LoggedRequest("other", asked.raw_path, clock(), dict(asked.headers), len(self._web.connections))
        self.log.append(logged)
        found = self._answering(asked)
        answer = await found if inspect.isawaitable(found) else found
        logged.kind, logged.status, logged.ended_at = answer.kind, 0 if answer.breaks else answer.status, clock()
        logged.surface = answer.surface
        if answer.breaks:
            request.transport.abort()
        return web.Response(status=answer.status, body=answer.body or None, headers=dict(answer.headers))


class Fake(ABC):
    """What every fake has: an address and a log of requests."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.requests = Log()
        self._server = LoopbackServer(self._answer, self.requests)

    @property
    def url(self) -> str:
        """Where it answers, without a trailing slash."""
        return f"http://{self.host}:{self._server.port}"

    async def start(self) -> None:
        """Begin to answer."""
        await self._server.start()

    async def stop(self) -> None:
        """Answer no more."""
        await self._server.stop()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @abstractmethod
    def _answer(self, asked: Asked) -> Answer:
        """The answer to a request."""
