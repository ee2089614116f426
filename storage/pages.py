"""Pages that wait to be fetched, and those that could not be had."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update
from sqlmodel import Session

from ingest.model import History, PageFailure, PendingPage
from storage import filters, sites
from storage.chunks import chunks
from storage.dialects import insert_new, take_turn
from storage.documents import entry_of
from storage.due import LIMIT, SITE_ID, SITE_IDS, Wanted, at_any_time, page_is_due
from storage.history import histories
from storage.tables import ARTICLE, FEED, PAGE, SITE
from storage.tombstones import REMOVED, find_buried

_PUT_TAGS = update(PAGE).where(PAGE.c.id == bindparam("of_page")).values(robots_tags=bindparam("tags"))

LIVE = 0
REVISIT = 1
BACKFILL = 2


@dataclass(frozen=True, slots=True)
class NewPage:
    """An address to fetch that no feed brought. ``key`` is its dedupe key, ``host`` as in ``SeenEntry``."""

    url: str
    key: int
    host: str


def waiting(session: Session, site_id: int, wanted: Wanted, limit: int = 50) -> list[PendingPage]:
    """The host's pages to fetch: live ones, then revisits, then a backfill's; first found first."""
    values = {"of_site": site_id, "now": wanted.now, "most": limit}
    rows = session.connection().execute(_select_waiting(at_any_time(wanted)), values).all()
    history = histories(session.connection(), [row.page_key for row in rows if row.priority == BACKFILL])
    return [_pending(row, history.get(row.page_key)) for row in rows]


def hosts_waiting(session: Session, site_ids: Collection[int], wanted: Wanted) -> set[int]:
    """Those of these hosts that have pages to fetch."""
    statement, connection = _select_hosts(at_any_time(wanted)), session.connection()
    return {
        found
        for chunk in chunks(sorted(site_ids))
        for found in connection.scalars(statement, {"of_sites": chunk, "now": wanted.now})
    }


@lru_cache(maxsize=8)  # as that of feeds that are due
def _select_hosts(wanted: Wanted) -> Select[Any]:
    return select(PAGE.c.site_id).distinct().where(PAGE.c.site_id.in_(SITE_IDS), page_is_due(wanted))


@lru_cache(maxsize=8)
def _select_waiting(wanted: Wanted) -> Select[Any]:
    due = _with_feeds().where(PAGE.c.site_id == SITE_ID, page_is_due(wanted))
    return due.order_by(PAGE.c.priority, PAGE.c.id).limit(LIMIT)


def known(session: Session, keys: Collection[int]) -> dict[int, PendingPage]:
    """The pages of these keys that are known, in whatever state, by key."""
    found = {}
    for chunk in chunks(sorted(keys)):
        for row in session.connection().execute(_with_feeds().where(PAGE.c.page_key.in_(chunk))):
            found[row.page_key] = _pending(row)
    return found


_OF_FEED = (FEED.c.url.label("feed_url"), FEED.c.title.label("feed_title"), FEED.c.watched_since)


def _with_feeds() -> Select[Any]:
    return (
        select(PAGE, SITE.c.host, *_OF_FEED, ARTICLE.c.provenance)
        .join(SITE, SITE.c.id == PAGE.c.site_id)
        .outerjoin(FEED, FEED.c.id == PAGE.c.feed_id)
        .outerjoin(ARTICLE, ARTICLE.c.id == PAGE.c.article_id)
    )


def _pending(row: Row[Any], history: History | None = None) -> PendingPage:
    return PendingPage(
        page_id=row.id,
        url=row.url,
        host=row.host,
        feed_url=row.feed_url,
        feed_title=row.feed_title,
        entry=entry_of(row.entry),
        attempts=row.attempts,
        first_fetched_at=row.first_fetched_at,
        is_revisit=row.priority == REVISIT,
        history=history,
        provenance=row.provenance or {},
        watched_since=row.watched_since,
    )


def record_failure(session: Session, failure: PageFailure, now: datetime) -> None:
    """Remember that a page could not be had; it waits for its next attempt, or has failed for good."""
    session.connection().execute(
        update(PAGE)
        .where(PAGE.c.id == failure.page_id, PAGE.c.state != REMOVED)
        .values(
            state="pending" if failure.next_attempt_at is not None else "failed",
            attempts=PAGE.c.attempts + 1,
            attempted_at=now,
            next_attempt_at=failure.next_attempt_at,
            last_failure_kind=failure.kind.value,
            last_failure_detail=failure.detail,
            last_status=failure.status,
        )
    )


def put_robots_tags(session: Session, tags: Mapping[int, tuple[str, ...]]) -> None:
    """Remember what pages, by id, said about being kept and used when they were fetched last (rule 50)."""
    if tags:
        rows = [{"of_page": page_id, "tags": list(said)} for page_id, said in sorted(tags.items())]
        session.connection().execute(_PUT_TAGS, rows)


def add_urls(session: Session, pages: Iterable[NewPage], now: datetime, priority: int = LIVE) -> int:
    """Make addresses pending; gives how many were not known as pages before.

    Live ones are asked for by someone: known pages are fetched again. Backfill leaves known pages as they are. What
    went by retention is passed over.
    """
    connection, added = session.connection(), 0
    take_turn(connection)
    wanted = list(pages)
    buried = find_buried(connection, {page.key for page in wanted})
    rows = _rows(session, (page for page in wanted if page.key not in buried), now, priority)
    for chunk in chunks(rows):
        keys = [row["page_key"] for row in chunk]
        known = set(connection.scalars(select(PAGE.c.page_key).where(PAGE.c.page_key.in_(keys))))
        added += len(chunk) - len(known)
        connection.execute(insert_new(connection, PAGE, "page_key"), list(chunk))
        if priority == LIVE and known:
            _forget_filters(connection, known)
            again = {"state": "pending", "attempts": 0, "next_attempt_at": None, "revisit_at": None, "priority": LIVE}
            connection.execute(update(PAGE).where(PAGE.c.page_key.in_(known)).values(again))
    return added


def _forget_filters(connection: Connection, keys: Collection[int]) -> None:
    """Someone asks for these pages: that a filter kept them out is over."""
    filters.let_in(connection, list(connection.scalars(select(PAGE.c.id).where(PAGE.c.page_key.in_(keys)))))


@dataclass(frozen=True, slots=True)
class Done:
    """A page that is not to be fetched, as it stands: its site, and when it would be looked at again."""

    page_id: int
    site_id: int
    revisit_at: datetime | None


def put_done(session: Session, page: NewPage, seen_at: datetime) -> Done:
    """A page that came by another way than a fetch: where it is not known, it is inserted as done."""
    connection = session.connection()
    take_turn(connection)
    [row] = _rows(session, [page], seen_at, LIVE)
    connection.execute(insert_new(connection, PAGE, "page_key"), [{**row, "state": "done"}])
    columns = select(PAGE.c.id, PAGE.c.site_id, PAGE.c.revisit_at)
    return Done(*connection.execute(columns.where(PAGE.c.page_key == page.key)).one())


def _rows(session: Session, pages: Iterable[NewPage], now: datetime, priority: int) -> list[dict[str, Any]]:
    by_key = {page.key: page for page in pages}
    site_ids = sites.ensure(session, (page.host for page in by_key.values()))
    return [
        {
            "site_id": site_ids[page.host],
            "url": page.url,
            "page_key": page.key,
            "state": "pending",
            "priority": priority,
            "attempts": 0,
            "robots_tags": [],
            "created_at": now,
        }
        for page in by_key.values()
    ]


def counts(session: Session) -> dict[str, int]:
    """How many pages are ``pending``, ``done``, ``failed``, ``filtered`` out, and ``removed`` with their articles."""
    statement = select(PAGE.c.state, func.count().label("pages")).group_by(PAGE.c.state)
    found = {row.state: row.pages for row in session.connection().execute(statement)}
    return {state: found.get(state, 0) for state in ("pending", "done", "failed", "filtered", REMOVED)}


def failures(session: Session, limit: int = 100) -> list[dict[str, Any]]:
    """Why pages fail: kind, how many pages, and one of them, most frequent first."""
    statement = (
        select(PAGE.c.last_failure_kind, func.count().label("pages"), func.max(PAGE.c.url).label("example"))
        .where(PAGE.c.last_failure_kind.is_not(None), or_(PAGE.c.state == "failed", PAGE.c.state == "pending"))
        .group_by(PAGE.c.last_failure_kind)
        .order_by(func.count().desc())
        .limit(limit)
    )
    rows = session.connection().execute(statement)
    return [{"kind": row.last_failure_kind, "pages": row.pages, "example": row.example} for row in rows]
