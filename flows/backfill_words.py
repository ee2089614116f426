"""What a backfill is asked and what it answers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked. ``since`` and ``until`` are days in UTC, both included.

    ``max_pages`` bounds the article pages and ``max_requests`` all requests of one call. ``uses_copies``: pages that
    are gone (404, 410) are had from the Wayback Machine's copy.
    """

    site: str  # a site's or a feed's address
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ("auto",)
    files: tuple[str, ...] = ()  # WARC files, URL lists
    max_pages: int | None = None
    max_requests: int | None = None
    uses_copies: bool = False


class Budget(NamedTuple):
    """What one call may fetch and send at most; None: no such bound."""

    pages: int | None = None
    requests: int | None = None


UNBOUNDED = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one source gave. ``stopped_because``: an ``ingest.backfill.source.End``; None while it goes on."""

    name: str
    found: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    requests: int = 0
    stopped_because: str | None = None
    detail: str | None = None
    total_hint: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """A month's articles: stored before the job, stored now, and named by the sources."""

    month: str  # YYYY-MM
    before: int = 0
    after: int = 0
    found: int = 0


class Estimate(NamedTuple):
    """What is left to do, at the site's pace."""

    requests: int = 0
    seconds: int = 0


NOTHING_LEFT = Estimate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a backfill stands. ``id`` None: a dry run. ``state``: one of ``storage.backfills.STATES``, or planned."""

    id: int | None
    site: str
    state: str  # planned, running, waiting, done, cancelled, failed
    since: date | None = None
    until: date | None = None
    sources: tuple[SourceReport, ...] = ()
    found: int = 0  # inside the window, as far as the listings tell
    already_stored: int = 0
    new: int = 0
    stored: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)  # by reason
    requests: int = 0  # all that were sent for the job, robots.txt and archives included
    estimate: Estimate = NOTHING_LEFT
    left: int = 0  # articles that were found and are neither stored nor refused yet
    next_at: datetime | None = None  # of a job that waits: when it may go on
    why: str = ""  # one sentence for people
    coverage: float | None = None  # 0 to 1: found, of what the sources say there is
    months: tuple[MonthCount, ...] = ()


Progress = Callable[[Report], Awaitable[None]]
