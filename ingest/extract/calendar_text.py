"""Dates as people write them on pages: "4 March 2026", "March 4th, 2026", "4. März 2026", "2026-03-04"."""

import re
from datetime import UTC, datetime

# Month names by their first letters, enough to tell them apart; English, German, French, Spanish, Italian, Portuguese,
# Dutch, the Nordic languages and Polish.
_MONTHS = {
    1: "jan gen ene janv sty",
    2: "feb fév fev febr lut",
    3: "mar mär mrt mars maa",
    4: "apr avr abr kwi",
    5: "may mai mei mag maj mayo",
    6: "jun juin giu jui czer",
    7: "jul juil lug lip",
    8: "aug août aou ago sie",
    9: "sep set wrz",
    10: "oct okt ott out paź",
    11: "nov lis",
    12: "dec dez déc dic dés gru",
}
_BY_START = {start: number for number, starts in _MONTHS.items() for start in starts.split()}
_NAME = r"([^\W\d_]{3,10})\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"((?:19|20)\d{2})"
_WRITTEN = (
    (re.compile(rf"\b{_DAY}\s*(?:de\s+|of\s+)?{_NAME},?\s+(?:de\s+)?{_YEAR}\b", re.IGNORECASE), (3, 2, 1)),
    (re.compile(rf"\b{_NAME}\s+{_DAY}\s*,?\s*{_YEAR}\b", re.IGNORECASE), (3, 1, 2)),
    (re.compile(rf"\b{_DAY}[-/\s]{_NAME}[-/\s]{_YEAR}\b", re.IGNORECASE), (3, 2, 1)),
)
_ISO = re.compile(r"\b((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})\b|((?:19|20)\d{2})年(\d{1,2})月(\d{1,2})日")
_NUMERIC = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d{2}|\d{2})\b")
_MAX_MONTH = 12
_CENTURY = 2000
_SHORT_YEAR = 100


def find_date(text: str, *, is_american: bool = False) -> datetime | None:
    """The first date in a text, as UTC midnight; ``is_american`` reads 04/03/2026 as April 3rd. None without one."""
    for pattern, (year, month, day) in _WRITTEN:
        for match in pattern.finditer(text):
            number = month_number(match[month])
            moment = _moment(int(match[year]), number, int(match[day])) if number else None
            if moment is not None:
                return moment
    found = _ISO.search(text)
    if found is not None:
        year, month, day = (int(part) for part in found.groups() if part)
        return _moment(year, month, day)
    return _find_numeric(text, is_american=is_american)


def month_number(name: str) -> int | None:
    """1 to 12 for a month's name or its abbreviation in the languages known here."""
    name = name.lower()
    return next((_BY_START[name[:length]] for length in (5, 4, 3) if name[:length] in _BY_START), None)


def _find_numeric(text: str, *, is_american: bool) -> datetime | None:
    match = _NUMERIC.search(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    year += _CENTURY if year < _SHORT_YEAR else 0
    is_month_first = match[2] == "/" and is_american
    if first > _MAX_MONTH or (second <= _MAX_MONTH and not is_month_first):
        return _moment(year, second, first)
    return _moment(year, first, second)


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
