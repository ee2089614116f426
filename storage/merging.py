"""Two articles that turn out to be one: what found them apart comes together, whichever was seen first."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from storage import claims
from storage.chunks import chunks
from storage.dialects import insert_new
from storage.removing import drop
from storage.tables import ALIAS, ARTICLE, ARTICLE_FEED, PAGE
from storage.texts import move_cursors, take_cursors
from storage.tombstones import Gone, put_gone

_REASON = "the same article"


def merge(connection: Connection, article_ids: Collection[int], found_at: datetime) -> int:
    """Make one article of several that tell the same text; gives the one that stays: the first that was stored.

    It keeps its own text and history. The others' names, feeds and pages become its own, and their rows go; readers by
    cursor are told who went into whom, and read the one that stays again. ``found_at``: when the page that shows them
    to be one was fetched.
    """
    into, *others = sorted(article_ids)
    changed = {into}
    for portion in chunks(others):
        _take_over(connection, into, portion)
        put_gone(connection, _list_gone(connection, portion, (into, found_at)))
        changed |= drop(connection, portion)
    move_cursors(connection, changed - set(others))
    return into


def _list_gone(connection: Connection, others: Sequence[int], into: tuple[int, datetime]) -> list[Gone]:
    columns = select(ARTICLE.c.id, ARTICLE.c.url, ARTICLE.c.site).where(ARTICLE.c.id.in_(others))
    rows = connection.execute(columns.order_by(ARTICLE.c.id)).all()
    return [
        Gone(
            cursor=cursor,
            article_id=row.id,
            url=row.url,
            site=row.site,
            removed_at=into[1],
            reason=_REASON,
            merged_into_id=into[0],
        )
        for row, cursor in zip(rows, take_cursors(connection, len(rows)), strict=True)
    ]


def are_one(connection: Connection, article_ids: Collection[int]) -> bool:
    """Whether articles that one page names tell the same text: a template's wrong canonical names strangers."""
    rows = [
        row
        for portion in chunks(sorted(article_ids))
        for row in connection.execute(select(ARTICLE.c.text, ARTICLE.c.title).where(ARTICLE.c.id.in_(portion)))
    ]
    first = rows[0]
    return all(_is_same(first.text, row.text) for row in rows[1:])


def _is_same(one: str | None, other: str | None) -> bool:
    return one is None or other is None or claims.tell_the_same(one, other)


def _take_over(connection: Connection, into: int, others: Sequence[int]) -> None:
    claims.take_over(connection, into, others)
    connection.execute(update(ALIAS).where(ALIAS.c.article_id.in_(others)).values(article_id=into))
    connection.execute(update(PAGE).where(PAGE.c.article_id.in_(others)).values(article_id=into))
    shown = connection.execute(select(ARTICLE_FEED).where(ARTICLE_FEED.c.article_id.in_(others))).mappings()
    rows = [{**row, "article_id": into} for row in shown]
    if rows:
        connection.execute(insert_new(connection, ARTICLE_FEED, "article_id", "feed_id"), rows)
    everyone = ARTICLE.c.id.in_([into, *others])
    first = select(func.min(ARTICLE.c.first_seen_at)).where(everyone).scalar_subquery()
    connection.execute(update(ARTICLE).where(ARTICLE.c.id == into).values(first_seen_at=first))
