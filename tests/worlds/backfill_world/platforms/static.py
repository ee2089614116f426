"""A site of files, as Hugo and Jekyll make them: one feed with everything, one sitemap, no parameters."""

from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import refused

SURFACES = {"index-xml": 100_000, "sitemap": 50_000}
FEED = "/index.xml"
FEED_TYPE = "application/rss+xml"


def answer(world: Any, asked: Asked) -> Answer | None:
    """The feed and the sitemap."""
    if asked.path == FEED:
        status = world.closed("feed") or world.enters("index-xml")
        return refused(status) if status else _feed(world)
    if asked.path in {"/sitemap.xml", "/en/sitemap.xml"}:
        status = world.enters("sitemap")
        return sitemap_files.refused(status) if status else _sitemap(world, asked.path)
    return sitemap_files.extra(world, asked.path)


def home_headers(world: Any) -> dict[str, str]:
    """None: what made the files is said in the page."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml"]


def _feed(world: Any) -> Answer:
    rows = world.posts[: world.size("index-xml")]
    page = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=rows, generator="Hugo -- gohugo.io")
    return text_answer(rss(page), FEED_TYPE, "feed")


def _sitemap(world: Any, path: str) -> Answer:
    if path == "/sitemap.xml" and world.personality("sitemap") in {"loop", "bomb"}:
        return sitemap_files.index(world, ["/en/sitemap.xml"])
    return sitemap_files.urls(world, world.posts[: world.size("sitemap")])
