"""A feed with archive documents (RFC 5005 section 4), one a month, each naming the one before.

The newest of them is of the month that goes on: between it and the feed nothing is lost.
"""

import re
from collections.abc import Mapping
from datetime import date

from flows.sample.listings.listed import Listed, Part, Question, feed_part
from flows.sample.past import Past
from flows.sample.sites import FeedAddress

SITEMAPS = ()
_MONTH = re.compile(r"/archive/(\d{4})-(0[1-9]|1[0-2])\.xml")


def answer(past: Past, question: Question) -> Listed | None:
    """The document of a month."""
    found = _MONTH.fullmatch(question.path)
    if not found or not int(found[1]):
        return None
    months, month = past.months(), date(int(found[1]), int(found[2]), 1)
    if month not in months:
        return None
    feed = past.site.main_feed
    return feed_part(
        past,
        Part(
            feed=feed,
            articles=months[month],
            path=_path(month),
            links={"current": past.url(feed.path)} | _neighbours(past, list(months), month),
            is_archive=True,
        ),
    )


def links(past: Past, feed: FeedAddress) -> Mapping[str, str]:
    """What the feed itself says of its past."""
    newest = next(iter(past.months()), None)
    if feed is not past.site.main_feed or newest is None:
        return {}
    return {"prev-archive": past.url(_path(newest))}


def _neighbours(past: Past, months: list[date], month: date) -> dict[str, str]:
    place = months.index(month)
    found = {}
    if place + 1 < len(months):
        found["prev-archive"] = past.url(_path(months[place + 1]))
    if place:
        found["next-archive"] = past.url(_path(months[place - 1]))
    return found


def _path(month: date) -> str:
    return f"/archive/{month:%Y-%m}.xml"
