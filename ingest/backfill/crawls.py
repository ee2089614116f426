"""Common Crawl's crawls: when each was made, and which of them may hold what a window asks for."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ingest.backfill.answers import moment, moments, objects_in, text_at
from ingest.backfill.source import Window

MOST_CRAWLS = 24  # one shared server answers all of them

_ID = re.compile(r"CC-MAIN-(\d{4})(?:-(\d{2})|-(\d{4}))?")
_CRAWL = timedelta(days=21)  # how long one takes
_STILL_THERE = timedelta(days=400)  # by then a page that will be crawled was


class Crawl(NamedTuple):
    """One crawl, from its first page to its last."""

    name: str  # CC-MAIN-2024-10
    begins_at: datetime
    ends_at: datetime


def crawls_in(collections: Any) -> list[Crawl]:
    """The crawls that ``collinfo.json`` names, newest first."""
    found = (_crawl(text_at(item, "id") or "", item) for item in objects_in(collections))
    return sorted((crawl for crawl in found if crawl), key=lambda crawl: crawl.ends_at, reverse=True)


def choose(crawls: Iterable[Crawl], window: Window) -> list[str]:
    """The names of those to ask, newest first, at most 24.

    A crawl that ended before the window began shows only what was published before it. What was published in the window
    stands in later ones as well, those of the year behind it.
    """
    since, until = window.since, window.until
    left = [crawl for crawl in crawls if since is None or crawl.ends_at >= since]
    near = [crawl for crawl in left if until is None or crawl.begins_at <= _after(until)]
    return [crawl.name for crawl in (near or left[-1:])[:MOST_CRAWLS]]


def _crawl(name: str, item: dict[str, Any]) -> Crawl | None:
    named = _ID.fullmatch(name)
    if named is None:
        return None
    reader = moments()
    begins, ends = moment(reader, item.get("from")), moment(reader, item.get("to"))
    if begins and ends:
        return Crawl(name, begins, ends)
    return _by_name(name, named)


def _by_name(name: str, named: re.Match[str]) -> Crawl | None:
    """The weeks or years that the name carries: CC-MAIN-2024-10 is week 10, -2009-2010 and -2012 are years."""
    year, week, last_year = int(named[1]), named[2], named[3]
    try:
        if week:
            begins = datetime.fromisocalendar(year, int(week), 1).replace(tzinfo=UTC)
            return Crawl(name, begins - _CRAWL, begins + _CRAWL)
        last = int(last_year or year)
        return Crawl(name, datetime(year, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _after(until: datetime) -> datetime:
    try:
        return until + _STILL_THERE
    except OverflowError:
        return until
