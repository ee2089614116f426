"""JSON Feed's ``next_url`` (jsonfeed.org/version/1.1, top-level)."""

from ingest.backfill import linked
from ingest.backfill.source import Cursor, Listing, Nature, Reply, Target


class JsonFeed:
    """The feed's own chain of pages."""

    name = "jsonfeed"
    summary = "The next_url of a JSON Feed, page after page."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Certain where the feed is JSON and has a next page."""
        feed = target.feed
        is_json = feed is not None and feed.format.startswith("json")
        return 0.95 if is_json and feed is not None and feed.links.next_url else 0.0

    def first(self, target: Target) -> Cursor:
        """The feed itself."""
        return linked.start(target.feed_url or target.home_url)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The page's items, and its link."""
        return linked.follow(cursor, reply, lambda parsed: parsed.links.next_url)
