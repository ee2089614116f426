"""When a feed's document left a gap behind it, and which of its older documents fills it (RFC 5005, rules 79-83)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ingest.errors import BadUrl
from ingest.headers import is_delta
from ingest.model import FeedState, Fetched, ParsedFeed
from ingest.urls import host_of, with_parameter

MAX_PAGES = 10

# An entry may be dated before it was shown: drafts, queues and clocks of another time zone.
_LATE = timedelta(days=1)
_WORDPRESS = "wordpress"


@dataclass(frozen=True, slots=True)
class Step:
    """The next older document; where there is none to be had, ``objection`` says what is wrong with the link."""

    url: str | None
    objection: str | None = None


def shows_everything(result: Fetched, parsed: ParsedFeed) -> bool:
    """Whether an entry that is absent was removed: fh:complete, whole, and no delta (RFC 5005 section 2, rule 81)."""
    return parsed.is_complete and not parsed.is_truncated and not is_delta(result.status, result.headers)


def may_have_gap(state: FeedState, result: Fetched, parsed: ParsedFeed) -> bool:
    """Whether entries may have come and gone unseen, should all of the document's be new (rule 79).

    Never on a first document (interface decision 7), nor where the oldest entry lies before what was seen: then the
    feed has renamed its entries.
    """
    if state.last_changed_at is None or not parsed.entries or is_delta(result.status, result.headers):
        return False
    dates = sorted(date for entry in parsed.entries if (date := entry.published_at or entry.updated_at))
    return not dates or dates[0] > state.last_changed_at - _LATE


def older_document(feed_url: str, parsed: ParsedFeed, visited: Sequence[str], archive_url: str | None = None) -> Step:
    """Give the document before this one: its archive, its next page, or the page that WordPress has (rules 82, 83).

    ``visited`` are the addresses of the walk so far, the feed's own first. Loops and other hosts end it, and so does
    ``archive_url``, the newest archive that was read before.
    """
    link = parsed.links.prev_archive_url or parsed.links.next_url
    if link is not None and link == archive_url:
        return Step(None)
    if link is None and _WORDPRESS in (parsed.generator or "").lower():
        link = with_parameter(feed_url, "paged", str(len(visited) + 1))
    if link is None:
        return Step(None)
    if link in visited:
        return Step(None, f"its link to older entries, {link}, leads back to what was read")
    if not _is_same_host(link, feed_url):
        return Step(None, f"its link to older entries, {link}, leads to another host")
    return Step(link)


def _is_same_host(one: str, other: str) -> bool:
    try:
        return host_of(one) == host_of(other)
    except BadUrl:
        return False
