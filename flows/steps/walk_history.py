"""One step of a source's walk: ask, see what the answer says, and write down what it named and where it goes on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from flows.steps.ask_history import REFUSED_BY, Delay, Undertaking, ask
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.aggregators import article_url
from ingest.backfill import guards
from ingest.backfill.guards import Progress, Rules, key_of
from ingest.backfill.registry import source_named
from ingest.backfill.source import Cursor, End, Listing, Place, Ref, Reply, Window
from ingest.backfill.stored import read_cursor, read_progress, write_copy, write_cursor, write_progress
from ingest.backfill.window import judge
from ingest.errors import BadUrl
from ingest.fetch.guard import check_url
from ingest.model import Entry, FailureKind
from ingest.urls import clean_url, dedupe_key, host_of
from storage import backfills, finds, walks
from storage.backfills import Worker
from storage.documents import entry_document
from storage.finds import NewFind, State
from storage.walks import Judged, Step, Wait, Walk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """What a job's walks are held to: its window, and the host of those articles that have no address."""

    window: Window
    host: str


async def walk_step(work: Undertaking, walk: Walk, terrain: Terrain, worker: Worker) -> Delay | None:
    """Take a walk one request further; gives the delay where there was no answer."""
    assert walk.cursor is not None, "a walk that has ended has no next request"
    cursor = read_cursor(walk.cursor)
    reply = await ask(work, cursor.ask, walk.attempts)
    sent = work.uncounted()
    if isinstance(reply, Delay):
        wait = Wait(reply.until, reply.why, reply.is_asked)
        await work.ledger.apply(lambda session: _put_off(session, walk, wait, (worker, sent)))
        return reply
    listing = await _advance(work, walk, cursor, reply)
    found = await _new_finds(work, listing.refs, terrain)
    told = guards.Step(cursor=cursor, listing=listing, new=0, bytes=len(reply.body))
    step = Step(
        walk=walk,
        found=found,
        judge=lambda new: _judged(walk, replace(told, new=new), terrain),
        decide=decider(terrain.window),
    )
    await work.ledger.apply(lambda session: _record(session, step, (worker, sent)))
    return None


def decider(window: Window) -> finds.Decide:
    """Whether the listing alone decides that an article belongs to the window, in storage's words."""
    return lambda url, published_at, latest_at: (
        judge(window, Ref(url=url, published_at=published_at, latest_at=latest_at)).value
    )


def _put_off(session: Session, walk: Walk, wait: Wait, told: tuple[Worker, int]) -> None:
    backfills.keep(session, walk.job_id, *told)
    walks.put_off(session, walk, wait)


def _record(session: Session, step: Step, told: tuple[Worker, int]) -> None:
    """The finds and the next request in one transaction, which fails where the job is not ours any more (rule B2)."""
    backfills.keep(session, step.walk.job_id, *told)
    walks.record(session, step)


async def _advance(work: Undertaking, walk: Walk, cursor: Cursor, reply: Reply) -> Listing:
    """What the answer says, read in a worker: one that is beyond its limits ends the walk."""
    try:
        listing: Listing = await work.mill.workers.run("advance", walk.name, cursor, reply, host=reply.url)
    except WorkerLimitError as error:
        return _unreadable(walk, f"{reply.url} {error}")
    except WorkerBugError:
        log.exception("reading %s for %s failed for a reason of ours", reply.url, walk.name)
        return _unreadable(walk, f"{reply.url} could not be read for a reason of ours: see the log")
    if listing.end is not None and REFUSED_BY in reply.headers:
        return replace(listing, detail=reply.headers[REFUSED_BY])
    return listing


def _unreadable(walk: Walk, detail: str) -> Listing:
    return Listing(end=End.BLOCKED if walk.progress else End.UNSUITABLE, detail=detail)


def _judged(walk: Walk, step: guards.Step, terrain: Terrain) -> Judged:
    rules = Rules(nature=source_named(walk.name).nature, window=terrain.window)
    before = read_progress(walk.progress) if walk.progress else Progress()
    progress, listing = guards.judge(before, step, rules)
    return Judged(
        cursor=write_cursor(listing.next) if listing.next is not None else None,
        progress=write_progress(progress),
        end=listing.end,
        detail=listing.detail,
    )


async def _new_finds(work: Undertaking, refs: Sequence[Ref], terrain: Terrain) -> list[NewFind]:
    """The articles with their names, and what is known of them already."""
    named = [_find(ref, terrain.host) for ref in refs]
    with work.mill.database.read() as session:
        states = finds.states(session, {one.page_key for one in named})
    return [await _with_state(work, one, states.get(one.page_key)) for one in named]


async def _with_state(work: Undertaking, one: NewFind, known: State | None) -> NewFind:
    if known is not None or one.url is None or one.state != finds.NEW:
        return replace(one, state=known or one.state)
    desk = work.desks.get(one.host)
    objection = await desk.objection(one.url) if desk is not None else None
    if objection is not None and objection.kind is FailureKind.ROBOTS and not _is_in_hand(one):
        return replace(one, state=State("refused", FailureKind.ROBOTS))
    return one


def _is_in_hand(one: NewFind) -> bool:
    """Whether a file on this machine has the page: nobody is asked for it."""
    return any(copy["ask"]["place"] == Place.FILE for copy in one.copies)


def _find(ref: Ref, host: str) -> NewFind:
    url, state = _address(ref)
    key, entry = key_of(ref), _entry(ref, url)
    return NewFind(
        key=key,
        page_key=dedupe_key(url) if url is not None else ref.page_key or key,
        url=url,
        host=host_of(url) if url is not None and state == finds.NEW else host,
        published_at=ref.published_at,
        latest_at=ref.latest_at,
        entry=entry_document(entry) if entry is not None else None,
        copies=[write_copy(copy) for copy in ref.copies],
        is_preview=ref.is_preview,
        state=state,
    )


def _address(ref: Ref) -> tuple[str | None, State]:
    if ref.url is None:
        return None, finds.NEW
    try:
        return clean_url(article_url(check_url(ref.url))), finds.NEW
    except BadUrl:
        return ref.url, State("refused", FailureKind.BAD_URL)


def _entry(ref: Ref, url: str | None) -> Entry | None:
    """What the listing says of the article, its dates too (rule B9); None where it says nothing."""
    if ref.entry is None:
        return None if ref.published_at is None else Entry(id=None, url=url, published_at=ref.published_at)
    return replace(ref.entry, published_at=ref.entry.published_at or ref.published_at)
