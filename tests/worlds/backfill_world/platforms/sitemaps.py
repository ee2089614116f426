"""A newspaper whose past is in sitemaps only: named by robots.txt, in an index, packed, nested, and one of news."""

from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import refused

SURFACES = {"sitemap": 100}
FEED = "/feed.xml"
FEED_TYPE = "application/rss+xml"
INDEX, NEWS = "/sitemaps/index.xml", "/sitemaps/news.xml"
_NESTED = "/sitemaps/archive.xml"


def answer(world: Any, asked: Asked) -> Answer | None:
    """The feed of 15, the index, the files."""
    if asked.path == FEED:
        status = world.enters("feed")
        return refused(status) if status else _feed(world)
    if not asked.path.startswith("/sitemap"):
        return None
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    return _document(world, asked.path) or sitemap_files.extra(world, asked.path)


def home_headers(world: Any) -> dict[str, str]:
    """None."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return [INDEX, NEWS]


def files(world: Any) -> list[str]:
    """The files with posts: every other one is packed."""
    return [_name(number) for number in range(1, sitemap_files.count(world) + 1)]


def _name(number: int) -> str:
    return f"/sitemaps/posts-{number}.xml" + (".gz" if number % 2 else "")


def _document(world: Any, path: str) -> Answer | None:
    """The newest files are in the index, the older half in an index below it."""
    names = files(world)
    half = len(names) // 2
    if path == INDEX:
        return sitemap_files.index(world, [*names[half:], *([_NESTED] if half else [])])
    if path == _NESTED and half:
        return sitemap_files.nested(world, names[:half])
    if path == NEWS:
        return sitemap_files.news(world, world.posts)
    if path not in names:
        return None
    found = sitemap_files.numbered(world, names.index(path) + 1)
    return sitemap_files.packed(found) if path.endswith(".gz") else found


def _feed(world: Any) -> Answer:
    page = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=world.posts[:15])
    return text_answer(rss(page), FEED_TYPE, "feed")
