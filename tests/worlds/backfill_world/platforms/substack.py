"""Substack: the undocumented archive API, the feed of 20, sitemaps by year.

As its clients in public repositories use it: ``limit`` at most 50 (51 is refused), ``[]`` at the end, bodies at
``/api/v1/posts/{slug}``, posts for paying readers only as a preview, and pages that are shorter than asked for.
"""

import re
from typing import Any

from backfill_world.feeds import FeedPage, rss
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import json_answer, past_end, refused

SURFACES = {"archive-api": 50, "sitemap": 50_000}
FEED = "/feed"
FEED_TYPE = "application/rss+xml"
_MOST = 50


def answer(world: Any, asked: Asked) -> Answer | None:
    """The API, the feed, the sitemaps."""
    if asked.path == "/api/v1/archive":
        status = world.enters("archive-api")
        return refused(status) if status else _archive(world, asked)
    if asked.path.startswith("/api/v1/posts/"):
        return _post(world, asked.path.removeprefix("/api/v1/posts/"))
    if asked.path == FEED:
        status = world.enters("feed")
        return refused(status) if status else _feed(world)
    return _sitemap(world, asked.path)


def home_headers(world: Any) -> dict[str, str]:
    """What Substack's servers say of themselves."""
    return {"X-Cluster": "substack", "X-Served-By": "Substack"}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml", "/news_sitemap.xml"]


def _archive(world: Any, asked: Asked) -> Answer:
    limit, offset = asked.get("limit", "12") or "", asked.get("offset", "0") or ""
    if not (limit.isdigit() and 1 <= int(limit) <= _MOST):
        return _invalid("limit")
    if not offset.isdigit():
        return _invalid("offset")
    posts = list(world.posts)
    if asked.get("sort", "new") not in {"new", "top", "community"}:
        return _invalid("sort")
    cut = world.cut("archive-api", posts, int(offset), int(limit))

    def empty() -> Answer:
        return json_answer([])

    if cut.is_past_end:
        return past_end(cut, empty, empty)
    return json_answer([_row(one) for one in cut.posts if not one.is_unreadable])


def _invalid(name: str) -> Answer:
    return json_answer({"errors": [{"location": "query", "param": name, "msg": "Invalid value"}]}, 400)


def _row(post: Post) -> dict[str, object]:
    return {
        "id": 150_000_000 + post.number,
        "title": post.title,
        "slug": post.story.slug,
        "post_date": f"{post.published_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "audience": "only_paid" if post.is_preview else "everyone",
        "canonical_url": post.link,
        "type": "newsletter",
        "subtitle": post.summary,
        "truncated_body_text": post.summary,
        "wordcount": len(" ".join(post.story.blocks).split()),
        "publishedBylines": [{"name": name} for name in post.story.authors],
        "postTags": [{"name": tag} for tag in post.story.tags],
    }


def _post(world: Any, slug: str) -> Answer:
    post = next((one for one in world.posts if one.story.slug == slug), None)
    if post is None or post.link in world.gone or post.is_unreadable:
        return json_answer({"error": "Not found"}, 404)
    return json_answer(_row(post) | {"body_html": post.html})


def _feed(world: Any) -> Answer:
    rows = [one for one in world.posts if not one.is_unreadable][:20]
    page = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=rows, generator="Substack")
    return text_answer(rss(page), FEED_TYPE, "feed")


def _sitemap(world: Any, path: str) -> Answer | None:
    if path not in {"/sitemap.xml", "/news_sitemap.xml"} and not path.startswith("/sitemap/"):
        return sitemap_files.extra(world, path)
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    if path == "/news_sitemap.xml":
        return sitemap_files.news(world, world.posts)
    if path == "/sitemap.xml":
        return sitemap_files.index(world, [f"/sitemap/{year}" for year in _years(world)])
    found = re.fullmatch(r"/sitemap/(\d{4})", path)
    rows = [one for one in world.posts if found and one.published_at.year == int(found[1]) and not one.is_unreadable]
    return sitemap_files.urls(world, rows) if rows else sitemap_files.refused(404)


def _years(world: Any) -> list[int]:
    return sorted({one.published_at.year for one in world.posts}, reverse=True)
