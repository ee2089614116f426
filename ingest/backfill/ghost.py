"""Ghost: its sitemap of posts; where a theme's routes hide it, the pages of its feed that versions before 3 have."""

import re
from dataclasses import replace

from ingest.backfill.answers import GONE, feed_ask, is_refused
from ingest.backfill.paged_feed import read_page
from ingest.backfill.sitemap_xml import MAX_BYTES, MAX_ENTRIES, read_sitemap
from ingest.backfill.source import Ask, Cursor, End, Listing, Nature, Ref, Reply, Target

FEED_SIZE = 15

_NUMBERED = re.compile(r"/rss/(?:(\d{1,6})/?)?$")


class Ghost:
    """The posts sitemap, 50,000 a document, the next one named ``-2``."""

    name = "ghost"
    summary = "Ghost's sitemap of posts, or the pages of its feed before version 3."
    nature = Nature(is_newest_first=False)  # by the date of the last change

    def probe(self, target: Target) -> float:
        """Likely where the site is Ghost's."""
        return 0.9 if "ghost" in target.platforms else 0.0

    def first(self, target: Target) -> Cursor:
        """The first document of posts."""
        return _sitemap(target.home_url, 1)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """A document of posts, or a page of the feed."""
        home, page = str(cursor.state.get("home")), int(str(cursor.state.get("page")))
        if cursor.state.get("way") == "feed":
            return _read_feed(home, page, reply)
        return _read_sitemap(home, page, reply)


def _sitemap(home: str, page: int) -> Cursor:
    url = f"{home}sitemap-posts{f'-{page}' if page > 1 else ''}.xml"
    return Cursor(Ask(url=url, accept="application/xml,text/xml", max_bytes=MAX_BYTES), {"home": home, "page": page})


def _feed(home: str, page: int) -> Cursor:
    url = f"{home}rss/{f'{page}/' if page > 1 else ''}"
    return Cursor(feed_ask(url), {"home": home, "page": page, "way": "feed"})


def _read_sitemap(home: str, page: int, reply: Reply) -> Listing:
    sitemap = None if is_refused(reply) else read_sitemap(reply.body)
    if sitemap is None or sitemap.is_index:
        if page == 1:
            return Listing(next=_feed(home, 1))
        is_end = reply.status in GONE
        return Listing(end=End.COMPLETE) if is_end else Listing(end=End.BLOCKED, detail=f"{reply.url} is no sitemap")
    refs = tuple(Ref(url=entry.url, latest_at=entry.changed_at) for entry in sitemap.entries)
    if len(sitemap.entries) >= MAX_ENTRIES:
        return Listing(refs=refs, next=_sitemap(home, page + 1))
    if not sitemap.is_whole:
        return Listing(refs=refs, end=End.BLOCKED, detail=f"{reply.url} is cut off")
    return Listing(refs=refs, end=End.COMPLETE)


def _read_feed(home: str, page: int, reply: Reply) -> Listing:
    """A page of the feed: behind its last one old versions lead back to that, later ones answer 404.

    From version 3 on there is no second page, and no telling whether the first has all.
    """
    if page > 1 and not is_refused(reply) and _page_of(reply.url) < page:
        return Listing(end=End.COMPLETE)
    if page == 2 and reply.status in GONE:  # noqa: PLR2004  the first page that may be missing
        return Listing(end=End.LIMIT, detail=f"this Ghost shows its newest {FEED_SIZE} posts in its feed, and no more")
    listing = read_page(reply, _feed(home, page + 1), feed_url=f"{home}rss/", is_first=page == 1)
    is_all = page == 1 and listing.next is not None and len(listing.refs) < FEED_SIZE
    return replace(listing, next=None, end=End.COMPLETE) if is_all else listing


def _page_of(url: str) -> int:
    found = _NUMBERED.search(url)
    return int(found[1] or 1) if found else 1_000_000
