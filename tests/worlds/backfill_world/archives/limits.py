"""Rates that an archive keeps, and what it does to who ignores them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a request."""

    SERVED = "served"
    REFUSED = "refused"  # 429, or what the server says instead
    BLOCKED = "blocked"  # the connection is not taken


@dataclass
class Limiter:
    """So many requests within a minute; who goes on asking while refused is shut out for an hour, then two, then four.

    Rates of the Internet Archive as the release notes of its Python client "wayback" give them: 24 a minute for the
    index since June 2026, 60 before; 429 ignored for a minute leads to a block of an hour, each further one doubled.
    """

    per_minute: int | None
    clock: Callable[[], float]  # seconds
    patience: int = 5  # requests while refused, before the block
    block_seconds: float = 3600.0
    _served: list[float] = field(default_factory=list)
    _ignored: int = 0
    _blocked_until: float = 0.0
    _blocks: int = 0

    def verdict(self) -> Verdict:
        """Judge one more request, now."""
        now = self.clock()
        if now < self._blocked_until:
            return Verdict.BLOCKED
        self._served = [at for at in self._served if now - at < 60]
        if self.per_minute is None or len(self._served) < self.per_minute:
            self._served.append(now)
            self._ignored = 0
            return Verdict.SERVED
        self._ignored += 1
        if self._ignored > self.patience:
            self._blocked_until = now + self.block_seconds * 2**self._blocks
            self._blocks += 1
            return Verdict.BLOCKED
        return Verdict.REFUSED
