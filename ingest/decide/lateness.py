"""How late an article was stored: the time since its feed says that it was published, where that can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil, floor, log10

from ingest.model import PendingPage

_CLOCKS_APART = timedelta(minutes=5)  # a date that lies further ahead is wrong, or a plan


@dataclass(frozen=True, slots=True)
class Lateness:
    """Seconds from publication to store: the median, what 95 of 100 were stored within, and of how many articles."""

    median: int
    p95: int
    articles: int


def late_seconds(page: PendingPage, stored_at: datetime) -> int | None:
    """Seconds from when the entry was published to ``stored_at``, to two digits; None where that cannot be told.

    Counted is what its feed dates after we began to watch that feed: not what a backfill found, what the first poll
    showed, or old entries that a feed brings again. A date without a time of day says nothing.
    """
    published_at = page.entry.published_at if page.entry else None
    is_live = page.history is None and not page.is_revisit and page.first_fetched_at is None
    if published_at is None or page.watched_since is None or not is_live:
        return None
    if published_at <= page.watched_since or published_at.time() == time():
        return None
    late = stored_at - published_at
    return None if late < -_CLOCKS_APART else to_two_digits(max(0.0, late.total_seconds()))


def to_two_digits(seconds: float) -> int:
    """A number rounded to two significant digits, so that a million of them are a few hundred different ones."""
    if seconds < 1:
        return 0
    step: int = 10 ** max(0, floor(log10(seconds)) - 1)
    return round(seconds / step) * step


def lateness(counted: Mapping[int, int]) -> Lateness | None:
    """The median and the 95th percentile of seconds, given with how many articles were so late; None of none."""
    articles = sum(counted.values())
    if not articles:
        return None
    return Lateness(_rank(counted, ceil(articles * 0.5)), _rank(counted, ceil(articles * 0.95)), articles)


def _rank(counted: Mapping[int, int], rank: int) -> int:
    passed = 0
    for seconds in sorted(counted):
        passed += counted[seconds]
        if passed >= rank:
            break
    return seconds
