"""What a perfect walk of a fake site's listing asks, and what it finds.

Perfect: it asks for the largest pages, goes by key where there is one and else overlaps nothing, and stops at the
first sign of the end: a total that is reached, a page without a next one, a page past the end, a page seen before.
"""

from typing import Any

from .personalities import BY_LINK, Personality
from .posts import Post

_TOLD = frozenset({"rest", "posts-feed", "read-json"})
"""Surfaces that state how many posts there are."""

_NAMES_PAST_END = frozenset(
    {Personality.REPEATS_LAST, Personality.LOOP, Personality.END_404, Personality.END_400, Personality.END_EMPTY}
)


def found(world: Any, surface: str) -> list[Post]:
    """The posts of the opening that the listing gives to a perfect walk."""
    posts = list(world.opening)
    if world.personality(surface) in {Personality.IGNORES_PARAM, Personality.CROSS_ORIGIN}:
        posts = posts[: first_page(world, surface)]
    elif surface in {"sitemap", "index-xml"}:
        posts = posts[: world.size(surface)] if surface == "index-xml" else posts
    return [post for post in posts if not post.is_unreadable]


def first_page(world: Any, surface: str) -> int:
    """How many posts the first page holds."""
    return _newest_month(world) if surface == "archive" else world.size(surface)


def requests(world: Any, surface: str) -> int:
    """How many listing requests the perfect walk takes."""
    if surface == "index-xml":
        return 1
    if surface == "sitemap":
        return _files(world)
    kind = world.personality(surface)
    if kind is Personality.CROSS_ORIGIN:
        return 1
    if kind is Personality.IGNORES_PARAM:
        return 2
    pages = _months(world) if surface == "archive" else _pages(world, surface)
    return pages + _end(world, surface)


def _pages(world: Any, surface: str) -> int:
    """Pages until all posts were there; a keyset repeats its last second, and so at least one post a page."""
    size, total = world.size(surface), len(world.opening)
    if surface == "rest":
        return 1 + max(0, -(-(total - size) // (size - 1)))
    pages = 1
    while pages * size < total:
        total += world.personality(surface) is Personality.DRIFT
        pages += 1
    return pages


def _end(world: Any, surface: str) -> int:
    """Requests that only show that this was all."""
    kind = world.personality(surface)
    if kind is Personality.CALENDAR:
        return 2  # two pages without anything new (rule B4)
    if surface == "archive" and kind is Personality.LOOP:
        return 0  # the next document is known by its address
    if surface in BY_LINK:
        return int(kind in _NAMES_PAST_END)
    return int(not (surface in _TOLD and world.spec.has_totals))


def _newest_month(world: Any) -> int:
    newest = f"{world.opening[0].published_at:%Y-%m}"
    return max(world.size("archive"), sum(f"{one.published_at:%Y-%m}" == newest for one in world.opening))


def _months(world: Any) -> int:
    from .platforms import rfc5005

    return 1 + len(rfc5005.months(world))


def _files(world: Any) -> int:
    """Every sitemap once, beginning with those that robots.txt names, and what the personality adds."""
    from .platforms import sitemap_files

    files = sitemap_files.count(world)
    kind = world.personality("sitemap")
    added = int(kind in {Personality.BOMB, Personality.LOOP})
    match world.spec.platform:
        case "wordpress":
            return 1 + files + 2 + added
        case "ghost":
            return 1 + files + 3 + added
        case "substack":
            return 2 + len({one.published_at.year for one in world.opening}) + added
        case "static":
            return 1 + 2 * added
        case "sitemaps":
            return 2 + files + int(files > 1) + added
        case _:
            return 1 + files + added
