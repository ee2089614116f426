"""Ghost: an index of sitemaps by kind, and ``/rss/N/`` of the older themes; the Content API wants a key."""

import re
from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import json_answer, past_end, refused

SURFACES = {"sitemap": 50_000, "rss-pages": 15}
FEED = "/rss/"
FEED_TYPE = "application/rss+xml"
_RSS = re.compile(r"/rss/(?:(\d+)/)?")
_POSTS = re.compile(r"/sitemap-posts(?:-(\d+))?\.xml")


def answer(world: Any, asked: Asked) -> Answer | None:
    """The feeds and the sitemaps."""
    if found := _RSS.fullmatch(asked.path):
        return _feed(world, int(found[1] or 1))
    if asked.path.startswith("/ghost/api/content/"):
        return json_answer({"errors": [{"message": "Unknown Content API Key", "type": "UnauthorizedError"}]}, 401)
    if not asked.path.startswith("/sitemap"):
        return None
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    return _sitemap(world, asked.path)


def home_headers(world: Any) -> dict[str, str]:
    """None: what runs here is said in the page."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml"]


def _feed(world: Any, number: int) -> Answer:
    if status := world.enters("feed" if number == 1 else "rss-pages"):
        return refused(status)
    cut = world.page("rss-pages", (number - 1) * world.size("rss-pages"))

    def document() -> Answer:
        page = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=cut.posts, generator="Ghost 5.94")
        return text_answer(rss(page), FEED_TYPE, "feed" if number == 1 else "listing")

    return past_end(cut, document, lambda: refused(404)) if cut.is_past_end else document()


def _sitemap(world: Any, path: str) -> Answer | None:
    count = sitemap_files.count(world)
    if path == "/sitemap.xml":
        names = ["/sitemap-posts.xml", *(f"/sitemap-posts-{number}.xml" for number in range(2, count + 1))]
        return sitemap_files.index(world, ["/sitemap-pages.xml", *names, "/sitemap-authors.xml", "/sitemap-tags.xml"])
    if found := _POSTS.fullmatch(path):
        return sitemap_files.numbered(world, int(found[1] or 1))
    pages = {
        "/sitemap-pages.xml": "/about/",
        "/sitemap-authors.xml": "/author/maren/",
        "/sitemap-tags.xml": "/tag/news/",
    }
    return sitemap_files.plain(world, [pages[path]]) if path in pages else sitemap_files.extra(world, path)
