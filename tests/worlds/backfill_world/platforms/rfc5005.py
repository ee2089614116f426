"""A feed with its archive (RFC 5005 section 4): one document a month, each naming the one before."""

import re
from datetime import date
from typing import Any

from backfill_world.feeds import FeedPage, atom
from backfill_world.posts import Post
from backfill_world.server import Answer, Asked, text_answer

from .ends import refused

SURFACES = {"archive": 15}
FEED = "/feed.xml"
FEED_TYPE = "application/atom+xml"
_MONTH = re.compile(r"/archive/(\d{4})-(\d\d)\.xml")
_PAST_END = "/archive/before-the-beginning.xml"


def answer(world: Any, asked: Asked) -> Answer | None:
    """The subscription document and the months."""
    if asked.path == FEED:
        status = world.enters("feed")
        return refused(status) if status else _subscription(world)
    if status := asked.path.startswith("/archive/") and world.enters("archive"):
        return refused(status)
    if asked.path == _PAST_END:
        return _past_end(world)
    found = _MONTH.fullmatch(asked.path)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return _month(world, date(int(found[1]), int(found[2]), 1))


def home_headers(world: Any) -> dict[str, str]:
    """None."""
    return {}


def sitemaps(world: Any) -> list[str]:
    """None."""
    return []


def months(world: Any) -> list[date]:
    """The months that have a document, newest first: all before the newest post's."""
    found = sorted({one.published_at.date().replace(day=1) for one in world.posts}, reverse=True)[1:]
    if world.personality("archive") != "calendar" or not found:
        return found
    all_months = [found[0]]
    while all_months[-1] > found[-1]:
        all_months.append(_before(all_months[-1]))
    return all_months


def _subscription(world: Any) -> Answer:
    newest = world.posts[0].published_at.date().replace(day=1)
    rows = [one for one in world.posts if one.published_at.date() >= newest]
    rows = world.posts[: max(len(rows), world.size("archive"))]
    found = months(world)
    links = {"prev-archive": world.next_url("archive", _path(found[0]))} if found else {}
    page = FeedPage(site=world.posts[0].site, url=world.link(FEED), posts=rows, links=links)
    return text_answer(atom(page), FEED_TYPE, "feed")


def _month(world: Any, month: date) -> Answer:
    found = months(world)
    is_endless = world.personality("archive") == "calendar" and month < found[-1]
    if month not in found and not is_endless:
        return refused(404)
    rows = [one for one in world.posts if one.published_at.date().replace(day=1) == month]
    links = {"current": world.link(FEED)}
    if older := _older(world, found, month):
        links["prev-archive"] = world.link(older)
    if month in found and found.index(month):
        links["next-archive"] = world.link(_path(found[found.index(month) - 1]))
    return _document(world, _path(month), rows, links)


def _older(world: Any, found: list[date], month: date) -> str | None:
    """The document before a month's; past the first month it is as the personality wants it."""
    if month not in found or month != found[-1]:
        return _path(_before(month) if month not in found else found[found.index(month) + 1])
    match world.personality("archive"):
        case "calendar":
            return _path(_before(month))
        case "loop":
            return _path(found[0])
        case "repeats-last" | "end-404" | "end-400" | "end-empty":
            return _PAST_END
        case _:
            return None


def _past_end(world: Any) -> Answer:
    oldest = months(world)[-1]
    match world.personality("archive"):
        case "repeats-last":
            rows = [one for one in world.posts if one.published_at.date().replace(day=1) == oldest]
            return _document(world, _PAST_END, rows, {"current": world.link(FEED)})
        case "end-400":
            return refused(400)
        case "end-empty":
            return _document(world, _PAST_END, [], {"current": world.link(FEED)})
        case _:
            return refused(404)


def _document(world: Any, path: str, rows: list[Post], links: dict[str, str]) -> Answer:
    note = f"Archive {path}"
    site = world.posts[0].site
    page = FeedPage(site=site, url=world.link(path), posts=rows, links=links, is_archive=True, note=note)
    return text_answer(atom(page), FEED_TYPE, "listing")


def _path(month: date) -> str:
    return f"/archive/{month:%Y-%m}.xml"


def _before(month: date) -> date:
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
