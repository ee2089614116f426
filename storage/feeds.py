"""Subscriptions: adding, pausing, listing them, and what of them is due."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, case, delete, func, select, update
from sqlmodel import Session

from ingest.model import FeedState, FeedStatus
from storage import sites
from storage.chunks import chunks
from storage.dialects import insert_new, take_turn
from storage.documents import state_columns, state_of
from storage.due import LIMIT, SITE_IDS, Wanted, at_any_time, feed_is_due
from storage.entries import PollCounts, count_new, known_keys, news
from storage.moments import iso
from storage.polls import PollRecord, record_poll, record_polls
from storage.tables import ARTICLE_FEED, ENTRY, FEED, PAGE, SITE
from storage.tombstones import REMOVED

__all__ = [
    "FeedSchedule",
    "NewFeed",
    "PollCounts",
    "PollRecord",
    "add",
    "count_new",
    "due",
    "failing",
    "find",
    "known_keys",
    "listing",
    "news",
    "of_host",
    "pause",
    "record_poll",
    "record_polls",
    "remove",
    "resume",
    "schedule",
    "set_min_interval",
    "states",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A subscription to be. ``host`` as in ``SeenEntry``; ``next_poll_at`` None: at once."""

    url: str
    host: str
    created_at: datetime
    title: str | None = None
    site_url: str | None = None
    tags: tuple[str, ...] = ()
    next_poll_at: datetime | None = None
    min_interval_seconds: int | None = None
    max_interval_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSchedule:
    """A feed with all that health and explanations look at."""

    feed_id: int
    state: FeedState
    next_poll_at: datetime | None
    poll_reason: str | None
    last_failure_kind: str | None
    last_failure_detail: str | None


def add(session: Session, new: NewFeed) -> tuple[int, bool]:
    """The id of the feed, and whether it is new. A known feed stays as it is."""
    connection = session.connection()
    state = FeedState(
        url=new.url,
        created_at=new.created_at,
        min_interval_seconds=new.min_interval_seconds,
        max_interval_seconds=new.max_interval_seconds,
    )
    row = {
        **state_columns(state),
        "site_id": sites.ensure(session, [new.host])[new.host],
        "title": new.title,
        "site_url": new.site_url,
        "tags": list(new.tags),
        "next_poll_at": new.next_poll_at,
    }
    statement = insert_new(connection, FEED, "url").values(row).returning(FEED.c.id)
    created = connection.scalar(statement)
    return (int(created), True) if created is not None else (int(_id(session, new.url) or 0), False)


def _id(session: Session, url: str) -> int | None:
    return session.connection().scalar(select(FEED.c.id).where(FEED.c.url == url))


def find(session: Session, url: str) -> tuple[int, FeedState] | None:
    """The feed with this address; None when there is none."""
    row = session.connection().execute(select(FEED).where(FEED.c.url == url)).one_or_none()
    return None if row is None else (row.id, state_of(row))


def of_host(session: Session, host: str) -> list[str]:
    """The addresses of the feeds that are subscribed to on a host, the first one first."""
    mine = select(FEED.c.url).join(SITE, SITE.c.id == FEED.c.site_id).where(SITE.c.host == host).order_by(FEED.c.id)
    return list(session.connection().scalars(mine))


def remove(session: Session, url: str) -> bool:
    """Unsubscribe; false if there is no such feed. Its articles stay; its pages that still wait are dropped."""
    connection, feed_id = session.connection(), _id(session, url)
    if feed_id is None:
        return False
    take_turn(connection)
    others = select(ENTRY.c.page_id).where(ENTRY.c.feed_id != feed_id, ENTRY.c.page_id.is_not(None))
    is_open = PAGE.c.state.not_in(("done", REMOVED)) & PAGE.c.article_id.is_(None)
    mine = (PAGE.c.feed_id == feed_id) & is_open
    connection.execute(delete(PAGE).where(mine, PAGE.c.id.not_in(others)))
    connection.execute(delete(FEED).where(FEED.c.id == feed_id))
    return True


def pause(session: Session, url: str) -> bool:
    """Poll the feed no more until it is resumed; false if there is no such feed."""
    return _change(session, url, {"status": FeedStatus.PAUSED.value})


def resume(session: Session, url: str, now: datetime) -> bool:
    """Poll the feed again, at its time; one that was gone, now. False if there is no such feed."""
    next_poll_at = case((FEED.c.status == FeedStatus.GONE.value, now), else_=FEED.c.next_poll_at)
    return _change(session, url, {"status": FeedStatus.ACTIVE.value, "next_poll_at": next_poll_at})


def set_min_interval(session: Session, url: str, seconds: int | None) -> bool:
    """The operator's floor between polls of this feed; None: the product's. False if there is no such feed."""
    return _change(session, url, {"min_interval_seconds": seconds})


def _change(session: Session, url: str, values: dict[str, Any]) -> bool:
    return bool(session.connection().execute(update(FEED).where(FEED.c.url == url).values(values)).rowcount)


def due(
    session: Session, site_ids: Collection[int], wanted: Wanted, limit: int = 100
) -> dict[int, list[tuple[int, FeedState]]]:
    """Of each of these hosts the feeds to poll, those waiting longest first, so many at most."""
    found: dict[int, list[tuple[int, FeedState]]] = {site_id: [] for site_id in site_ids}
    statement = _select_due(at_any_time(wanted))
    for chunk in chunks(sorted(found)):
        values = {"of_sites": chunk, "now": wanted.now, "most": limit}
        for row in session.connection().execute(statement, values):
            found[row.site_id].append((row.id, state_of(row)))
    return found


@lru_cache(maxsize=8)  # asked for every batch of a round: to make the statement costs as much as to run it
def _select_due(wanted: Wanted) -> Select[Any]:
    first = (FEED.c.next_poll_at.asc().nulls_first(), FEED.c.id)
    place = func.row_number().over(partition_by=FEED.c.site_id, order_by=first).label("place")
    due = select(FEED, place).where(FEED.c.site_id.in_(SITE_IDS), feed_is_due(wanted)).subquery()
    return select(due).where(due.c.place <= LIMIT).order_by(due.c.site_id, due.c.place)


def listing(session: Session) -> list[dict[str, Any]]:
    """Every feed as ``feeds list --json`` shows it, in the order of their addresses."""
    counts = select(ARTICLE_FEED.c.feed_id, func.count().label("articles")).group_by(ARTICLE_FEED.c.feed_id).subquery()
    statement = (
        select(FEED, func.coalesce(counts.c.articles, 0).label("articles"))
        .outerjoin(counts, counts.c.feed_id == FEED.c.id)
        .order_by(FEED.c.url)
    )
    return [
        {
            "url": row.url,
            "title": row.title,
            "site_url": row.site_url,
            "state": row.status,
            "tags": row.tags,
            "articles": row.articles,
            "last_polled_at": iso(row.last_polled_at),
            "next_poll_at": iso(row.next_poll_at),
            "next_poll_reason": row.poll_reason,
            "etag": row.etag,
            "last_modified": row.last_modified,
            "failures": row.failures,
        }
        for row in session.connection().execute(statement)
    ]


def states(session: Session) -> list[FeedSchedule]:
    """Every feed's state and schedule, in the order of their addresses."""
    return [_schedule(row) for row in session.connection().execute(select(FEED).order_by(FEED.c.url))]


def schedule(session: Session, feed_id: int) -> FeedSchedule | None:
    """One feed's state and schedule; None when there is no such feed."""
    row = session.connection().execute(select(FEED).where(FEED.c.id == feed_id)).one_or_none()
    return None if row is None else _schedule(row)


def _schedule(row: Row[Any]) -> FeedSchedule:
    return FeedSchedule(
        feed_id=row.id,
        state=state_of(row),
        next_poll_at=row.next_poll_at,
        poll_reason=row.poll_reason,
        last_failure_kind=row.last_failure_kind,
        last_failure_detail=row.last_failure_detail,
    )


def failing(session: Session) -> list[dict[str, Any]]:
    """The feeds whose last poll failed, those failing longest first: why, and when they are asked again."""
    statement = select(FEED).where(FEED.c.failures > 0).order_by(FEED.c.failing_since.asc().nulls_last(), FEED.c.url)
    names = ("url", "status", "failures", "failing_since", "last_failure_kind", "last_failure_detail")
    return [
        {name: getattr(row, name) for name in (*names, "next_poll_at", "poll_reason")}
        for row in session.connection().execute(statement)
    ]
