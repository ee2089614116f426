"""WordPress: its REST API, its feeds by ``paged``, and the sitemaps that core writes since 5.5.

Semantics from the posts controller of WordPress (wp-includes/rest-api) and the REST API handbook: ``before`` and
``after`` compare the site's local date and exclude their bound; past the end is 400 where the total is above 0.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from backfill_world.feeds import FeedPage, guid, rss
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from . import sitemap_files
from .ends import json_answer, past_end, refused

SURFACES = {"rest": 100, "paged-feed": 10, "sitemap": 2000}
FEED = "/feed/"
FEED_TYPE = "application/rss+xml"
GENERATOR = "https://wordpress.org/?v=6.6.2"

_ROUTE = "/wp/v2/posts"
_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::\d\d)?)?")
_ORDERS = ("author", "date", "id", "include", "modified", "parent", "relevance", "slug", "include_slugs", "title")
_CODES = {401: "rest_not_logged_in", 403: "rest_forbidden", 404: "rest_no_route"}


def answer(world: Any, asked: Asked) -> Answer | None:
    """The REST API, the feeds, the sitemaps."""
    route = asked.get("rest_route")
    if asked.path in {"/", "/index.php"} and route is not None:
        return _rest(world, asked, route)
    if asked.path.startswith("/wp-json"):
        status = world.enters("wp-json")
        return refused(status) if status else _rest(world, asked, asked.path.removeprefix("/wp-json"))
    if asked.path.rstrip("/") == "/feed" or (asked.path == "/" and asked.get("feed") == "rss2"):
        return _feed(world, asked)
    return _sitemap(world, asked)


def home_headers(world: Any) -> dict[str, str]:
    """The discovery of the API."""
    return {"Link": f'<{world.link("/wp-json/")}>; rel="https://api.w.org/"'} if world.closed("rest") is None else {}


def sitemaps(world: Any) -> list[str]:
    """What robots.txt names."""
    return ["/wp-sitemap.xml"]


# --- REST


def _rest(world: Any, asked: Asked, route: str) -> Answer:
    if status := world.enters("rest"):
        return _error(status, _CODES.get(status, "rest_forbidden"), "Sorry, you are not allowed to do that.")
    if route.rstrip("/") == "":
        return json_answer({"name": "The Slipway Notes", "namespaces": ["wp/v2"], "routes": {_ROUTE: {}}})
    if route.rstrip("/") != _ROUTE:
        return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
    if wrong := _wrong(asked):
        return _invalid(wrong)
    return _posts(world, asked)


def _error(status: int, code: str, message: str, **more: object) -> Answer:
    return json_answer({"code": code, "message": message, "data": {"status": status, **more}}, status)


def _invalid(wrong: Mapping[str, str]) -> Answer:
    message = f"Invalid parameter(s): {', '.join(wrong)}"
    details = {name: {"code": "rest_invalid_param", "message": text, "data": None} for name, text in wrong.items()}
    return _error(400, "rest_invalid_param", message, params=dict(wrong), details=details)


def _wrong(asked: Asked) -> dict[str, str]:
    """What is no valid parameter, and why."""
    wrong = {}
    per_page, page = asked.get("per_page", "10"), asked.get("page", "1")
    if not (per_page.isdigit() and 1 <= int(per_page) <= 100):
        wrong["per_page"] = "per_page must be between 1 (inclusive) and 100 (inclusive)"
    if not (page.isdigit() and int(page) >= 1):
        wrong["page"] = "page must be greater than or equal to 1"
    for name in ("before", "after"):
        if (text := asked.get(name)) is not None and not _DATE.fullmatch(text):
            wrong[name] = "Invalid date."
    if asked.get("order", "desc") not in {"asc", "desc"}:
        wrong["order"] = "order is not one of asc and desc."
    if asked.get("orderby", "date") not in _ORDERS:
        wrong["orderby"] = f"orderby is not one of {', '.join(_ORDERS)}."
    return wrong


def _posts(world: Any, asked: Asked) -> Answer:
    posts = _selected(world, asked)
    per_page, page = asked.number("per_page", 10), asked.number("page", 1)
    offset = asked.number("offset", (page - 1) * per_page)
    cut = world.cut("rest", posts, offset, per_page)
    size = min(per_page, world.size("rest"))
    pages = -(-cut.total // size)
    totals = {"X-WP-Total": str(cut.total), "X-WP-TotalPages": str(pages)} if world.spec.has_totals else {}
    if cut.is_past_end:
        message = "The page number requested is larger than the number of pages available."
        return past_end(
            cut,
            lambda: json_answer([], **totals),
            lambda: _error(400, "rest_post_invalid_page_number", message),
        )
    links = _links(world, asked, page, pages)
    rows = [_shown(_item(world, post), asked) for post in cut.posts if not post.is_unreadable]
    return json_answer(rows, **totals, **links)


def _selected(world: Any, asked: Asked) -> list[Post]:
    """The posts within ``after`` and ``before``, both excluded, in the order that is asked for."""
    posts = list(world.posts)
    if world.personality("rest") != "ignores-param":
        before, after = (_moment(world, asked.get(name)) for name in ("before", "after"))
        posts = [one for one in posts if before is None or one.published_at < before]
        posts = [one for one in posts if after is None or one.published_at > after]
    if asked.get("orderby") == "id":
        posts.sort(key=lambda one: -one.number)
    elif asked.get("orderby") == "modified":
        posts.sort(key=lambda one: one.changed_at, reverse=True)
    return posts[::-1] if asked.get("order") == "asc" else posts


def _moment(world: Any, text: str | None) -> datetime | None:
    """A date of the query; one without a zone is the site's own time."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
    zone = timezone(timedelta(hours=world.spec.offset_hours))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).replace(microsecond=0)


def _links(world: Any, asked: Asked, page: int, pages: int) -> dict[str, str]:
    kept = "&".join(f"{name}={text}" for name, text in asked.query if name not in {"page", "rest_route"})
    base = world.link("/wp-json" + _ROUTE) + "?" + (f"{kept}&" if kept else "")
    found = [f'<{base}page={page - 1}>; rel="prev"'] if page > 1 else []
    if page < pages:
        found.append(f'<{base}page={page + 1}>; rel="next"')
    return {"Link": ", ".join(found)} if found else {}


def _item(world: Any, post: Post) -> dict[str, object]:
    zone = timezone(timedelta(hours=world.spec.offset_hours))
    local = f"{post.published_at.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
    changed = post.changed_at
    return {
        "id": post.number,
        "date": local,
        "date_gmt": f"{post.published_at:%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": guid(post)},
        "modified": f"{changed.astimezone(zone):%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}",
        "slug": post.story.slug,
        "status": "publish",
        "type": "post",
        "link": post.link,
        "title": {"rendered": post.title},
        "content": {"rendered": "" if post.is_preview else post.html, "protected": post.is_preview},
        "excerpt": {"rendered": f"<p>{post.summary}</p>\n", "protected": post.is_preview},
        "author": 1,
        "sticky": False,
        "format": "standard",
    }


def _shown(item: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """The fields that ``_fields`` names, one level deep where it has a dot."""
    named = [name.strip() for name in (asked.get("_fields") or "").split(",") if name.strip()]
    if not named:
        return item
    found: dict[str, Any] = {}
    for name in named:
        first, _, second = name.partition(".")
        if first in item and not second:
            found[first] = item[first]
        elif first in item and isinstance(item[first], dict) and second in item[first]:
            found.setdefault(first, {})[second] = item[first][second]
    return found


# --- feeds and sitemaps


def _feed(world: Any, asked: Asked) -> Answer:
    page = max(1, asked.number("paged", 1))
    if status := world.enters("feed" if page == 1 else "paged-feed"):
        return refused(status)
    posts = [one for one in world.posts if not one.is_unreadable]
    cut = world.cut("paged-feed", posts, (page - 1) * world.size("paged-feed"))
    kind = "feed" if page == 1 else "listing"

    def document() -> Answer:
        found = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=cut.posts, generator=GENERATOR)
        return text_answer(rss(found), FEED_TYPE, kind)

    return past_end(cut, document, lambda: refused(404)) if cut.is_past_end else document()


def _sitemap(world: Any, asked: Asked) -> Answer | None:
    if asked.path not in {"/wp-sitemap.xml", "/sitemap.xml"} and not asked.path.startswith("/wp-sitemap-"):
        return sitemap_files.extra(world, asked.path)
    if status := world.enters("sitemap"):
        return sitemap_files.refused(status)
    if asked.path in {"/wp-sitemap.xml", "/sitemap.xml"}:  # core redirects /sitemap.xml; the answer is the same
        names = [f"/wp-sitemap-posts-post-{number}.xml" for number in range(1, _files(world) + 1)]
        return sitemap_files.index(world, [*names, "/wp-sitemap-posts-page-1.xml", "/wp-sitemap-users-1.xml"])
    if found := re.fullmatch(r"/wp-sitemap-posts-post-(\d+)\.xml", asked.path):
        return sitemap_files.numbered(world, int(found[1]))
    pages = {"/wp-sitemap-posts-page-1.xml": "/about/", "/wp-sitemap-users-1.xml": "/author/staff/"}
    return sitemap_files.plain(world, [pages[asked.path]]) if asked.path in pages else sitemap_files.refused(404)


def _files(world: Any) -> int:
    return sitemap_files.count(world)
