"""What a backfill's sources named: each article once, from found to stored or refused."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlmodel import Session

from storage.chunks import chunks
from storage.filters import FILTERED
from storage.tables import ALIAS, ARTICLE, BACKFILL_FIND, PAGE
from storage.tombstones import REMOVED, find_buried

OUTSIDE_WINDOW = "outside-window"
KEPT_OUT = "kept-out"
_GONE = frozenset({"not-found", "gone"})
_UNSETTLED = frozenset({"found", "outside"})
_KEPT = frozenset({"known", "declined"})  # of an earlier order, or of the store: it stays so inside the window
REFUSED = frozenset({"refused", "declined"})  # by this order of the job, by an earlier one
_FIND = BACKFILL_FIND.c

# Of an address, the date that is stated and the latest one that is possible: "inside", "outside" or "undecided".
Decide = Callable[[str | None, datetime | None, datetime | None], str]


class State(NamedTuple):
    """What a find is before anything is fetched for it: found, known or refused; and why.

    ``published_at``: of one that is known, the date of the article that is stored.
    """

    name: str = "found"
    reason: str | None = None
    published_at: datetime | None = None


NEW = State()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFind:
    """An article as a source names it. ``entry``, ``copies``: documents; ``state``: as the store has it."""

    key: int
    page_key: int
    url: str | None
    host: str
    published_at: datetime | None = None
    latest_at: datetime | None = None
    entry: Mapping[str, Any] | None = None
    copies: Sequence[Mapping[str, Any]] = ()
    is_preview: bool = False
    state: State = NEW


@dataclass(frozen=True, slots=True)
class Named:
    """By which walk of which job articles were named, and what decides on their dates."""

    job_id: int
    source: str
    mark: int
    decide: Decide


class Counts(NamedTuple):
    """What a step brought: articles that its walk had not named before, those in the window, and their dates."""

    new: int
    inside: int
    oldest_at: datetime | None
    newest_at: datetime | None


def put(session: Session, named: Named, found: Sequence[NewFind]) -> Counts:
    """Keep what a step named. What another source named before is told more of it, as long as it waits."""
    by_key = {one.key: one for one in reversed(found)}
    known = _known(session.connection(), named.job_id, by_key)
    fresh = [one for key, one in by_key.items() if key not in known][::-1]
    again = [(known[key], one) for key, one in by_key.items() if key in known]
    rows = [_row(named, one) for one in fresh]
    if rows:
        session.connection().execute(insert(BACKFILL_FIND), rows)
    told = [_retold(named, row, one) for row, one in again]
    put_states(session.connection(), told)
    new = rows + [one for (row, _), one in zip(again, told, strict=True) if not row.named_by & named.mark]
    return _count(new)


def _known(connection: Connection, job_id: int, keys: Collection[int]) -> dict[int, Row[Any]]:
    return {
        row.key: row
        for chunk in chunks(sorted(keys))
        for row in connection.execute(select(BACKFILL_FIND).where(_FIND.job_id == job_id, _FIND.key.in_(chunk)))
    }


def _count(new: Sequence[Mapping[str, Any]]) -> Counts:
    inside = [one for one in new if one["state"] != "outside"]
    dates = [at for one in inside if (at := one["published_at"] or one["latest_at"]) is not None]
    return Counts(len(new), len(inside), min(dates, default=None), max(dates, default=None))


def _row(named: Named, one: NewFind) -> dict[str, Any]:
    published_at = one.published_at or one.state.published_at
    verdict = named.decide(one.url, published_at, one.latest_at)
    return {
        "job_id": named.job_id,
        "key": one.key,
        "page_key": one.page_key,
        "url": one.url,
        "host": one.host,
        "source": named.source,
        "named_by": named.mark,
        "published_at": published_at,
        "latest_at": one.latest_at,
        "entry": one.entry,
        "copies": list(one.copies),
        "is_preview": one.is_preview,
        **_verdict(verdict, one.state),
    }


def _verdict(verdict: str, state: State) -> dict[str, Any]:
    stands = State("outside") if verdict == "outside" else state
    return {"is_inside": verdict == "inside", "state": stands.name, "reason": stands.reason}


def _retold(named: Named, row: Row[Any], one: NewFind) -> dict[str, Any]:
    """A find that is named again: by another source, or after the window changed."""
    told: dict[str, Any] = {name: getattr(row, name) for name in ("published_at", "latest_at", "entry", "copies")}
    told |= {name: getattr(row, name) for name in ("is_preview", "is_inside", "state", "reason")}
    told |= {"of_find": row.id, "named_by": row.named_by | named.mark}
    if row.state in _UNSETTLED or row.state == one.state.name == "known":
        told["published_at"] = row.published_at or one.published_at or one.state.published_at
        told["latest_at"] = min((at for at in (row.latest_at, one.latest_at) if at), default=None)
        told["entry"] = row.entry or one.entry
        told["is_preview"] = row.is_preview or one.is_preview
        told |= _verdict(named.decide(row.url, told["published_at"], told["latest_at"]), one.state)
    if not row.copies and one.copies:
        told["copies"] = list(one.copies)
        if row.state in REFUSED and row.reason in _GONE:
            told |= {"state": "found", "reason": None}
    return told


def put_states(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write columns of finds, alike in each row, by ``of_find``."""
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_find"}
    connection.execute(update(BACKFILL_FIND).where(_FIND.id == bindparam("of_find")).values(columns), rows)


def states(session: Session, page_keys: Collection[int]) -> dict[int, State]:
    """What the store says of pages by their keys: stored already, or not to be had; nothing of those that it lacks."""
    connection = session.connection()
    found = {key: State("refused", KEPT_OUT) for key in find_buried(connection, page_keys)}
    aliases = select(ALIAS.c.key, ARTICLE.c.published_at).join(ARTICLE, ARTICLE.c.id == ALIAS.c.article_id)
    columns = (PAGE.c.page_key, PAGE.c.state, PAGE.c.article_id, ARTICLE.c.published_at)
    of_pages = select(*columns).outerjoin(ARTICLE, ARTICLE.c.id == PAGE.c.article_id)
    for chunk in chunks(sorted(page_keys)):
        for row in connection.execute(aliases.where(ALIAS.c.key.in_(chunk))):
            found[row.key] = State("known", published_at=row.published_at)
        for row in connection.execute(of_pages.where(PAGE.c.page_key.in_(chunk))):
            if row.state == REMOVED:
                found[row.page_key] = State("refused", KEPT_OUT)
            elif row.state == FILTERED:
                found[row.page_key] = State("refused", FILTERED)
            elif row.article_id is not None:
                found[row.page_key] = State("known", published_at=row.published_at)
    return found


def judge_anew(session: Session, job_id: int, decide: Decide, sources: Collection[str] | None = None) -> None:
    """Decide again, by another window, on all but what this order has stored or refused for reasons of its own.

    What none of these sources has named (None: whichever did) is left out until one does.
    """
    refused = _FIND.state.in_(REFUSED) & (_FIND.reason == OUTSIDE_WINDOW)
    open_ones = select(BACKFILL_FIND).where(_FIND.job_id == job_id, _FIND.state.in_(_UNSETTLED | _KEPT) | refused)
    told = [
        {"of_find": row.id, **_verdict(_decide_anew(row, decide, sources), _kept(row))}
        for row in session.connection().execute(open_ones)
    ]
    put_states(session.connection(), told)


def _decide_anew(row: Row[Any], decide: Decide, sources: Collection[str] | None) -> str:
    if sources is not None and row.source not in sources:
        return "outside"
    return decide(row.url, row.published_at, row.latest_at)


def _kept(row: Row[Any]) -> State:
    is_kept = row.state in _KEPT and row.reason != OUTSIDE_WINDOW
    return State(row.state, row.reason) if is_kept else State()
