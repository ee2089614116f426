"""What a backfill source is: a listing of a site's past articles, walked one request at a time, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ingest.model import Entry, ParsedFeed

State = Mapping[str, str | int | bool | list[str] | None]  # what JSON keeps unchanged


class Place(StrEnum):
    """Whom a request asks: each has its own pace."""

    SITE = "site"
    WAYBACK_INDEX = "wayback-index"
    WAYBACK_COPY = "wayback-copy"
    COMMON_CRAWL = "common-crawl"
    FILE = "file"  # on this machine: a WARC file or a list of addresses that the user names; never sent


class End(StrEnum):
    """Why a source's walk ended. Only the first two mean that all of its listing was seen."""

    COMPLETE = "complete"  # the platform's own end signal
    WINDOW = "window"  # all that is left is older than the window
    REPEATS = "repeats"  # it shows again what it showed before
    NOTHING_NEW = "nothing-new"  # page after page without an article that this job has not found yet
    LIMIT = "limit"  # a bound of pages, articles or bytes
    UNSUITABLE = "unsuitable"  # the site has no such listing, or it does not do what its platform's does
    BLOCKED = "blocked"  # refused in the middle of the walk: what was found until then counts


@dataclass(frozen=True, slots=True)
class Window:
    """The dates that are asked for, ``since`` included and ``until`` excluded; None: no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    """Where the public web archives are, without a trailing slash."""

    wayback_url: str = "https://web.archive.org"
    common_crawl_url: str | None = None  # one base of index and data; None: the two public ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A site as its home page, its feed and its robots.txt show it: all that ``probe`` and ``first`` may look at."""

    url: str  # as the user gave it
    home_url: str  # where the site begins, with a trailing slash; a blog in a folder keeps its folder
    host: str
    window: Window = Window()
    platforms: frozenset[str] = frozenset()  # "wordpress", "blogger", "ghost" ...: by generator, headers, markup
    links: Mapping[str, str] = field(default_factory=dict)  # rel -> address, of the home page's head and Link headers
    feed_url: str | None = None
    feed: ParsedFeed | None = None
    feed_body: bytes | None = None  # JSON Feed and others that ``ParsedFeed`` does not keep all of
    sitemaps: tuple[str, ...] = ()  # as robots.txt names them
    archives: Archives = Archives()
    files: tuple[str, ...] = ()  # paths that the user named: WARC files, lists of addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request of a walk. ``byte_range``: first and last byte, both included (RFC 9110 14.1.2).

    Of a file (``Place.FILE``) ``url`` is the path, and a range that begins behind its end has an empty body. What was
    fetched already in the same run (the feed, say) may be given without asking again.
    """

    url: str
    place: Place = Place.SITE
    accept: str = "*/*"
    max_bytes: int = 20_000_000
    byte_range: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that may be acted on: a 2xx with its body, or a refusal (400, 401, 403, 404, 410 ...) without.

    429, 5xx and failures of the network never get here: the job waits and asks again (rule B4).
    """

    url: str  # the address that answered, behind redirects
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a walk stands: the next request, and what the source must remember until its answer."""

    ask: Ask
    state: State = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A page that an archive keeps: how to have its bytes."""

    ask: Ask
    captured_at: datetime
    is_warc_record: bool = False  # the answer is one gzipped WARC record; otherwise the page itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """An article that a listing names. ``entry`` carries what the listing says of it: id, title, dates, content."""

    url: str | None  # None: the entry has no page of its own, what ``entry`` carries is all there is
    entry: Entry | None = None
    page_key: int | None = None  # of an entry without a page: what a poll of its feed knows it by
    published_at: datetime | None = None  # as the listing states it
    latest_at: datetime | None = None  # an upper bound only: sitemap lastmod, time of a capture (rule B9)
    copies: tuple[Copy, ...] = ()  # oldest first
    is_preview: bool = False  # only who pays sees all of it: what is shown is no whole article


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one answer says. Exactly one of ``next`` and ``end`` is given."""

    refs: tuple[Ref, ...] = ()
    next: Cursor | None = None
    end: End | None = None
    detail: str | None = None  # of an end that is no good one: a sentence for people
    total_hint: int | None = None  # how many articles the listing has in all, where it says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """How a source's listing behaves where it is well: what the guards may conclude from a page of it."""

    is_newest_first: bool = True  # a page that is all too old has only older ones behind it
    crosses_hosts: bool = False  # its next request may be for another host of the same kind
    idle_pages: int = 2  # so many in a row without anything new end the walk
    opens_twice: bool = False  # its first document may be what the second one is: a feed and its newest archive
    empty_pages: int = 2  # so many in a row without anything at all end it: a calendar has empty months


class Source(Protocol):
    """A way to a site's history. One file each, one line in ``ingest.backfill.registry``."""

    @property
    def name(self) -> str:
        """What users call it."""

    @property
    def summary(self) -> str:
        """One sentence for users: what it reads, and where."""

    @property
    def nature(self) -> Nature:
        """What the guards may conclude from its pages."""

    def probe(self, target: Target) -> float:
        """How well this source fits, 0 (not at all) to 1 (certain), without asking anybody."""

    def first(self, target: Target) -> Cursor:
        """The first request of the walk; only asked of a source that fits."""

    def advance(self, cursor: Cursor, reply: Reply) -> Listing:
        """What the answer to ``cursor.ask`` says, and where to go on. Never raises for what a server sends."""
