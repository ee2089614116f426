"""Which validators the next request echoes (rules 2-12, 16): only those of a usable answer, to who gave them."""

from collections.abc import Mapping

from ingest.decide.outcome import Poll
from ingest.model import FetchFailed, NotModified, Validators


def next_validators(poll: Poll) -> Validators:
    """Give the validators after a usable answer: a 200 replaces the pair, a 304 refreshes what it names.

    They carry the address that gave them, behind redirects not the feed's: no other one is sent them (rule 11).
    """
    result = poll.result
    if isinstance(result, FetchFailed):
        return poll.state.validators
    etag, last_modified = _offered(result.headers)
    if isinstance(result, NotModified):
        known = poll.state.validators
        return Validators(etag or known.etag, last_modified or known.last_modified, known.url or result.final_url)
    return Validators(etag, last_modified, result.final_url) if etag or last_modified else Validators()


def _offered(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    return headers.get("etag") or None, headers.get("last-modified") or None
