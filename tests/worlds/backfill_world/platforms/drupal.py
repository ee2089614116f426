"""Drupal: a view's feed that pages from 0, core's feed that never pages, and JSON:API."""

from typing import Any

from backfill_world.feeds import FeedPage, guid, rss
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import json_answer, past_end, refused

SURFACES = {"views-feed": 10, "jsonapi": 50, "sitemap": 2000}
FEED = "/news/rss.xml"
FEED_TYPE = "application/rss+xml"
CORE_FEED = "/rss.xml"
_API = "/jsonapi/node/article"


def answer(world: Any, asked: Asked) -> Answer | None:
    """The feeds, the API, the sitemap."""
    if asked.path == CORE_FEED:
        return _document(world, world.posts[:10], CORE_FEED, "feed")
    if asked.path == FEED:
        return _view(world, max(0, asked.number("page", 0)))
    if asked.path == _API:
        status = world.enters("jsonapi")
        return refused(status) if status else _api(world, asked)
    if not asked.path.startswith("/sitemap"):
        return None
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    return _sitemap(world, asked)


def home_headers(world: Any) -> dict[str, str]:
    """What Drupal says of itself."""
    return {"X-Generator": "Drupal 10 (https://www.drupal.org)", "X-Drupal-Cache": "HIT"}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/sitemap.xml"]


def _view(world: Any, number: int) -> Answer:
    if status := world.enters("feed" if number == 0 else "views-feed"):
        return refused(status)
    cut = world.page("views-feed", number * world.size("views-feed"))
    kind = "feed" if number == 0 else "listing"

    def document() -> Answer:
        return _document(world, cut.posts, FEED, kind)

    return past_end(cut, document, document) if cut.is_past_end else document()


def _document(world: Any, posts: Any, path: str, kind: str) -> Answer:
    page = FeedPage(site=world.posts[0].site, url=world.link(path), posts=posts)
    return text_answer(rss(page), FEED_TYPE, kind)


def _api(world: Any, asked: Asked) -> Answer:
    """Pages of at most 50; ``links.next`` names the page that follows (JSON:API 1.0, Drupal's page[offset])."""
    offset, limit = max(0, asked.number("page[offset]", 0)), max(1, asked.number("page[limit]", 50))
    cut = world.page("jsonapi", offset, limit)
    links = {"self": {"href": world.link(asked.raw_path)}}
    if cut.next_offset is not None:
        path = f"{_API}?sort=-created&page%5Boffset%5D={cut.next_offset}&page%5Blimit%5D={limit}"
        links["next"] = {"href": world.next_url("jsonapi", path)}

    def document() -> Answer:
        rows = list(map(_row, cut.posts))
        answer = json_answer({"jsonapi": {"version": "1.0"}, "data": rows, "links": links})
        return Answer(body=answer.body, headers={"Content-Type": "application/vnd.api+json"}, kind="listing")

    return past_end(cut, document, document) if cut.is_past_end else document()


def _row(post: Post) -> dict[str, object]:
    return {
        "type": "node--article",
        "id": f"00000000-0000-4000-8000-{post.number:012d}",
        "attributes": {
            "drupal_internal__nid": post.number,
            "title": post.title,
            "created": post.published_at.isoformat(),
            "changed": post.changed_at.isoformat(),
            "path": {"alias": None, "pid": None, "langcode": "en"},
            "body": {"value": post.html, "format": "basic_html", "processed": post.html, "summary": post.summary},
        },
        "links": {"self": {"href": f"{post.site.url(_API, 0)}/{guid(post)}"}},
    }


def _sitemap(world: Any, asked: Asked) -> Answer | None:
    if asked.path != "/sitemap.xml":
        return sitemap_files.extra(world, asked.path)
    if asked.get("page") is not None:
        return sitemap_files.numbered(world, asked.number("page", 1))
    paths = [f"/sitemap.xml?page={number + 1}" for number in range(sitemap_files.count(world))]
    return sitemap_files.index(world, paths)
