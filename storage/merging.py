"""Two articles that turn out to be one: what found them apart comes together, whichever was seen first."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, func, select, update

from storage import stories
from storage.chunks import chunks
from storage.dialects import insert_new, remove_search
from storage.records import KNOWN_COLUMNS, search_text
from storage.tables import ALIAS, ARTICLE, ARTICLE_FEED, PAGE


def merge(connection: Connection, article_ids: Collection[int]) -> int:
    """Make one article of several that tell the same text; gives the one that stays: the first that was stored.

    It keeps its own text and history. The others' names, feeds and pages become its own, and their rows go.
    """
    into, *others = sorted(article_ids)
    for portion in chunks(others):
        _take_over(connection, into, portion)
        _drop(connection, portion)
    return into


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
    from ingest.resemblance import are_copies

    return one is None or other is None or one == other or are_copies(one, other)


def _take_over(connection: Connection, into: int, others: Sequence[int]) -> None:
    connection.execute(update(ALIAS).where(ALIAS.c.article_id.in_(others)).values(article_id=into))
    connection.execute(update(PAGE).where(PAGE.c.article_id.in_(others)).values(article_id=into))
    shown = connection.execute(select(ARTICLE_FEED).where(ARTICLE_FEED.c.article_id.in_(others))).mappings()
    rows = [{**row, "article_id": into} for row in shown]
    if rows:
        connection.execute(insert_new(connection, ARTICLE_FEED, "article_id", "feed_id"), rows)
    everyone = ARTICLE.c.id.in_([into, *others])
    first = select(func.min(ARTICLE.c.first_seen_at)).where(everyone).scalar_subquery()
    connection.execute(update(ARTICLE).where(ARTICLE.c.id == into).values(first_seen_at=first))


def _drop(connection: Connection, others: Sequence[int]) -> None:
    """Search entries, signatures, places in stories, and the rows; versions and feeds go with them."""
    known = connection.execute(select(*KNOWN_COLUMNS).where(ARTICLE.c.id.in_(others))).all()
    remove_search(connection, [search_text(row.id, row.title, row.text) for row in known])
    stories.withdraw(connection, others)
    connection.execute(delete(ARTICLE).where(ARTICLE.c.id.in_(others)))
