"""The publisher's own zone for a moment that a page's head tells in UTC: a day there is another one here."""

from collections.abc import Iterator
from datetime import datetime, timezone

from ingest.extract.moments import parse_date
from ingest.extract.shown import Shown

_MOST_TIMES = 40


def in_own_zone(moment: datetime, shown: Shown, url_day: str | None) -> datetime:
    """The same moment in the one zone of the page's <time> elements in which its day is the address's.

    Unchanged where the address names no other day than UTC has, or no zone or several would make it the address's.
    """
    if url_day is None or moment.utcoffset() or moment.date().isoformat() == url_day:
        return moment
    local = (moment.astimezone(zone) for zone in set(_zones(shown)))
    fitting = [there for there in local if there.date().isoformat() == url_day]
    return fitting[0] if len(fitting) == 1 else moment


def _zones(shown: Shown) -> Iterator[timezone]:
    """Of the page's <time> elements that are written with an offset from UTC."""
    for element in shown.tagged("time")[:_MOST_TIMES]:
        time = parse_date(element.get("datetime") or "")
        offset = time.utcoffset() if time is not None else None
        if offset:
            yield timezone(offset)
