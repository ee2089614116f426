"""The ways in which a listing of a real site behaves, or does not: rule B11 of the design."""

from enum import StrEnum


class Personality(StrEnum):
    """One of the fourteen. What they change is the walk of one surface; ``LIMITED`` and ``FAILS_ONCE`` the server."""

    NORMAL = "normal"
    IGNORES_PARAM = "ignores-param"  # every page is the first one: a cache or a theme drops the query
    REPEATS_LAST = "repeats-last"  # past the end stands the last page again
    CLAMPS = "clamps"  # a page holds less than what is asked for
    END_404 = "end-404"
    END_400 = "end-400"
    END_EMPTY = "end-empty"  # past the end stands a page without posts, answered 200
    CALENDAR = "calendar"  # every page names an older one, for ever; in the middle a month is empty now and then
    DRIFT = "drift"  # a post is published after every page that is read
    LIMITED = "limited"  # every third request is answered 429 with Retry-After
    FAILS_ONCE = "fails-once"  # the second page is answered 500, once
    LOOP = "loop"  # the last page leads to the first one
    CROSS_ORIGIN = "cross-origin"  # the next page is said to be on another host
    BOMB = "bomb"  # one of the site's sitemaps inflates without end


CLAMP = 20
"""How many posts a page of ``CLAMPS`` holds at most."""

BY_LINK = frozenset({"archive", "next-url", "atom-next", "jsonapi"})
"""Surfaces whose pages name the next one."""

BY_FILE = frozenset({"sitemap", "index-xml"})
"""Surfaces that are read file by file, or at once."""

FROM_FEED = frozenset({"paged-feed", "rss-pages", "views-feed", "archive", "atom-next", "next-url", "index-xml"})
"""Surfaces whose walk begins with the feed that the front page names."""

EVERYWHERE = frozenset(
    {Personality.NORMAL, Personality.LIMITED, Personality.FAILS_ONCE},
)
_ENDS = frozenset({Personality.REPEATS_LAST, Personality.END_404, Personality.END_400, Personality.END_EMPTY})
_PAGED = EVERYWHERE | _ENDS | {Personality.IGNORES_PARAM, Personality.DRIFT, Personality.LOOP}
_LINKED = EVERYWHERE | _ENDS | {Personality.CALENDAR, Personality.DRIFT, Personality.LOOP, Personality.CROSS_ORIGIN}
_SIZED = frozenset({"rest", "posts-feed", "archive-api", "read-json", "jsonapi"})
"""Surfaces that are asked for a number of posts."""


def fitting(surface: str) -> frozenset[Personality]:
    """The personalities that make sense on a surface."""
    if surface == "sitemap":
        return EVERYWHERE | {Personality.BOMB, Personality.LOOP}
    if surface == "index-xml":
        return EVERYWHERE
    found = _LINKED if surface in BY_LINK else _PAGED
    if surface == "archive":
        found -= {Personality.DRIFT}  # what was archived does not change (RFC 5005 section 4)
    return found | {Personality.CLAMPS} if surface in _SIZED else found
