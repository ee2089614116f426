"""Moments from the ways in which pages write them, in bounds: ISO 8601, RFC 2822, dates in words and in figures."""

import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from ingest.dates import clamp
from ingest.extract.calendar_text import FoundDate, find_date, find_dates
from ingest.extract.facts import Facts
from ingest.extract.sitenames import host_in

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?Z?)?$")
_EPOCH = re.compile(r"^(1\d{9})(?:\d{3})?$")  # seconds, or milliseconds, since 1970
_MAIL = re.compile(r"(?:[A-Za-z]{3},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d")
_DAY_FIRST_HOST = re.compile(r"\.(?:uk|au|nz|ie|in|za|sg|hk|my|ng|ke|pk)$")
_MONTH_FIRST_LANGUAGE = re.compile(r"en(?:[-_](?:us|ph))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The moment against which dates are judged, and whether 04/03/2026 is read as April 3rd first."""

    now: datetime
    is_american: bool

    def read(self, text: str) -> datetime | None:
        """A moment in bounds, or None; where only the reverse of day and month is in bounds, that."""
        return clamp(parse_date(text, is_american=self.is_american), self.now) or (
            clamp(parse_date(text, is_american=not self.is_american), self.now)
        )

    def dates(self, text: str) -> Iterator[FoundDate]:
        """The dates in a text that are in bounds."""
        for found in find_dates(text, is_american=self.is_american):
            if clamp(found.moment, self.now):
                yield found


def is_american(facts: Facts, url: str | None) -> bool:
    """Whether a page in doubt writes the month first: English, and no host of a country that does not."""
    host = host_in(url or "")
    language = facts.language or facts.first("og:locale") or "en"
    return _MONTH_FIRST_LANGUAGE.match(language) is not None and not _DAY_FIRST_HOST.search(host)


def parse_date(text: str, *, is_american: bool = False) -> datetime | None:
    """A moment, in the zone that is told, from ISO 8601, RFC 2822 or a written date; without one in UTC."""
    text = text.strip()[:100]
    try:
        return _parse_iso(text) or _parse_mail(text) or find_date(text, is_american=is_american)
    except (ValueError, OverflowError):
        return None


def _parse_iso(text: str) -> datetime | None:
    compact = _COMPACT.match(text)
    if compact:
        year, month, day, hour, minute, second = (int(part or 0) for part in compact.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    epoch = _EPOCH.match(text)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), tz=UTC)
    match = _ISO.search(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = timezone(_offset(match[7]))
    return datetime(year, month, day, min(hour, 23), minute, min(second, 59), tzinfo=zone)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].removeprefix(":") or 0))


def _parse_mail(text: str) -> datetime | None:
    if not _MAIL.match(text):
        return None
    moment = email.utils.parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_exact(text: str) -> bool:
    """Whether a date is written so that it cannot be misread: ISO 8601, digits without marks, seconds since 1970."""
    return any(pattern.search(text) for pattern in (_ISO, _COMPACT, _EPOCH))
