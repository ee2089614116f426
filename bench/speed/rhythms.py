"""The rhythms of polling that are compared: ours, as the product calls it, and those of other readers.

The rivals, as their sources have it: Miniflux's entry_frequency scheduler (model/feed.go, storage/feed.go: a week over
its entries, as extrapolated from their mean gap, between 5 minutes and 24 hours); NewsBlur's tiers for a feed with one
subscriber (apps/rss_feeds/models.py); Media Cloud's automatic adjustment (rss-fetcher, fetcher/tasks.py).
"""

import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parents[2]))

from ingest.decide.adaptive import adaptive_seconds, observe, seed
from ingest.decide.policy import PollPolicy
from ingest.model import Entry, FeedState

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WEEK_HOURS, MONTH_HOURS, DAY_HOURS = 168.0, 720.0, 24.0


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed publishes: hours of its posts since the start, in order, and how many its document shows."""

    posts: list[float]
    window: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A poll: when, how many posts there were by then, how many of them were not there at the last poll."""

    hour: float
    posts_so_far: int
    new: int


class Rhythm(Protocol):
    """Chooses the interval after each visit; one instance serves one feed."""

    def hours_after(self, feed: Feed, visit: Visit, /) -> float:
        """Give the hours until the next visit."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same interval for every feed."""

    minutes: float

    def hours_after(self, _feed: Feed, _visit: Visit) -> float:
        """Give the one interval."""
        return self.minutes / 60


@dataclass(frozen=True, slots=True)
class Miniflux:
    """A week over the entries that a week would have at the mean gap of the last one; none or one: 24 hours."""

    factor: int

    def hours_after(self, feed: Feed, visit: Visit) -> float:
        """Give a week over the weekly count and the factor."""
        first = bisect_right(feed.posts, visit.hour - WEEK_HOURS)
        count = visit.posts_so_far - first
        if count < 2:
            return DAY_HOURS
        gap = (feed.posts[visit.posts_so_far - 1] - feed.posts[first]) / (count - 1)
        weekly = math.ceil(WEEK_HOURS / gap) if gap else 0
        return min(max(WEEK_HOURS / (weekly * self.factor), 5 / 60), DAY_HOURS) if weekly else DAY_HOURS


@dataclass(frozen=True, slots=True)
class NewsBlurLike:
    """An hour from one story a day on, twelve below, a day for a month without any."""

    def hours_after(self, feed: Feed, visit: Visit) -> float:
        """Give the tier's hours, by the stories of the last 30 days."""
        monthly = visit.posts_so_far - bisect_right(feed.posts, visit.hour - MONTH_HOURS)
        return 1.0 if monthly >= 30 else 12.0 if monthly else DAY_HOURS


@dataclass(slots=True)
class MediaCloud:
    """Ten minutes more where over 67 % of the document was known (an hour if dormant), an hour less under 33 %."""

    hours: float = 6.0
    changed_at: float = 0.0

    def hours_after(self, feed: Feed, visit: Visit) -> float:
        """Give the interval, adjusted by the share of known entries in the document."""
        shown = min(visit.posts_so_far, feed.window)
        known = 1 - min(visit.new, shown) / shown if shown else 1.0
        self.changed_at = visit.hour if visit.new else self.changed_at
        if known > 0.67:
            self.hours += 1.0 if visit.hour - self.changed_at > 31 * DAY_HOURS else 10 / 60
        elif known < 0.33:
            self.hours -= 1.0
        self.hours = min(max(self.hours, 1.0), DAY_HOURS)
        return self.hours


class SquareRoot:
    """Ours: the product's own estimate and interval, floor and jitter included."""

    def __init__(self, constant: float, floor_minutes: float, jitter: Callable[[], float]) -> None:
        self.policy = PollPolicy(budget_constant=constant)
        self.floor_hours = floor_minutes / 60
        self.jitter = jitter
        self.rhythm: tuple[float, float] | None = None
        self.hour = 0.0
        self.changed_at: datetime | None = None

    def hours_after(self, feed: Feed, visit: Visit) -> float:
        """Give the hours that the feed's rhythm earns, floor and jitter included."""
        now = START + timedelta(hours=visit.hour)
        if self.rhythm is None:
            self.rhythm = seed(list(shown_entries(feed, visit)), now)
            self.changed_at = (
                START + timedelta(hours=feed.posts[visit.posts_so_far - 1]) if visit.posts_so_far else None
            )
        else:
            self.rhythm = observe(*self.rhythm, (visit.hour - self.hour) / DAY_HOURS, min(visit.new, feed.window))
            self.changed_at = now if visit.new else self.changed_at
        self.hour = visit.hour
        count, days = self.rhythm
        state = FeedState(
            url="",
            post_count=count,
            post_days=days,
            window_entries=min(visit.posts_so_far, feed.window),
            last_changed_at=self.changed_at,
            created_at=START,
        )
        hours = max(adaptive_seconds(state, now, self.policy) / 3600, self.floor_hours)
        return hours * (1 + 0.1 * self.jitter())


def shown_entries(feed: Feed, visit: Visit) -> Iterator[Entry]:
    """Give the entries of the document, as far as the rhythm looks at them."""
    for hour in feed.posts[max(0, visit.posts_so_far - feed.window) : visit.posts_so_far]:
        yield Entry(id=None, url=None, published_at=START + timedelta(hours=hour))
