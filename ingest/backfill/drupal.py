"""Drupal: articles by JSON:API where it is on, else the front page's feed by pages.

JSON:API's pages are followed by their own link: what may not be read is left out of a page, so that a short one is no
end (drupal.org, JSON:API module, pagination). The core's own ``rss.xml`` knows no pages at all: page 1 is page 0 again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ingest.backfill.answers import (
    count_at,
    feed_ask,
    id_at,
    is_refused,
    is_same_host,
    json_ask,
    json_in,
    misread,
    moment,
    moments,
    object_at,
    objects_in,
    refuse,
    text_at,
    title_at,
    web_address,
)
from ingest.backfill.paged_feed import read_page
from ingest.backfill.positions import pack, unpack
from ingest.backfill.source import Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.dates import DateReader
from ingest.model import Entry
from ingest.urls import with_parameter

_ARTICLES = "jsonapi/node/article?sort=-created&page%5Blimit%5D=50"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    home: str
    feed: str
    page: int = 0
    is_feed: bool = False


class Drupal:
    """The article nodes, newest first."""

    name = "drupal"
    summary = "Drupal's JSON:API of articles, or the pages of its feed."
    nature = Nature()

    def probe(self, target: Target) -> float:
        """Likely where the site is Drupal's: JSON:API is part of it, and often off."""
        return 0.85 if "drupal" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The newest articles."""
        own = target.feed_url if target.feed_url and is_same_host(target.feed_url, target.home_url) else None
        position = _Position(home=target.home_url, feed=own or f"{target.home_url}rss.xml")
        return Cursor(json_ask(f"{target.home_url}{_ARTICLES}"), pack(position))

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A page of articles, by whichever of the two ways answered first."""
        position = unpack(_Position, cursor.state)
        is_first, ahead = position.page == 0, replace(position, page=position.page + 1)
        if position.is_feed:
            return read_page(reply, _feed(ahead), feed_url=position.feed, is_first=is_first)
        value = None if is_refused(reply) else json_in(reply.body)
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            return _read(value, ahead, cursor.ask.url)
        if is_first:
            return Listing(next=_feed(replace(position, is_feed=True)))
        return refuse(reply, is_first=False) if is_refused(reply) else misread(reply, wanted="list", is_first=False)


def _feed(position: _Position) -> Cursor:
    """A page of the feed, numbered from 0."""
    page = position.page
    ask = feed_ask(with_parameter(position.feed, "page", str(page)) if page else position.feed)
    return Cursor(ask, pack(position))


def _read(value: Mapping[str, Any], ahead: _Position, url: str) -> Listing:
    reader = moments()
    nodes = objects_in(value.get("data"))
    refs = tuple(ref for node in nodes if (ref := _ref(node, ahead.home, reader)) is not None)
    link = _next_link(value, url)
    if link is None:
        return Listing(refs=refs, end=End.COMPLETE)
    if not is_same_host(link, url):
        return Listing(refs=refs, end=End.UNSUITABLE, detail=f"the next page, {link}, is on another host")
    return Listing(refs=refs, next=Cursor(json_ask(link), pack(ahead)))


def _next_link(value: Mapping[str, Any], base: str) -> str | None:
    """The link of JSON:API 1.0: an address, or an object with one."""
    links = object_at(value, "links")
    written = text_at(object_at(links, "next"), "href") or text_at(links, "next")
    return web_address(base, written) if written else None


def _ref(node: Mapping[str, Any], home: str, reader: DateReader) -> Ref | None:
    fields = object_at(node, "attributes")
    number = count_at(fields, "drupal_internal__nid")
    path = text_at(object_at(fields, "path"), "alias") or (f"/node/{number}" if number is not None else None)
    url = web_address(home, path.lstrip("/")) if path else None
    if url is None or not is_same_host(url, home):
        return None
    body = object_at(fields, "body")
    published, changed = moment(reader, fields.get("created")), moment(reader, fields.get("changed"))
    entry = Entry(
        id=id_at(node, "id"),
        url=url,
        title=title_at(fields, "title", is_html=False),
        published_at=published,
        updated_at=changed,
        summary=text_at(body, "summary"),
        content=text_at(body, "processed"),
        language=text_at(fields, "langcode"),
    )
    return Ref(url=url, entry=entry, published_at=published, latest_at=changed)
