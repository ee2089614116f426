"""WordPress's feed by pages: ``?paged=N``, for sites whose API is closed."""

from ingest.backfill.answers import feed_ask, is_same_host
from ingest.backfill.paged_feed import read_page
from ingest.backfill.source import Cursor, Listing, Nature, Reply, Target
from ingest.urls import with_parameter


class WordPressFeed:
    """The site's feed, ten posts a page unless the site says otherwise."""

    name = "wordpress_feed"
    summary = "WordPress's feed page by page (?paged=2, 3 ...), with the text as the feed has it."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Likely where the site or its feed is WordPress's."""
        generator = (target.feed.generator or "").lower() if target.feed else ""
        return 0.6 if "wordpress" in target.platforms or "wordpress" in generator else 0.0

    def first(self, target: Target) -> Cursor:
        """The feed itself; the site's own where readers are sent to a proxy that knows no pages."""
        own, given = f"{target.home_url}feed/", target.feed_url
        feed_url = given if given and is_same_host(given, target.home_url) else own
        return Cursor(feed_ask(feed_url), {"feed": feed_url, "page": 1})

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page, and the one behind it."""
        feed_url, page = str(cursor.state.get("feed")), int(str(cursor.state.get("page")))
        ask = feed_ask(with_parameter(feed_url, "paged", str(page + 1)))
        ahead = Cursor(ask, {"feed": feed_url, "page": page + 1})
        return read_page(reply, ahead, feed_url=feed_url, is_first=page == 1)
