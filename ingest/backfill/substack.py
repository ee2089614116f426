"""Substack's archive listing (``/api/v1/archive``): undocumented, so that anything but a list means "not here".

It names every post but carries no text; of posts for subscribers the page shows a preview only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ingest.backfill.answers import (
    address_at,
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
    web_address,
)
from ingest.backfill.overlap import edges, next_start
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.dates import DateReader
from ingest.model import Entry

PAGE_SIZE = 50  # 51 gets a 400


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    home: str
    start: int = 0
    before: tuple[str, ...] = ()  # the edges of the page before


class Substack:
    """The archive, newest first, by offset."""

    name = "substack"
    summary = "Substack's archive of a publication; posts for subscribers are marked as previews."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Nearly certain where the publication is Substack's."""
        return 0.95 if "substack" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The newest posts."""
        return _cursor(_Position(home=target.home_url))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page of posts; an empty one is the end, a short one is not."""
        position = unpack(_Position, cursor.state)
        is_first = position.start == 0
        if is_refused(reply):
            return refuse(reply, is_first=is_first)
        value = json_in(reply.body)
        if not isinstance(value, list):
            return misread(reply, wanted="list of posts", is_first=is_first)
        reader, posts = moments(), objects_in(value)
        refs = tuple(ref for post in posts if (ref := _ref(post, position.home, reader)) is not None)
        names = [id_at(post, "id") for post in posts]
        start = next_start(names, position.start, position.before, None)
        if start is None:
            return Listing(refs=refs, end=End.COMPLETE)
        return Listing(refs=refs, next=_cursor(replace(position, start=start, before=edges(names))))


def _cursor(position: _Position) -> Cursor:
    query = f"sort=new&offset={position.start}&limit={PAGE_SIZE}"
    return Cursor(json_ask(f"{position.home}api/v1/archive?{query}"), pack(position))


def _ref(post: Mapping[str, Any], home: str, reader: DateReader) -> Ref | None:
    slug = text_at(post, "slug")
    url = address_at(post, "canonical_url", home) or (web_address(home, f"p/{slug}") if slug else None)
    if url is None:
        return None
    published = moment(reader, post.get("post_date"))
    entry = Entry(
        id=id_at(post, "id"),
        url=url,
        title=title_at(post, "title", is_html=False),
        authors=tuple(_names(post.get("publishedBylines"))),
        published_at=published,
        updated_at=moment(reader, post.get("updated_at")),
        summary=text_at(post, "description") or text_at(post, "subtitle"),
        tags=tuple(_names(post.get("postTags"))),
        image_url=address_at(post, "cover_image", home),
    )
    return Ref(url=url, entry=entry, published_at=published, is_preview=post.get("audience") not in ("everyone", None))


def _names(people: Any) -> list[str]:
    names = (title_at(person, "name", is_html=False) for person in objects_in(people)[:100])
    return [name for name in names if name]
