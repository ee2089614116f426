"""What is due: one meaning for claiming a host and for reading its work, so that no claimed host has nothing to do."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, false, func, literal_column, or_, select, true

from storage.columns import Utc
from storage.dialects import strings_of
from storage.tables import FEED, PAGE

PENDING: ColumnElement[str] = literal_column("'pending'")  # spelt out: a parameter hides it from the partial index


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a run is after at ``now``.

    ``everything`` (``ingest --all``) passes over the intervals of feeds and the backoff of pages, but asks nothing
    again that was asked at or after ``started_at``, or a round would never end. ``cooldown_at``: with ``everything``,
    feeds polled after it are left alone. ``feed_urls`` and ``page_keys`` narrow the run to those feeds with their
    pages, or to those pages alone; ``tags`` to the feeds that have one of them, or a folder below it, and their pages.
    """

    now: datetime
    started_at: datetime | None = None
    everything: bool = False
    cooldown_at: datetime | None = None
    feed_urls: tuple[str, ...] | None = None
    page_keys: tuple[int, ...] | None = None
    tags: tuple[str, ...] | None = None


NOW = bindparam("now", type_=Utc())
SITE_ID, LIMIT = bindparam("of_site", type_=Integer()), bindparam("most", type_=Integer())
SITE_IDS = bindparam("of_sites", type_=Integer(), expanding=True)


def at_any_time(wanted: Wanted) -> Wanted:
    """The same with the moment left open (``NOW``): a statement that is made of it can be kept, and run again."""
    if wanted.everything and wanted.started_at is None:
        wanted = replace(wanted, started_at=wanted.now)
    return replace(wanted, now=cast("datetime", NOW))


def feed_is_due(wanted: Wanted) -> ColumnElement[bool]:
    """The feeds to poll: active ones whose time has come, and gone ones whose one re-check has (rule 38)."""
    if wanted.page_keys is not None:
        return false()
    due = _is_unasked(wanted) if wanted.everything else _is_past(FEED.c.next_poll_at, wanted.now)
    is_rechecked = and_(FEED.c.status == "gone", FEED.c.next_poll_at <= wanted.now)
    return and_(or_(and_(FEED.c.status == "active", due), is_rechecked), _is_named(wanted))


def page_is_due(wanted: Wanted) -> ColumnElement[bool]:
    """The pages to fetch: pending ones whose next attempt has come."""
    due = _is_past(PAGE.c.next_attempt_at, wanted.now)
    if wanted.everything:
        due = or_(due, _is_past(PAGE.c.attempted_at, wanted.started_at or wanted.now, strictly=True))
    return and_(PAGE.c.state == PENDING, due, _is_asked_for(wanted))


def _is_past(column: ColumnElement[datetime], moment: datetime, *, strictly: bool = False) -> ColumnElement[bool]:
    return or_(column.is_(None), column < moment if strictly else column <= moment)


def _is_unasked(wanted: Wanted) -> ColumnElement[bool]:
    limits = [limit for limit in (wanted.started_at or wanted.now, wanted.cooldown_at) if limit is not None]
    return _is_past(FEED.c.last_polled_at, min(limits), strictly=True)


def _is_named(wanted: Wanted) -> ColumnElement[bool]:
    is_listed = true() if wanted.feed_urls is None else FEED.c.url.in_(wanted.feed_urls)
    return is_listed if wanted.tags is None else and_(is_listed, is_tagged(wanted.tags))


def is_tagged(tags: Collection[str]) -> ColumnElement[bool]:
    """The feeds that have one of the tags, or a folder below one (News/World is within News)."""
    tag = strings_of(FEED.c.tags)
    below = (func.substr(tag.c.value, 1, len(each) + 1) == f"{each}/" for each in tags)
    return exists(select(tag.c.value).where(or_(tag.c.value.in_(tags), *below)))


def _is_asked_for(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.page_keys is not None:
        return PAGE.c.page_key.in_(wanted.page_keys)
    if wanted.feed_urls is not None or wanted.tags is not None:
        return PAGE.c.feed_id.in_(select(FEED.c.id).where(_is_named(wanted)))
    return true()
