"""Filters and the pages that they keep out: a page that is not wanted keeps its place, and is not asked for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update
from sqlmodel import Session

from ingest.filters import FilterAction, FilterField, FilterRule, KeptOut
from storage.chunks import chunks
from storage.inserts import put_new
from storage.tables import ARTICLE, ARTICLE_FEED, ENTRY, FEED, FILTER, FILTERED_PAGE, PAGE

FILTERED = "filtered"  # the state of a page that is kept out
_OPEN = ("pending", "failed")
_ANY = select(exists(select(FILTER.c.id)))
_RULES = select(FILTER, FEED.c.url.label("feed_url")).outerjoin(FEED, FEED.c.id == FILTER.c.feed_id)


@dataclass(frozen=True, slots=True)
class StoredFilter:
    """A filter with what it has kept out so far, and when it did last."""

    rule: FilterRule
    created_at: datetime
    kept_out: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outsider:
    """A page that is kept out. ``rule`` as it was then; ``is_standing``: that filter is still there."""

    url: str | None
    title: str | None
    rule: str
    reason: str
    kept_out_at: datetime
    is_standing: bool


# --- filters ---------------------------------------------------------------------------------------------------------


def add(session: Session, rule: FilterRule, now: datetime) -> tuple[int, bool]:
    """The filter's id, and whether it is new. Raises LookupError where there is no such feed."""
    connection, feed_id = session.connection(), None
    if rule.feed_url is not None:
        feed_id = connection.scalar(select(FEED.c.id).where(FEED.c.url == rule.feed_url))
        if feed_id is None:
            raise LookupError(rule.feed_url)
    row: dict[str, Any] = {"action": rule.action.value, "field": rule.field.value, "value": rule.value}
    row |= {"feed_id": feed_id, "tag": rule.tag}
    same = (FILTER.c[name].is_not_distinct_from(value) for name, value in row.items())
    known = connection.scalar(select(FILTER.c.id).where(*same))
    if known is not None:
        return int(known), False
    created = connection.scalar(insert(FILTER).returning(FILTER.c.id), row | {"created_at": now})
    return int(created or 0), True


def remove(session: Session, ids: Collection[int]) -> list[int]:
    """Take filters away; gives those that there were. What they kept out stays out, what comes from now on does not."""
    connection = session.connection()
    found = sorted(connection.scalars(select(FILTER.c.id).where(FILTER.c.id.in_(ids))))
    connection.execute(delete(FILTER).where(FILTER.c.id.in_(found)))
    return found


def listing(session: Session) -> list[StoredFilter]:
    """Every filter, oldest first."""
    connection = session.connection()
    sums = select(
        FILTERED_PAGE.c.rule_id, func.count().label("pages"), func.max(FILTERED_PAGE.c.kept_out_at).label("at")
    )
    counts = {row.rule_id: row for row in connection.execute(sums.group_by(FILTERED_PAGE.c.rule_id))}
    found = []
    for row in connection.execute(_RULES.order_by(FILTER.c.id)):
        count = counts.get(row.id)
        done = (count.pages, count.at) if count is not None else (0, None)
        found.append(StoredFilter(_rule(row), row.created_at, *done))
    return found


def of_feed(session: Session, feed_id: int | None) -> tuple[FilterRule, ...]:
    """The filters that speak of a feed; of None, of what no feed brought."""
    return of_feeds(session, [feed_id])[feed_id]


def of_feeds(session: Session, feed_ids: Collection[int | None]) -> dict[int | None, tuple[FilterRule, ...]]:
    """The same of several feeds, by id: one look where there are no filters at all."""
    connection = session.connection()
    rules = [_rule(row) for row in connection.execute(_RULES.order_by(FILTER.c.id))]
    if not rules:
        return dict.fromkeys(feed_ids, ())
    known: dict[int | None, tuple[str | None, list[str]]] = {None: (None, [])}
    for chunk in chunks(sorted(feed_id for feed_id in feed_ids if feed_id is not None)):
        rows = connection.execute(select(FEED.c.id, FEED.c.url, FEED.c.tags).where(FEED.c.id.in_(chunk)))
        known |= {row.id: (row.url, row.tags) for row in rows}
    return {
        feed_id: tuple(rule for rule in rules if rule.applies_to(*known.get(feed_id, (None, []))))
        for feed_id in feed_ids
    }


def is_any(session: Session) -> bool:
    """Whether there are filters at all."""
    return bool(session.connection().scalar(_ANY))


def of_page(session: Session, page_id: int) -> list[tuple[FilterRule, ...]]:
    """The filters of each feed that led to a page: it is kept out where all of them keep it out. Empty: no filters."""
    connection = session.connection()
    if not is_any(session):
        return []
    led = set(connection.scalars(select(ENTRY.c.feed_id).where(ENTRY.c.page_id == page_id)))
    brought = connection.scalar(select(PAGE.c.feed_id).where(PAGE.c.id == page_id))
    return list(of_feeds(session, led | {brought} if brought is not None or not led else led).values())


def _rule(row: Row[Any]) -> FilterRule:
    return FilterRule(
        action=FilterAction(row.action),
        field=FilterField(row.field),
        value=row.value,
        feed_url=row.feed_url,
        tag=row.tag,
        id=row.id,
    )


# --- pages -----------------------------------------------------------------------------------------------------------


def keep_out(session: Session, page_id: int, title: str | None, kept: KeptOut, now: datetime) -> bool:
    """Shut a page out that waits; false where its article is stored meanwhile, or the page is gone."""
    return bool(shut(session.connection(), {page_id: (title, kept)}, now))


def shut(connection: Connection, pages: Mapping[int, tuple[str | None, KeptOut]], now: datetime) -> set[int]:
    """Shut pages out, each with its title and the reason; gives those that were open. Stored articles stay."""
    open_ids: set[int] = set()
    for chunk in chunks(sorted(pages)):
        waiting = select(PAGE.c.id).where(PAGE.c.id.in_(chunk), PAGE.c.state.in_(_OPEN), PAGE.c.article_id.is_(None))
        found = list(connection.scalars(waiting))
        open_ids.update(found)
        shut_out = {"state": FILTERED, "next_attempt_at": None, "last_failure_kind": None, "last_failure_detail": None}
        connection.execute(update(PAGE).where(PAGE.c.id.in_(found)).values(shut_out))
    rows = [_row(page_id, *pages[page_id], now) for page_id in sorted(open_ids)]
    put_new(connection, FILTERED_PAGE, ("page_id",), rows)
    return open_ids


def _row(page_id: int, title: str | None, kept: KeptOut, now: datetime) -> dict[str, Any]:
    told = {"rule_id": kept.rule_id, "rule": kept.rule, "reason": kept.reason}
    return {"page_id": page_id, **told, "title": title, "kept_out_at": now}


def filtered(connection: Connection, page_ids: Collection[int]) -> set[int]:
    """Those of the pages that are kept out."""
    found: set[int] = set()
    for chunk in chunks(sorted(page_ids)):
        found |= set(connection.scalars(select(FILTERED_PAGE.c.page_id).where(FILTERED_PAGE.c.page_id.in_(chunk))))
    return found


def let_in(connection: Connection, page_ids: Collection[int]) -> None:
    """Forget that pages were kept out; who calls makes them wait again."""
    for chunk in chunks(sorted(page_ids)):
        connection.execute(delete(FILTERED_PAGE).where(FILTERED_PAGE.c.page_id.in_(chunk)))


def find_outsider(session: Session, page_keys: Collection[int]) -> Outsider | None:
    """The page of one of these keys that is kept out, and why; None where none is."""
    columns = (PAGE.c.url, FILTERED_PAGE, FILTER.c.id.label("standing"))
    joined = select(*columns).join(PAGE, PAGE.c.id == FILTERED_PAGE.c.page_id)
    found = joined.outerjoin(FILTER, FILTER.c.id == FILTERED_PAGE.c.rule_id).where(PAGE.c.page_key.in_(page_keys))
    row = session.connection().execute(found.limit(1)).one_or_none()
    return None if row is None else _outsider(row)


def latest_outsiders(session: Session, limit: int) -> Sequence[Outsider]:
    """The pages that were kept out last."""
    columns = (PAGE.c.url, FILTERED_PAGE, FILTER.c.id.label("standing"))
    joined = select(*columns).join(PAGE, PAGE.c.id == FILTERED_PAGE.c.page_id)
    found = joined.outerjoin(FILTER, FILTER.c.id == FILTERED_PAGE.c.rule_id)
    last = found.order_by(FILTERED_PAGE.c.kept_out_at.desc(), FILTERED_PAGE.c.page_id.desc()).limit(limit)
    return [_outsider(row) for row in session.connection().execute(last)]


def _outsider(row: Row[Any]) -> Outsider:
    return Outsider(row.url, row.title, row.rule, row.reason, row.kept_out_at, row.standing is not None)


# --- trying ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A stored article as filters see it; ``feeds``: those that have shown it, each with its tags."""

    id: int
    url: str | None
    title: str | None
    summary: str | None
    text: str | None
    tags: Sequence[str]
    authors: Sequence[str]
    language: str | None
    feeds: Sequence[tuple[str, Sequence[str]]]


_JUDGED = ("id", "url", "title", "summary", "text", "tags", "authors", "language")


def judged(session: Session, since: datetime | None = None, portion: int = 200) -> Iterator[Judged]:
    """The stored articles, the newest first, a portion in memory at a time."""
    connection, before = session.connection(), None
    while True:
        wanted = select(*(ARTICLE.c[name] for name in _JUDGED)).order_by(ARTICLE.c.id.desc()).limit(portion)
        if since is not None:
            wanted = wanted.where(ARTICLE.c.first_seen_at >= since)
        rows = connection.execute(wanted if before is None else wanted.where(ARTICLE.c.id < before)).all()
        shown = _shown_by(connection, [row.id for row in rows])
        yield from (Judged(**row._asdict(), feeds=shown.get(row.id, ())) for row in rows)
        if len(rows) < portion:
            return
        before = rows[-1].id


def _shown_by(connection: Connection, article_ids: Collection[int]) -> dict[int, list[tuple[str, Sequence[str]]]]:
    found: dict[int, list[tuple[str, Sequence[str]]]] = {}
    joined = select(ARTICLE_FEED.c.article_id, FEED.c.url, FEED.c.tags).join(FEED, FEED.c.id == ARTICLE_FEED.c.feed_id)
    for row in connection.execute(joined.where(ARTICLE_FEED.c.article_id.in_(article_ids))):
        found.setdefault(row.article_id, []).append((row.url, row.tags))
    return found
