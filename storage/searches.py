"""Saved searches: their new hits in the order in which they were stored, and how far each was delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update
from sqlmodel import Session

from storage.dialects import insert_new, matches_between
from storage.moments import iso
from storage.snippets import snippet
from storage.tables import ARTICLE, FEED, SAVED_SEARCH
from storage.words import phrases

NEWS_DAYS = timedelta(days=30)  # what is older when it is found is history, as of a backfill: nobody is called for it
_PLAIN = (
    "id",
    "url",
    "canonical_url",
    "site",
    "title",
    "authors",
    "language",
    "summary",
    "word_count",
    "status",
    "tags",
)
_TIMES = ("published_at", "updated_at", "first_seen_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSearch:
    """A search to save. ``query`` as ``storage.search`` reads it; empty with a site: all that is new there."""

    name: str
    query: str
    site: str | None = None
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A search whose hits the holder may deliver until its lease ends."""

    search_id: int
    name: str
    query: str
    site: str | None
    webhook_url: str
    last_article_id: int
    failures: int


@dataclass(frozen=True, slots=True)
class Hits:
    """New articles, oldest first; ``last_article_id``: up to there nothing else matches."""

    articles: list[dict[str, Any]]
    last_article_id: int


def add(session: Session, new: NewSearch, now: datetime) -> bool:
    """Save a search for what is stored from now on; false where the name is taken."""
    connection = session.connection()
    row = {
        "name": new.name,
        "query": new.query,
        "site": new.site,
        "webhook_url": new.webhook_url,
        "created_at": now,
        "last_article_id": connection.scalar(select(func.max(ARTICLE.c.id))) or 0,
        "delivered": 0,
        "failures": 0,
    }
    statement = insert_new(connection, SAVED_SEARCH, "name").values(row).returning(SAVED_SEARCH.c.id)
    return connection.scalar(statement) is not None


def remove(session: Session, name: str) -> bool:
    """Forget a search; false where there is none."""
    return bool(session.connection().execute(delete(SAVED_SEARCH).where(SAVED_SEARCH.c.name == name)).rowcount)


def listing(session: Session) -> list[dict[str, Any]]:
    """Every search by name, and how its deliveries fare."""
    rows = session.connection().execute(select(SAVED_SEARCH).order_by(SAVED_SEARCH.c.name))
    names = ("name", "query", "site", "webhook_url", "delivered", "failures", "detail")
    times = ("created_at", "delivered_at", "next_attempt_at")
    return [
        {name: getattr(row, name) for name in names} | {name: iso(getattr(row, name)) for name in times} for row in rows
    ]


def is_any_due(session: Session, now: datetime) -> bool:
    """Whether a search has a webhook that may be called now: without one a round writes nothing."""
    return session.connection().scalar(select(SAVED_SEARCH.c.id).where(*_due(now)).limit(1)) is not None


def claim(session: Session, holder: str, now: datetime, lease: timedelta) -> list[Claimed]:
    """Take every search that is due, each for one holder at a time."""
    taken = (
        update(SAVED_SEARCH)
        .where(*_due(now))
        .values(lease_holder=holder, lease_until=now + lease)
        .returning(SAVED_SEARCH)
    )
    return [_claimed(row) for row in session.connection().execute(taken)]


def new_hits(session: Session, search: Claimed, after: int, most: int) -> Hits:
    """The next articles of a search, at most so many, stored after the article ``after``."""
    connection = session.connection()
    newest = connection.scalar(select(func.max(ARTICLE.c.id))) or 0
    columns = (*(ARTICLE.c[name] for name in (*_PLAIN, *_TIMES, "cursor", "text")), FEED.c.url.label("feed_url"))
    statement = select(*columns).outerjoin(FEED, FEED.c.id == ARTICLE.c.feed_id)
    wanted = phrases(search.query)
    if wanted:
        hit = matches_between(connection, wanted, after, newest)
        statement = statement.join(hit, hit.c.id == ARTICLE.c.id)
    if search.site is not None:
        statement = statement.where(ARTICLE.c.site == search.site)
    statement = statement.where(ARTICLE.c.id > after, ARTICLE.c.id <= newest).order_by(ARTICLE.c.id).limit(most)
    rows = connection.execute(statement).all()
    news = [_document(row, search) for row in rows if _is_news(row)]
    return Hits(news, rows[-1].id if len(rows) == most else max(newest, after))


def record_delivery(session: Session, search_id: int, holder: str, hits: Hits, now: datetime) -> bool:
    """Remember that these articles were taken; false where the lease was lost, or the search."""
    values: dict[str, Any] = {"last_article_id": hits.last_article_id, "failures": 0, "detail": None}
    if hits.articles:
        values |= {"delivered": SAVED_SEARCH.c.delivered + len(hits.articles), "delivered_at": now}
    return _change(session, search_id, holder, values | {"next_attempt_at": None})


def record_failure(session: Session, search_id: int, holder: str, detail: str, next_attempt_at: datetime) -> bool:
    """Remember why a delivery failed and when it is tried again, and let go of the search."""
    values = {"failures": SAVED_SEARCH.c.failures + 1, "detail": detail, "next_attempt_at": next_attempt_at}
    return _change(session, search_id, holder, values | {"lease_holder": None, "lease_until": None})


def release(session: Session, search_ids: Sequence[int], holder: str) -> None:
    """Let go of searches."""
    mine = (SAVED_SEARCH.c.id.in_(search_ids)) & (SAVED_SEARCH.c.lease_holder == holder)
    session.connection().execute(update(SAVED_SEARCH).where(mine).values(lease_holder=None, lease_until=None))


def _change(session: Session, search_id: int, holder: str, values: dict[str, Any]) -> bool:
    mine = (SAVED_SEARCH.c.id == search_id) & (SAVED_SEARCH.c.lease_holder == holder)
    return bool(session.connection().execute(update(SAVED_SEARCH).where(mine).values(values)).rowcount)


def _due(now: datetime) -> tuple[Any, ...]:
    table = SAVED_SEARCH.c
    return (
        table.webhook_url.is_not(None),
        or_(table.next_attempt_at.is_(None), table.next_attempt_at <= now),
        or_(table.lease_until.is_(None), table.lease_until <= now),
    )


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(
        search_id=row.id,
        name=row.name,
        query=row.query,
        site=row.site,
        webhook_url=row.webhook_url,
        last_article_id=row.last_article_id,
        failures=row.failures,
    )


def _is_news(row: Row[Any]) -> bool:
    return row.published_at is None or row.published_at >= row.first_seen_at - NEWS_DAYS


def _document(row: Row[Any], search: Claimed) -> dict[str, Any]:
    document = {name: getattr(row, name) for name in (*_PLAIN, "cursor", "feed_url")}
    shown = snippet(row.text or row.summary or row.title or "", phrases(search.query))
    return document | {name: iso(getattr(row, name)) for name in _TIMES} | {"snippet": shown}
