"""Full-text search over the articles: every word must be there, case, accents and script do not matter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlmodel import Session

from storage.dialects import clear_search, matches, put_search
from storage.records import search_text
from storage.snippets import snippet
from storage.tables import ARTICLE, ARTICLE_FEED, FEED
from storage.words import Phrase, phrases

_PORTION = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for. ``text`` is as typed: blanks part words, quotes hold a phrase, a last ``*`` opens the end.

    The article's date (published, else first seen) is ``since`` or later and before ``until``. The order is total: with
    ``offset`` an answer goes on where another one of ``limit`` hits ended.
    """

    text: str
    limit: int = 20
    offset: int = 0
    site: str | None = None
    feed_url: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, the best first: ``rank`` is higher for better ones, within one answer only."""

    article_id: int
    title: str | None
    url: str | None
    site: str
    published_at: datetime | None
    snippet: str
    rank: float


def search(session: Session, query: SearchQuery) -> list[Hit]:
    """The best hits; none where the query holds no word. Nothing that is typed is an error."""
    wanted = phrases(query.text)
    if not wanted:
        return []
    connection = session.connection()
    hit = matches(connection, wanted)
    # The best are found before their texts are read: sorting would carry the text of every hit.
    best = (
        select(hit.c.id, hit.c.rank)
        .join(ARTICLE, hit.c.id == ARTICLE.c.id)
        .where(*_filters(query))
        .order_by(hit.c.rank.desc(), hit.c.id.desc())
        .limit(query.limit)
        .offset(query.offset)
        .subquery("best")
    )
    names = ("id", "title", "url", "site", "published_at", "text", "summary")
    statement = (
        select(*(ARTICLE.c[name] for name in names), best.c.rank)
        .join(best, best.c.id == ARTICLE.c.id)
        .order_by(best.c.rank.desc(), best.c.id.desc())
    )
    return [_hit(row, wanted) for row in connection.execute(statement)]


def rebuild(session: Session) -> int:
    """Index every article anew, after a restore or a change of the folding; gives how many."""
    connection = session.connection()
    clear_search(connection)
    last, count = 0, 0
    columns = (ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.text)
    while rows := connection.execute(
        select(*columns).where(ARTICLE.c.id > last).order_by(ARTICLE.c.id).limit(_PORTION)
    ).all():
        put_search(connection, [search_text(row.id, row.title, row.text) for row in rows])
        last, count = rows[-1].id, count + len(rows)
    return count


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    dated_at = func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)
    equal = {"site": query.site, "language": query.language, "status": query.status}
    filters: list[ColumnElement[bool]] = [
        ARTICLE.c[name] == value for name, value in equal.items() if value is not None
    ]
    if query.since is not None:
        filters.append(dated_at >= query.since)
    if query.until is not None:
        filters.append(dated_at < query.until)
    if query.feed_url is not None:
        shown = select(ARTICLE_FEED.c.article_id).join(FEED, FEED.c.id == ARTICLE_FEED.c.feed_id)
        filters.append(ARTICLE.c.id.in_(shown.where(FEED.c.url == query.feed_url)))
    return filters


def _hit(row: Row[Any], wanted: tuple[Phrase, ...]) -> Hit:
    return Hit(
        article_id=row.id,
        title=row.title,
        url=row.url,
        site=row.site,
        published_at=row.published_at,
        snippet=snippet(row.text or row.summary or row.title or "", wanted),
        rank=float(row.rank),
    )
