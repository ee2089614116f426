"""What was asked of a fake server, when, and how much of it at once."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise


@dataclass(slots=True)
class LoggedRequest:
    """One request. Times are seconds of the loop's clock; ``status`` is 0 while, and where, nothing was answered."""

    kind: str  # robots, home, feed, listing, sitemap, page, index, copy, data, other
    path: str  # with the query
    started_at: float
    headers: dict[str, str]
    connections: int = 1  # open at that moment
    surface: str = ""  # which listing of the site it was for
    status: int = 0
    ended_at: float | None = None


class Log(list[LoggedRequest]):
    """All requests, in the order in which they came."""

    def of(self, *kinds: str) -> "Log":
        """The requests of these kinds."""
        return Log(one for one in self if one.kind in kinds)

    def answered(self, *statuses: int) -> "Log":
        """The requests with one of these answers; without any named: those that were answered below 400."""
        return Log(one for one in self if (one.status in statuses if statuses else 0 < one.status < 400))

    def counts(self) -> Counter[str]:
        """How many of each kind."""
        return Counter(one.kind for one in self)

    def paths(self) -> list[str]:
        """What was asked for."""
        return [one.path for one in self]

    def gaps(self) -> list[float]:
        """Seconds from each request's start to the next one's."""
        return [second.started_at - first.started_at for first, second in pairwise(self)]

    def most_connections(self) -> int:
        """How many connections were open at the same time, at most."""
        return max((one.connections for one in self), default=0)

    def most_at_once(self) -> int:
        """How many requests were under way at the same time, at most."""
        marks = [(one.started_at, 1) for one in self]
        marks += [(one.ended_at, -1) for one in self if one.ended_at is not None]
        most = now = 0
        for _, step in sorted(marks):
            now += step
            most = max(most, now)
        return most
