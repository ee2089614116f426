"""Tumblr: version 1 of its API, which answers JavaScript, and ``/page/N/rss``."""

import json
import re
from email.utils import format_datetime
from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import past_end, refused

SURFACES = {"read-json": 50, "rss-pages": 20, "sitemap": 1000}
FEED = "/rss"
FEED_TYPE = "application/rss+xml"
_RSS = re.compile(r"(?:/page/(\d+))?/rss")


def answer(world: Any, asked: Asked) -> Answer | None:
    """The API, the feeds, the sitemaps."""
    if asked.path.rstrip("/") == "/api/read/json":
        status = world.enters("read-json")
        return refused(status) if status else _read(world, asked)
    if found := _RSS.fullmatch(asked.path):
        return _feed(world, int(found[1] or 1))
    if not asked.path.startswith("/sitemap"):
        return None
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    if asked.path == "/sitemap.xml":
        return sitemap_files.index(world, [f"/sitemap{number + 1}.xml" for number in range(sitemap_files.count(world))])
    found = re.fullmatch(r"/sitemap(\d+)\.xml", asked.path)
    return sitemap_files.numbered(world, int(found[1])) if found else sitemap_files.extra(world, asked.path)


def home_headers(world: Any) -> dict[str, str]:
    """What Tumblr's servers say of themselves."""
    return {"X-Tumblr-User": "slipway", "Link": f"<{world.link('/icon.png')}>; rel=icon"}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml"]


def _read(world: Any, asked: Asked) -> Answer:
    start, wanted = max(0, asked.number("start", 0)), max(1, asked.number("num", 20))
    cut = world.page("read-json", start, wanted)

    def document() -> Answer:
        fields = {
            "tumblelog": {"title": "The Slipway Notes", "name": "slipway", "timezone": "UTC", "cname": False},
            "posts-start": cut.offset,
            "posts-total": str(cut.total) if world.spec.seed % 2 else cut.total,
            "posts-type": False,
            "posts": list(map(_row, cut.posts)),
        }
        if not world.spec.has_totals:
            del fields["posts-total"]
        text = f"var tumblr_api_read = {json.dumps(fields)};\n"
        return text_answer(text, "text/javascript", "listing")

    return past_end(cut, document, document) if cut.is_past_end else document()


def _row(post: Post) -> dict[str, object]:
    return {
        "id": str(post.number),
        "url": post.link.rpartition("/")[0],
        "url-with-slug": post.link,
        "type": "regular",
        "date-gmt": f"{post.published_at:%Y-%m-%d %H:%M:%S} GMT",
        "date": format_datetime(post.published_at),
        "unix-timestamp": int(post.published_at.timestamp()),
        "slug": post.story.slug,
        "regular-title": post.title,
        "regular-body": post.html,
        "tags": list(post.story.tags),
    }


def _feed(world: Any, number: int) -> Answer:
    if status := world.enters("feed" if number == 1 else "rss-pages"):
        return refused(status)
    cut = world.page("rss-pages", (number - 1) * world.size("rss-pages"))

    def document() -> Answer:
        page = FeedPage(
            site=world.posts[0].site, url=world.link(FEED), posts=cut.posts, generator="Tumblr (3.0; @slipway)"
        )
        return text_answer(rss(page), FEED_TYPE, "feed" if number == 1 else "listing")

    return past_end(cut, document, document) if cut.is_past_end else document()
