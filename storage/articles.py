"""Articles: storing them, reading them, their history, and the export that other programs follow by cursor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session

from storage.moments import iso
from storage.saving import save, save_many
from storage.tables import ARTICLE, ARTICLE_FEED, FEED, REVISION

__all__ = [
    "ExportQuery",
    "Version",
    "export",
    "get",
    "get_feeds",
    "get_rules",
    "get_sources",
    "history",
    "last_cursor",
    "newest",
    "save",
    "save_many",
]

PORTION = 200  # articles in memory at a time
_TIMES = ("published_at", "updated_at", "first_seen_at", "fetched_at")
_VERSION = ("number", "title", "text", "content_hash", "recorded_at")
_PLAIN = (
    "id",
    "cursor",
    "url",
    "canonical_url",
    "feed_url",
    "site",
    "title",
    "authors",
    "published_at",
    "published_source",
    "updated_at",
    "first_seen_at",
    "fetched_at",
    "language",
    "text",
    "summary",
    "image_url",
    "tags",
    "site_name",
    "word_count",
    "status",
    "extractor",
    "removed",
    "origin_url",
    "content_hash",
    "story_id",
    "is_duplicate_of",
    "revision",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuery:
    """Which articles: changed after ``after`` (a cursor), dated ``since`` or later, shown by ``feed_url``, of ``site``.

    A feed has shown what stood in its document; what a backfill found of its site is that host's only.
    """

    after: int = 0
    since: datetime | None = None
    feed_url: str | None = None
    site: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an article, and when it was fetched. The last of a history is the present one."""

    number: int
    title: str | None
    text: str | None
    content_hash: str
    recorded_at: datetime


def get(session: Session, article_id: int) -> dict[str, Any] | None:
    """The article in the fields of the export; None when there is none."""
    row = session.connection().execute(_exported().where(ARTICLE.c.id == article_id)).one_or_none()
    return None if row is None else _document(row)


def get_sources(session: Session, article_id: int) -> dict[str, str]:
    """Where each of the article's values is from, and under "page" what its page was where that is no article."""
    found = session.connection().execute(select(ARTICLE.c.provenance).where(ARTICLE.c.id == article_id)).scalar()
    return dict(found or {})


def get_feeds(session: Session, article_id: int) -> list[str]:
    """The addresses of the feeds that have shown the article, the first to show it first."""
    shown = select(FEED.c.url).join(ARTICLE_FEED, ARTICLE_FEED.c.feed_id == FEED.c.id)
    ordered = shown.order_by(ARTICLE_FEED.c.first_seen_at, FEED.c.id)
    return list(session.connection().scalars(ordered.where(ARTICLE_FEED.c.article_id == article_id)))


def get_rules(session: Session, article_id: int) -> str | None:
    """The version of the code and rules that made the article's text; None of one from before there were any."""
    return session.connection().scalar(select(ARTICLE.c.rules).where(ARTICLE.c.id == article_id))


def export(session: Session, query: ExportQuery) -> Iterator[dict[str, Any]]:
    """Articles by ascending cursor, a portion in memory at a time. The last ``cursor`` is the next call's ``after``.

    It ends where the cursors ended when it began: no article comes twice in one export, and one that changes while it
    is read comes next time, with the cursor that it has then. Writers commit in the order of their cursors, so that a
    lower one never appears behind what was read (``storage.texts.take_cursors``).
    """
    after, left, end = query.after, query.limit, last_cursor(session)
    while left is None or left > 0:
        size = PORTION if left is None else min(PORTION, left)
        statement = _narrowed(query).where(ARTICLE.c.cursor > after, ARTICLE.c.cursor <= end)
        rows = session.connection().execute(statement.order_by(ARTICLE.c.cursor).limit(size)).all()
        yield from map(_document, rows)
        if len(rows) < size:
            return
        after = rows[-1].cursor
        left = None if left is None else left - size


def newest(session: Session, query: ExportQuery, limit: int) -> Iterator[dict[str, Any]]:
    """The newest of the articles, by when they were published or else first seen, newest first."""
    dated = func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)
    statement = _narrowed(query).where(ARTICLE.c.cursor > query.after)
    newest_first = statement.order_by(dated.desc(), ARTICLE.c.id.desc()).limit(limit)
    yield from map(_document, session.connection().execute(newest_first))


def history(session: Session, article_id: int) -> tuple[Version, ...]:
    """Every version of an article, oldest first; empty when there is no such article."""
    before = select(*(REVISION.c[name] for name in _VERSION))
    present = select(ARTICLE.c.revision, ARTICLE.c.title, ARTICLE.c.text, ARTICLE.c.content_hash, ARTICLE.c.fetched_at)
    connection = session.connection()
    rows = [
        *connection.execute(before.where(REVISION.c.article_id == article_id).order_by(REVISION.c.number)),
        *connection.execute(present.where(ARTICLE.c.id == article_id)),
    ]
    return tuple(Version(**dict(zip(_VERSION, row, strict=True))) for row in rows)


def last_cursor(session: Session) -> int:
    """The highest cursor there is; 0 before the first article."""
    return session.connection().scalar(select(func.max(ARTICLE.c.cursor))) or 0


def _exported() -> Select[Any]:
    own = [ARTICLE.c[name] for name in _PLAIN if name in ARTICLE.c]
    columns = (*own, ARTICLE.c.duplicate_of_id.label("is_duplicate_of"), FEED.c.url.label("feed_url"))
    return select(*columns).outerjoin(FEED, FEED.c.id == ARTICLE.c.feed_id)


def _narrowed(query: ExportQuery) -> Select[Any]:
    statement = _exported()
    if query.since is not None:
        statement = statement.where(func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at) >= query.since)
    if query.site is not None:
        statement = statement.where(ARTICLE.c.site == query.site)
    if query.feed_url is not None:
        shown = select(ARTICLE_FEED.c.article_id).join(FEED, FEED.c.id == ARTICLE_FEED.c.feed_id)
        statement = statement.where(ARTICLE.c.id.in_(shown.where(FEED.c.url == query.feed_url)))
    return statement


def _document(row: Row[Any]) -> dict[str, Any]:
    document = {name: getattr(row, name) for name in _PLAIN}
    return document | {name: iso(document[name]) for name in _TIMES}
