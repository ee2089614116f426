"""A plain client for the fakes: what they answer is looked at as bytes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import aiohttp
import pytest


class Got(NamedTuple):
    """An answer as it came."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    def json(self):
        import json

        return json.loads(self.body)


Get = Callable[..., Awaitable[Got]]


@pytest.fixture
async def get() -> AsyncIterator[Get]:
    """Ask an address; redirects are not followed, nothing is decoded but content codings."""
    async with aiohttp.ClientSession() as session:

        async def getting(url: str, **headers: str) -> Got:
            from yarl import URL

            named = {name.replace("_", "-"): text for name, text in headers.items()}
            async with session.get(URL(url, encoded=True), headers=named, allow_redirects=False) as response:
                names = {name.lower(): text for name, text in response.headers.items()}
                return Got(response.status, names, await response.read())

        yield getting
