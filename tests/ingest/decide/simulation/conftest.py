"""Every manner of server, simulated: each knows what it asked for, and tells who broke it."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.model import (
    FailureKind,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    PacingHints,
    Redirect,
    Validators,
)

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30
END = START + timedelta(days=DAYS)
HOUR, DAY = 3600, 86_400
NONE = Validators()
ELSEWHERE = "https://cdn.example/feed"
SILENT = PacingHints()
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass
class Host:
    """One server's door: closed to everyone until then."""

    closed_until: datetime = START


@dataclass
class Server:
    """One feed as its server sees it: what it publishes, what it asked for, what was done against its will."""

    name: str
    number: int
    host: Host
    posts: list[datetime]
    answer: Callable[["Server", Validators, datetime], FetchResult]
    closed_until: datetime = START
    given: Validators = NONE
    hits: list[datetime] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    full_bytes: int = 0
    violations: list[str] = field(default_factory=list)
    hints: PacingHints = SILENT
    failures: int = 0
    shown: int = -1  # the version that was sent last

    @property
    def url(self) -> str:
        return f"https://{self.name}{self.number}.example/feed"

    def ask(self, url: str, validators: Validators, now: datetime) -> FetchResult:
        """Answer a request, after checking it against everything that was asked for before."""
        if self.addresses and url != self.addresses[-1]:
            self.given = NONE  # rule 11: a new address has given nothing yet
        # As the client does: validators go to the address that gave them, which itself is not sent.
        is_ours = validators.url != ELSEWHERE
        validators = Validators(validators.etag, validators.last_modified) if is_ours else NONE
        self._check(validators, now)
        self.hits.append(now)
        self.addresses.append(url)
        return self.answer(self, validators, now)

    def _check(self, validators: Validators, now: datetime) -> None:
        if self.hits and (now - self.hits[-1]).total_seconds() < HOUR:
            self._complain("rule 25: asked again within the hour", now)
        if now < self.closed_until:
            self._complain("asked before the time that this server named", now)
        if now < self.host.closed_until:
            self._complain("rule 31: the host was asked before its Retry-After", now)
        if validators not in (self.given, NONE) or (not self.hits and validators != NONE):
            self._complain("rules 1, 2, 11: validators that this server never gave", now)
        if self.given != NONE and validators == NONE:
            self._complain("rule 2: validators were forgotten", now)

    def _complain(self, what: str, now: datetime) -> None:
        self.violations.append(f"{self.name}{self.number} on day {(now - START).days}: {what}")

    def close(self, now: datetime, seconds: float) -> None:
        self.closed_until = max(self.closed_until, now + timedelta(seconds=seconds))

    def version(self, now: datetime) -> int:
        return bisect_right(self.posts, now)

    def document(self, now: datetime, headers: dict[str, str] | None = None, size: int = 1000) -> Fetched:
        body = f"{self.url} {self.version(now)}".encode().ljust(size)
        self.full_bytes += size
        headers = {"date": f"{now:{HTTP_DATE}}"} | (headers or {})
        self.given = Validators(headers.get("etag"), headers.get("last-modified"))
        return Fetched(url=self.url, final_url=self.url, status=200, headers=headers, body=body)

    def conditional(self, validators: Validators, now: datetime, **headers: str) -> FetchResult:
        """A server as it should be: 304 to the validators of the present version."""
        present = {"etag": f'W/"v{self.version(now)}"', "last-modified": f"version {self.version(now)}"}
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        if validators == Validators(present["etag"], present["last-modified"]):
            headers = {"date": f"{now:{HTTP_DATE}}"} | extra
            return NotModified(url=self.url, final_url=self.url, headers=headers)
        return self.document(now, present | extra)

    def failed(self, kind: FailureKind, status: int | None = None, **headers: str) -> FetchFailed:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return FetchFailed(url=self.url, kind=kind, detail="As it should.", status=status, headers=named)

    def day(self, now: datetime) -> int:
        return (now - START).days


# --- manners: each answers, and notes what it asked for ------------------------------------------------------------


def steady(server: Server, validators: Validators, now: datetime) -> FetchResult:
    return server.conditional(validators, now)


def fresh_for_hours(server: Server, validators: Validators, now: datetime) -> FetchResult:
    server.close(now, 5 * HOUR - 600)
    return server.conditional(validators, now, cache_control=f'public, Max-Age="{5 * HOUR}"', age="600")


def expiring(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Its clock is three years behind; only the difference of its own two dates counts (rule 23)."""
    wrong = now - timedelta(days=1000)
    server.close(now, 3 * HOUR)
    until = wrong + timedelta(hours=3)
    return server.conditional(validators, now, date=f"{wrong:{HTTP_DATE}}", expires=f"{until:{HTTP_DATE}}")


def never_304(server: Server, validators: Validators, now: datetime) -> FetchResult:
    if len(server.hits) > 5 and server.version(now) == server.version(server.hits[-5]):
        server.close(now, 2 * HOUR)
    return server.document(now, {"etag": f'"{server.version(now)}"'})


def touched(server: Server, validators: Validators, now: datetime) -> FetchResult:
    return server.document(now, {"etag": f'"{now.timestamp()}"'})


def heavy(server: Server, validators: Validators, now: datetime) -> FetchResult:
    server.close(now, 6 * HOUR)
    return server.document(now, size=300_000)


def gone(server: Server, validators: Validators, now: datetime) -> FetchResult:
    if server.day(now) < 3:
        return server.conditional(validators, now)
    server.close(now, 30 * DAY)
    return server.failed(FailureKind.GONE, 410)


def missing(server: Server, validators: Validators, now: datetime) -> FetchResult:
    if not 3 <= server.day(now) < 20:
        server.failures = 0
        return server.conditional(validators, now)
    server.close(now, DAY * min(2**server.failures, 14))
    server.failures += 1
    return server.failed(FailureKind.NOT_FOUND, 404)


def limited(server: Server, validators: Validators, now: datetime) -> FetchResult:
    if len(server.hits) % 7:
        return server.conditional(validators, now)
    server.host.closed_until = max(server.host.closed_until, now + timedelta(hours=30))
    if len(server.hits) % 2:
        return server.failed(FailureKind.RATE_LIMITED, 429, retry_after=str(30 * HOUR))
    until = now + timedelta(hours=30)
    return server.failed(FailureKind.UNAVAILABLE, 503, retry_after=f"{until:{HTTP_DATE}}", date=f"{now:{HTTP_DATE}}")


def overloaded(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """429 without a word for two days a week: an hour, two, four ... for the whole host (rule 32)."""
    if server.day(now) % 7 > 1:
        server.failures = 0
        return server.conditional(validators, now)
    wait = timedelta(hours=min(2**server.failures, 24))
    server.host.closed_until = max(server.host.closed_until, now + wait)
    server.failures += 1
    return server.failed(FailureKind.RATE_LIMITED, 429)


def flaky(server: Server, validators: Validators, now: datetime) -> FetchResult:
    kinds = (FailureKind.DNS, FailureKind.TIMEOUT, FailureKind.TRUNCATED, FailureKind.SERVER_ERROR)
    if server.day(now) % 3:
        server.failures = 0
        return server.conditional(validators, now)
    server.close(now, HOUR * min(2**server.failures, 24))
    server.failures += 1
    return server.failed(kinds[server.failures % 4], headers="none")


def challenged(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Every fourth answer is a login page with validators of its own, which must never come back (rule 12)."""
    if len(server.hits) % 4:
        return server.conditional(validators, now)
    page = {"etag": '"login"', "content-type": "text/html"}
    return Fetched(url=server.url, final_url=server.url, status=200, headers=page, body=b"<html>")


def moved(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Moved for good within its origin: known for three days, the old address is asked no more (rules 11, 35)."""
    if server.addresses[-1].endswith("/new"):
        return replace(server.conditional(validators, now), url=f"{server.url}/new", final_url=f"{server.url}/new")
    if server.day(now) > 5:
        server.violations.append(f"{server.url} on day {server.day(now)}: rule 35: still asked at the old address")
    return _behind(server, server.conditional(validators, now), 301, f"{server.url}/new")


def elsewhere(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Answered by another origin for now: its validators are not this one's (rules 11, 36)."""
    if server.addresses[-1] != server.url:
        server.violations.append(f"{server.url}: rule 36: a temporary redirect changed the address")
    answer = _behind(server, server.document(now, {"etag": '"of another origin"'}), 302, ELSEWHERE)
    server.given = NONE
    return answer


def _behind(server: Server, answer: FetchResult, status: int, target: str) -> FetchResult:
    assert not isinstance(answer, FetchFailed)
    return replace(answer, final_url=target, redirects=(Redirect(server.url, status, target),))


def unasked_304(server: Server, validators: Validators, now: datetime) -> FetchResult:
    if len(server.hits) == 1 or len(server.hits) % 5:
        return server.document(now)
    return NotModified(url=server.url, final_url=server.url, headers={})


def renewed(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Changed documents come in full, all others as a 304 that renews the ETag."""
    is_known = validators != NONE and server.shown == server.version(now)
    server.shown = server.version(now)
    if not is_known:
        return server.document(now, {"etag": f'"first of {now.timestamp()}"'})
    server.given = Validators(f'"renewed at {now.timestamp()}"')
    return NotModified(url=server.url, final_url=server.url, headers={"etag": str(server.given.etag)})


def dated(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Only Last-Modified, in a form of its own (rules 4, 5)."""
    present = f"version {server.version(now)} of the feed"
    if validators == Validators(None, present):
        return NotModified(url=server.url, final_url=server.url, headers={})
    return server.document(now, {"last-modified": present})


def delta(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Who names a version gets what came since (RFC 3229, rule 19)."""
    present = f'"{server.version(now)}"'
    if validators.etag == present:
        return NotModified(url=server.url, final_url=server.url, headers={})
    whole = server.document(now, {"etag": present})
    if validators == NONE:
        return whole
    return replace(whole, status=226, headers={**whole.headers, "im": "feed", "since": str(validators.etag).strip('"')})


def breaking(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """Every fifth answer breaks off; with its validators the loss would be for ever (rules 12, 42)."""
    if len(server.hits) % 5:
        return server.conditional(validators, now)
    return server.failed(FailureKind.TRUNCATED, 200, etag='"of what broke off"')


def vacant(server: Server, validators: Validators, now: datetime) -> FetchResult:
    """On odd days the document has no entry, on even ones no byte; that is a success and a failure (rule 43)."""
    if server.day(now) % 4 == 0:
        return server.failed(FailureKind.EMPTY, 200)
    return server.document(now, {"entries": "none"} if server.day(now) % 2 else None)


MANNERS: dict[str, tuple[Callable[[Server, Validators, datetime], FetchResult], PacingHints]] = {
    "steady": (steady, SILENT),
    "fresh": (fresh_for_hours, SILENT),
    "expiring": (expiring, SILENT),
    "ttl": (steady, PacingHints(ttl_seconds=12 * HOUR, update_period_seconds=DAY)),
    "nights": (steady, PacingHints(skip_hours=frozenset({22, 23, 0, 1, 2, 3, 4}))),
    "workdays": (steady, PacingHints(skip_days=frozenset({5, 6}))),
    "never304": (never_304, SILENT),
    "touched": (touched, SILENT),
    "heavy": (heavy, SILENT),
    "gone": (gone, SILENT),
    "missing": (missing, SILENT),
    "limited": (limited, SILENT),
    "overloaded": (overloaded, SILENT),
    "flaky": (flaky, SILENT),
    "challenged": (challenged, SILENT),
    "moved": (moved, SILENT),
    "elsewhere": (elsewhere, SILENT),
    "unasked": (unasked_304, SILENT),
    "renewed": (renewed, SILENT),
    "dated": (dated, SILENT),
    "delta": (delta, SILENT),
    "breaking": (breaking, SILENT),
    "vacant": (vacant, SILENT),
    "empty": (steady, SILENT),
    "dead": (steady, SILENT),
}
FEEDS_EACH = 20  # 500 feeds; those of one manner live on two hosts


# --- the world ------------------------------------------------------------------------------------------------------


def build_servers(chance: random.Random) -> Iterator[Server]:
    for name, (answer, hints) in MANNERS.items():
        hosts = (Host(), Host())
        for number in range(FEEDS_EACH):
            rate = 0.0 if name in {"empty", "dead"} else chance.lognormvariate(-0.6, 1.6)
            posts = list(draw_posts(chance, min(rate, 40.0)))
            if name == "dead":
                posts = [START - timedelta(days=days) for days in (420, 410, 400)]
            yield Server(name, number, hosts[number % 2], posts, answer, hints=hints)


def draw_posts(chance: random.Random, rate: float) -> Iterator[datetime]:
    """Poisson posts from a month before the start until the end."""
    moment = START - timedelta(days=30)
    while rate and (moment := moment + timedelta(days=chance.expovariate(rate))) < END:
        yield moment


@pytest.fixture(scope="session")
def servers() -> list[Server]:
    """Five hundred feeds, one month of posts behind them."""
    return list(build_servers(random.Random(20261101)))
