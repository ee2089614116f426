"""A newsroom at a fixed moment, its server on a free port, and a client that asks by virtual host."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from flows.sample.answers import Answer, Asked, answer
from flows.sample.server import RunningNewsroom, serve
from flows.sample.world import Newsroom

STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class HandClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = STARTED_AT

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> datetime:
        self.now += timedelta(**units)
        return self.now


@pytest.fixture(scope="session")
def newsroom() -> Newsroom:
    return Newsroom(STARTED_AT)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ask(newsroom: Newsroom) -> Callable[..., Answer]:
    """Answer a URL without a socket, at a moment (the start, if none is given)."""

    def asking(url: str, now: datetime = STARTED_AT, **validators: str) -> Answer:
        parts = urlsplit(url)
        address = {"path": parts.path, "query": parts.query}
        asked = Asked(host=parts.hostname or "", port=parts.port or 80, **address, **validators)
        return answer(newsroom, asked, now)

    return asking


@pytest.fixture
async def running(newsroom: Newsroom, clock: HandClock) -> AsyncIterator[RunningNewsroom]:
    started = await serve(newsroom, port=0, clock=clock)
    yield started
    await started.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def get(
    running: RunningNewsroom, session: aiohttp.ClientSession
) -> Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]:
    """Ask the server for a path of a host: status, headers (names lower), body. Redirects are not followed."""

    async def getting(host: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        asked = {"Host": f"{host}:{running.port}"} | {name.replace("_", "-"): text for name, text in headers.items()}
        url = f"http://127.0.0.1:{running.port}{path}"
        async with session.get(url, headers=asked, allow_redirects=False) as response:
            return (
                response.status,
                {name.lower(): text for name, text in response.headers.items()},
                await response.read(),
            )

    return getting
