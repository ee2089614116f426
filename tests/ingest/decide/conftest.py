"""Builders for polls as they happen, and a decider under a fixed moment."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.decide.schedule import Poll, PollPolicy, decide_poll
from ingest.model import (
    Entry,
    FailureKind,
    FeedState,
    Fetched,
    FetchFailed,
    NotModified,
    PacingHints,
    ParsedFeed,
    PollDecision,
    Redirect,
    Validators,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed"


@dataclass
class Make:
    """Builds the values of one poll with as few words as the test needs."""

    url: str = URL

    def state(self, **fields: Any) -> FeedState:
        """A feed that was polled an hour ago and has a steady rhythm of some ninety posts a day."""
        known = {
            "body_hash": "old",
            "last_polled_at": NOW - timedelta(hours=1),
            "last_changed_at": NOW - timedelta(hours=1),
            "created_at": NOW - timedelta(days=60),
            "post_count": 2000.0,
            "post_days": 20.0,
            "window_entries": 500,
        }
        return FeedState(url=self.url, **(known | fields))

    def fresh(self, **fields: Any) -> FeedState:
        return FeedState(url=self.url, created_at=NOW, **fields)

    def feed(self, entries: tuple[Entry, ...] = (), **hints: Any) -> ParsedFeed:
        return ParsedFeed(format="rss20", title="News", entries=entries, hints=PacingHints(**hints))

    def entries(self, *ages_in_days: float) -> tuple[Entry, ...]:
        dates = [NOW - timedelta(days=age) for age in ages_in_days]
        return tuple(Entry(id=str(n), url=None, published_at=date) for n, date in enumerate(dates))

    def fetched(self, body: bytes = b"<rss/>", **headers: str) -> Fetched:
        return Fetched(url=self.url, final_url=self.url, status=200, headers=named(headers), body=body)

    def not_modified(self, **headers: str) -> NotModified:
        return NotModified(url=self.url, final_url=self.url, headers=named(headers))

    def failed(self, kind: FailureKind, status: int | None = None, **headers: str) -> FetchFailed:
        return FetchFailed(url=self.url, kind=kind, detail="It failed.", status=status, headers=named(headers))

    def redirected(self, *hops: tuple[int, str]) -> Fetched:
        """A feed found behind these hops of (status, target)."""
        chain, url = [], self.url
        for status, target in hops:
            chain.append(Redirect(url, status, target))
            url = target
        return replace(self.fetched(), final_url=url, redirects=tuple(chain))


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def decide(make: Make) -> Callable[..., PollDecision]:
    """Decide a poll at NOW without jitter: ``decide(state, result, parsed, body_hash, new_entries, policy=...)``."""

    def run(state: FeedState, result: Any, *rest: Any, at: datetime = NOW, jitter: float = 0.0, **policy: Any) -> Any:
        return decide_poll(Poll(state, result, *rest), at, PollPolicy(**policy), jitter)

    return run


@pytest.fixture
def conditional() -> Validators:
    return Validators('"abc"', "Fri, 20 Nov 2026 10:00:00 GMT")
