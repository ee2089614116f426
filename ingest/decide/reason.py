"""Words for people: how long a wait is, what failed, and the sentence that says why the next poll is when it is."""

from dataclasses import dataclass
from datetime import datetime

from ingest.decide.policy import DAY, HOUR, MINUTE
from ingest.model import FailureKind, FeedState

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_FAILURES = {
    FailureKind.DNS: "the name of the host could not be resolved",
    FailureKind.CONNECT: "no connection could be made",
    FailureKind.TLS: "no secure connection could be made",
    FailureKind.TIMEOUT: "the server took too long",
    FailureKind.PROTOCOL: "the server broke the protocol",
    FailureKind.TRUNCATED: "the answer broke off",
    FailureKind.TOO_LARGE: "the document was too large",
    FailureKind.EMPTY: "the answer was empty",
    FailureKind.REDIRECT: "the redirects led nowhere",
    FailureKind.FORBIDDEN_ADDRESS: "the address is one that is never asked",
    FailureKind.BAD_URL: "the address cannot be asked",
    FailureKind.ROBOTS: "robots.txt forbids it",
    FailureKind.NOT_A_FEED: "the answer was no feed",
    FailureKind.REJECTED: "the document could not be read",
    FailureKind.INTERNAL: "we failed ourselves",
}
_STATUSES = {
    FailureKind.NOT_FOUND: "404",
    FailureKind.GONE: "410",
    FailureKind.DENIED: "a refusal",
    FailureKind.RATE_LIMITED: "429",
    FailureKind.UNAVAILABLE: "503",
    FailureKind.SERVER_ERROR: "a server error",
    FailureKind.HTTP_ERROR: "an HTTP error",
}


@dataclass(frozen=True, slots=True)
class Wait:
    """A span in seconds during which a feed is not asked, and the clause that says who wants it."""

    seconds: float
    why: str
    jitter_share: float = 0.1  # by how much jitter may lengthen it, never shorten (rules 26, 32)


def duration(seconds: float) -> str:
    """Say a span as a person would: "45 s", "60 min", "2.5 h", "14 d"."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < 2 * DAY:
        return f"{_short(seconds / HOUR)} h"
    return f"{_short(seconds / DAY)} d"


def day(moment: datetime, now: datetime) -> str:
    """Say a day: "12 Nov", with its year where that is not this one."""
    words = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return words if moment.year == now.year else f"{words} {moment.year}"


def failure_words(kind: FailureKind, status: int | None = None) -> str:
    """Say what happened in one clause: "the feed answered 404", "the server took too long"."""
    if kind in _STATUSES:
        return f"the feed answered {status or _STATUSES[kind]}"
    return _FAILURES[kind]


def failure_clause(state: FeedState, now: datetime, status: int | None = None) -> str:
    """Say what fails, how often in a row and since when; for a state whose last poll failed."""
    words = failure_words(state.failure or FailureKind.HTTP_ERROR, status)
    if state.failures < 2 or state.failing_since is None:  # noqa: PLR2004  once is no row
        return words
    return f"{words}; {state.failures} polls in a row failed since {day(state.failing_since, now)}"


def sentence(seconds: float, why: str) -> str:
    """Put a wait and its clause into the one sentence that is stored with the decision."""
    return f"in {duration(seconds)}: {why}"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
