"""WordPress: its REST API, its feeds by ``paged``, and core's sitemaps.

``before`` and ``after`` leave their bound out; past the last page the API answers 400, a feed 404.
"""

import json
import re
from datetime import timedelta

from flows.sample.articles import Article
from flows.sample.listings.listed import (
    Listed,
    Part,
    Question,
    feed_part,
    missing,
    sitemap,
    sitemap_index,
    sitemap_of_pages,
)
from flows.sample.past import Past
from flows.sample.platforms.registry import feed_content

SITEMAPS = ("/wp-sitemap.xml",)
A_FEED_PAGE = 10
MOST = 100
_ROUTE = "/wp/v2/posts"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?")
_NO_DATE = "2000-01-01T00:00:00"


def answer(past: Past, question: Question) -> Listed | None:
    """The API with and without pretty addresses, older pages of feeds, sitemaps."""
    if question.path == "/" and "rest_route" in question.parameters:
        return _rest(past, question, question.parameters["rest_route"])
    if question.path.startswith("/wp-json"):
        return _rest(past, question, question.path.removeprefix("/wp-json"))
    if question.number("paged", 1) > 1:
        return _feed_page(past, question)
    return _sitemap(past, question.path)


def answer_without_rest(past: Past, question: Question) -> Listed | None:
    """The same where the owner keeps the API to those who are logged in."""
    if question.path.startswith("/wp-json") or "rest_route" in question.parameters:
        return _error(past, 401, "rest_not_logged_in", "You are not currently logged in.")
    return answer(past, question)


def _rest(past: Past, question: Question, route: str) -> Listed:
    if route.rstrip("/") == "":
        index = {"name": past.site.title, "home": past.url("/"), "namespaces": ["wp/v2"], "routes": {_ROUTE: {}}}
        return _json(past, index)
    if route.rstrip("/") != _ROUTE:
        return _error(past, 404, "rest_no_route", "No route was found matching the URL and request method.")
    if wrong := _wrong(question):
        return _error(past, 400, "rest_invalid_param", f"Invalid parameter(s): {wrong}")
    return _posts(past, question)


def _wrong(question: Question) -> str | None:
    """The first parameter that is out of its range."""
    if not 1 <= question.number("per_page", 10 if "per_page" not in question.parameters else 0) <= MOST:
        return "per_page"
    if question.number("page", 1 if "page" not in question.parameters else 0) < 1:
        return "page"
    dates = (name for name in ("before", "after") if not _DATE.fullmatch(question.parameters.get(name, _NO_DATE)))
    return next(dates, None)


def _posts(past: Past, question: Question) -> Listed:
    before, after = question.moment("before"), question.moment("after")
    found = [one for one in past.articles if before is None or one.published_at < before]
    found = [one for one in found if after is None or one.published_at > after]
    if question.parameters.get("order") == "asc":
        found.reverse()
    size, page = question.number("per_page", 10), question.number("page", 1)
    pages = -(-len(found) // size)
    if page > pages and found:
        message = "The page number requested is larger than the number of pages available."
        return _error(past, 400, "rest_post_invalid_page_number", message)
    rows = [_row(past, one, question) for one in found[(page - 1) * size : page * size]]
    return _json(past, rows, headers={"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)})


def _row(past: Past, article: Article, question: Question) -> dict[str, object]:
    is_walled = article.story.kind == "consent"
    row = {
        "id": article.number,
        "date": f"{article.published_at:%Y-%m-%dT%H:%M:%S}",
        "date_gmt": f"{article.published_at:%Y-%m-%dT%H:%M:%S}",
        "guid": {"rendered": past.url(f"/?p={article.number}")},
        "modified": f"{article.changed_at:%Y-%m-%dT%H:%M:%S}",
        "modified_gmt": f"{article.changed_at:%Y-%m-%dT%H:%M:%S}",
        "slug": article.story.slug,
        "status": "publish",
        "type": "post",
        "link": article.url(past.port),
        "title": {"rendered": article.story.title},
        "content": {"rendered": "" if is_walled else feed_content(article), "protected": is_walled},
        "excerpt": {"rendered": f"<p>{article.summary}</p>", "protected": False},
    }
    named = {name.partition(".")[0] for name in question.parameters.get("_fields", "").split(",") if name}
    return {name: value for name, value in row.items() if not named or name in named}


def _feed_page(past: Past, question: Question) -> Listed | None:
    """Page 1 is the feed itself; the further ones begin where it ends, so that none of them overlaps it."""
    feed = next((one for one in past.site.feeds if one.path == question.path and one.is_document), None)
    if feed is None:
        return None
    number = question.number("paged", 1)
    rows = past.older(feed)[(number - 2) * A_FEED_PAGE : (number - 1) * A_FEED_PAGE]
    return (
        feed_part(past, Part(feed=feed, articles=rows, path=f"{feed.path}?paged={number}")) if rows else missing(past)
    )


def _sitemap(past: Past, path: str) -> Listed | None:
    match path:
        case "/wp-sitemap.xml":
            return sitemap_index(past, [f"/wp-sitemap-{kind}-1.xml" for kind in ("posts-post", "posts-page", "users")])
        case "/wp-sitemap-posts-post-1.xml":
            return sitemap(past, past.articles)
        case "/wp-sitemap-posts-page-1.xml" | "/wp-sitemap-users-1.xml":
            return sitemap_of_pages(past, ["/a-propos/" if "page" in path else "/author/staff/"])
        case _:
            return None


def _json(past: Past, data: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Listed:
    newest = next((one.changed_at for one in past.articles), past.now)
    changed_at = max(newest, past.newsroom.started_at - timedelta(days=1))
    text = json.dumps(data, ensure_ascii=False)
    return Listed(text=text, media_type="application/json", changed_at=changed_at, status=status, headers=headers or {})


def _error(past: Past, status: int, code: str, message: str) -> Listed:
    return _json(past, {"code": code, "message": message, "data": {"status": status}}, status=status)
