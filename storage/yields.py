"""What the pages of each site gave, and when each feed's articles were: what drift and silence are judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlmodel import Session

from ingest.model import ArticleStatus
from ingest.yields import PageYield
from storage.tables import ARTICLE, SITE

_COLUMNS = tuple(ARTICLE.c[name] for name in ("id", "published_at", "first_seen_at", "status", "word_count"))
# All are read from ix_article_yield alone: a text lies between a row's first column and its number of words. Moments
# are left out where they only order: to read one costs as much as the rest of the row.
_DATED = (
    select(*_COLUMNS)
    .where(ARTICLE.c.site == bindparam("host"), ARTICLE.c.published_at.is_not(None))
    .order_by(ARTICLE.c.published_at.desc())
    .limit(bindparam("most"))
)
_UNDATED = (
    select(*_COLUMNS)
    .where(ARTICLE.c.site == bindparam("host"), ARTICLE.c.published_at.is_(None))
    .order_by(ARTICLE.c.first_seen_at.desc())
    .limit(bindparam("most"))
)
_GLANCE = (ARTICLE.c.word_count, ARTICLE.c.status)
_GLANCE_DATED, _GLANCE_UNDATED = _DATED.with_only_columns(*_GLANCE), _UNDATED.with_only_columns(*_GLANCE)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a site's latest articles came from: the first one's address, and how many each feed brought."""

    first_url: str | None
    feeds: dict[int, int]


@dataclass(frozen=True, slots=True)
class Glance:
    """The words and statuses of a host's latest pages, oldest first. Not ``is_whole``: some lie between these."""

    host: str
    words: list[int]
    statuses: list[str]
    is_whole: bool


def glances(session: Session, most: int) -> Iterator[Glance]:
    """Each host's latest pages at a glance, at most so many; hosts without articles are left out."""
    connection = session.connection()
    for host in list(connection.scalars(select(SITE.c.host))):
        wanted = {"host": host, "most": most}
        dated = connection.execute(_GLANCE_DATED, wanted).all()
        undated = connection.execute(_GLANCE_UNDATED, wanted).all() if len(dated) < most else []
        rows = (dated or undated)[::-1]
        if rows:
            yield Glance(host, [row[0] for row in rows], [row[1] for row in rows], not (dated and undated))


def of_site(session: Session, host: str, most: int) -> list[PageYield]:
    """What the latest pages of a host gave, at most so many, oldest first.

    In the order of the articles' own dates: a backfill adds to a site's past, not to what it gives now.
    """
    connection, wanted = session.connection(), {"host": host, "most": most}
    rows = [*connection.execute(_DATED, wanted), *connection.execute(_UNDATED, wanted)]
    rows.sort(key=lambda row: (_dated_at(row), row.id))
    return [_yield(row) for row in rows[-most:]]


def source(session: Session, host: str, first_id: int, since: datetime) -> Source:
    """Which feeds brought the host's articles since then, and the address of one of them."""
    connection = session.connection()
    dated_at = func.coalesce(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)
    counts = (
        select(ARTICLE.c.feed_id, func.count().label("articles"))
        .where(ARTICLE.c.site == host, dated_at >= since, ARTICLE.c.feed_id.is_not(None))
        .group_by(ARTICLE.c.feed_id)
    )
    return Source(
        first_url=connection.scalar(select(ARTICLE.c.url).where(ARTICLE.c.id == first_id)),
        feeds={row.feed_id: row.articles for row in connection.execute(counts)},
    )


def posted(session: Session, feed_id: int, most: int) -> list[datetime]:
    """When the feed's latest articles were published, else first seen, oldest first."""
    statement = (
        select(ARTICLE.c.published_at, ARTICLE.c.first_seen_at)
        .where(ARTICLE.c.feed_id == feed_id)
        .order_by(ARTICLE.c.id.desc())
        .limit(most)
    )
    return sorted(_dated_at(row) for row in session.connection().execute(statement))


def _dated_at(row: Row[Any]) -> datetime:
    moment: datetime = row.published_at or row.first_seen_at
    return moment


def _yield(row: Row[Any]) -> PageYield:
    return PageYield(article_id=row.id, read_at=_dated_at(row), words=row.word_count, status=ArticleStatus(row.status))
