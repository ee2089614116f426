"""Which module speaks for which platform."""

from collections.abc import Mapping, Sequence
from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import blogger, drupal, ghost, jsonfeed, paged, rfc5005, sitemaps, static, substack, tumblr, wordpress

PLATFORMS: Mapping[str, Any] = {
    "wordpress": wordpress,
    "blogger": blogger,
    "substack": substack,
    "ghost": ghost,
    "tumblr": tumblr,
    "drupal": drupal,
    "static": static,
    "rfc5005": rfc5005,
    "paged": paged,
    "jsonfeed": jsonfeed,
    "sitemaps": sitemaps,
}
"""Each has SURFACES (name -> posts a page, the best one first), FEED, FEED_TYPE, and three functions.

``answer(world, asked)`` gives None where the path is none of its own; ``home_headers(world)``; ``sitemaps(world)``
gives the paths that robots.txt names.
"""


def decoy(asked: Asked, posts: Sequence[Post]) -> Answer:
    """A feed of posts that are nobody's, whatever is asked."""
    page = FeedPage(site=posts[0].site, url=posts[0].site.url(asked.path, 0), posts=posts)  # type: ignore[arg-type]
    return text_answer(rss(page), "application/rss+xml", "other")
