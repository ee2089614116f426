"""The entries that a feed's documents show: which are new or edited, and the pages that wait for them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlmodel import Session

from ingest.model import SeenEntry
from storage import filters, sites
from storage.chunks import chunks
from storage.dialects import take_turn
from storage.documents import entry_document
from storage.inserts import put_new
from storage.tables import ALIAS, ARTICLE_FEED, ENTRY, PAGE
from storage.taking_over import take_over
from storage.tombstones import find_buried, find_removed


@dataclass(frozen=True, slots=True)
class PollCounts:
    """What a poll brought. ``kept_out``: entries, new or edited, of articles that went by retention.

    ``filtered``: the filters, in words, that shut pages out, one for each page.
    """

    entries_new: int = 0
    entries_changed: int = 0
    pages_new: int = 0
    kept_out: int = 0
    filtered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Poll:
    """The poll while its entries are written."""

    session: Session
    feed_id: int
    now: datetime

    @property
    def connection(self) -> Connection:
        return self.session.connection()


def record_entries(session: Session, feed_id: int, shown: Sequence[SeenEntry], now: datetime) -> PollCounts:
    """Write the entries that a document of the feed showed: nothing where none is new or edited (rule 78)."""
    entries = {seen.entry_key: seen for seen in reversed(shown)}
    known = _known_entries(session.connection(), feed_id, list(entries))
    fresh = [seen for key, seen in entries.items() if key not in known]
    edited = [seen for key, seen in entries.items() if key in known and known[key].fingerprint != seen.fingerprint]
    if not fresh and not edited:
        return PollCounts()
    take_turn(session.connection())
    counts = _write_entries(_Poll(session, feed_id, now), fresh[::-1], edited[::-1], known)
    return replace(counts, entries_new=len(fresh), entries_changed=len(edited))


def count_new(session: Session, feed_id: int, seen: Collection[SeenEntry]) -> int:
    """How many of these entries the feed has not shown before: what the decision after a poll asks first."""
    return len({entry.entry_key for entry in seen} - known_keys(session, feed_id, seen))


def known_keys(session: Session, feed_id: int, seen: Collection[SeenEntry]) -> frozenset[int]:
    """Which of these entries the feed has shown before, by key."""
    keys = {entry.entry_key for entry in seen}
    return frozenset(_known_entries(session.connection(), feed_id, list(keys)))


def news(session: Session, feed_id: int, seen: Collection[SeenEntry]) -> frozenset[int]:
    """Which of these entries are new or edited, by key: those that ``record_entries`` is going to write."""
    known = _known_entries(session.connection(), feed_id, list({entry.entry_key for entry in seen}))
    old = {key: row.fingerprint for key, row in known.items()}
    return frozenset(entry.entry_key for entry in seen if old.get(entry.entry_key) != entry.fingerprint)


# --- what is written ------------------------------------------------------------------------------------------------


def _known_entries(connection: Connection, feed_id: int, keys: list[int]) -> dict[int, Row[Any]]:
    columns = (ENTRY.c.entry_key, ENTRY.c.id, ENTRY.c.fingerprint, ENTRY.c.page_id)
    return {
        row.entry_key: row
        for chunk in chunks(keys)
        for row in connection.execute(select(*columns).where(ENTRY.c.feed_id == feed_id, ENTRY.c.entry_key.in_(chunk)))
    }


def _write_entries(
    poll: _Poll, fresh: list[SeenEntry], edited: list[SeenEntry], known: Mapping[int, Row[Any]]
) -> PollCounts:
    """Store new and edited entries and make their pages pending, but for those of articles that went."""
    pages = _known_pages(poll.connection, [seen.page_key for seen in fresh + edited])
    strange = [seen.page_key for seen in fresh + edited if seen.page_key not in pages]
    articles, buried = _known_articles(poll.connection, strange), find_buried(poll.connection, strange)
    missing = [seen for seen in fresh if seen.page_key not in pages and seen.page_key not in articles]
    missing += [seen for seen in edited if seen.page_key not in pages and known[seen.entry_key].page_id is None]
    pages_new = _insert_pages(poll, [seen for seen in missing if seen.page_key not in buried])
    ids = {key: row.id for key, row in pages.items()}
    ids |= {key: row.id for key, row in _known_pages(poll.connection, [seen.page_key for seen in missing]).items()}
    take_over(poll.connection, feed_id=poll.feed_id, shown=[seen for seen in fresh if seen.page_key in pages])
    _insert_entries(poll, fresh, ids)
    _link_articles(poll, fresh, {**articles, **{key: row.article_id for key, row in pages.items()}})
    targets = _targets(edited, known, ids)
    removed = find_removed(poll.connection, {*ids.values(), *targets.values()})
    led = [ids.get(seen.page_key) for seen in fresh] + [targets[seen.entry_key] for seen in edited]
    both = list(zip(fresh + edited, led, strict=True))
    outside = _sort_out(poll, both)
    _reopen(poll, edited, targets, removed | outside.stay)
    _let_in(poll, [(seen, page) for seen, page in both[: len(fresh)] if page in outside.leave])
    kept_out = sum(seen.page_key in buried or page in removed for seen, page in both)
    return PollCounts(pages_new=pages_new - len(outside.new), kept_out=kept_out, filtered=tuple(outside.new.values()))


@dataclass(frozen=True, slots=True)
class _Outside:
    """Pages that filters keep out. ``new``: shut now, by which one; ``stay``: outside after it; ``leave``: no more."""

    new: Mapping[int, str]
    stay: frozenset[int]
    leave: frozenset[int]


def _sort_out(poll: _Poll, led: Sequence[tuple[SeenEntry, int | None]]) -> _Outside:
    """Shut out what no entry of the document wants, and find what one of them wants now.

    What another feed waits for is left to it, and what is stored stays so.
    """
    wanted = {page for seen, page in led if page is not None and seen.kept_out is None}
    unwanted = {page: (seen.entry.title, seen.kept_out) for seen, page in led if page is not None and seen.kept_out}
    before = filters.filtered(poll.connection, wanted | unwanted.keys())
    ours = _brought_by(poll, unwanted.keys() - before - wanted)
    verdicts = {page: unwanted[page] for page in ours}
    new = filters.shut(poll.connection, verdicts, poll.now)
    leave = before & wanted
    filters.let_in(poll.connection, leave)
    return _Outside({page: verdicts[page][1].rule for page in new}, frozenset(before - leave | new), frozenset(leave))


def _brought_by(poll: _Poll, page_ids: Iterable[int]) -> set[int]:
    return {
        page
        for chunk in chunks(sorted(page_ids))
        for page in poll.connection.scalars(
            select(PAGE.c.id).where(PAGE.c.id.in_(chunk), PAGE.c.feed_id == poll.feed_id)
        )
    }


def _let_in(poll: _Poll, wanted: Sequence[tuple[SeenEntry, int | None]]) -> None:
    """Pages that were kept out wait again, for the entry that wants them."""
    if not wanted:
        return
    site_ids = sites.ensure(poll.session, {seen.host for seen, _ in wanted})
    by_page = {page: seen for seen, page in reversed(wanted)}
    rows = [{**_page_row(poll, seen, site_ids[seen.host]), "of_page": page} for page, seen in by_page.items()]
    _update_pages(poll.connection, sorted(rows, key=lambda row: row["of_page"]))


def _targets(
    edited: list[SeenEntry], known: Mapping[int, Row[Any]], page_ids: Mapping[int, int]
) -> dict[int, int | None]:
    """The page of each edited entry: the one of its address, else the one it had, which moves to that address.

    None where it had none: its article went by retention.
    """
    by_address: dict[int, int | None] = dict(page_ids)
    targets: dict[int, int | None] = {}
    for seen in edited:
        targets[seen.entry_key] = by_address.setdefault(seen.page_key, known[seen.entry_key].page_id)
    return targets


def _known_pages(connection: Connection, keys: list[int]) -> dict[int, Row[Any]]:
    columns = (PAGE.c.page_key, PAGE.c.id, PAGE.c.article_id)
    return {
        row.page_key: row
        for chunk in chunks(keys)
        for row in connection.execute(select(*columns).where(PAGE.c.page_key.in_(chunk)))
    }


def _known_articles(connection: Connection, keys: list[int]) -> dict[int, int]:
    return {
        row.key: row.article_id
        for chunk in chunks(keys)
        for row in connection.execute(select(ALIAS.c.key, ALIAS.c.article_id).where(ALIAS.c.key.in_(chunk)))
    }


def _insert_pages(poll: _Poll, missing: list[SeenEntry]) -> int:
    by_key = {seen.page_key: seen for seen in reversed(missing)}
    if not by_key:
        return 0
    site_ids = sites.ensure(poll.session, (seen.host for seen in by_key.values()))
    # In the feed's order, so that its first entries are fetched first.
    rows = [_page_row(poll, seen, site_ids[seen.host]) for seen in reversed(by_key.values())]
    put_new(poll.connection, PAGE, ("page_key",), rows)
    return len(rows)


def _page_row(poll: _Poll, seen: SeenEntry, site_id: int) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "url": seen.page_url,
        "page_key": seen.page_key,
        "state": "pending",
        "feed_id": poll.feed_id,
        "entry": entry_document(seen.entry),
        "priority": 0,
        "attempts": 0,
        "robots_tags": [],
        "created_at": poll.now,
    }


def _insert_entries(poll: _Poll, fresh: Iterable[SeenEntry], page_ids: Mapping[int, int]) -> None:
    rows = [
        {
            "feed_id": poll.feed_id,
            "entry_key": seen.entry_key,
            "guid": seen.entry.id,
            "url": seen.entry.url,
            "fingerprint": seen.fingerprint,
            "first_seen_at": poll.now,
            "page_id": page_ids.get(seen.page_key),
        }
        for seen in fresh
    ]
    put_new(poll.connection, ENTRY, ("feed_id", "entry_key"), rows)


def _link_articles(poll: _Poll, fresh: Iterable[SeenEntry], article_ids: Mapping[int, int | None]) -> None:
    """A new entry of a known article (another feed's, or a changed guid, rule 67) is one more place it was seen."""
    rows = [
        {
            "article_id": article_ids[seen.page_key],
            "feed_id": poll.feed_id,
            "entry_key": seen.entry_key,
            "first_seen_at": poll.now,
        }
        for seen in fresh
        if article_ids.get(seen.page_key) is not None
    ]
    put_new(poll.connection, ARTICLE_FEED, ("article_id", "feed_id"), rows)


def _reopen(poll: _Poll, edited: list[SeenEntry], page_ids: Mapping[int, int | None], removed: Collection[int]) -> None:
    """Pages of edited entries are fetched again, at the address that the entry names now (rule 68)."""
    if not edited:
        return
    site_ids = sites.ensure(poll.session, (seen.host for seen in edited))
    pages = [
        {**_page_row(poll, seen, site_ids[seen.host]), "of_page": page_id}
        for seen in edited
        if (page_id := page_ids[seen.entry_key]) is not None and page_id not in removed
    ]
    pages.sort(key=lambda row: row["of_page"])
    entries = [
        {
            "of_feed": poll.feed_id,
            "of_key": seen.entry_key,
            "guid": seen.entry.id,
            "url": seen.entry.url,
            "fingerprint": seen.fingerprint,
            "page_id": page_ids[seen.entry_key],
        }
        for seen in edited
    ]
    _update_pages(poll.connection, pages)
    _update_entries(poll.connection, entries)


def _update_pages(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    for row in rows:
        del row["created_at"]
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_page"}
    statement = update(PAGE).where(PAGE.c.id == bindparam("of_page")).values(**columns, next_attempt_at=None)
    connection.execute(statement, rows)


def _update_entries(connection: Connection, rows: list[dict[str, Any]]) -> None:
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if not name.startswith("of_")}
    mine = (ENTRY.c.feed_id == bindparam("of_feed")) & (ENTRY.c.entry_key == bindparam("of_key"))
    connection.execute(update(ENTRY).where(mine).values(columns), rows)
