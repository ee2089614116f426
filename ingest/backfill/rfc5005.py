"""Feeds that link to their older documents: archived (``prev-archive``) and paged (``next``), RFC 5005 and RFC 4287."""

from ingest.backfill import linked
from ingest.backfill.source import Cursor, Listing, Nature, Reply, Target
from ingest.model import ParsedFeed

# More would follow a calendar that has no beginning for long; a longer silence is left to the other sources.
_MONTHS_WITHOUT_A_POST = 3


class Rfc5005:
    """The feed's own chain of older documents."""

    name = "rfc5005"
    summary = "The feed's own links to its older documents (RFC 5005 archives and pages)."
    # The feed itself may hold what the first year of archives does; loops are known by their addresses.
    nature = Nature(opens_twice=True, idle_pages=24, empty_pages=_MONTHS_WITHOUT_A_POST)

    def probe(self, target: Target) -> float:
        """Certain where the feed has such a link; never on Blogger, whose links lead to another host."""
        feed = target.feed
        if feed is None or target.feed_url is None or "blogger" in target.platforms or feed.format.startswith("json"):
            return 0.0
        if feed.links.prev_archive_url:
            return 1.0
        return 0.95 if feed.links.next_url else 0.0

    def first(self, target: Target) -> Cursor:
        """The feed itself."""
        return linked.start(target.feed_url or target.home_url)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The document's entries, and its link."""
        return linked.follow(cursor, reply, _older_link)


def _older_link(parsed: ParsedFeed) -> str | None:
    # An archive's own "next" leads to newer pages in some feeds: its prev-archive counts (RFC 5005 section 4).
    return parsed.links.prev_archive_url or parsed.links.next_url
