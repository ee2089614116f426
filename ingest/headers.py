"""What a response's headers say about when to ask again, and how much is in it. Pure; names are lower case."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

RETRY_AFTER_CAP_SECONDS = 7 * 86_400.0
FRESHNESS_CAP_SECONDS = 86_400

_IM_USED = 226
_OVERFLOW = 2**31  # RFC 9111 1.2.2: what a delta-seconds that does not fit counts as
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_DATE_FORMS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"[a-z]{{3}}, (?P<day>\d\d) (?P<month>[a-z]{{3}}) (?P<year>\d{{4}}) {_TIME} (?:GMT|UTC|\+0000)",
        rf"[a-z]{{6,9}}, (?P<day>\d\d)-(?P<month>[a-z]{{3}})-(?P<year>\d\d) {_TIME} (?:GMT|UTC|\+0000)",
        rf"[a-z]{{3}} (?P<month>[a-z]{{3}}) (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)
_CACHE_CONTROL_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|[^",]+|,', re.DOTALL)  # quoted text, bare text, comma


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Give how long the server asks to be left alone, in seconds from ``now``, at most 7 days.

    Both forms of RFC 9110 10.2.3 count; a date is taken relative to the response's own Date where there is one, so
    that a server's wrong clock does no harm. None where the header is missing, in the past or garbage (rule 31).
    """
    value = headers.get("retry-after", "").strip()
    delta = _delta_seconds(value.partition(",")[0].strip())
    if delta is not None:
        return min(float(delta), RETRY_AFTER_CAP_SECONDS)
    until = http_date(value)
    if until is None:
        return None
    wait = (until - (http_date(headers.get("date", "")) or now)).total_seconds()
    return min(wait, RETRY_AFTER_CAP_SECONDS) if wait >= 0 else None


def freshness_seconds(headers: Mapping[str, str]) -> int | None:
    """Give for how many seconds after its receipt the response is still fresh, at most 24 hours.

    ``max-age`` less Age; without max-age Expires less Date, and less Age (RFC 9111 4.2, rules 21-23). None where the
    server says nothing; 0 where it says something that is invalid or already over.
    """
    lifetime = _max_age(headers.get("cache-control", ""))
    if lifetime is None:
        lifetime = _expires_after(headers)
    if lifetime is None:
        return None
    age = _delta_seconds(headers.get("age", "").partition(",")[0].strip()) or 0
    return max(0, min(lifetime - age, FRESHNESS_CAP_SECONDS))


def is_delta(status: int, headers: Mapping[str, str]) -> bool:
    """Whether only what is new was sent: 226 with ``IM: feed``; without that it is a 200 (RFC 3229, rule 19)."""
    manipulations = headers.get("im", "").lower().split(",")
    return status == _IM_USED and any(each.partition(";")[0].strip() == "feed" for each in manipulations)


def http_date(text: str) -> datetime | None:
    """Read an HTTP-date in any of its three forms (RFC 9110 5.6.7), in any case; None where it is none of them."""
    for form in _DATE_FORMS:
        if match := form.fullmatch(text.strip()):
            return _datetime_of(match.groupdict())
    return None


def _datetime_of(fields: Mapping[str, str]) -> datetime | None:
    year = int(fields["year"])
    if len(fields["year"]) == 2:  # noqa: PLR2004  two digits of a year, RFC 850; POSIX's pivot needs no clock
        year += 1900 if year >= 69 else 2000  # noqa: PLR2004
    try:
        return datetime(
            year,
            _MONTHS.index(fields["month"].lower()) + 1,
            int(fields["day"]),
            int(fields["hour"]),
            int(fields["minute"]),
            min(int(fields["second"]), 59),  # a leap second is a date too
            tzinfo=UTC,
        )
    except ValueError:
        return None


def _max_age(cache_control: str) -> int | None:
    """Seconds of the first max-age, bare or quoted; 0 where that one is invalid (RFC 9111 4.2.1)."""
    for directive in _directives(cache_control):
        name, _, value = directive.partition("=")
        if name.lower() == "max-age":
            is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
            return _delta_seconds(value[1:-1] if is_quoted else value) or 0
    return None


def _directives(cache_control: str) -> Iterator[str]:
    """Split at the commas outside of quotes, in linear time whatever the value."""
    parts: list[str] = []
    for piece in [*_CACHE_CONTROL_PIECE.findall(cache_control), ","]:
        if piece != ",":
            parts.append(piece)
        else:
            yield "".join(parts).strip()
            parts.clear()


def _expires_after(headers: Mapping[str, str]) -> int | None:
    """Seconds from Date to Expires; 0 where Expires is no date; None without Date: no local clock (rule 23)."""
    if "expires" not in headers:
        return None
    expires = http_date(headers["expires"])
    if expires is None:
        return 0
    date = http_date(headers.get("date", ""))
    return max(0, int((expires - date).total_seconds())) if date else None


def _delta_seconds(text: str) -> int | None:
    """A non-negative number of seconds; one too long to be meant counts as 2^31, as RFC 9111 1.2.2 asks."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return min(int(digits), _OVERFLOW) if len(digits) <= 10 else _OVERFLOW  # noqa: PLR2004  ten digits hold 2^31
