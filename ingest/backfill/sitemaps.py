"""Sitemaps: those that robots.txt names, else those at the usual places; indexes are followed (sitemaps.org)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from ingest.backfill.answers import GONE, feed_in, is_refused, iso, refs_in
from ingest.backfill.belonging import is_page_of
from ingest.backfill.positions import pack, unpack
from ingest.backfill.sitemap_xml import MAX_BYTES, MAX_ENTRIES, Sitemap, SitemapEntry, read_sitemap
from ingest.backfill.source import Ask, Cursor, End, Listing, Nature, Ref, Reply, Target
from ingest.model import Entry
from ingest.text import plain_title
from ingest.urls import dedupe_form, resolve

GUESSES = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
MAX_DEPTH = 5
MAX_DOCUMENTS = 5_000

_MOST_NAMED = 200  # of robots.txt
_LONGEST = 500  # characters of a document's address: thousands of them are kept from request to request
_NO_ARTICLES = re.compile(
    r"(?:^|[-_./])(?:tags?|post_tag|categor(?:y|ies)|authors?|users?|taxonom(?:y|ies)|images?)(?:[-_.\d]|$)",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(?<!\d)(19[89]\d|20\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d{3})")
_LEAST_SIBLINGS = 3  # that carry months in their names, before the name is believed
_SLACK = timedelta(days=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Position:
    """``waiting``: each a depth, a blank and an address, the next first; ``known``: marks of all that were named."""

    home: str
    since: str | None = None
    waiting: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()  # what is tried where none of the others is one
    found: int = 0  # documents that were sitemaps
    unread: int = 0  # that were refused or damaged
    is_cut: bool = False  # there was more than is taken


class Sitemaps:
    """Every page that the site's sitemaps name."""

    name = "sitemaps"
    summary = "The site's sitemaps, indexes and packed ones included, from robots.txt or the usual places."
    nature = Nature(is_newest_first=False, crosses_hosts=True, idle_pages=50, empty_pages=100)

    def probe(self, target: Target) -> float:
        """Likely where robots.txt names one; any site may have one."""
        return 0.55 if target.sitemaps else 0.4

    def first(self, target: Target) -> Cursor:
        """The first sitemap that robots.txt names, else the first guess."""
        guesses = tuple(dict.fromkeys(f"{base}{name}" for base in _bases(target) for name in GUESSES))
        named = tuple(dict.fromkeys(target.sitemaps))[:_MOST_NAMED] or guesses[:1]
        since = target.window.since
        position = _Position(
            home=target.home_url,
            since=iso(since) if since else None,
            waiting=tuple(f"0 {url}" for url in named),
            known=tuple(_mark(url) for url in named),
            guesses=tuple(url for url in guesses if url not in named),
        )
        return _cursor(position)

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """The pages of one document, or the documents that an index names; then the next one that waits."""
        position = unpack(_Position, cursor.state)
        if not position.waiting:
            return _ahead(position, ())
        depth, position = int(position.waiting[0].partition(" ")[0]), replace(position, waiting=position.waiting[1:])
        if is_refused(reply):
            return _ahead(replace(position, unread=position.unread + (reply.status not in GONE)), ())
        sitemap = read_sitemap(reply.body)
        if sitemap is None:
            return _read_feed(position, reply)
        return _read(position, sitemap, depth)


def is_guess(cursor: Cursor) -> bool:
    """Whether the next request of a walk is for where a sitemap may be: nothing that it asked for was one."""
    position = unpack(_Position, cursor.state)
    return not position.found and len(position.waiting) == 1 and position.waiting[0].endswith(GUESSES)


def _bases(target: Target) -> Iterable[str]:
    """Where sitemaps are looked for: beside the home page, and at the root of its host."""
    yield target.home_url
    root = resolve(target.home_url, "/")
    if root:
        yield root


def _read(position: _Position, sitemap: Sitemap, depth: int) -> Listing:
    is_cut = len(sitemap.entries) >= MAX_ENTRIES
    is_damaged = not sitemap.is_whole and not is_cut
    position = replace(
        position,
        found=position.found + 1,
        unread=position.unread + is_damaged,
        is_cut=position.is_cut or is_cut,
        guesses=(),
    )
    if sitemap.is_index:
        return _ahead(_with_children(position, sitemap.entries, depth + 1), ())
    refs = (_ref(entry) for entry in sitemap.entries if is_page_of(entry.url, position.home))
    return _ahead(position, tuple(refs))


def _read_feed(position: _Position, reply: Reply) -> Listing:
    """A feed may serve as a sitemap; anything else is none."""
    parsed = feed_in(reply)
    if parsed is None:
        return _ahead(replace(position, unread=position.unread + 1), ())
    return _ahead(replace(position, found=position.found + 1, guesses=()), refs_in(parsed, reply.url))


def _with_children(position: _Position, entries: Sequence[SitemapEntry], depth: int) -> _Position:
    """The position with what an index names: unknown so far, not too deep, not surely too old; the newest first."""
    known = set(position.known)
    fresh = {_mark(entry.url): entry for entry in reversed(entries) if _mark(entry.url) not in known}
    room = MAX_DOCUMENTS - len(known)
    taken = dict(list(fresh.items())[:room]) if depth <= MAX_DEPTH else {}
    wanted = _without_old([entry for entry in taken.values() if _may_have_articles(entry.url)], position)
    wanted.sort(key=lambda entry: entry.changed_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return replace(
        position,
        waiting=(*(f"{depth} {entry.url}" for entry in wanted), *position.waiting),
        known=(*position.known, *taken),
        is_cut=position.is_cut or len(fresh) > len(taken),
    )


def _may_have_articles(url: str) -> bool:
    return len(url) <= _LONGEST and not _NO_ARTICLES.search(url.partition("?")[0].rstrip("/").rpartition("/")[2])


def _without_old(entries: list[SitemapEntry], position: _Position) -> list[SitemapEntry]:
    """Those that may have something of the window: nothing was changed before it was published."""
    since = datetime.fromisoformat(position.since) if position.since else None
    if since is None:
        return entries
    months = {entry.url: _month(entry.url) for entry in entries}
    is_by_month = len({month for month in months.values() if month}) >= _LEAST_SIBLINGS
    return [
        entry
        for entry in entries
        if not (entry.changed_at and entry.changed_at < since)
        and not (is_by_month and (month := months[entry.url]) and month + _SLACK < since)
    ]


def _month(url: str) -> datetime | None:
    """The month that the document's name carries, by its first day."""
    found = _MONTH.search(url)
    return datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC) if found else None


def _ahead(position: _Position, refs: tuple[Ref, ...]) -> Listing:
    if position.waiting:
        return Listing(refs=refs, next=_cursor(position))
    if position.guesses:
        waiting = (f"0 {position.guesses[0]}",)
        return Listing(refs=refs, next=_cursor(replace(position, waiting=waiting, guesses=position.guesses[1:])))
    return replace(_end(position), refs=refs)


def _end(position: _Position) -> Listing:
    if not position.found:
        return Listing(end=End.UNSUITABLE, detail="there is no sitemap where robots.txt and custom have them")
    if position.is_cut:
        return Listing(end=End.LIMIT, detail=f"the sitemaps name more than is read ({MAX_DOCUMENTS:,} documents)")
    if position.unread:
        return Listing(end=End.BLOCKED, detail=f"{position.unread} of the sitemaps could not be read")
    return Listing(end=End.COMPLETE)


def _cursor(position: _Position) -> Cursor:
    url = position.waiting[0].partition(" ")[2]
    return Cursor(Ask(url=url, accept="application/xml,text/xml,*/*;q=0.1", max_bytes=MAX_BYTES), pack(position))


def _ref(entry: SitemapEntry) -> Ref:
    named = None
    if entry.title or entry.published_at:
        title = plain_title(entry.title, is_html=False)
        named = Entry(id=None, url=entry.url, title=title, published_at=entry.published_at)
    return Ref(url=entry.url, entry=named, published_at=entry.published_at, latest_at=entry.changed_at)


def _mark(url: str) -> str:
    return blake2b(dedupe_form(url).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
