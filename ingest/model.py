"""The nouns that flow through feedmill. Frozen and picklable; times are aware UTC; unknown is None, never invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ingest.filters import KeptOut


class FailureKind(StrEnum):
    """Why a request gave nothing usable. Stored with the feed or page; drives schedule and health."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TRUNCATED = "truncated"
    TOO_LARGE = "too-large"
    EMPTY = "empty"
    REDIRECT = "redirect"
    FORBIDDEN_ADDRESS = "forbidden-address"
    BAD_URL = "bad-url"
    ROBOTS = "robots"
    NOT_FOUND = "not-found"
    GONE = "gone"
    DENIED = "denied"
    RATE_LIMITED = "rate-limited"
    UNAVAILABLE = "unavailable"
    SERVER_ERROR = "server-error"
    HTTP_ERROR = "http-error"
    NOT_A_FEED = "not-a-feed"
    REJECTED = "rejected"
    INTERNAL = "internal"  # a bug of ours, which must not cost the feed or page


# --- fetch -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "has this changed?" with; echoed byte for byte (RFC 9110 8.8)."""

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None  # the address that gave them, and the only one they are sent to (rule 11)


@dataclass(frozen=True, slots=True)
class Posted:
    """A body to POST as it is, with its headers."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One GET, or one POST: of ``form``, which only WebSub hubs get, or of ``posted``, which only webhooks get.

    ``max_bytes`` bounds the decoded body; ``deadline_seconds`` bounds all of it, redirects included (None: the client's
    own bound).
    """

    url: str
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
    validators: Validators = Validators()
    max_bytes: int = 5_000_000
    deadline_seconds: float | None = None
    is_backfill: bool = False  # history waits until what is live has had its turn
    byte_range: tuple[int, int] | None = None  # first and last byte, both included: answered by 206 (RFC 9110 14.1.2)
    accepts_delta: bool = False  # with an ETag to compare with, only the new entries will do (RFC 3229, rule 19)
    form: Mapping[str, str] | None = None
    posted: Posted | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the address that answered, with which status, and where it pointed."""

    url: str
    status: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A 200 with its whole decoded body; to a form any 2xx, its body left unread.

    Header names are lower case; repeated headers are joined by ", ".
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304 to a conditional request."""

    url: str
    final_url: str
    headers: Mapping[str, str]
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """The world failed. ``detail`` is one plain sentence for people."""

    url: str
    kind: FailureKind
    detail: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    redirects: tuple[Redirect, ...] = ()


FetchResult = Fetched | NotModified | FetchFailed


# --- feeds -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an entry. ``length`` in bytes, ``duration`` in seconds."""

    url: str
    media_type: str | None = None
    length: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A feed's entry as parsed. ``title`` is plain text; ``summary`` and ``content`` are HTML as the feed gave it."""

    id: str | None
    url: str | None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str | None = None
    content: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    language: str | None = None
    image_url: str | None = None
    is_permalink: bool = False  # the id is itself the address (RSS guid isPermaLink, rule 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingHints:
    """What the document itself says about polling: <ttl>, sy:, skipHours (0-23, GMT), skipDays (0 = Monday)."""

    ttl_seconds: int | None = None
    update_period_seconds: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLinks:
    """A feed's links about itself: RFC 5005 paging and archives, WebSub hubs, its own address."""

    self_url: str | None = None
    next_url: str | None = None
    prev_archive_url: str | None = None
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed document as parsed: at most 5,000 entries (rule 78), in document order."""

    format: str  # "rss20", "atom10", "json11", ... as feedparser names versions
    title: str | None
    site_url: str | None = None
    description: str | None = None
    language: str | None = None
    generator: str | None = None  # what wrote the document, as it names itself
    image_url: str | None = None
    updated_at: datetime | None = None
    entries: tuple[Entry, ...] = ()
    hints: PacingHints = PacingHints()
    links: FeedLinks = FeedLinks()
    is_complete: bool = False  # fh:complete, RFC 5005 section 2
    is_truncated: bool = False  # more than 5,000 entries were there
    problems: tuple[str, ...] = ()  # what was wrong but survivable, for people


# --- pages and articles ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A fetched document to extract from. ``html`` is bytes as received (decoded of gzip) or text."""

    url: str
    html: bytes | str
    final_url: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A page as the archive keeps it. ``body`` is as received, its content coding (gzip, br, zstd) undone."""

    url: str
    body: bytes
    fetched_at: datetime
    final_url: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names


class ArticleStatus(StrEnum):
    """What the stored text is. Only ``ok`` and ``partial`` carry text; the others say why there is none."""

    OK = "ok"
    PARTIAL = "partial"  # the feed's own content, or a teaser
    PAYWALL = "paywall"
    CONSENT = "consent"
    BLOCKED = "blocked"
    SOFT_404 = "soft-404"
    LISTING = "listing"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Removal:
    """A block that cleaning took out: which rule, the text, and where it stood, so that it can be undone.

    ``at``: how many lines of the text that was left stand above it, blank ones not counted; None: it never stood among
    them, but elsewhere on the page.
    """

    rule: str
    text: str
    at: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as extracted, before storage gives it an identity. ``text``: paragraphs apart by one blank line."""

    url: str | None
    title: str | None
    text: str | None
    status: ArticleStatus
    canonical_url: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_source: str = "none"  # feed, json-ld, meta, url, page, none
    updated_at: datetime | None = None
    language: str | None = None
    summary: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    extractor: str = ""
    rules: str | None = None  # the version of the rules that cleaned it (``ingest.extract.version``)
    removed: tuple[Removal, ...] = ()
    origin_url: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)  # field name -> source


# --- polling ---------------------------------------------------------------------------------------------------------


class FeedStatus(StrEnum):
    """A subscription's state, as ``feeds list`` shows it."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls: all that ``decide_poll`` may look at."""

    url: str
    status: FeedStatus = FeedStatus.ACTIVE
    validators: Validators = Validators()
    body_hash: str | None = None  # sha256 hex of the last parsed body
    min_interval_seconds: int | None = None  # the operator's floor for this feed; None: the product's
    max_interval_seconds: int | None = None  # the operator's ceiling; what a server asks for lengthens it all the same
    interval_seconds: int | None = None  # what the last decision chose
    created_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_changed_at: datetime | None = None  # the last poll with a new entry; of the first document its newest date
    failures: int = 0
    failing_since: datetime | None = None
    failure: FailureKind | None = None  # of the last poll; None: it went well
    failure_detail: str | None = None
    post_count: float = 0.0  # decayed number of posts (polling.md: n)
    post_days: float = 0.0  # decayed days of observation (polling.md: e)
    window_entries: int | None = None  # entries in the last document
    full_answers: int = 0  # 200s in a row, same body, to conditional requests (rule 20)
    moved_to: str | None = None  # the target that permanent redirects name
    moved_count: int = 0  # observations at least a day apart (rule 35)
    moved_seen_at: datetime | None = None
    archive_url: str | None = None  # the newest archive document that was read: such a one never changes (rule 82)
    hints: PacingHints = PacingHints()
    push_until: datetime | None = None  # until then its hub is trusted to push what is new (rule 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDecision:
    """What a poll changes: the feed's next state, when to ask again and why, and how long the host is left alone."""

    state: FeedState
    next_poll_at: datetime
    reason: str  # one sentence for people: why then
    failure: FailureKind | None = None
    failure_detail: str | None = None
    host_hold_until: datetime | None = None  # Retry-After and its kin, for every request to the host
    host_hold_url: str | None = None  # the address that asked for it: behind redirects another host than the feed's
    is_hold_asked: bool = False  # the server named the time (Retry-After): nobody passes over it, not even --all
    is_changed: bool = False  # the body differs from the last one parsed


# --- WebSub ----------------------------------------------------------------------------------------------------------


class SubscriptionState(StrEnum):
    """Where a WebSub subscription stands. A lease may live in any of them but the last two."""

    WANTED = "wanted"  # to be asked for
    REQUESTED = "requested"  # the hub was asked and has not verified it yet
    ACTIVE = "active"  # verified; renewed in time
    DENIED = "denied"  # the hub will not
    LEAVING = "leaving"  # to be ended


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOffer:
    """What a document says of its pushes: the hub to ask, and the topic to ask it for (WebSub section 4)."""

    hub_url: str
    topic_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A WebSub subscription: all that the next step may look at. ``token`` is the callback's last path segment."""

    offer: HubOffer
    token: str
    secret: str
    next_action_at: datetime
    state: SubscriptionState = SubscriptionState.WANTED
    requested_at: datetime | None = None  # the last request to the hub
    lease_until: datetime | None = None
    failures: int = 0  # requests in a row that came to nothing
    detail: str | None = None  # of the last one, one sentence
    last_push_at: datetime | None = None
    pushes: int = 0  # that were verified


# --- identity and queue ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry with its identity, as a poll hands it to storage. Keys are signed 64-bit hashes."""

    entry: Entry
    entry_key: int  # within its feed: guid, else link, else text (rule 66)
    fingerprint: int  # of what a reader would see: changes when the entry was edited
    page_url: str | None  # what to fetch: without tracking; None where the entry has no usable link
    page_key: int  # of page_url's dedupe key; of (feed, entry_key) where there is none
    host: str  # who is asked for the page: lower-case host, with ":port" where it is not the scheme's own
    kept_out: KeptOut | None = None  # a filter does not want it: its page is not asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a backfill wants of a page: days in UTC, both included, and where copies of it are, should it be gone.

    ``copies``: as ``ingest.backfill.stored`` writes them; ``copy_at``: which of them is had in place of the page.
    """

    since: date | None = None
    until: date | None = None
    is_inside: bool = False  # its listing alone decided that it belongs to the window
    is_preview: bool = False  # only who pays sees all of it
    uses_copies: bool = False  # pages that are gone are had from the Wayback Machine, wherever they were found
    copies: tuple[Mapping[str, Any], ...] = ()
    copy_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """A page waiting to be fetched or extracted: what ``storage.pages`` hands to the steps."""

    page_id: int
    url: str | None
    host: str
    feed_url: str | None
    feed_title: str | None
    entry: Entry | None
    attempts: int = 0
    first_fetched_at: datetime | None = None  # when its article was stored first; None: never yet
    is_revisit: bool = False  # stored already, and looked at again whether it was edited
    history: History | None = None  # None: no backfill waits for it
    provenance: Mapping[str, str] = field(default_factory=dict)  # of its article, where that is stored already
    watched_since: datetime | None = None  # its feed's first poll that went well


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailure:
    """A page that could not be had this time. ``next_attempt_at`` None: no further attempt."""

    page_id: int
    kind: FailureKind
    detail: str
    status: int | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRecord:
    """An extracted article on its way to storage, with every name it is known by."""

    page_id: int
    article: Article
    alias_keys: tuple[int, ...]  # dedupe keys of url and redirect target: one of them known = same article
    fetched_at: datetime
    content_hash: str  # sha256 hex of the normalised title and text; equal hash = no revision
    revisit_at: datetime | None = None  # when to look whether it was edited; None: no more
    signature: bytes | None = None  # MinHash of the text (``ingest.resemblance``); None: too short to compare
    claim_keys: tuple[int, ...] = ()  # of the canonical address: one of them known and the text the same = same article


class SaveOutcome(StrEnum):
    """What storing an article did."""

    NEW = "new"
    REVISED = "revised"
    SAME = "same"
    KEPT_OUT = "kept-out"  # it went by retention, and stays away
