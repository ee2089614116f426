"""Blogger: the GData feed with ``start-index``, ``max-results`` and ``published-max``, and numbered sitemaps.

Parameters from Google's reference of the Blogger Data API 2.0 and of the Google Data protocol: ``published-max`` is
excluded, ``start-index`` counts from 1, what a page holds is capped by the server. ``rel=next`` names another origin.
"""

from datetime import UTC, datetime
from typing import Any

from backfill_world.feeds import FeedPage, atom
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import past_end, refused

SURFACES = {"posts-feed": 150, "sitemap": 150}
FEED = "/feeds/posts/default"
FEED_TYPE = "application/atom+xml"
_FULL, _SUMMARY = "/feeds/posts/default", "/feeds/posts/summary"
_PAGING = ("start-index", "max-results", "published-max", "published-min", "updated-max", "updated-min")


def answer(world: Any, asked: Asked) -> Answer | None:
    """The feeds and the sitemaps."""
    if asked.path in {_FULL, _SUMMARY}:
        is_paging = any(asked.get(name) is not None for name in _PAGING)
        status = world.enters("posts-feed" if is_paging else "feed")
        return refused(status) if status else _feed(world, asked, "listing" if is_paging else "feed")
    if asked.path != "/sitemap.xml":
        return sitemap_files.extra(world, asked.path)
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    if asked.get("page") is not None:
        return sitemap_files.numbered(world, asked.number("page", 1))
    return sitemap_files.index(
        world, [f"/sitemap.xml?page={number + 1}" for number in range(sitemap_files.count(world))]
    )


def home_headers(world: Any) -> dict[str, str]:
    """None: what runs here is said in the page."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml"]


def _feed(world: Any, asked: Asked, kind: str) -> Answer:
    posts = _selected(world, asked)
    start, wanted = max(1, asked.number("start-index", 1)), asked.number("max-results", 25)
    cut = world.cut("posts-feed", posts, start - 1, max(1, wanted))
    url = world.link(asked.raw_path)
    site = world.posts[0].site

    def document() -> Answer:
        extra = (
            f"<openSearch:totalResults>{cut.total}</openSearch:totalResults>\n"
            f"<openSearch:startIndex>{cut.offset + 1}</openSearch:startIndex>\n"
            f"<openSearch:itemsPerPage>{min(wanted, world.size('posts-feed'))}</openSearch:itemsPerPage>\n"
        )
        links = {"next": _next(world, cut.next_offset, wanted)} if cut.next_offset is not None else {}
        links["http://schemas.google.com/g/2005#feed"] = world.link(_FULL)
        found = FeedPage(site=site, url=url, posts=cut.posts, links=links)
        return text_answer(atom(found, extra if world.spec.has_totals else ""), FEED_TYPE, kind)

    return past_end(cut, document, document) if cut.is_past_end else document()


def _next(world: Any, offset: int, wanted: int) -> str:
    """Blogger's own host, whatever the blog's: an origin that no walk should go to."""
    return f"{world.elsewhere.url}/feeds/7340051/posts/default?start-index={offset + 1}&max-results={wanted}"


def _selected(world: Any, asked: Asked) -> list[Post]:
    posts = list(world.posts)
    if world.personality("posts-feed") == "ignores-param":
        return posts
    least, most = _moment(asked.get("published-min")), _moment(asked.get("published-max"))
    posts = [one for one in posts if most is None or one.published_at < most]
    posts = [one for one in posts if least is None or one.published_at >= least]
    if asked.get("orderby", "published") == "updated":
        posts.sort(key=lambda one: one.changed_at, reverse=True)
    return posts


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
