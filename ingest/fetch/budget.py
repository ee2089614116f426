"""How many bytes of bodies a process holds: being read, or waiting for whoever reads them. Knows no HTTP."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class ByteBudget:
    """At most ``max_bytes`` in all shares together, and beyond that the rest of one body: of the first that holds any.

    Without that exception bodies that are half read could wait for each other for ever. For the same reason nobody may
    wait for another fetch while a share holds bytes: that one may be waiting for room.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: dict[Share, int] = {}  # in the order of their first bytes
        self._change = asyncio.Event()
        self.held_bytes = 0

    @contextmanager
    def share(self) -> Iterator["Share"]:
        """Room for one body, which is given back at the end: let the body go with it."""
        share = Share(self)
        try:
            yield share
        finally:
            self.give_back(share)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for anyone but the first."""
        return self.held_bytes >= self._max_bytes

    def try_take(self, share: "Share", size: int) -> bool:
        """Count so many bytes more for a share; False, and nothing counted, where there is no room now."""
        is_first = next(iter(self._held), share) is share
        if not is_first and self.held_bytes + size > self._max_bytes:
            return False
        self._held[share] = self._held.get(share, 0) + size
        self.held_bytes += size
        return True

    def give_back(self, share: "Share") -> None:
        """Take all that a share holds off the count."""
        self.held_bytes -= self._held.pop(share, 0)
        self._change.set()
        self._change = asyncio.Event()

    async def changed(self) -> None:
        """Wait until a share was given back."""
        await self._change.wait()


class Share:
    """What one body takes of a budget."""

    def __init__(self, budget: ByteBudget) -> None:
        self._budget = budget

    def try_take(self, size: int) -> bool:
        """Take so many bytes more; False where there is no room now."""
        return self._budget.try_take(self, size)

    async def take(self, size: int) -> None:
        """Take so many bytes more, once there is room."""
        while not self._budget.try_take(self, size):
            await self._budget.changed()

    @property
    def may_begin(self) -> bool:
        """Whether there is room to begin with."""
        return not self._budget.is_full

    async def begin(self) -> None:
        """Wait until there is room to begin with: better not to ask than to ask and leave the answer lying."""
        while self._budget.is_full:
            await self._budget.changed()

    def give_back(self) -> None:
        """Hold nothing any more."""
        self._budget.give_back(self)
