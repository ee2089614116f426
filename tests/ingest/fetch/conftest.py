"""A loopback server that can misbehave byte by byte, and a client that may talk to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from ingest.fetch.client import Client, ClientOptions
from ingest.fetch.guard import AddressPolicy

Misbehaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
LOOPBACK = AddressPolicy(allow_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))


@dataclass
class Server:
    """Answers by path with the very bytes it was told; remembers what it was asked, and when."""

    answers: dict[str, list[bytes | Misbehaviour]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    port: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def say(self, path: str, *answers: bytes | Misbehaviour) -> str:
        """Give these answers in turn, the last one for ever; returns the URL."""
        self.answers[path] = list(answers)
        return self.url(path)

    def reply(self, path: str, status: int = 200, body: bytes = b"hello", headers: bytes = b"") -> str:
        """Answer well-formed, with a Content-Length; ``headers`` are whole lines."""
        return self.say(path, reply_bytes(status, body, headers))

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request)
                self.times.append(asyncio.get_running_loop().time())
                path = request.split(b" ")[1].decode().partition("?")[0]
                answers = self.answers.get(path, [reply_bytes(404, b"no", b"")])
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if callable(answer):
                    await answer(writer)
                    return
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


def reply_bytes(status: int, body: bytes, headers: bytes) -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), headers, body)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    served = Server()
    listener = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    served.port = listener.sockets[0].getsockname()[1]
    yield served
    listener.close()


@pytest.fixture
async def make_client() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Make clients that are allowed to talk to loopback and do not space their requests, unless told otherwise."""
    async with AsyncExitStack() as stack:

        async def make(*, resolver: Any = None, clocks: Any = None, **options: Any) -> Client:
            settings: dict[str, Any] = {"user_agent": "millwheel/1.0 (+https://example.org)", "policy": LOOPBACK}
            settings |= {"host_delay_seconds": 0.0} | options
            return await stack.enter_async_context(Client(ClientOptions(**settings), resolver=resolver, clocks=clocks))

        yield make


@pytest.fixture
async def client(make_client: Callable[..., Awaitable[Client]]) -> Client:
    return await make_client()
