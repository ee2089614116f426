"""From feedparser's feed dictionary to what a feed says about itself: links, paging, pacing (rules 29, 30, 81-83)."""

import math
from collections.abc import Mapping
from typing import Any

from ingest.feeds.entries import relation
from ingest.feeds.fields import read_address, unique
from ingest.model import FeedLinks, PacingHints

PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_629_800, "yearly": 31_557_600}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HINT_SECONDS = 31_557_600
MAX_HUBS = 10


def read_links(feed: Mapping[str, Any], base_url: str) -> FeedLinks:
    """The feed's links about itself; only http(s) ones are any use."""

    def addresses(wanted: str) -> tuple[str, ...]:
        links = (link for link in feed.get("links", []) if relation(link) == wanted)
        return unique(read_address(base_url, link.get("href")) for link in links)

    return FeedLinks(
        self_url=next(iter(addresses("self")), None),
        next_url=next(iter(addresses("next")), None),
        prev_archive_url=next(iter(addresses("prev-archive")), None),
        hubs=addresses("hub")[:MAX_HUBS],
    )


def read_image_url(feed: Mapping[str, Any], base_url: str) -> str | None:
    """The feed's picture: <image><url>, itunes:image, or Atom's logo and icon."""
    image = feed.get("image")
    stated = image.get("href") or image.get("url") if isinstance(image, Mapping) else None
    return next(
        filter(None, (read_address(base_url, url) for url in (stated, feed.get("logo"), feed.get("icon")))), None
    )


def read_hints(feed: Mapping[str, Any]) -> PacingHints:
    """What the document asks of its readers: <ttl> in minutes, sy:updatePeriod, skipHours (24 is 0), skipDays."""
    return PacingHints(
        ttl_seconds=_seconds(_number(feed.get("ttl")), 60),
        update_period_seconds=_read_period(feed),
        skip_hours=frozenset(hour for hour in map(_read_hour, feed.get("all_hours", [])) if hour is not None),
        skip_days=frozenset(DAYS.index(day) for day in map(_read_name, feed.get("all_days", [])) if day in DAYS),
    )


def _read_period(feed: Mapping[str, Any]) -> int | None:
    """sy:updatePeriod over sy:updateFrequency; "daily" and 1 count only where one of the elements stands (rule 29)."""
    if "sy_updateperiod" not in feed and "sy_updatefrequency" not in feed:
        return None
    period = PERIODS.get(_read_name(feed.get("sy_updateperiod") or "daily"))
    frequency = _number(feed.get("sy_updatefrequency"))
    return _seconds(1 / frequency if frequency else 1.0, period) if period else None


def _read_hour(written: Any) -> int | None:
    number = _number(written)
    if _read_name(written).strip("0") == "" and _read_name(written):
        return 0
    return int(number) % 24 if number and number <= 24 and number == int(number) else None  # noqa: PLR2004 - hours


def _read_name(written: Any) -> str:
    return written.strip().lower() if isinstance(written, str) else ""


def _number(written: Any) -> float | None:
    """A finite number above 0, or None."""
    try:
        number = float(str(written).strip()[:40])
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _seconds(amount: float | None, unit: int) -> int | None:
    seconds = min(amount * unit, MAX_HINT_SECONDS) if amount else 0
    return int(seconds) or None
