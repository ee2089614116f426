"""WordPress's REST API: posts by date, then those of the site's own kinds (developer.wordpress.org/rest-api).

The keyset is the site-local ``date``, which is what ``before`` compares and ``orderby=date`` sorts by: a value without
a zone counts as the site's time. ``date_gmt`` with a Z is only as good as the site's zone was constant.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ingest.backfill.answers import (
    address_at,
    count_in,
    id_at,
    is_refused,
    is_same_host,
    iso,
    json_ask,
    json_in,
    misread,
    moment,
    moments,
    object_at,
    objects_in,
    refuse,
    text_at,
)
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.backfill.wordpress_kinds import kinds_in
from ingest.dates import DateReader
from ingest.model import Entry
from ingest.text import plain_title

PAGE_SIZE = 100
SMALL_PAGE_SIZE = 10  # for sites that allow fewer than 100: 10 is the default of every collection
FIELDS = "id,date,date_gmt,modified_gmt,link,title,content,excerpt"

_API = "https://api.w.org/"
_DAY = timedelta(days=1)  # no zone is further from UTC
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """Where the walk stands: the collections left to read, and the page within the current one."""

    home: str
    root: str  # of the API, up to the route
    kinds: tuple[str, ...] = ("posts",)  # the current collection first
    before: str | None = None
    after: str | None = None
    until: str | None = None  # where every collection begins
    page: int = 1
    size: int = PAGE_SIZE
    has_fallen_back: bool = False
    has_kinds: bool = False  # which there are was asked
    is_asking_kinds: bool = False
    is_first: bool = True  # nothing was answered yet


class WordPress:
    """The posts collection, newest first, each page asked for by the date of the last one."""

    name = "wordpress"
    summary = "WordPress's REST API: all posts by date, with their text, and those of custom kinds."
    # Behind the posts come other kinds, some of them empty; each ends by its own signal.
    nature = Nature(is_newest_first=False, empty_pages=10)

    def probe(self, target: Target) -> float:
        """Nearly certain where the site links to its API, likely where it is WordPress."""
        if _API in target.links:
            return 0.98
        return 0.9 if "wordpress" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The newest posts of the window."""
        linked = target.links.get(_API, "")
        root = linked if is_same_host(linked, target.home_url) else f"{target.home_url}wp-json/"
        since, until = target.window.since, target.window.until
        before = iso(_shift(until, _DAY)) if until else None
        position = _Position(
            home=target.home_url,
            root=root,
            before=before,
            until=before,
            after=iso(_shift(since, -_DAY)) if since else None,
        )
        return _cursor(position)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page of posts, and the page before it in time."""
        position = unpack(_Position, cursor.state)
        if position.is_asking_kinds:
            kinds = () if is_refused(reply) else kinds_in(json_in(reply.body))
            return _next_kind(replace(position, kinds=("posts", *kinds), is_asking_kinds=False))
        value = None if is_refused(reply) else json_in(reply.body)
        if not isinstance(value, list):
            return _without_list(position, reply)
        return _read(position, reply, objects_in(value))


def _without_list(position: _Position, reply: Reply) -> Listing:
    """What it means that there are no posts: another address, another page size, the end, or none of WordPress."""
    if position.page > 1 and reply.status == 400:  # noqa: PLR2004  rest_post_invalid_page_number
        return _next_kind(position)
    if reply.status == 400 and position.size == PAGE_SIZE:  # noqa: PLR2004  rest_invalid_param
        return Listing(next=_cursor(replace(position, size=SMALL_PAGE_SIZE)))
    if position.is_first and not position.has_fallen_back:
        root = f"{position.home}?rest_route=/"
        if root != position.root:
            return Listing(next=_cursor(replace(position, root=root, has_fallen_back=True)))
    if position.has_kinds:  # a custom kind that may not be read costs only itself
        return _next_kind(position)
    if is_refused(reply):
        return refuse(reply, is_first=position.is_first)
    return misread(reply, wanted="list of posts", is_first=position.is_first)


def _read(position: _Position, reply: Reply, posts: list[dict[str, Any]]) -> Listing:
    reader = moments()
    refs = tuple(ref for post in posts if (ref := _ref(post, position.home, reader)) is not None)
    pages = count_in(reply.headers.get("x-wp-totalpages", ""))
    is_start = position.is_first and not position.has_kinds
    hint = count_in(reply.headers.get("x-wp-total", "")) if is_start else None
    # Posts that may not be read are dropped after the query: a short or empty page is no end (decision 1).
    is_last = position.page >= pages if pages is not None else not posts
    after = replace(position, is_first=False)
    ahead = _next_kind(after) if is_last else Listing(next=_cursor(_older(after, posts)))
    return replace(ahead, refs=refs, total_hint=hint)


def _older(position: _Position, posts: list[dict[str, Any]]) -> _Position:
    """The page before these: up to and with the last one's second; of posts within one second the next page."""
    dates = [date for post in posts if (date := _key(post))]
    before = _second_after(min(dates)) if dates else position.before
    if before == position.before or len(set(dates)) == 1:
        return replace(position, page=position.page + 1)
    return replace(position, before=before, page=1)


def _key(post: Mapping[str, Any]) -> str | None:
    """What the post is sorted by: its site-local date; failing that the one in UTC, marked so."""
    local = _LOCAL.match(text_at(post, "date") or "")
    if local:
        return local[0]
    utc = _LOCAL.match(text_at(post, "date_gmt") or "")
    return f"{utc[0]}Z" if utc else None


def _second_after(key: str) -> str | None:
    zone = "Z" if key.endswith("Z") else ""
    try:
        return f"{(datetime.fromisoformat(key.removesuffix('Z')) + timedelta(seconds=1)).isoformat()}{zone}"
    except (ValueError, OverflowError):
        return None


def _next_kind(position: _Position) -> Listing:
    """The end of a collection: on to the next one, or to ask which there are."""
    if not position.has_kinds:
        asking = replace(position, has_kinds=True, is_first=False, is_asking_kinds=True)
        return Listing(next=Cursor(json_ask(_route(position, "types")), pack(asking)))
    left = position.kinds[1:]
    if not left:
        return Listing(end=End.COMPLETE)
    return Listing(next=_cursor(replace(position, kinds=left, before=position.until, page=1)))


def _cursor(position: _Position) -> Cursor:
    pairs = [f"per_page={position.size}", "orderby=date", "order=desc", f"_fields={FIELDS}"]
    pairs += [f"{name}={value}" for name, value in (("before", position.before), ("after", position.after)) if value]
    pairs += [f"page={position.page}"] if position.page > 1 else []
    return Cursor(json_ask(_route(position, position.kinds[0], *pairs)), pack(position))


def _route(position: _Position, route: str, *pairs: str) -> str:
    """The address of a route, also where the root is a query (``?rest_route=/``, without pretty permalinks)."""
    root, mark, query = position.root.partition("?")
    if not mark:
        return "?".join([f"{root.rstrip('/')}/wp/v2/{route}", "&".join(pairs)]).rstrip("?")
    path = f"{query.rstrip('/')}/wp/v2/{route}"
    return f"{root}?{'&'.join([path, *pairs])}"


def _ref(post: Mapping[str, Any], home: str, reader: DateReader) -> Ref | None:
    url = address_at(post, "link", home)
    if url is None:
        return None
    published = moment(reader, post.get("date_gmt"))
    changed = moment(reader, post.get("modified_gmt"))
    content = object_at(post, "content")
    entry = Entry(
        id=id_at(post, "id"),
        url=url,
        title=plain_title(text_at(object_at(post, "title"), "rendered"), is_html=True),
        published_at=published,
        updated_at=changed,
        summary=text_at(object_at(post, "excerpt"), "rendered"),
        content=None if content.get("protected") else text_at(content, "rendered"),
    )
    return Ref(url=url, entry=entry, published_at=published, latest_at=changed)


def _shift(moment_at: datetime, by: timedelta) -> datetime:
    try:
        return moment_at + by
    except OverflowError:
        return moment_at
