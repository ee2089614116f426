"""Stored texts read for mending, and rewritten in place: furniture that goes or comes back makes no revision."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, select, update
from sqlmodel import Session

from ingest.blocks import StoredText
from ingest.model import Article, Removal
from storage.chunks import chunks
from storage.dialects import put_search, remove_search, take_turn
from storage.records import Known, removed_document, search_text
from storage.stories import Signed, group
from storage.tables import ARTICLE, COUNTER, PAGE
from storage.words import word_count

_COUNT = (
    update(COUNTER)
    .where(COUNTER.c.name == "article")
    .values(value=COUNTER.c.value + bindparam("count"))
    .returning(COUNTER.c.value)
)
_MOVED = update(ARTICLE).where(ARTICLE.c.id == bindparam("of_article")).values(cursor=bindparam("new_cursor"))
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_PRESENT = select(ARTICLE.c.id, ARTICLE.c.text).where(ARTICLE.c.id.in_(_WANTED))
_REWRITTEN = ("cursor", "text", "word_count", "removed", "content_hash")
_REWRITE = (
    update(ARTICLE)
    .where(ARTICLE.c.id == bindparam("of_article"))
    .values({name: bindparam(name, type_=ARTICLE.c[name].type) for name in _REWRITTEN})
)
_COLUMNS = tuple(
    ARTICLE.c[name]
    for name in ("id", "url", "title", "authors", "language", "text", "removed", "content_hash", "provenance")
)
_PAGE_ID = select(func.max(PAGE.c.id)).where(PAGE.c.article_id == ARTICLE.c.id).scalar_subquery().label("page_id")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """An article's text as it was and as it shall be."""

    article_id: int
    title: str | None
    before: str | None
    text: str
    removed: tuple[Removal, ...]
    content_hash: str
    signature: bytes | None = None


def take_cursors(connection: Connection, count: int) -> range:
    """So many numbers of the export's order, after all that were given before."""
    if not count:
        return range(0)
    last = int(connection.execute(_COUNT, {"count": count}).scalar_one())
    return range(last - count + 1, last + 1)


def move_cursors(connection: Connection, article_ids: Collection[int]) -> None:
    """Articles that another one's coming changed are read again by those who read by cursor."""
    rows = [
        {"of_article": article_id, "new_cursor": cursor}
        for article_id, cursor in zip(sorted(article_ids), take_cursors(connection, len(article_ids)), strict=True)
    ]
    if rows:
        connection.execute(_MOVED, rows)


def of_pages(session: Session, page_ids: Collection[int]) -> list[StoredText]:
    """The texts of these pages' articles, each article once."""
    found: dict[int, StoredText] = {}
    for chunk in chunks(sorted(page_ids)):
        statement = select(*_COLUMNS, PAGE.c.id.label("page_id")).join(PAGE, PAGE.c.article_id == ARTICLE.c.id)
        found |= {text.article_id: text for text in _read(session, statement.where(PAGE.c.id.in_(chunk)))}
    return list(found.values())


def of_article(session: Session, article_id: int) -> StoredText | None:
    """One article's text; None where it has none."""
    statement = select(*_COLUMNS, _PAGE_ID).where(ARTICLE.c.id == article_id)
    return next(iter(_read(session, statement)), None)


def of_site(session: Session, host: str, *, below: int | None = None, limit: int = 100) -> list[StoredText]:
    """A host's texts, newest first; ``below``: those stored before this article."""
    statement = select(*_COLUMNS, _PAGE_ID).where(ARTICLE.c.site == host).order_by(ARTICLE.c.id.desc()).limit(limit)
    if below is not None:
        statement = statement.where(ARTICLE.c.id < below)
    return _read(session, statement)


def _read(session: Session, statement: Select[Any]) -> list[StoredText]:
    return [_text_of(row) for row in session.connection().execute(statement.where(ARTICLE.c.word_count > 0))]


def _text_of(row: Row[Any]) -> StoredText:
    is_named = (row.provenance or {}).get("authors") == "text"
    return StoredText(
        article_id=row.id,
        page_id=row.page_id,
        url=row.url,
        title=row.title,
        authors=() if is_named else tuple(row.authors),
        language=row.language,
        text=row.text or "",
        removed=tuple(Removal(**item) for item in row.removed),
        content_hash=row.content_hash,
    )


def replace(session: Session, changes: Iterable[tuple[StoredText, StoredText]]) -> int:
    """Rewrite texts, each as it was and as it shall be; gives how many: one that has changed meanwhile stays."""
    connection, wanted = session.connection(), {before.article_id: (before, after) for before, after in changes}
    take_turn(connection)
    present = {
        row.id: row.text for chunk in chunks(sorted(wanted)) for row in connection.execute(_PRESENT, {"wanted": chunk})
    }
    rewrites = [
        Rewrite(
            article_id=after.article_id,
            title=before.title,
            before=before.text,
            text=after.text,
            removed=after.removed,
            content_hash=after.content_hash,
            signature=after.signature,
        )
        for before, after in wanted.values()
        if present.get(before.article_id) == before.text
    ]
    rewrite(connection, rewrites)
    return len(rewrites)


def rewrite(connection: Connection, rewrites: Sequence[Rewrite]) -> None:
    """Put texts in the place of others: search, stories and export follow, the history does not."""
    if not rewrites:
        return
    rows = [
        {
            "of_article": one.article_id,
            "cursor": cursor,
            "text": one.text,
            "word_count": word_count(one.text),
            "removed": removed_document(one.removed),
            "content_hash": one.content_hash,
        }
        for one, cursor in zip(rewrites, take_cursors(connection, len(rewrites)), strict=True)
    ]
    remove_search(connection, [search_text(one.article_id, one.title, one.before) for one in rewrites])
    connection.execute(_REWRITE, rows)
    put_search(connection, [search_text(one.article_id, one.title, one.text) for one in rewrites])
    signed = [Signed(one.article_id, one.text, one.signature) for one in rewrites]
    move_cursors(connection, group(connection, signed) - {one.article_id for one in rewrites})


def is_mended(article: Article, known: Known) -> bool:
    """Whether a text differs from the stored one in furniture alone: what cleaning takes out now, or took then."""
    if not article.text or not known.text or article.title != known.title:
        return False
    fresh, stored = _count_lines(article.text), _count_lines(known.text)
    gone = Counter(removal.text for removal in article.removed)
    back = Counter(item["text"] for item in known.removed)
    return fresh != stored and (stored - fresh) <= gone and (fresh - stored) <= back


def is_cut_off(article: Article, known: Known) -> bool:
    """Whether of the stored text less than half is left, and nothing is new: a changed template or a wall, no edit.

    Who takes back or rewrites a text says something else in it, or in the headline.
    """
    if not article.text or not known.text or article.title != known.title:
        return False
    fresh, stored = _count_lines(article.text), _count_lines(known.text)
    return len(article.text) * 2 < len(known.text) and fresh <= stored


def _count_lines(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.strip())
