"""Choices that look like chance and are the same for the same key, on every machine and Python."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Item = TypeVar("Item")


class Draws:
    """A row of draws that its key decides."""

    def __init__(self, *key: object) -> None:
        self._key = "/".join(map(str, key))
        self._count = 0

    def below(self, limit: int) -> int:
        """The next whole number from 0 up to, not including, ``limit``."""
        self._count += 1
        digest = blake2b(f"{self._key}/{self._count}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % limit

    def between(self, low: int, high: int) -> int:
        """The next whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[Item], count: int) -> list[Item]:
        """As many different items as asked for, or all of them, in the order they stand in."""
        left = list(range(len(items)))
        while len(left) > count:
            left.pop(self.below(len(left)))
        return [items[position] for position in left]
