"""One host for one request of a backfill, and who waits for a host that a backfill holds: what is live goes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, union_all, update
from sqlmodel import Session

from storage import sites
from storage.due import Wanted, feed_is_due, page_is_due
from storage.giving_way import QUIET, is_wanted
from storage.pages import BACKFILL
from storage.tables import FEED, PAGE, SITE

LEASE_SECONDS = 120
_MOMENT = timedelta(seconds=5)  # longer than two requests of a backfill are apart
_LONGEST_SPACING = timedelta(seconds=60)  # of a Crawl-delay: whoever is left alone for longer, is so for patience


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """A request for one host, whatever waits on it. ``passes_backoff``: over our own patience, never over a server's.

    ``is_holder_dead`` as in ``storage.sites.Claim``.
    """

    host: str
    holder: str
    now: datetime
    is_holder_dead: Callable[[str], bool]
    passes_backoff: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The host is ours until it is released."""

    site_id: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """Somebody has the host, or it is left alone. ``until`` None: nobody can say, ask again in a moment."""

    until: datetime | None = None
    reason: str | None = None
    is_asked: bool = False


def take(session: Session, request: TurnRequest) -> Taken | NotYet:
    """Lease a host for one request."""
    site_id = sites.ensure(session, [request.host])[request.host]
    row = session.connection().execute(select(SITE).where(SITE.c.id == site_id).with_for_update()).one()
    if row.next_request_at is not None and row.next_request_at > request.now:
        is_own_patience = not row.is_hold_asked and row.next_request_at - request.now > _LONGEST_SPACING
        if not (request.passes_backoff and is_own_patience):
            return NotYet(row.next_request_at, row.hold_reason, row.is_hold_asked)
    is_held = row.lease_holder not in {None, request.holder} and row.lease_until > request.now
    if is_held and not request.is_holder_dead(row.lease_holder):
        return NotYet()
    if is_wanted(row.live_wanted_at, request.now):
        return NotYet()
    until = request.now + timedelta(seconds=LEASE_SECONDS)
    ours = {"lease_holder": request.holder, "lease_until": until}
    session.connection().execute(update(SITE).where(SITE.c.id == site_id).values(ours))
    return Taken(site_id)


def held_back(session: Session, wanted: Wanted, is_holder_dead: Callable[[str], bool]) -> list[int]:
    """The hosts with live work that is due and that a living backfill holds, or left a moment ago."""
    due = union_all(select(FEED.c.site_id).where(feed_is_due(wanted)), select(PAGE.c.site_id).where(_is_live(wanted)))
    held = SITE.c.lease_holder.like(f"%{QUIET}") & (SITE.c.lease_until > wanted.now)
    is_soon = (SITE.c.next_request_at > wanted.now) & (SITE.c.next_request_at <= wanted.now + _MOMENT)
    left = SITE.c.lease_holder.is_(None) & is_soon & SITE.c.is_hold_asked.is_(False)
    rows = session.connection().execute(select(SITE.c.id, SITE.c.lease_holder).where(held | left, SITE.c.id.in_(due)))
    return [row.id for row in rows if row.lease_holder is None or not is_holder_dead(row.lease_holder)]


def ask_for(session: Session, site_ids: list[int], now: datetime) -> None:
    """Ask whoever holds these hosts for history to let go of them."""
    session.connection().execute(update(SITE).where(SITE.c.id.in_(site_ids)).values(live_wanted_at=now))


def has_to_go(session: Session, site_id: int, wanted: Wanted) -> bool:
    """Whether who works on history lets go of the host now: something live is due there, or somebody asked for it."""
    connection = session.connection()
    asked = connection.scalar(select(SITE.c.live_wanted_at).where(SITE.c.id == site_id))
    if is_wanted(asked, wanted.now):
        return True
    live = union_all(
        select(FEED.c.id).where(FEED.c.site_id == site_id, feed_is_due(wanted)),
        select(PAGE.c.id).where(PAGE.c.site_id == site_id, _is_live(wanted)),
    )
    return connection.execute(live.limit(1)).first() is not None


def _is_live(wanted: Wanted) -> ColumnElement[bool]:
    return and_(page_is_due(wanted), PAGE.c.priority < BACKFILL)
