"""Tumblr's first API, which needs no key: ``/api/read/json`` answers JavaScript that assigns one object.

Where it is closed, the pages of the feed: ``/page/2/rss``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ingest.backfill.answers import (
    address_at,
    count_at,
    feed_ask,
    id_at,
    is_refused,
    json_ask,
    json_in,
    misread,
    moment,
    moments,
    objects_in,
    refuse,
    text_at,
    title_at,
)
from ingest.backfill.overlap import edges, next_start
from ingest.backfill.paged_feed import read_page
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.dates import DateReader
from ingest.model import Entry

PAGE_SIZE = 50  # the most it gives

_TITLES = ("regular-title", "link-text", "conversation-title", "quote-source", "id3-title")
_TEXTS = (
    *("regular-body", "photo-caption", "link-description", "quote-text", "video-caption", "audio-caption"),
    *("conversation-text", "answer"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    home: str
    start: int = 0
    before: tuple[str, ...] = ()  # the edges of the page before
    page: int = 0  # of the feed, from 1; 0: the API is read


class Tumblr:
    """The blog's posts, newest first, by offset."""

    name = "tumblr"
    summary = "All posts of a Tumblr blog, with their text."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Nearly certain where the blog is Tumblr's."""
        return 0.95 if "tumblr" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The newest posts."""
        return _cursor(_Position(home=target.home_url))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page of posts; the end is the number of posts that it states, or an empty page."""
        position = unpack(_Position, cursor.state)
        is_first = position.start == 0
        if position.page:
            ahead = replace(position, page=position.page + 1)
            return read_page(reply, _feed(ahead), feed_url=f"{position.home}rss", is_first=position.page == 1)
        value = None if is_refused(reply) else json_in(_object_in(reply.body))
        if isinstance(value, dict) and isinstance(value.get("posts"), list):
            return _read(position, value)
        if is_first:
            return Listing(next=_feed(replace(position, page=1)))
        if is_refused(reply):
            return refuse(reply, is_first=False)
        return misread(reply, wanted="list of posts", is_first=False)


def _feed(position: _Position) -> Cursor:
    """A page of the feed, 20 posts each, for blogs whose API is closed."""
    page = f"page/{position.page}/" if position.page > 1 else ""
    return Cursor(feed_ask(f"{position.home}{page}rss"), pack(position))


def _read(position: _Position, value: Mapping[str, Any]) -> Listing:
    reader, posts = moments(), objects_in(value.get("posts"))
    refs = tuple(ref for post in posts if (ref := _ref(post, position.home, reader)) is not None)
    total = count_at(value, "posts-total")
    names = [id_at(post, "id") for post in posts]
    listing = Listing(refs=refs, total_hint=total if position.start == 0 else None)
    start = next_start(names, position.start, position.before, total)
    if start is None:
        return replace(listing, end=End.COMPLETE)
    return replace(listing, next=_cursor(replace(position, start=start, before=edges(names))))


def _cursor(position: _Position) -> Cursor:
    return Cursor(json_ask(f"{position.home}api/read/json?start={position.start}&num={PAGE_SIZE}"), pack(position))


def _object_in(body: bytes) -> bytes:
    """What stands between the first brace and the last: ``var tumblr_api_read = {...};``."""
    return body[body.find(b"{") : body.rfind(b"}") + 1]


def _ref(post: Mapping[str, Any], home: str, reader: DateReader) -> Ref | None:
    url = address_at(post, "url-with-slug", home) or address_at(post, "url", home)
    if url is None:
        return None
    published = _from_seconds(count_at(post, "unix-timestamp")) or moment(reader, post.get("date-gmt"))
    tags = post.get("tags")
    entry = Entry(
        id=id_at(post, "id"),
        url=url,
        title=next(filter(None, (title_at(post, name, is_html=True) for name in _TITLES)), None),
        published_at=published,
        content=next(filter(None, (text_at(post, name) for name in _TEXTS)), None),
        tags=tuple(tag for tag in tags[:100] if isinstance(tag, str) and tag) if isinstance(tags, list) else (),
    )
    return Ref(url=url, entry=entry, published_at=published)


def _from_seconds(seconds: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
