"""Date windows that hold: what a listing says of an article's date, and whether that decides it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from ingest.backfill.source import Ref, Window

_ONE_DAY = timedelta(days=1)
_OTHER_ZONES = timedelta(days=1)  # a permalink carries the site's own date, the window is in UTC
_PERMALINK = re.compile(r"/(19[89]\d|20\d\d)[/-](0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01]))?(?=[/_.-]|$)")


class Verdict(StrEnum):
    """Whether an article belongs to a window."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDECIDED = "undecided"  # only the page can tell


class Bounds(NamedTuple):
    """Between what an article was published, both included; None: not known."""

    earliest_at: datetime | None
    latest_at: datetime | None


def window_of(since: date | None, until: date | None) -> Window:
    """The window of days in UTC, both included."""
    return Window(_midnight(since) if since else None, _midnight(until) + _ONE_DAY if until else None)


def bounds(ref: Ref) -> Bounds:
    """What the listing says of when an article was published.

    A date of its own says it exactly. The last change and a capture are upper bounds only (rule B9); an address with a
    day or month in it (``/2024/05/``) bounds it from both sides.
    """
    if ref.published_at is not None:
        return Bounds(ref.published_at, ref.published_at)
    first, last = _permalink(ref.url or "")
    upper = [moment for moment in (last, ref.latest_at) if moment is not None]
    return Bounds(first, min(upper, default=None))


def judge(window: Window, ref: Ref) -> Verdict:
    """Whether the listing alone decides that an article belongs to the window.

    What can only be outside is never fetched; what is undecided is, and ``holds`` then has the last word.
    """
    earliest, latest = bounds(ref)
    is_early = window.since is None or (earliest is not None and earliest >= window.since)
    is_late = window.until is None or (latest is not None and latest < window.until)
    if is_early and is_late:
        return Verdict.INSIDE
    is_before = window.since is not None and latest is not None and latest < window.since
    is_after = window.until is not None and earliest is not None and earliest >= window.until
    return Verdict.OUTSIDE if is_before or is_after else Verdict.UNDECIDED


def holds(window: Window, published_at: datetime | None) -> bool:
    """Whether an article that was read belongs to the window; one without a date only where there are no bounds."""
    if published_at is None:
        return window == Window()
    is_early = window.since is None or published_at >= window.since
    return is_early and (window.until is None or published_at < window.until)


def is_older(window: Window, ref: Ref) -> bool:
    """Whether an article was surely published before the window."""
    latest = bounds(ref).latest_at
    return window.since is not None and latest is not None and latest < window.since


def _permalink(url: str) -> tuple[datetime | None, datetime | None]:
    found = _PERMALINK.search(url.partition("?")[0])
    if found is None:
        return None, None
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 0)
    try:
        first = datetime(year, month, day or 1, tzinfo=UTC)
    except ValueError:
        return None, None
    last = first + _ONE_DAY if day else (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first - _OTHER_ZONES, last + _OTHER_ZONES


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
