"""Storing articles: New, Revised or Same, with names, feeds, search entry and page, in the caller's one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, func, insert, select, text, update
from sqlmodel import Session

from ingest.model import ArticleRecord, SaveOutcome
from storage.burials import Suspect, find_burials
from storage.chunks import chunks
from storage.claims import Read, find_same, put_claims
from storage.dialects import put_search, remove_search, take_turn
from storage.inserts import put_new
from storage.merging import are_one, merge
from storage.records import KNOWN_COLUMNS, Known, article_row, is_poorer, revised_row, revision_row, search_text
from storage.stories import Signed, group
from storage.tables import ALIAS, ARTICLE, ARTICLE_FEED, PAGE, REVISION, SITE
from storage.texts import Rewrite, is_cut_off, is_mended, move_cursors, rewrite, take_cursors
from storage.tombstones import keep_out, with_ids

_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_PAGE_COLUMNS = (PAGE.c.id, PAGE.c.url, PAGE.c.page_key, PAGE.c.feed_id, PAGE.c.article_id, PAGE.c.created_at)
# Made once: building a statement takes as long as running it.
_PAGES = select(*_PAGE_COLUMNS, SITE.c.host).join(SITE, SITE.c.id == PAGE.c.site_id).where(PAGE.c.id.in_(_WANTED))
_ALIASES = select(ALIAS.c.key, ALIAS.c.article_id).where(ALIAS.c.key.in_(_WANTED))
_KNOWN = select(*KNOWN_COLUMNS).where(ARTICLE.c.id.in_(_WANTED))
_INSERT = insert(ARTICLE).returning(ARTICLE.c.id, ARTICLE.c.cursor)
_LINK = text(
    "INSERT INTO article_feed (article_id, feed_id, entry_key, first_seen_at)"
    " SELECT page.article_id, entry.feed_id, min(entry.entry_key), :now"
    " FROM entry JOIN page ON page.id = entry.page_id WHERE entry.page_id IN :wanted"
    " GROUP BY page.article_id, entry.feed_id ON CONFLICT (article_id, feed_id) DO NOTHING"
).bindparams(_WANTED, bindparam("now", type_=ARTICLE_FEED.c.first_seen_at.type))
# A failure stays readable on a page that is done: it is why a text is only partial.
_DONE = (
    update(PAGE)
    .where(PAGE.c.id == bindparam("of_page"))
    .values(
        state="done",
        next_attempt_at=None,
        article_id=bindparam("of_article"),
        fetched_at=bindparam("page_fetched_at"),
        first_fetched_at=func.coalesce(PAGE.c.first_fetched_at, bindparam("page_fetched_at")),
        revisit_at=bindparam("page_revisit_at"),
    )
)


@dataclass(frozen=True, slots=True)
class _Save:
    """One record with what is known of its page and, if it is a known article, of that."""

    record: ArticleRecord
    page: Row[Any]
    article_id: int | None = None
    known: Known | None = None
    outcome: SaveOutcome = SaveOutcome.NEW
    is_mended: bool = False  # the same text with more or less of the page's furniture
    buried_as: int | None = None  # it went by retention, and no article has one of its names now: the removal's cursor

    @property
    def names(self) -> set[int]:
        """The keys it is known by. A page without text names only itself: dead addresses lead to one front page."""
        return {self.page.page_key, *(self.record.alias_keys if self.record.article.text else ())}

    @property
    def claims(self) -> frozenset[int]:
        """The keys that its page calls canonical, and that are no names of it."""
        return frozenset(self.record.claim_keys if self.record.article.text else ()) - self.names

    @property
    def read(self) -> Read:
        """It as claims are judged by."""
        article = self.record.article
        return Read(article.title, article.text, frozenset(self.names), self.claims)

    @property
    def suspect(self) -> Suspect:
        """It as one is known by that went before."""
        record = self.record
        return Suspect(
            names=self.names, claims=self.claims, content_hash=record.content_hash, signature=record.signature
        )


def save(session: Session, record: ArticleRecord, now: datetime) -> SaveOutcome:
    """Store one article; see ``save_many``, which costs far less an article."""
    return save_many(session, (record,), now)[0]


def save_many(session: Session, records: Sequence[ArticleRecord], now: datetime) -> tuple[SaveOutcome, ...]:
    """Store a batch, about 100 at a time being best; gives each record's outcome, in order.

    A record is a known article when its page had one, or when one of its alias keys is known (rules 67, 68); else it is
    new. Records of the same article within the batch are stored one after another. Where the page is gone, its feed was
    removed meanwhile: nothing is stored; neither where the article went by retention.
    """
    connection = session.connection()
    take_turn(connection)
    outcomes = [SaveOutcome.SAME] * len(records)
    left = dict(enumerate(records))
    while portion := _independent(connection, left):
        _write(connection, list(portion.values()), now)
        for at, save in portion.items():
            outcomes[at] = save.outcome
        left = {at: record for at, record in left.items() if at not in portion}
    return tuple(outcomes)


# --- what each record is ---------------------------------------------------------------------------------------------


def _independent(connection: Connection, records: Mapping[int, ArticleRecord]) -> dict[int, _Save]:
    """As many of the records as do not touch the same article, each with its outcome."""
    saves = _identify(connection, records)
    ids = {save.article_id for save in saves.values() if save.article_id is not None}
    known = {row.id: row for row in _rows(connection, _KNOWN, list(ids))}
    chosen: dict[int, _Save] = {}
    taken: set[tuple[str, int | None]] = set()
    for at, save in saves.items():
        marks = {("page", save.page.id), *(("name", name) for name in save.names | save.claims)}
        marks |= {("article", save.article_id)} if save.article_id is not None else set()
        if taken.isdisjoint(marks):
            chosen[at] = _decide(save, known.get(save.article_id))
        taken |= marks
    return chosen


def _identify(connection: Connection, records: Mapping[int, ArticleRecord]) -> dict[int, _Save]:
    pages = {row.id: row for row in _rows(connection, _PAGES, [record.page_id for record in records.values()])}
    saves = {at: _Save(record, pages[record.page_id]) for at, record in records.items() if record.page_id in pages}
    names = {name for save in saves.values() for name in save.names}
    aliases = {row.key: row.article_id for row in _rows(connection, _ALIASES, list(names))}
    same = find_same(connection, {at: save.read for at, save in saves.items() if save.record.article.text})
    merged: dict[int, int] = {}
    named = {at: {aliases[name] for name in save.names & aliases.keys()} for at, save in saves.items()}
    found = {at: _article_id(connection, save, named[at] | same.get(at, set()), merged) for at, save in saves.items()}
    buried = find_burials(connection, {at: save.suspect for at, save in saves.items() if found[at] is None})
    return {at: replace(save, article_id=found[at], buried_as=buried.get(at)) for at, save in saves.items()}


def _article_id(connection: Connection, save: _Save, known: set[int], merged: dict[int, int]) -> int | None:
    """The article that the record is of. Where its names belong to several that are one, they become one (rule 68)."""
    own = save.page.article_id
    named = known | ({own} if own is not None else set())
    ids = {merged.get(article_id, article_id) for article_id in named}
    if len(ids) > 1 and are_one(connection, ids):
        into = merge(connection, ids, save.record.fetched_at)
        merged |= {old: into for old in (*merged, *ids) if merged.get(old, old) in ids}
        return into
    if own is not None:
        return merged.get(int(own), int(own))
    return min(ids, default=None)


def _decide(save: _Save, known: Known | None) -> _Save:
    if known is None:
        return replace(save, outcome=SaveOutcome.KEPT_OUT) if save.buried_as is not None else save
    if known.content_hash == save.record.content_hash or is_poorer(save.record.article, known):
        return replace(save, known=known, outcome=SaveOutcome.SAME)
    if is_mended(save.record.article, known):
        return replace(save, known=known, outcome=SaveOutcome.SAME, is_mended=True)
    if is_cut_off(save.record.article, known):
        return replace(save, known=known, outcome=SaveOutcome.SAME)
    return replace(save, known=known, outcome=SaveOutcome.REVISED)


def _rows(connection: Connection, statement: Select[Any], wanted: list[int]) -> list[Row[Any]]:
    return [row for chunk in chunks(wanted) for row in connection.execute(statement, {"wanted": chunk})]


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(connection: Connection, portion: list[_Save], now: datetime) -> None:
    saves = [save for save in portion if save.outcome is not SaveOutcome.KEPT_OUT]
    if len(saves) < len(portion):
        buried = [(save, save.buried_as) for save in portion if save.buried_as is not None]
        keep_out(connection, {save.page.id: (cursor, save.names) for save, cursor in buried})
    if not saves:
        return
    new = [save for save in saves if save.outcome is SaveOutcome.NEW]
    revised = [save for save in saves if save.outcome is SaveOutcome.REVISED]
    cursors = take_cursors(connection, len(new) + len(revised))
    stored = _insert(connection, new, cursors[: len(new)])
    _revise(connection, revised, cursors[len(new) :])
    _index(connection, [*stored, *revised])
    _mend(connection, saves)
    _group(connection, stored, revised)
    everything = [*stored, *(save for save in saves if save.outcome is not SaveOutcome.NEW)]
    _name(connection, everything, now)
    _finish(connection, everything)
    _link(connection, everything, now)


def _insert(connection: Connection, new: list[_Save], cursors: range) -> list[_Save]:
    if not new:
        return []
    rows = [
        {
            **article_row(save.record),
            "cursor": cursor,
            "revision": 1,
            "site": save.page.host,
            "url": save.record.article.url or save.page.url,
            "first_seen_at": save.page.created_at,
            "feed_id": save.page.feed_id,
        }
        for save, cursor in zip(new, cursors, strict=True)
    ]
    ids = {row.cursor: row.id for row in connection.execute(_INSERT, with_ids(connection, rows))}
    return [replace(save, article_id=ids[cursor]) for save, cursor in zip(new, cursors, strict=True)]


def _revise(connection: Connection, revised: list[_Save], cursors: range) -> None:
    before = [save.known for save in revised if save.known is not None]
    if not before:
        return
    connection.execute(insert(REVISION), [revision_row(known) for known in before])
    remove_search(connection, [search_text(known.id, known.title, known.text) for known in before])
    rows = [
        {**revised_row(save.record, known), "of_article": known.id, "cursor": cursor}
        for save, known, cursor in zip(revised, before, cursors, strict=True)
    ]
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_article"}
    statement = update(ARTICLE).where(ARTICLE.c.id == bindparam("of_article"))
    connection.execute(statement.values(**columns, revision=ARTICLE.c.revision + 1), rows)


def _mend(connection: Connection, saves: list[_Save]) -> None:
    """Put the text without furniture, or with what was none, in the place of the stored one: no revision."""
    rewrites = [
        Rewrite(
            article_id=save.known.id,
            title=save.known.title,
            before=save.known.text,
            text=save.record.article.text or "",
            removed=save.record.article.removed,
            content_hash=save.record.content_hash,
            signature=save.record.signature,
        )
        for save in saves
        if save.is_mended and save.known is not None
    ]
    rewrite(connection, rewrites)


def _index(connection: Connection, saves: list[_Save]) -> None:
    put_search(
        connection,
        [
            search_text(save.article_id, save.record.article.title, save.record.article.text)
            for save in saves
            if save.article_id is not None
        ],
    )


def _group(connection: Connection, new: list[_Save], revised: list[_Save]) -> None:
    """Copies become stories. What that changes about other articles is a change that readers by cursor must see."""
    signed = [
        Signed(save.article_id, save.record.article.text or "", save.record.signature)
        for save in (*new, *revised)
        if save.article_id is not None
    ]
    fresh = {save.article_id for save in new if save.article_id is not None}
    move_cursors(connection, group(connection, signed, fresh) - {one.article_id for one in signed})


def _name(connection: Connection, saves: list[_Save], now: datetime) -> None:
    rows = [{"key": name, "article_id": save.article_id, "first_seen_at": now} for save in saves for name in save.names]
    put_new(connection, ALIAS, ("key",), rows)
    put_claims(connection, [(key, save.article_id) for save in saves if save.article_id for key in save.claims])


def _link(connection: Connection, saves: list[_Save], now: datetime) -> None:
    """Every feed whose entries led to the pages, which know their articles by now, has shown these."""
    for portion in chunks([save.page.id for save in saves]):
        connection.execute(_LINK, {"wanted": portion, "now": now})


def _finish(connection: Connection, saves: list[_Save]) -> None:
    rows = [
        {
            "of_page": save.page.id,
            "of_article": save.article_id,
            "page_fetched_at": save.record.fetched_at,
            "page_revisit_at": save.record.revisit_at,
        }
        for save in saves
    ]
    connection.execute(_DONE, rows)
