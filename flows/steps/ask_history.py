"""One request of a backfill: a host's turn is taken, one request sent, and the host given back."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from flows.mill import Mill, is_holder_dead
from flows.steps.robots import RobotsDesk
from flows.writer import Writer
from ingest.backfill.source import Ask, Place, Reply
from ingest.decide.backoff import THROTTLES
from ingest.errors import BadUrl
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest, FetchResult
from ingest.urls import host_of
from storage import sites, turns
from storage.backfills import NotOurs
from storage.database import Database
from storage.giving_way import QUIET
from storage.sites import Hold, Release
from storage.turns import NotYet, Taken, TurnRequest

T = TypeVar("T")
PATIENCE = timedelta(seconds=60)  # what takes longer ends the call: the job waits
_LOOK_AGAIN_SECONDS = 0.3
_BACKOFF_SECONDS = {Place.SITE: 2.0}  # doubled with each attempt
_ARCHIVE_BACKOFF_SECONDS = 60.0  # who goes on asking the Wayback Machine is locked out for an hour
_LONGEST_BACKOFF_SECONDS = 86_400.0
_DOUBLINGS = 16
REFUSED_BY = "x-refused-by"  # of a reply that robots.txt gave in the server's place
_MOST_GIVEN, _MOST_GIVEN_BYTES = 16, 500_000
_OK = 200
_REFUSED, _TOO_LARGE, _REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY = 403, 413, 408, 425, 429
_NO_REFUSAL = frozenset({_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY})
# What asking again does not change: an address that may not be asked, a redirect that leads nowhere.
_FINAL = frozenset({FailureKind.FORBIDDEN_ADDRESS, FailureKind.BAD_URL, FailureKind.REDIRECT, FailureKind.REJECTED})
_LOST_AFTER = 3  # attempts: then a name that has no address is none of a site


@dataclass(frozen=True, slots=True)
class Delay:
    """No answer yet: when to ask again, and why. ``is_asked``: a server named that time."""

    until: datetime
    why: str
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where a backfill writes down how far it is: the store's own database, of a dry run one that is thrown away."""

    database: Database
    writer: Writer

    async def apply(self, change: Callable[[Session], T]) -> T:
        """Run ``change`` in the next transaction."""
        return await self.writer.apply(change)

    def look(self, read: Callable[[Session], T]) -> T:
        """What ``read`` finds there."""
        with self.database.read() as session:
            return read(session)


@dataclass(slots=True, kw_only=True)
class Undertaking:
    """A backfill while this process works on it.

    ``passes_backoff``: over our own patience, never over a server's. ``stop``: cancelled, or taken over. ``given``:
    the last answers of the site that were had in this run, by address. ``refusal``: a sentence on what the site's own
    address answered, where that was no page.
    """

    mill: Mill
    ledger: Ledger
    job_id: int
    passes_backoff: bool = False
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    given: dict[str, Reply] = field(default_factory=dict)
    desks: dict[str, RobotsDesk] = field(default_factory=dict)
    refusal: str = ""
    counted: int = 0  # of the client's requests: what the job has been told of

    @property
    def is_dry(self) -> bool:
        """Whether nothing but what politeness needs is written to the store."""
        return self.ledger.database is not self.mill.database

    def uncounted(self) -> int:
        """How many requests were sent that the job has not been told of; they count as told."""
        sent = self.mill.client.sent - self.counted
        self.counted += sent
        return sent

    async def pause(self, seconds: float) -> None:
        """Wait, unless somebody ends it all. Raises NotOurs then."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self.stop.wait()
        except TimeoutError:
            return
        raise NotOurs

    async def pause_until(self, moment: datetime) -> None:
        """The same, until a moment."""
        await self.pause((moment - self.mill.clock()).total_seconds())


def quiet(mill: Mill) -> Mill:
    """The same machinery under a name that tells rounds: what is held here is let go of for what is live."""
    return mill if mill.holder.endswith(QUIET) else replace(mill, holder=mill.holder + QUIET)


async def ask(work: Undertaking, wanted: Ask, attempts: int = 0) -> Reply | Delay:
    """Have the answer to a request of a walk, or when to ask again.

    ``attempts`` were made before that had no answer. Raises NotOurs where somebody ends it all meanwhile.
    """
    if wanted.place is Place.FILE:
        return await asyncio.to_thread(read_part, wanted)
    if wanted.url in work.given:
        return work.given[wanted.url]
    try:
        host = host_of(wanted.url)
    except BadUrl:
        return Reply(url=wanted.url, status=_REFUSED)
    taken = await _take(work, host)
    if isinstance(taken, Delay):
        return taken
    began = time.monotonic()
    try:
        return await _ask(work, wanted, taken, attempts)
    finally:
        await _release(work, taken, _pace(work.mill, wanted.place) - (time.monotonic() - began))


def read_part(wanted: Ask) -> Reply:
    """The bytes of a file on this machine; none behind its end, 404 where there is no such file."""
    path = Path(wanted.url)
    first, last = wanted.byte_range or (0, wanted.max_bytes - 1)
    try:
        with path.open("rb") as file:
            file.seek(first)
            return Reply(url=wanted.url, status=200, body=file.read(last - first + 1))
    except OSError:
        return Reply(url=wanted.url, status=404)


def request_of(wanted: Ask) -> FetchRequest:
    """The request as the client sends it."""
    return FetchRequest(
        url=wanted.url,
        accept=wanted.accept,
        max_bytes=wanted.max_bytes,
        byte_range=wanted.byte_range,
        is_backfill=True,
    )


def reply_of(result: FetchResult, attempts: int = 0) -> Reply | None:
    """The answer as a walk takes it; None where asking again may have one."""
    if isinstance(result, Fetched):
        return Reply(url=result.final_url, status=result.status, headers=result.headers, body=result.body)
    assert isinstance(result, FetchFailed), "asked without validators, so never a 304"
    if result.kind is FailureKind.EMPTY:
        return Reply(url=result.url, status=result.status or 200, headers=result.headers)
    if result.kind is FailureKind.TOO_LARGE:
        return Reply(url=result.url, status=_TOO_LARGE)
    if result.kind in _FINAL or (result.kind is FailureKind.DNS and attempts >= _LOST_AFTER):
        return Reply(url=result.url, status=_REFUSED)
    status = result.status
    if status is not None and 400 <= status < 500 and status not in _NO_REFUSAL:  # noqa: PLR2004  client errors
        return Reply(url=result.url, status=status, headers=result.headers)
    return None


def delay_of(result: FetchFailed, place: Place, attempts: int, now: datetime) -> Delay:
    """How long to wait after a failure that may pass: as long as the server asks, else twice as long as last time."""
    asked = retry_after_seconds(result.headers, now)
    if asked is not None:
        return Delay(now + timedelta(seconds=max(0.0, asked)), result.detail, is_asked=asked > 0)
    first = _BACKOFF_SECONDS.get(place, _ARCHIVE_BACKOFF_SECONDS)
    seconds = min(first * 2 ** min(attempts, _DOUBLINGS), _LONGEST_BACKOFF_SECONDS)
    return Delay(now + timedelta(seconds=seconds), result.detail)


def desk_of(work: Undertaking, host: str, site_id: int) -> RobotsDesk:
    """What a host's robots.txt says; it is read once."""
    return work.desks.setdefault(host, RobotsDesk(work.mill, site_id, host))


async def read_robots(work: Undertaking, url: str, attempts: int = 0) -> Delay | None:
    """See to it that the robots.txt of an address's host is known; gives when to ask again where it is not."""
    taken = await _take(work, host_of(url))
    if isinstance(taken, Delay):
        return taken
    try:
        objection = await desk_of(work, host_of(url), taken.site_id).objection(url)
    finally:
        await _release(work, taken, _pace(work.mill, Place.SITE))
    if objection is None or objection.kind is FailureKind.ROBOTS or reply_of(objection) is not None:
        return None
    del work.desks[host_of(url)]  # it is to be read again
    return delay_of(objection, Place.SITE, attempts, work.mill.clock())


async def _release(work: Undertaking, taken: Taken, seconds: float) -> None:
    """Give a host back; ``seconds`` until the next request, whoever sends it."""
    again_at = work.mill.clock() + timedelta(seconds=max(0.0, seconds))
    release = Release(work.mill.holder, taken.site_id, again_at)
    await asyncio.shield(work.mill.writer.apply_to(sites.release, release))


async def _ask(work: Undertaking, wanted: Ask, taken: Taken, attempts: int) -> Reply | Delay:
    objection = await _objection(work, wanted, taken)
    if objection is not None and objection.kind is FailureKind.ROBOTS:
        return Reply(url=wanted.url, status=_REFUSED, headers={REFUSED_BY: objection.detail})
    with work.mill.bodies.share() as share:
        result = objection or await work.mill.client.fetch(request_of(wanted), share)
    reply = reply_of(result, attempts)
    if reply is not None:
        _keep_given(work, wanted, reply)
        return reply
    assert isinstance(result, FetchFailed)
    delay = delay_of(result, wanted.place, attempts, work.mill.clock())
    if delay.is_asked or result.kind in THROTTLES:
        hold = Hold(delay.until, delay.why, is_asked=delay.is_asked)
        await work.mill.writer.apply(partial(sites.hold, site_id=taken.site_id, hold=hold))
    return delay


def _keep_given(work: Undertaking, wanted: Ask, reply: Reply) -> None:
    """Keep a listing that another source may name as well (Ghost's sitemap of posts), within a few megabytes."""
    is_small = len(reply.body) <= _MOST_GIVEN_BYTES and wanted.byte_range is None
    if is_small and wanted.place is Place.SITE and reply.status == _OK:
        work.given[wanted.url] = reply
        while len(work.given) > _MOST_GIVEN:
            del work.given[next(iter(work.given))]


async def _objection(work: Undertaking, wanted: Ask, taken: Taken) -> FetchFailed | None:
    """Why the site does not let us ask; the archives' own interfaces are made for programs, and are not asked for."""
    if wanted.place is not Place.SITE:
        return None
    host = host_of(wanted.url)
    objection = await desk_of(work, host, taken.site_id).objection(wanted.url)
    if objection is not None and objection.kind is not FailureKind.ROBOTS:
        del work.desks[host]  # it could not be read, and is to be read again
    return objection


async def _take(work: Undertaking, host: str) -> Taken | Delay:
    """Wait for the host; where that takes longer than a minute, say until when."""
    began = time.monotonic()
    while True:
        found = await work.mill.writer.apply(partial(turns.take, request=_turn(work, host)))
        if isinstance(found, Taken):
            return found
        now = work.mill.clock()
        if found.until is not None and found.until - now > PATIENCE:
            return Delay(found.until, _why(host, found), found.is_asked)
        if found.until is None and time.monotonic() - began > turns.LEASE_SECONDS:
            return Delay(now + PATIENCE, f"{host} is busy with other work of ours.")
        await work.pause(_LOOK_AGAIN_SECONDS if found.until is None else (found.until - now).total_seconds())


def _turn(work: Undertaking, host: str) -> TurnRequest:
    return TurnRequest(
        host=host,
        holder=work.mill.holder,
        now=work.mill.clock(),
        is_holder_dead=is_holder_dead,
        passes_backoff=work.passes_backoff,
    )


def _why(host: str, found: NotYet) -> str:
    return found.reason or f"{host} is left alone."


def _pace(mill: Mill, place: Place) -> float:
    """Seconds from the start of a request to the start of the next one to the host, whoever sends it."""
    spacing = mill.settings.history_delay_seconds
    return max(spacing, mill.settings.wayback_delay_seconds) if place is Place.WAYBACK_INDEX else spacing
