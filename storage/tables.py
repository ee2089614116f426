"""The schema, read top to bottom: hosts, feeds, their entries, the pages to fetch, the articles and their names."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Json, Key, Utc, Words
from storage.dialects import partial_index

# Every constraint has a name, so that a later migration can drop it on SQLite too.
METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Site(SQLModel, table=True):
    """A host, the unit of work: who may ask it, and from when on."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    host: str = Field(unique=True, sa_type=Words)  # lower case, with ":port" where it is not the scheme's own
    lease_holder: str | None = Field(default=None, index=True, sa_type=Words)  # "hostname:pid:uuid"
    lease_until: datetime | None = Field(default=None, sa_type=Utc)
    next_request_at: datetime | None = Field(default=None, sa_type=Utc)  # no request before it: spacing, Retry-After
    hold_reason: str | None = Field(default=None, sa_type=Words)
    is_hold_asked: bool = False  # the server asked for it: not even `ingest --all` passes over it
    robots_body: str | None = Field(default=None, sa_type=Words)
    robots_fetched_at: datetime | None = Field(default=None, sa_type=Utc)
    robots_status: int | None = None
    crawl_delay_seconds: float | None = None
    platform: str | None = Field(default=None, sa_type=Words)  # "wordpress", "blogger", ...
    dictionary_id: int | None = Field(default=None, sa_type=Key)  # the blob that the site's pages are packed beside
    live_wanted_at: datetime | None = Field(default=None, sa_type=Utc)  # then a round waited for a backfill to let go


class Feed(SQLModel, table=True):
    """A subscription: ``ingest.model.FeedState`` in columns, and when it is polled next, and why then."""

    __table_args__ = (Index("ix_feed_due", "status", "next_poll_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    url: str = Field(unique=True, sa_type=Words)
    site_id: int = Field(foreign_key="site.id", index=True, sa_type=Key)
    title: str | None = Field(default=None, sa_type=Words)
    site_url: str | None = Field(default=None, sa_type=Words)
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=Utc)
    status: str = Field(default="active", sa_type=Words)
    etag: str | None = Field(default=None, sa_type=Words)
    last_modified: str | None = Field(default=None, sa_type=Words)
    validators_url: str | None = Field(default=None, sa_type=Words)  # who gave etag and last_modified
    body_hash: str | None = Field(default=None, sa_type=Words)
    min_interval_seconds: int | None = None
    max_interval_seconds: int | None = None
    interval_seconds: int | None = None
    last_polled_at: datetime | None = Field(default=None, sa_type=Utc)
    last_changed_at: datetime | None = Field(default=None, sa_type=Utc)
    failures: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=Utc)
    post_count: float = 0.0
    post_days: float = 0.0
    window_entries: int | None = None
    full_answers: int = 0
    moved_to: str | None = Field(default=None, sa_type=Words)
    moved_count: int = 0
    moved_seen_at: datetime | None = Field(default=None, sa_type=Utc)
    archive_url: str | None = Field(default=None, sa_type=Words)
    hints: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    next_poll_at: datetime | None = Field(default=None, sa_type=Utc)
    poll_reason: str | None = Field(default=None, sa_type=Words)
    last_failure_kind: str | None = Field(default=None, sa_type=Words)
    last_failure_detail: str | None = Field(default=None, sa_type=Words)
    parser_version: str | None = Field(default=None, sa_type=Words)  # of the last parsed body
    push_until: datetime | None = Field(default=None, sa_type=Utc)
    watched_since: datetime | None = Field(default=None, sa_type=Utc)  # its first poll that went well


class Subscription(SQLModel, table=True):
    """A WebSub subscription: ``ingest.model.Subscription`` in columns. Without a feed it is on its way out."""

    __table_args__ = (UniqueConstraint("feed_id", "hub_url", "topic_url"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", ondelete="SET NULL", sa_type=Key)
    hub_url: str = Field(sa_type=Words)
    topic_url: str = Field(sa_type=Words)
    token: str = Field(unique=True, sa_type=Words)  # the callback's last path segment
    secret: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=Utc)
    requested_at: datetime | None = Field(default=None, sa_type=Utc)
    lease_until: datetime | None = Field(default=None, sa_type=Utc)
    next_action_at: datetime = Field(index=True, sa_type=Utc)
    failures: int = 0
    detail: str | None = Field(default=None, sa_type=Words)
    last_push_at: datetime | None = Field(default=None, sa_type=Utc)
    pushes: int = 0


class Article(SQLModel, table=True):
    """An article as it reads now. ``cursor`` rises with every change: who reads by it misses nothing."""

    __table_args__ = (
        Index("ix_article_story", "story_id", "first_seen_at", "id"),
        Index("ix_article_yield", "site", "published_at", "first_seen_at", "status", "word_count", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    cursor: int = Field(unique=True, sa_type=Key)
    url: str | None = Field(default=None, sa_type=Words)  # as found
    canonical_url: str | None = Field(default=None, sa_type=Words)
    site: str = Field(index=True, sa_type=Words)  # the host of its page
    title: str | None = Field(default=None, sa_type=Words)
    authors: list[str] = Field(default_factory=list, sa_type=Json)
    published_at: datetime | None = Field(default=None, sa_type=Utc)
    published_source: str = Field(default="none", sa_type=Words)
    updated_at: datetime | None = Field(default=None, sa_type=Utc)
    first_seen_at: datetime = Field(sa_type=Utc)
    fetched_at: datetime = Field(sa_type=Utc)
    language: str | None = Field(default=None, sa_type=Words)
    text: str | None = Field(default=None, sa_type=Words)
    summary: str | None = Field(default=None, sa_type=Words)
    image_url: str | None = Field(default=None, sa_type=Words)
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    site_name: str | None = Field(default=None, sa_type=Words)
    word_count: int = 0
    status: str = Field(sa_type=Words)
    extractor: str = Field(default="", sa_type=Words)
    rules: str | None = Field(default=None, sa_type=Words)  # the version of the rules that cleaned it
    removed: list[dict[str, str]] = Field(default_factory=list, sa_type=Json)
    origin_url: str | None = Field(default=None, sa_type=Words)
    content_hash: str = Field(sa_type=Words)
    provenance: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    revision: int = 1
    story_id: int | None = Field(default=None, sa_type=Key)
    duplicate_of_id: int | None = Field(default=None, sa_type=Key)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", ondelete="SET NULL", index=True, sa_type=Key)


class Page(SQLModel, table=True):
    """An address to fetch, once: pending, done or failed. ``entry`` is what the feed said of it, kept as evidence.

    Where its article went by retention the page is ``removed``: nothing is left of it but its address.
    """

    __table_args__ = (
        partial_index("ix_page_pending", "site_id", "priority", "id", where="state = 'pending'"),
        partial_index("ix_page_revisit", "revisit_at", where="revisit_at IS NOT NULL"),
        Index("ix_page_state", "state"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    site_id: int = Field(foreign_key="site.id", sa_type=Key)
    url: str | None = Field(default=None, sa_type=Words)  # None: only the feed's own content is there
    page_key: int = Field(unique=True, sa_type=Key)
    state: str = Field(default="pending", sa_type=Words)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", ondelete="SET NULL", index=True, sa_type=Key)
    entry: dict[str, Any] | None = Field(default=None, sa_type=Json)
    priority: int = 0  # 0 live, 1 revisit, 2 backfill
    attempts: int = 0
    attempted_at: datetime | None = Field(default=None, sa_type=Utc)
    next_attempt_at: datetime | None = Field(default=None, sa_type=Utc)
    last_failure_kind: str | None = Field(default=None, sa_type=Words)
    last_failure_detail: str | None = Field(default=None, sa_type=Words)
    last_status: int | None = None
    created_at: datetime = Field(sa_type=Utc)
    fetched_at: datetime | None = Field(default=None, sa_type=Utc)
    first_fetched_at: datetime | None = Field(default=None, sa_type=Utc)
    revisit_at: datetime | None = Field(default=None, sa_type=Utc)
    robots_tags: list[str] = Field(default_factory=list, sa_type=Json)  # "noarchive", "noai", ... (rule 50)
    article_id: int | None = Field(default=None, foreign_key="article.id", ondelete="SET NULL", index=True, sa_type=Key)


class Entry(SQLModel, table=True):
    """An item that a feed has shown. No "last seen": a poll that brings nothing new writes nothing here."""

    __table_args__ = (UniqueConstraint("feed_id", "entry_key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    feed_id: int = Field(foreign_key="feed.id", ondelete="CASCADE", sa_type=Key)
    entry_key: int = Field(sa_type=Key)
    guid: str | None = Field(default=None, sa_type=Words)
    url: str | None = Field(default=None, sa_type=Words)
    fingerprint: int = Field(sa_type=Key)
    first_seen_at: datetime = Field(sa_type=Utc)
    removed_at: datetime | None = Field(default=None, sa_type=Utc)  # absent from a feed that shows everything (rule 81)
    page_id: int | None = Field(default=None, foreign_key="page.id", ondelete="SET NULL", index=True, sa_type=Key)


class Alias(SQLModel, table=True):
    """A name of an article: the dedupe key of an address that led to it."""

    key: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", index=True, sa_type=Key)
    first_seen_at: datetime = Field(sa_type=Utc)


class Claim(SQLModel, table=True):
    """An address that an article's page calls canonical: no name of it, unless the texts agree (``storage.claims``)."""

    key: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(
        primary_key=True,
        foreign_key="article.id",
        ondelete="CASCADE",
        index=True,
        sa_type=Key,
        sa_column_kwargs={"autoincrement": False},
    )


class ArticleFeed(SQLModel, table=True):
    """A feed that has shown the article, and under which entry first."""

    __tablename__ = "article_feed"

    article_id: int = Field(primary_key=True, foreign_key="article.id", ondelete="CASCADE", sa_type=Key)
    feed_id: int = Field(primary_key=True, foreign_key="feed.id", ondelete="CASCADE", index=True, sa_type=Key)
    entry_key: int | None = Field(default=None, sa_type=Key)
    first_seen_at: datetime = Field(sa_type=Utc)


class Revision(SQLModel, table=True):
    """A version that an article had before: the text as it was. The present one is in ``article``."""

    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE", sa_type=Key)
    number: int
    title: str | None = Field(default=None, sa_type=Words)
    text: str | None = Field(default=None, sa_type=Words)
    content_hash: str = Field(sa_type=Words)
    recorded_at: datetime = Field(sa_type=Utc)  # when this version was fetched


class PageText(SQLModel, table=True):
    """One of a site's latest texts as keys of its lines: ``ingest.blocks.PageLines`` in columns, bounded a site."""

    __tablename__ = "page_text"
    __table_args__ = (Index("ix_page_text_site_id_number", "site_id", "number"),)

    site_id: int = Field(primary_key=True, foreign_key="site.id", ondelete="CASCADE", sa_type=Key)
    page_id: int = Field(primary_key=True, foreign_key="page.id", ondelete="CASCADE", index=True, sa_type=Key)
    number: int = Field(sa_type=Key)  # of the site's texts, in the order in which they were read
    group_number: int = Field(sa_type=Key)
    title: bytes = Field(sa_type=LargeBinary)
    line_keys: bytes = Field(sa_type=LargeBinary)
    facts: bytes = Field(sa_type=LargeBinary)


class Block(SQLModel, table=True):
    """A line that recurs on a site's pages: ``ingest.blocks.LearnedBlock`` in columns, bounded a site."""

    __tablename__ = "learned_block"

    site_id: int = Field(primary_key=True, foreign_key="site.id", ondelete="CASCADE", sa_type=Key)
    key: int = Field(primary_key=True, sa_type=Key)
    digits: int | None = None
    text: str = Field(sa_type=Words)
    zone: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    pages: int
    of_pages: int
    first_number: int = Field(sa_type=Key)
    last_number: int = Field(sa_type=Key)
    last_seen_at: datetime = Field(sa_type=Utc)
    changed_at: datetime = Field(index=True, sa_type=Utc)
    share: float = 0.0
    is_boxed: bool = False
    heads_links: bool = False
    misfits: int = 0
    is_mended: bool = False


class Profile(SQLModel, table=True):
    """Where a site's articles stand on its pages: ``ingest.profiles.SiteProfile`` in columns."""

    __tablename__ = "site_profile"

    site_id: int = Field(primary_key=True, foreign_key="site.id", ondelete="CASCADE", sa_type=Key)
    container: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    agreed: int
    tries: int
    audits: int
    misses: int
    least_chars: int
    most_outside: int
    reason: str = Field(sa_type=Words)
    extractor: str = Field(sa_type=Words)
    changed_at: datetime | None = Field(default=None, sa_type=Utc)


class Story(SQLModel, table=True):
    """Articles that tell the same text (``article.story_id``); the first is the one that was seen first."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    first_article_id: int | None = Field(default=None, sa_type=Key)
    size: int = 0


class Print(SQLModel, table=True):
    """The MinHash signature of an article's text (``ingest.resemblance``): none where it is too short."""

    __tablename__ = "article_print"

    article_id: int = Field(primary_key=True, foreign_key="article.id", ondelete="CASCADE", sa_type=Key)
    signature: bytes = Field(sa_type=LargeBinary)


class Band(SQLModel, table=True):
    """Where signatures are looked up: articles that share a key may be copies."""

    __tablename__ = "article_band"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    article_id: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})


class Blob(SQLModel, table=True):
    """The bytes of a page, once, packed (``ingest.archive``) beside another one of its site or alone."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    sha256: bytes = Field(unique=True, sa_type=LargeBinary)
    size: int  # unpacked
    packed: bytes = Field(sa_type=LargeBinary)
    dictionary_id: int | None = Field(default=None, foreign_key="blob.id", index=True, sa_type=Key)


class Capture(SQLModel, table=True):
    """A page as it was fetched: which bytes, when, and what the response said."""

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    page_id: int | None = Field(default=None, foreign_key="page.id", ondelete="SET NULL", index=True, sa_type=Key)
    site_id: int = Field(foreign_key="site.id", index=True, sa_type=Key)
    blob_id: int = Field(foreign_key="blob.id", index=True, sa_type=Key)
    part: int = 0  # 0: the page itself; higher: the further pages of its article
    url: str = Field(sa_type=Words)
    final_url: str | None = Field(default=None, sa_type=Words)
    status: int = 200
    headers: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    fetched_at: datetime = Field(index=True, sa_type=Utc)


class Removal(SQLModel, table=True):
    """An article that went: by retention, or into another one that it turned out to be. Readers by cursor are told."""

    cursor: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})  # among articles' own
    article_id: int = Field(index=True, sa_type=Key)
    url: str | None = Field(default=None, sa_type=Words)
    site: str = Field(sa_type=Words)
    removed_at: datetime = Field(sa_type=Utc)
    reason: str = Field(sa_type=Words)
    merged_into_id: int | None = Field(default=None, sa_type=Key)
    content_hash: str | None = Field(default=None, sa_type=Words)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)  # to know it by where a claim leads to it


class BuriedClaim(SQLModel, table=True):
    """An address that the page of an article which went called canonical (``storage.burials``)."""

    __tablename__ = "buried_claim"

    key: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    removal_cursor: int = Field(
        primary_key=True,
        foreign_key="removal.cursor",
        ondelete="CASCADE",
        index=True,
        sa_type=Key,
        sa_column_kwargs={"autoincrement": False},
    )


class Tombstone(SQLModel, table=True):
    """A name of an article that went by retention: what is found by it is neither fetched nor stored again."""

    key: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    removal_cursor: int = Field(foreign_key="removal.cursor", ondelete="CASCADE", index=True, sa_type=Key)


class RetentionRule(SQLModel, table=True):
    """How long a feed's or a host's articles are kept, other than the settings say. None: as they say; 0: for ever."""

    __tablename__ = "retention_rule"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", ondelete="CASCADE", unique=True, sa_type=Key)
    host: str | None = Field(default=None, unique=True, sa_type=Words)
    days: int | None = None
    articles: int | None = None
    revisions: int | None = None


class Backfill(SQLModel, table=True):
    """A backfill: a site's history between two days. One for each site; it is taken up again, never doubled.

    ``orders`` counts how often it was asked for something else, ``planned`` which of these its walks are for.
    """

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    home_key: int = Field(unique=True, sa_type=Key)  # the dedupe key of where the site begins
    site: str = Field(sa_type=Words)  # as it was asked for
    home_url: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    since: str | None = Field(default=None, sa_type=Words)  # YYYY-MM-DD, included like ``until``
    until: str | None = Field(default=None, sa_type=Words)
    sources: list[str] = Field(default_factory=list, sa_type=Json)
    files: list[str] = Field(default_factory=list, sa_type=Json)
    uses_copies: bool = False
    orders: int = 1
    planned: int = 0
    requests: int = 0
    attempts: int = 0  # in a row to look at the site
    next_at: datetime | None = Field(default=None, sa_type=Utc)
    is_wait_asked: bool = False  # a server named the time: nobody passes over it
    why: str = Field(default="", sa_type=Words)
    months_before: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    lease_holder: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Utc)
    created_at: datetime = Field(sa_type=Utc)
    updated_at: datetime = Field(sa_type=Utc)


class BackfillWalk(SQLModel, table=True):
    """A source's walk in a backfill: the next request, what is remembered until its answer, and what came of it."""

    __tablename__ = "backfill_walk"
    __table_args__ = (UniqueConstraint("job_id", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    job_id: int = Field(foreign_key="backfill.id", ondelete="CASCADE", sa_type=Key)
    name: str = Field(sa_type=Words)
    position: int  # the best first
    mark: int = Field(sa_type=Key)  # the bit that it sets in the finds that it names
    cursor: dict[str, Any] | None = Field(default=None, sa_type=Json)
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    end: str | None = Field(default=None, sa_type=Words)
    detail: str | None = Field(default=None, sa_type=Words)
    requests: int = 0
    found: int = 0
    oldest_at: datetime | None = Field(default=None, sa_type=Utc)
    newest_at: datetime | None = Field(default=None, sa_type=Utc)
    attempts: int = 0
    next_at: datetime | None = Field(default=None, sa_type=Utc)
    is_wait_asked: bool = False


class BackfillFind(SQLModel, table=True):
    """An article that a backfill's sources named: what they say of it, and what became of it."""

    __tablename__ = "backfill_find"
    __table_args__ = (
        UniqueConstraint("job_id", "key"),
        Index("ix_backfill_find_job_id_state_id", "job_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    job_id: int = Field(foreign_key="backfill.id", ondelete="CASCADE", sa_type=Key)
    key: int = Field(sa_type=Key)  # within the job
    page_key: int = Field(index=True, sa_type=Key)
    url: str | None = Field(default=None, sa_type=Words)
    host: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    named_by: int = Field(default=0, sa_type=Key)  # the marks of the walks that named it
    published_at: datetime | None = Field(default=None, sa_type=Utc)
    latest_at: datetime | None = Field(default=None, sa_type=Utc)
    entry: dict[str, Any] | None = Field(default=None, sa_type=Json)
    copies: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    copy_at: int | None = None  # which of them is asked for; None: the page itself
    is_preview: bool = False
    is_inside: bool = False  # the listing alone decides that it belongs to the window
    state: str = Field(sa_type=Words)
    reason: str | None = Field(default=None, sa_type=Words)


class Filter(SQLModel, table=True):
    """A filter (``ingest.filters``): for one feed, for those of a tag, or for all."""

    __tablename__ = "filter_rule"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    action: str = Field(sa_type=Words)
    field: str = Field(sa_type=Words)
    value: str = Field(sa_type=Words)
    feed_id: int | None = Field(default=None, foreign_key="feed.id", ondelete="CASCADE", index=True, sa_type=Key)
    tag: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Utc)


class FilteredPage(SQLModel, table=True):
    """A page that a filter keeps out (its state is ``filtered``): which one and why. The filter may be gone since."""

    __tablename__ = "filtered_page"

    page_id: int = Field(primary_key=True, foreign_key="page.id", ondelete="CASCADE", sa_type=Key)
    rule_id: int | None = Field(default=None, index=True, sa_type=Key)
    rule: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    title: str | None = Field(default=None, sa_type=Words)
    kept_out_at: datetime = Field(index=True, sa_type=Utc)


class ToldHealth(SQLModel, table=True):
    """What people were told last of a feed or a site that is not well; no row: nothing, or that it is well again."""

    __tablename__ = "told_health"

    subject: str = Field(primary_key=True, sa_type=Words)  # as an event names it: "feedmill.feed.7"
    state: str = Field(sa_type=Words)
    since: datetime | None = Field(default=None, sa_type=Utc)
    told_at: datetime = Field(sa_type=Utc)


class SavedSearch(SQLModel, table=True):
    """A search whose new hits go to a webhook. ``last_article_id``: up to there all were looked at, and delivered."""

    __tablename__ = "saved_search"

    id: int | None = Field(default=None, primary_key=True, sa_type=Key)
    name: str = Field(unique=True, sa_type=Words)
    query: str = Field(sa_type=Words)
    site: str | None = Field(default=None, sa_type=Words)
    webhook_url: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Utc)
    last_article_id: int = Field(sa_type=Key)
    delivered: int = 0
    delivered_at: datetime | None = Field(default=None, sa_type=Utc)
    failures: int = 0  # in a row
    detail: str | None = Field(default=None, sa_type=Words)
    next_attempt_at: datetime | None = Field(default=None, sa_type=Utc)
    lease_holder: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Utc)


class Tally(SQLModel, table=True):
    """What rounds counted in the day or hour that began at ``started_at`` (``storage.tallies``)."""

    __table_args__ = ({"sqlite_with_rowid": False},)

    name: str = Field(primary_key=True, sa_type=Words)
    subject: str = Field(primary_key=True, sa_type=Words)  # a host, a rule, a language ...; empty: of all
    started_at: datetime = Field(primary_key=True, sa_type=Utc)
    count: int = Field(default=0, sa_type=Key)


class Counter(SQLModel, table=True):
    """A number that is taken inside the transaction that uses it: the row's lock keeps writers in order."""

    name: str = Field(primary_key=True, sa_type=Words)
    value: int = Field(default=0, sa_type=Key)


def _table(model: type[SQLModel]) -> Table:
    return METADATA.tables[str(model.__tablename__)]


SITE, FEED, ENTRY, PAGE = _table(Site), _table(Feed), _table(Entry), _table(Page)
ARTICLE, ALIAS, ARTICLE_FEED = _table(Article), _table(Alias), _table(ArticleFeed)
REVISION, COUNTER, SUBSCRIPTION = _table(Revision), _table(Counter), _table(Subscription)
PAGE_TEXT, BLOCK, PROFILE = _table(PageText), _table(Block), _table(Profile)
CLAIM = _table(Claim)
STORY, PRINT, BAND, BLOB, CAPTURE = _table(Story), _table(Print), _table(Band), _table(Blob), _table(Capture)
REMOVAL, TOMBSTONE, RETENTION_RULE = _table(Removal), _table(Tombstone), _table(RetentionRule)
BURIED_CLAIM = _table(BuriedClaim)
FILTER, FILTERED_PAGE = _table(Filter), _table(FilteredPage)
BACKFILL, BACKFILL_WALK, BACKFILL_FIND = _table(Backfill), _table(BackfillWalk), _table(BackfillFind)
TOLD_HEALTH, SAVED_SEARCH = _table(ToldHealth), _table(SavedSearch)
TALLY = _table(Tally)
