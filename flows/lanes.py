"""Whose CPU work may run side by side: a host that takes long gets one worker at a time, the others keep the rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

_NEW = -20  # so many quick jobs must a host have had before it has two workers at once: a feed and its first pages
_SLOW = -100  # and so many after a slow one


class Lanes:
    """A host's jobs run one after another until enough of them were quick; then as many at once as there is room for.

    Without it two pages of one host, each at its limit of time, would hold both workers while all others wait.
    """

    def __init__(self, slow_seconds: float) -> None:
        self._slow_seconds = slow_seconds
        self._credit: dict[str, int] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until the host may have a worker; the empty name is nobody's, and waits for none."""
        if not host or self._is_trusted(host):
            yield
            return
        lock = self._turns.get(host) or self._turns.setdefault(host, asyncio.Lock())
        async with lock:
            yield

    def judge(self, host: str, seconds: float) -> None:
        """Remember how long a job of the host held its worker."""
        if seconds > self._slow_seconds:
            self._credit[host] = _SLOW
        elif not self._is_trusted(host):
            self._credit[host] = self._credit.get(host, _NEW) + 1

    def is_slow(self, host: str) -> bool:
        """Whether one of the host's last jobs took long: nobody else's is to stand behind its next."""
        return self._credit.get(host, _NEW) < _NEW

    def _is_trusted(self, host: str) -> bool:
        return self._credit.get(host, _NEW) > 0
