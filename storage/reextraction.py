"""Re-extraction: stored articles whose page is in the archive, and what today's extractor makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, not_, or_, select, tuple_, update
from sqlmodel import Session

from ingest.model import ArticleRecord, Entry
from storage import stories
from storage.archive import Archive, Kept
from storage.chunks import chunks
from storage.dialects import put_search, remove_search, take_turn
from storage.documents import entry_of
from storage.records import KNOWN_COLUMNS, revised_row, search_text
from storage.tables import ARTICLE, CAPTURE, FEED, PAGE, SITE
from storage.texts import move_cursors, take_cursors

PORTION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReextractQuery:
    """Which articles: one, or a host's, first seen ``since`` or later; not those that ``rules`` made already.

    ``rules``: None takes them all. ``own_rules``: the hosts that are read by others than ``rules``, with which.
    """

    article_id: int | None = None
    site: str | None = None
    since: datetime | None = None
    rules: str | None = None
    own_rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An article as it stands, with the page that it was extracted from."""

    article_id: int
    page_id: int
    site: str
    title: str | None
    text: str | None
    status: str
    content_hash: str
    entry: Entry | None
    feed_title: str | None
    provenance: Mapping[str, str]
    kept: tuple[Kept, ...]  # the page, and the further pages of its article


def list_hosts(session: Session) -> list[str]:
    """Every host that has pages or feeds."""
    return list(session.connection().scalars(select(SITE.c.host).order_by(SITE.c.host)))


def count(session: Session, query: ReextractQuery) -> int:
    """How many articles the query names."""
    return session.connection().scalar(select(func.count()).select_from(_wanted(query).subquery())) or 0


def read(
    session: Session, archive: Archive, query: ReextractQuery, *, after: int = 0, most: int = PORTION
) -> Iterator[Stored]:
    """At most so many of the articles whose id is higher than ``after``, by ascending id.

    Raises:
        BadArchive: a page that cannot be unpacked.
    """
    statement = _wanted(query).where(ARTICLE.c.id > after).order_by(ARTICLE.c.id).limit(most)
    for row in session.connection().execute(statement).all():
        yield _stored(row, archive.latest(session, row.page_id))


def _wanted(query: ReextractQuery) -> Select[Any]:
    latest = (
        select(CAPTURE.c.page_id)
        .join(PAGE, PAGE.c.id == CAPTURE.c.page_id)
        .where(PAGE.c.article_id == ARTICLE.c.id)
        .order_by(CAPTURE.c.id.desc())
        .limit(1)
        .correlate(ARTICLE)
        .scalar_subquery()
    )
    columns = (
        *KNOWN_COLUMNS,
        ARTICLE.c.site,
        ARTICLE.c.provenance,
        PAGE.c.id.label("page_id"),
        PAGE.c.entry,
        FEED.c.title.label("feed"),
    )
    statement = select(*columns).select_from(ARTICLE).join(PAGE, PAGE.c.id == latest)
    statement = statement.outerjoin(FEED, FEED.c.id == PAGE.c.feed_id)
    if query.article_id is not None:
        statement = statement.where(ARTICLE.c.id == query.article_id)
    if query.site is not None:
        statement = statement.where(ARTICLE.c.site == query.site)
    if query.since is not None:
        statement = statement.where(ARTICLE.c.first_seen_at >= query.since)
    if query.rules is not None:
        statement = statement.where(not_(_is_seen(query.rules, query.own_rules)))
    return statement


def _is_seen(rules: str, own: Mapping[str, str]) -> ColumnElement[bool]:
    """Whether an article was made by what would read it today."""
    made_by = func.coalesce(ARTICLE.c.rules, "")
    plain = and_(ARTICLE.c.site.not_in(list(own)), made_by == rules)
    return or_(plain, tuple_(ARTICLE.c.site, made_by).in_(list(own.items()))) if own else made_by == rules


def _stored(row: Row[Any], kept: tuple[Kept, ...]) -> Stored:
    return Stored(
        article_id=row.id,
        page_id=row.page_id,
        site=row.site,
        title=row.title,
        text=row.text,
        status=row.status,
        content_hash=row.content_hash,
        entry=entry_of(row.entry),
        feed_title=row.feed,
        provenance=row.provenance,
        kept=kept,
    )


def stamp(session: Session, article_ids: Sequence[int], rules: str) -> None:
    """Note that today's rules make the same of these articles: no change, and nothing to do the next time."""
    take_turn(session.connection())
    for portion in chunks(article_ids):
        session.connection().execute(update(ARTICLE).where(ARTICLE.c.id.in_(portion)).values(rules=rules))


def replace(session: Session, records: Sequence[tuple[int, ArticleRecord]]) -> int:
    """Put other texts in the place of stored ones; gives how many. No revision: the publisher changed nothing."""
    connection = session.connection()
    take_turn(connection)
    given = dict(records)
    known = {
        row.id: row
        for portion in chunks(sorted(given))
        for row in connection.execute(select(*KNOWN_COLUMNS).where(ARTICLE.c.id.in_(portion)))
    }
    if not known:
        return 0
    cursors = take_cursors(connection, len(known))
    rows = [
        {**revised_row(given[article_id], known[article_id]), "of_article": article_id, "cursor": cursor}
        for article_id, cursor in zip(known, cursors, strict=True)
    ]
    remove_search(connection, [search_text(row.id, row.title, row.text) for row in known.values()])
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name not in ("of_article", "fetched_at")}
    for row in rows:
        row.pop("fetched_at")
    connection.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("of_article")).values(**columns), rows)
    texts = [(article_id, given[article_id].article) for article_id in known]
    put_search(connection, [search_text(article_id, text.title, text.text) for article_id, text in texts])
    signed = [stories.Signed(one, text.text or "", given[one].signature) for one, text in texts]
    move_cursors(connection, stories.group(connection, signed) - set(known))
    return len(known)
