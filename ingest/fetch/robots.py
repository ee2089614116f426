"""robots.txt by RFC 9309: what a file allows, and what its absence means. Pure; keeping copies is the caller's."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Self

from ada_url import URL
from protego import Protego

from ingest.fetch.guard import check_url
from ingest.fetch.politeness import MAX_DELAY_SECONDS
from ingest.model import FailureKind, Fetched, FetchRequest, FetchResult, NotModified, Validators

MAX_PARSED_BYTES = 512 * 1024
MAX_AGE_SECONDS = 86_400  # RFC 9309 2.4
MAX_STALE_SECONDS = 30 * 86_400  # how long an old copy serves while the server is unreachable
_BROKEN = frozenset({FailureKind.TRUNCATED, FailureKind.TOO_LARGE, FailureKind.PROTOCOL, FailureKind.TIMEOUT})
_AGENT_FIELDS = frozenset({"user-agent", "useragent", "user agent"})
_SITE_FIELDS = frozenset({"sitemap", "sitemaps", "site-map"})


class RobotsVerdict(StrEnum):
    """What asking for robots.txt amounts to."""

    RULES = "rules"  # parse the body
    ALLOW = "allow"  # there is none: everything is allowed
    KEEP = "keep"  # the copy at hand is still right
    UNREACHABLE = "unreachable"  # an old copy up to 30 days, else nothing is allowed


class RobotsRules:
    """What one robots.txt says to one crawler."""

    def __init__(self, rules: Protego, token: str) -> None:
        self._rules = rules
        self._token = token

    @classmethod
    def parse(cls, content: bytes, token: str) -> Self:
        """Read the first 512 KiB, whatever they are; ``token`` is the crawler's name, without version."""
        if len(content) > MAX_PARSED_BYTES:
            content = content[:MAX_PARSED_BYTES].rpartition(b"\n")[0]
        lines = content.decode("utf-8-sig", "replace").splitlines()
        return cls(Protego.parse("\n".join(_lines_for(token.lower(), lines))), token)

    def allows(self, url: str) -> bool:
        """Whether the URL may be asked for: the longest match wins, Allow wins ties (RFC 9309 2.2.2)."""
        return bool(self._rules.can_fetch(url, self._token))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between requests that the file asks for, at most 60; None where it does not say."""
        delay = self._rules.crawl_delay(self._token)
        return None if delay is None else min(float(delay), MAX_DELAY_SECONDS)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the file names, as it names them."""
        return tuple(self._rules.sitemaps)


def robots_request(url: str, validators: Validators = Validators()) -> FetchRequest:  # noqa: B008  frozen
    """Give the request for the robots.txt that speaks for this URL: at the root of its origin (RFC 9309 2.3)."""
    target = f"{URL(check_url(url)).origin}/robots.txt"
    return FetchRequest(url=target, accept="text/plain,*/*;q=0.1", validators=validators)


def robots_verdict(result: FetchResult) -> RobotsVerdict:
    """Give what the answer means (RFC 9309 2.3.1, rule 49): 4xx allows everything, 5xx and silence allow nothing.

    Redirects that lead nowhere count as "there is none", and so does an empty file.
    """
    if isinstance(result, Fetched):
        return RobotsVerdict.RULES
    if isinstance(result, NotModified):
        return RobotsVerdict.KEEP
    is_absent = result.status is not None and 200 <= result.status < 500  # noqa: PLR2004  classes of statuses
    return RobotsVerdict.ALLOW if is_absent and result.kind not in _BROKEN else RobotsVerdict.UNREACHABLE


def _lines_for(token: str, lines: list[str]) -> Iterator[str]:
    """Give the lines of the groups that speak to us or to everyone.

    The parser keeps each rule once for each agent of its group: 20,000 agents before 20,000 rules would not end. It
    also takes "feed" for a name of "feedmill"; RFC 9309 2.2.1 wants the whole name.
    """
    is_ours = is_naming = False
    for line in lines:
        field, colon, value = line.partition("#")[0].partition(":")
        field = field.strip().lower()
        if field in _AGENT_FIELDS:
            is_named = value.partition("/")[0].strip().lower() in ("*", token)
            is_ours = is_named or (is_naming and is_ours)
            is_naming = True
            if is_named:
                yield f"User-agent: {value.partition('/')[0].strip()}"
        elif field in _SITE_FIELDS:
            yield line
        elif colon:
            is_naming = False
            if is_ours:
                yield line
