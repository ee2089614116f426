"""Which validators the next request echoes (rules 2-12, 16): only those of a usable answer, from the feed's origin."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ingest.decide.outcome import Poll
from ingest.model import FetchFailed, NotModified, Validators

_PORTS = {"http": 80, "https": 443}


def next_validators(poll: Poll) -> Validators:
    """Give the validators after a usable answer: a 200 replaces the pair, a 304 refreshes what it names.

    An answer from another origin, behind a redirect, leaves none: they would be sent to the wrong server (rule 11).
    """
    result = poll.result
    if isinstance(result, FetchFailed):
        return poll.state.validators
    if _origin(result.final_url) != _origin(poll.state.url):
        return poll.state.validators if isinstance(result, NotModified) else Validators()
    offered = _offered(result.headers)
    if isinstance(result, NotModified):
        known = poll.state.validators
        return Validators(offered.etag or known.etag, offered.last_modified or known.last_modified)
    return offered


def _offered(headers: Mapping[str, str]) -> Validators:
    return Validators(headers.get("etag") or None, headers.get("last-modified") or None)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454 section 4); an address that cannot be read is an origin of its own."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return url, None, None
