"""Blogger's feed by index (developers.google.com/blogger/docs/2.0/reference): published order, any blog's own host."""

import re
from dataclasses import dataclass, replace

from ingest.backfill.answers import count_in, feed_ask, feed_in, is_refused, iso, misread, refs_in, refuse
from ingest.backfill.overlap import edges, next_start
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target

PAGE_SIZE = 150  # more is cut down without a word; so is this, at times, to 100

_TOTAL = re.compile(rb"<(?:\w{1,30}:)?totalResults\b[^<>]{0,200}>\s{0,20}(\d{1,12})\s{0,20}</", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """``start`` is 1-based."""

    feed: str
    query: str
    start: int = 1
    before: tuple[str, ...] = ()  # the edges of the page before


class Blogger:
    """The posts feed, by start-index, each page beginning with the last entry of the one before."""

    name = "blogger"
    summary = "Blogger's feed of all posts, with their text."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Nearly certain where the blog is Blogger's."""
        return 0.97 if "blogger" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The newest posts of the window."""
        since, until = target.window.since, target.window.until
        bounds = [f"published-max={iso(until)}"] if until else []
        bounds += [f"published-min={iso(since)}"] if since else []
        query = "&".join([f"max-results={PAGE_SIZE}", "orderby=published", "redirect=false", *bounds])
        return _cursor(_Position(feed=f"{target.home_url}feeds/posts/default", query=query))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page of posts; how many came says where the next one begins, never how many were asked for."""
        position = unpack(_Position, cursor.state)
        is_first = position.start == 1
        if is_refused(reply):
            return refuse(reply, is_first=is_first)
        parsed = feed_in(reply)
        if parsed is None:
            return misread(reply, wanted="feed", is_first=is_first)
        refs = refs_in(parsed, position.feed)
        total = _total(reply.body)
        listing = Listing(refs=refs, total_hint=total if is_first else None)
        return _go_on(listing, position, total)


def _go_on(listing: Listing, position: _Position, total: int | None) -> Listing:
    names = [_name(ref) for ref in listing.refs]
    start = next_start(names, position.start - 1, position.before, total)
    if start is None:
        return replace(listing, end=End.COMPLETE)
    return replace(listing, next=_cursor(replace(position, start=start + 1, before=edges(names))))


def _cursor(position: _Position) -> Cursor:
    return Cursor(feed_ask(f"{position.feed}?start-index={position.start}&{position.query}"), pack(position))


def _name(ref: Ref) -> str | None:
    return (ref.entry.id if ref.entry else None) or ref.url


def _total(body: bytes) -> int | None:
    found = _TOTAL.search(body[:100_000])
    return count_in(found[1].decode("ascii")) if found else None
