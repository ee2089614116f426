"""Storing articles: New, Revised or Same, with names, feeds, search entry and page, in the caller's one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlmodel import Session

from ingest.model import Article, ArticleRecord, ArticleStatus, SaveOutcome
from storage.chunks import chunks
from storage.dialects import SearchText, insert, put_search, remove_search
from storage.tables import ALIAS, ARTICLE, ARTICLE_FEED, COUNTER, ENTRY, PAGE, REVISION, SITE
from storage.words import word_count, words

_CURSOR = "article"


@dataclass(frozen=True, slots=True)
class _Save:
    """One record with what is known of its page and of the article it is, if that is known."""

    record: ArticleRecord
    page: Row[*tuple[Any, ...]]
    article_id: int | None
    known: Row[*tuple[Any, ...]] | None
    outcome: SaveOutcome

    @property
    def search_text(self) -> SearchText:
        assert self.article_id is not None
        return _search_text(self.article_id, self.record.article.title, self.record.article.text)


def save(session: Session, record: ArticleRecord, now: datetime) -> SaveOutcome:
    """Store one article; see ``save_many``."""
    return save_many(session, (record,), now)[0]


def save_many(session: Session, records: Sequence[ArticleRecord], now: datetime) -> tuple[SaveOutcome, ...]:
    """Store a batch, about 100 at a time being best; gives each record's outcome, in order.

    A record is a known article when its page had one, or when one of its alias keys is known (rules 67, 68); else it is
    new. Records of the same article within the batch are stored one after another.
    """
    connection = session.connection()
    _lock(connection)
    outcomes: dict[int, SaveOutcome] = {}
    left = dict(enumerate(records))
    while left:
        portion = _independent(connection, left)
        outcomes |= {at: save.outcome for at, save in portion.items()}
        _write(connection, list(portion.values()), now)
        left = {at: record for at, record in left.items() if at not in portion}
    return tuple(outcomes[at] for at in range(len(records)))


def _lock(connection: Connection) -> None:
    # Writers take turns from here on: two that bring the same article at once must see each other's aliases, and a
    # cursor must not become visible before a lower one. SQLite's transaction has the write lock already.
    connection.execute(select(COUNTER.c.value).where(COUNTER.c.name == _CURSOR).with_for_update())


# --- what each record is ---------------------------------------------------------------------------------------------


def _independent(connection: Connection, records: Mapping[int, ArticleRecord]) -> dict[int, _Save]:
    """As many of the records as do not touch the same article."""
    pages = _pages(connection, [record.page_id for record in records.values()])
    aliases = _aliases(connection, [key for record in records.values() for key in record.alias_keys])
    ids = {at: _article_id(record, pages, aliases) for at, record in records.items()}
    known = _articles(connection, [found for found in ids.values() if found is not None])
    chosen: dict[int, _Save] = {}
    taken: set[tuple[str, int]] = set()
    for at, record in records.items():
        names = {("page", record.page_id), *(("key", key) for key in record.alias_keys)}
        names |= {("article", found) for found in [ids[at]] if found is not None}
        if taken.isdisjoint(names):
            chosen[at] = _decide(record, pages[record.page_id], known.get(ids[at] or 0))
        taken |= names
    return chosen


def _pages(connection: Connection, page_ids: list[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    columns = (PAGE.c.id, PAGE.c.url, PAGE.c.page_key, PAGE.c.feed_id, PAGE.c.article_id, PAGE.c.created_at)
    statement = select(*columns, SITE.c.host).join(SITE, SITE.c.id == PAGE.c.site_id)
    return {
        row.id: row for chunk in chunks(page_ids) for row in connection.execute(statement.where(PAGE.c.id.in_(chunk)))
    }


def _aliases(connection: Connection, keys: list[int]) -> dict[int, int]:
    return {
        row.key: row.article_id
        for chunk in chunks(keys)
        for row in connection.execute(select(ALIAS.c.key, ALIAS.c.article_id).where(ALIAS.c.key.in_(chunk)))
    }


def _article_id(
    record: ArticleRecord, pages: Mapping[int, Row[*tuple[Any, ...]]], aliases: Mapping[int, int]
) -> int | None:
    if pages[record.page_id].article_id is not None:
        return int(pages[record.page_id].article_id)
    return min((aliases[key] for key in record.alias_keys if key in aliases), default=None)


def _articles(connection: Connection, ids: list[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    names = (
        "id",
        "revision",
        "content_hash",
        "title",
        "text",
        "status",
        "published_at",
        "published_source",
        "fetched_at",
    )
    statement = select(*(ARTICLE.c[name] for name in names))
    return {
        row.id: row for chunk in chunks(ids) for row in connection.execute(statement.where(ARTICLE.c.id.in_(chunk)))
    }


def _decide(record: ArticleRecord, page: Row[*tuple[Any, ...]], known: Row[*tuple[Any, ...]] | None) -> _Save:
    if known is None:
        return _Save(record, page, None, None, SaveOutcome.NEW)
    is_same = known.content_hash == record.content_hash or _is_poorer(record.article, known)
    return _Save(record, page, known.id, known, SaveOutcome.SAME if is_same else SaveOutcome.REVISED)


def _is_poorer(article: Article, known: Row[*tuple[Any, ...]]) -> bool:
    """Whether storing it would lose text: a consent page or a teaser never replaces what was read in full."""
    if not article.text:
        return bool(known.text)
    return article.status == ArticleStatus.PARTIAL and known.status == ArticleStatus.OK.value


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(connection: Connection, saves: list[_Save], now: datetime) -> None:
    new = [save for save in saves if save.outcome is SaveOutcome.NEW]
    revised = [save for save in saves if save.outcome is SaveOutcome.REVISED]
    cursors = _take_cursors(connection, len(new) + len(revised))
    stored = _insert(connection, new, cursors[: len(new)])
    _revise(connection, revised, cursors[len(new) :])
    put_search(connection, [save.search_text for save in [*stored, *revised]])
    everything = [*stored, *(save for save in saves if save.outcome is not SaveOutcome.NEW)]
    _name(connection, everything, now)
    _link(connection, everything, now)
    _finish(connection, everything)


def _take_cursors(connection: Connection, count: int) -> range:
    if not count:
        return range(0)
    statement = update(COUNTER).where(COUNTER.c.name == _CURSOR).values(value=COUNTER.c.value + count)
    last = int(connection.execute(statement.returning(COUNTER.c.value)).scalar_one())
    return range(last - count + 1, last + 1)


def _insert(connection: Connection, new: list[_Save], cursors: range) -> list[_Save]:
    if not new:
        return []
    rows = [
        {
            **_columns(save.record),
            "cursor": cursor,
            "revision": 1,
            "site": save.page.host,
            "url": save.record.article.url or save.page.url,
            "first_seen_at": save.page.created_at,
            "feed_id": save.page.feed_id,
        }
        for save, cursor in zip(new, cursors, strict=True)
    ]
    connection.execute(insert(connection, ARTICLE), rows)
    found = connection.execute(
        select(ARTICLE.c.id).where(ARTICLE.c.cursor.between(cursors[0], cursors[-1])).order_by(ARTICLE.c.cursor)
    )
    return [
        _Save(save.record, save.page, article_id, None, save.outcome)
        for save, article_id in zip(new, found.scalars(), strict=True)
    ]


def _revise(connection: Connection, revised: list[_Save], cursors: range) -> None:
    if not revised:
        return
    before = [save.known for save in revised if save.known is not None]
    connection.execute(insert(connection, REVISION), [_revision_row(known) for known in before])
    remove_search(connection, [_search_text(known.id, known.title, known.text) for known in before])
    rows = [
        {**_columns(save.record), **_kept_date(save), "of_article": save.article_id, "cursor": cursor}
        for save, cursor in zip(revised, cursors, strict=True)
    ]
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_article"}
    statement = update(ARTICLE).where(ARTICLE.c.id == bindparam("of_article"))
    connection.execute(statement.values(**columns, revision=ARTICLE.c.revision + 1), rows)


def _revision_row(known: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "article_id": known.id,
        "number": known.revision,
        "title": known.title,
        "text": known.text,
        "content_hash": known.content_hash,
        "recorded_at": known.fetched_at,
    }


def _kept_date(save: _Save) -> dict[str, Any]:
    """A date that an edit no longer names is still the article's date."""
    if save.known is None or save.record.article.published_at is not None:
        return {}
    return {"published_at": save.known.published_at, "published_source": save.known.published_source}


def _columns(record: ArticleRecord) -> dict[str, Any]:
    article = record.article
    return {
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "published_source": article.published_source,
        "updated_at": article.updated_at,
        "fetched_at": record.fetched_at,
        "language": article.language,
        "text": article.text,
        "summary": article.summary,
        "image_url": article.image_url,
        "tags": list(article.tags),
        "site_name": article.site_name,
        "word_count": word_count(article.text),
        "status": article.status.value,
        "extractor": article.extractor,
        "removed": [{"rule": removal.rule, "text": removal.text} for removal in article.removed],
        "origin_url": article.origin_url,
        "content_hash": record.content_hash,
        "provenance": dict(article.provenance),
    }


def _search_text(article_id: int, title: str | None, text: str | None) -> SearchText:
    return SearchText(article_id, words(title), words(text))


def _name(connection: Connection, saves: Iterable[_Save], now: datetime) -> None:
    rows = [
        {"key": key, "article_id": save.article_id, "first_seen_at": now}
        for save in saves
        for key in {save.page.page_key, *save.record.alias_keys}
    ]
    connection.execute(insert(connection, ALIAS).on_conflict_do_nothing(index_elements=["key"]), rows)


def _link(connection: Connection, saves: Sequence[_Save], now: datetime) -> None:
    """Every feed whose entries led to the pages has shown the articles."""
    article_ids = {save.page.id: save.article_id for save in saves}
    first = func.min(ENTRY.c.entry_key).label("entry_key")
    for chunk in chunks(list(article_ids)):
        shown = select(ENTRY.c.page_id, ENTRY.c.feed_id, first).where(ENTRY.c.page_id.in_(chunk))
        rows = [
            {
                "article_id": article_ids[row.page_id],
                "feed_id": row.feed_id,
                "entry_key": row.entry_key,
                "first_seen_at": now,
            }
            for row in connection.execute(shown.group_by(ENTRY.c.page_id, ENTRY.c.feed_id))
        ]
        if rows:
            statement = insert(connection, ARTICLE_FEED)
            connection.execute(statement.on_conflict_do_nothing(index_elements=["article_id", "feed_id"]), rows)


def _finish(connection: Connection, saves: Iterable[_Save]) -> None:
    rows = [
        {
            "of_page": save.page.id,
            "article_id": save.article_id,
            "fetched_at": save.record.fetched_at,
        }
        for save in sorted(saves, key=lambda save: save.page.id)
    ]
    done = {"state": "done", "last_failure_kind": None, "last_failure_detail": None, "next_attempt_at": None}
    statement = update(PAGE).where(PAGE.c.id == bindparam("of_page"))
    columns: dict[str, Any] = {"article_id": bindparam("article_id"), "fetched_at": bindparam("fetched_at")}
    connection.execute(statement.values(**done, **columns), rows)
