"""What a poll changes, in one transaction: the feed's state and next poll, its new entries, the pages they wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Update, bindparam, case, delete, func, select, update
from sqlmodel import Session

from ingest.model import PollDecision, SeenEntry
from storage import sites
from storage.chunks import chunks
from storage.dialects import take_turn
from storage.documents import state_columns
from storage.entries import PollCounts, record_entries
from storage.removals import mark_removed
from storage.sites import Hold
from storage.tables import ARTICLE, ARTICLE_FEED, ENTRY, FEED, FILTER, PAGE, RETENTION_RULE

_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
# Locked, so that none is removed before its entries are there.
_STORED = (
    select(FEED.c.id, FEED.c.url, FEED.c.site_id)
    .where(FEED.c.id.in_(_WANTED))
    .order_by(FEED.c.id)
    .with_for_update(key_share=True)
)
_OPERATORS = (
    "min_interval_seconds",
    "max_interval_seconds",
    "created_at",
)  # a poll in flight must not undo what the operator set meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """A poll's outcome on its way to storage. ``title``, ``site_url``, ``parser_version``: of the parsed body, if any.

    ``host`` is who is asked from now on, where ``decision.state.url`` is another address than before (rule 35);
    ``hold_host`` is who asked to be left alone, behind redirects another host than the feed's (rule 31).
    """

    feed_id: int
    decision: PollDecision
    now: datetime
    seen: tuple[SeenEntry, ...] = ()
    title: str | None = None
    site_url: str | None = None
    parser_version: str | None = None
    host: str | None = None
    hold_host: str | None = None
    is_complete: bool = False  # the document shows every entry there is: what it does not show was removed (rule 81)


def record_poll(session: Session, record: PollRecord) -> PollCounts:
    """Write a poll's outcome; see ``record_polls``, which costs less a poll."""
    return record_polls(session, (record,))[0]


def record_polls(session: Session, records: Sequence[PollRecord]) -> tuple[PollCounts, ...]:
    """Write polls' outcomes (rules 13, 78): the feeds' rows always, nothing else where no entry is new or edited.

    Gives what each brought, in order. A feed that was removed meanwhile stays removed. Where two of them move to one
    address the transaction fails: apply them one after another then.
    """
    feed_ids = _write_feeds(session, records)
    return tuple(_write_shown(session, feed_id, one) for feed_id, one in zip(feed_ids, records, strict=True))


def _write_shown(session: Session, feed_id: int | None, record: PollRecord) -> PollCounts:
    if feed_id is None or not (record.seen or record.is_complete):
        return PollCounts()
    if record.is_complete:
        mark_removed(session, feed_id, {seen.entry_key for seen in record.seen}, record.now)
    return record_entries(session, feed_id, record.seen, record.now)


def _write_feeds(session: Session, records: Sequence[PollRecord]) -> list[int | None]:
    """The ids of the feeds that the entries belong to: another one where a feed moved onto it; None if removed."""
    connection = session.connection()
    feed_ids = sorted({record.feed_id for record in records})
    stored = {row.id: row for chunk in chunks(feed_ids) for row in connection.execute(_STORED, {"wanted": chunk})}
    found: list[int | None] = []
    rows: list[dict[str, Any]] = []
    for record in records:
        feed = stored.get(record.feed_id)
        feed_id = _place(session, record, feed) if feed is not None else None
        found.append(feed_id)
        if feed_id == record.feed_id:
            rows.append(_feed_row(session, record))
    rows.sort(key=lambda row: (sorted(row), row["of_feed"]))
    for names, alike in groupby(rows, key=tuple):
        connection.execute(_update_feed(names), list(alike))
    return found


def _place(session: Session, record: PollRecord, feed: Row[Any]) -> int:
    """The feed that the poll was of, or the one that it moved onto; a host that wants to be left alone is."""
    connection, decision = session.connection(), record.decision
    if decision.host_hold_until is not None:
        held = feed.site_id if record.hold_host is None else sites.ensure(session, [record.hold_host])[record.hold_host]
        sites.hold(session, held, Hold(decision.host_hold_until, decision.reason, decision.is_hold_asked))
    if decision.state.url != feed.url:
        take_turn(connection)
        other_id = connection.scalar(select(FEED.c.id).where(FEED.c.url == decision.state.url))
        if other_id is not None:
            _merge(connection, record.feed_id, other_id)
            return int(other_id)
    return record.feed_id


@lru_cache(maxsize=32)
def _update_feed(names: tuple[str, ...]) -> Update:
    """The statement for rows of these names: made once, for that takes longer than running it."""
    columns: dict[str, Any] = {name: bindparam(name) for name in names if name in FEED.c}
    columns["status"] = case((FEED.c.status == "paused", "paused"), else_=bindparam("new_status"))
    if "watched_from" in names:
        first = bindparam("watched_from", type_=FEED.c.watched_since.type)
        columns["watched_since"] = func.coalesce(FEED.c.watched_since, first)
    return update(FEED).where(FEED.c.id == bindparam("of_feed")).values(columns)


def _feed_row(session: Session, record: PollRecord) -> dict[str, Any]:
    """What a poll leaves on its feed; ``new_status`` is not for a paused one, ``watched_from`` for the first time."""
    decision = record.decision
    columns = {name: value for name, value in state_columns(decision.state).items() if name not in _OPERATORS}
    columns["new_status"] = columns.pop("status")
    if decision.state.push_until is not None:
        del columns["push_until"]  # a poll only ever ends that trust; a push may have come meanwhile
    parsed = {"title": record.title, "site_url": record.site_url, "parser_version": record.parser_version}
    if decision.failure is None:
        columns["watched_from"] = record.now
    if record.host is not None:
        columns["site_id"] = sites.ensure(session, [record.host])[record.host]
    return {
        "of_feed": record.feed_id,
        **columns,
        **{name: value for name, value in parsed.items() if value is not None},
        "next_poll_at": decision.next_poll_at,
        "poll_reason": decision.reason,
        "last_failure_kind": None if decision.failure is None else decision.failure.value,
        "last_failure_detail": decision.failure_detail,
    }


def _merge(connection: Connection, feed_id: int, into_id: int) -> None:
    """Give all that a feed brought to the feed it moved onto (rule 35), and drop it."""
    for table, name in ((ENTRY, "entry_key"), (ARTICLE_FEED, "article_id")):
        there = select(table.c[name]).where(table.c.feed_id == into_id)
        mine = update(table).where(table.c.feed_id == feed_id, table.c[name].not_in(there))
        connection.execute(mine.values(feed_id=into_id))
    for table in (PAGE, ARTICLE):
        connection.execute(update(table).where(table.c.feed_id == feed_id).values(feed_id=into_id))
    ruled = select(RETENTION_RULE.c.id).where(RETENTION_RULE.c.feed_id == into_id).exists()
    own_rule = update(RETENTION_RULE).where(RETENTION_RULE.c.feed_id == feed_id, ~ruled)
    connection.execute(own_rule.values(feed_id=into_id))
    connection.execute(update(FILTER).where(FILTER.c.feed_id == feed_id).values(feed_id=into_id))
    connection.execute(delete(FEED).where(FEED.c.id == feed_id))
