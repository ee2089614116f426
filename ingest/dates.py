"""Dates as feeds write them, as aware UTC; what cannot be true is None, never a guess."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Any

from feedparser.datetimes import _parse_date as parse_with_handlers

# dateparser tries every language it knows on each failure: these are tried, the others cost seconds at first use.
LANGUAGES = [
    *("en", "fr", "de", "es", "pt", "it", "nl", "pl", "ru", "uk", "cs", "sk", "hu", "ro", "bg", "el", "tr", "sv", "da"),
    *("nb", "fi", "ar", "fa", "he", "hi", "th", "vi", "id", "ja", "ko", "zh", "hr", "sr", "sl", "ca", "lt", "lv", "et"),
]
OLDEST_YEAR = 1990
MAX_DATE_LENGTH = 100
FUTURE_TOLERANCE = timedelta(hours=24)


class DateReader:
    """Reads the dates of one document: localised ones cost milliseconds each, so their number is bounded (rule 59)."""

    def __init__(self, slow_attempts: int = 200) -> None:
        """Allow ``slow_attempts`` dates to be tried by dateparser."""
        self._slow_attempts = slow_attempts
        self._known: dict[str, datetime | None] = {}

    def read(self, raw: str | None) -> datetime | None:
        """The date as aware UTC, naive ones taken as UTC (rule 69); None where it is none."""
        text = " ".join(raw.split()) if raw and len(raw) <= MAX_DATE_LENGTH else ""
        if not any(character.isdigit() for character in text):
            return None
        if text not in self._known:
            self._known[text] = _from_tuple(_handled(text)) or self._read_slowly(text)
        return self._known[text]

    def _read_slowly(self, text: str) -> datetime | None:
        if self._slow_attempts <= 0:
            return None
        self._slow_attempts -= 1
        return _read_localised(text)


def parse_date(raw: str | None) -> datetime | None:
    """One date as aware UTC: feedparser's handlers, on failure one dateparser attempt (rule 71). Never raises."""
    return DateReader(slow_attempts=1).read(raw)


def clamp(date: datetime | None, now: datetime) -> datetime | None:
    """The date, or None where it lies before 1990 or more than 24 hours after ``now`` (rule 70)."""
    if date is None or date.year < OLDEST_YEAR or date > now + FUTURE_TOLERANCE:
        return None
    return date


def _handled(text: str) -> Any:
    try:
        return parse_with_handlers(text)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _from_tuple(parts: Any) -> datetime | None:
    # Handlers give year 9999 for 99999, year -1 for 0000 and second 60 for a leap second.
    if not parts:
        return None
    try:
        year, month, day, hour, minute, second = parts[:6]
        day = min(day, monthrange(year, month)[1])
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _read_localised(text: str) -> datetime | None:
    import dateparser

    settings = {
        "TIMEZONE": "UTC",
        "TO_TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
    }
    try:
        found = dateparser.parse(text, languages=LANGUAGES, settings=settings)
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found else None
