"""Hosts: who holds them, until when they are left alone, and what their robots.txt says."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlmodel import Session

from storage.chunks import chunks
from storage.dialects import insert_new, take_turn
from storage.due import Wanted, feed_is_due, page_is_due
from storage.giving_way import is_quiet, is_unwanted
from storage.tables import FEED, PAGE, SITE


def _nobody_is_dead(_holder: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A request for up to ``limit`` hosts with due work.

    ``holder`` is "hostname:pid:uuid". ``done_site_ids`` had their turn in this round. ``is_holder_dead`` tells whether
    another holder is a process of this machine that is gone: its hosts are taken over before the lease ends.
    """

    wanted: Wanted
    holder: str
    limit: int = 50
    lease_seconds: int = 120
    done_site_ids: frozenset[int] = frozenset()
    is_holder_dead: Callable[[str], bool] = _nobody_is_dead


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedSite:
    """A host that now is ours until ``lease_until``."""

    site_id: int
    host: str
    lease_until: datetime
    crawl_delay_seconds: float | None
    platform: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A host's robots.txt as it was read: the body of a 2xx, the status, and when (RFC 9309)."""

    body: str | None
    status: int | None
    fetched_at: datetime
    crawl_delay_seconds: float | None = None


def claim(session: Session, claim: Claim) -> list[ClaimedSite]:
    """Lease hosts with due work, those unasked for longest first; no host is ever leased to two holders.

    A host that asked to be left alone is never given before its time, whatever is wanted (rules 28, 31); one that a
    round waits for is not given to a backfill.
    """
    connection = session.connection()
    until = claim.wanted.now + timedelta(seconds=claim.lease_seconds)
    found = connection.execute(_claimable(connection, claim)).all()
    if found:
        ours = SITE.c.id.in_([row.id for row in found])
        connection.execute(update(SITE).where(ours).values(lease_holder=claim.holder, lease_until=until))
    return [
        ClaimedSite(
            site_id=row.id,
            host=row.host,
            lease_until=until,
            crawl_delay_seconds=row.crawl_delay_seconds,
            platform=row.platform,
        )
        for row in found
    ]


def is_any_soon(session: Session, wanted: Wanted, within: timedelta) -> bool:
    """Whether work is due on a host that nobody has and that may be asked before long."""
    is_soon = (SITE.c.next_request_at > wanted.now) & (SITE.c.next_request_at <= wanted.now + within)
    found = select(SITE.c.id).where(is_soon, _is_free(wanted.now, []), SITE.c.id.in_(_due(wanted)))
    return session.connection().execute(found.limit(1)).first() is not None


def _claimable(connection: Connection, claim: Claim) -> Any:
    now = claim.wanted.now
    # Numbers written into the statement: a round may have done more hosts than a statement takes parameters.
    done: BindParameter[Any] = bindparam("done", sorted(claim.done_site_ids), expanding=True, literal_execute=True)
    return (
        select(SITE.c.id, SITE.c.host, SITE.c.crawl_delay_seconds, SITE.c.platform)
        .where(SITE.c.id.in_(_due(claim.wanted)), SITE.c.id.not_in(done))
        .where(_is_open(claim.wanted))
        .where(_is_free(now, _dead_holders(connection, claim)))
        .where(is_unwanted(now) if is_quiet(claim.holder) else true())
        .order_by(SITE.c.next_request_at.asc().nulls_first(), SITE.c.id)
        .limit(claim.limit)
        .with_for_update(of=SITE, skip_locked=True, key_share=True)
    )


def _due(wanted: Wanted) -> Any:
    """The hosts on which anything waits."""
    return union_all(
        select(FEED.c.site_id).where(feed_is_due(wanted)), select(PAGE.c.site_id).where(page_is_due(wanted))
    )


def _is_open(wanted: Wanted) -> ColumnElement[bool]:
    """Whether the host may be asked: what a server asked for always holds, what we decided not for ``everything``."""
    is_past = or_(SITE.c.next_request_at.is_(None), SITE.c.next_request_at <= wanted.now)
    return or_(is_past, SITE.c.is_hold_asked.is_(False)) if wanted.everything else is_past


def _is_free(now: datetime, dead_holders: list[str]) -> ColumnElement[bool]:
    return or_(SITE.c.lease_holder.is_(None), SITE.c.lease_until <= now, SITE.c.lease_holder.in_(dead_holders))


def _dead_holders(connection: Connection, claim: Claim) -> list[str]:
    held = select(SITE.c.lease_holder).where(SITE.c.lease_holder.is_not(None)).distinct()
    return [holder for holder in connection.scalars(held) if holder != claim.holder and claim.is_holder_dead(holder)]


def renew(session: Session, holder: str, site_ids: Collection[int], until: datetime) -> frozenset[int]:
    """Keep leases until ``until``; gives those that are still ours. The others were taken over: drop their work."""
    statement = (
        update(SITE)
        .where(SITE.c.lease_holder == holder, SITE.c.id.in_(site_ids))
        .values(lease_until=until)
        .returning(SITE.c.id)
    )
    return frozenset(session.connection().scalars(statement))


@dataclass(frozen=True, slots=True)
class Release:
    """A host that is given back; ``next_request_at`` keeps its spacing for whoever is next."""

    holder: str
    site_id: int
    next_request_at: datetime | None = None


def release(session: Session, releases: Sequence[Release]) -> tuple[None, ...]:
    """Give hosts back, those of them that are ours."""
    rows = [
        {"of_site": one.site_id, "of_holder": one.holder, "from_then": one.next_request_at}
        for one in sorted(releases, key=lambda one: one.site_id)
    ]
    session.connection().execute(_RELEASE, rows)
    return (None,) * len(releases)


@dataclass(frozen=True, slots=True)
class Hold:
    """Until when a host is left alone, and why. ``is_asked``: it said so itself, in Retry-After."""

    until: datetime
    reason: str
    is_asked: bool


def hold(session: Session, site_id: int, hold: Hold) -> None:
    """Leave a host alone, for Retry-After and its kin (rules 31, 32). Never shortens a longer hold."""
    values = {"next_request_at": hold.until, "hold_reason": hold.reason, "is_hold_asked": hold.is_asked}
    session.connection().execute(update(SITE).where(SITE.c.id == site_id, _is_earlier(hold.until)).values(values))


def _is_earlier(moment: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    return or_(SITE.c.next_request_at.is_(None), SITE.c.next_request_at < moment)


_THEN: BindParameter[datetime] = bindparam("from_then", type_=SITE.c.next_request_at.type)
_IS_LATER = and_(_THEN.is_not(None), _is_earlier(_THEN))
_RELEASE = (
    update(SITE)
    .where(SITE.c.id == bindparam("of_site"), SITE.c.lease_holder == bindparam("of_holder"))
    .values(
        lease_holder=None,
        lease_until=None,
        next_request_at=case((_IS_LATER, _THEN), else_=SITE.c.next_request_at),
        is_hold_asked=case((_IS_LATER, False), else_=SITE.c.is_hold_asked),
    )
)


def ensure(session: Session, hosts: Iterable[str]) -> dict[str, int]:
    """The ids of hosts; those not known yet are created."""
    wanted = sorted(set(hosts))
    connection = session.connection()
    known = _ids(connection, wanted)
    missing = [{"host": host} for host in wanted if host not in known]
    if missing:
        take_turn(connection)
        connection.execute(insert_new(connection, SITE, "host"), missing)
        known |= _ids(connection, [row["host"] for row in missing])
    return known


def _ids(connection: Connection, hosts: list[str]) -> dict[str, int]:
    return {
        row.host: row.id
        for chunk in chunks(hosts)
        for row in connection.execute(select(SITE.c.host, SITE.c.id).where(SITE.c.host.in_(chunk)))
    }


def ids(session: Session, hosts: Iterable[str]) -> dict[str, int]:
    """The ids of those hosts that are known."""
    return _ids(session.connection(), sorted(set(hosts)))


def is_known(session: Session, host: str) -> bool:
    """Whether anything of this host was ever asked for."""
    return session.connection().scalar(select(SITE.c.id).where(SITE.c.host == host)) is not None


def robots(session: Session, site_id: int) -> Robots | None:
    """What the host's robots.txt said when it was last read; None when it never was."""
    columns = (SITE.c.robots_body, SITE.c.robots_status, SITE.c.robots_fetched_at, SITE.c.crawl_delay_seconds)
    row = session.connection().execute(select(*columns).where(SITE.c.id == site_id)).one_or_none()
    if row is None or row.robots_fetched_at is None:
        return None
    return Robots(
        body=row.robots_body,
        status=row.robots_status,
        fetched_at=row.robots_fetched_at,
        crawl_delay_seconds=row.crawl_delay_seconds,
    )


def put_robots(session: Session, site_id: int, read: Robots) -> None:
    """Remember a host's robots.txt."""
    session.connection().execute(
        update(SITE)
        .where(SITE.c.id == site_id)
        .values(
            robots_body=read.body,
            robots_status=read.status,
            robots_fetched_at=read.fetched_at,
            crawl_delay_seconds=read.crawl_delay_seconds,
        )
    )


def put_platform(session: Session, site_id: int, platform: str) -> None:
    """Remember what the host runs on ("wordpress", "blogger", ...)."""
    session.connection().execute(update(SITE).where(SITE.c.id == site_id).values(platform=platform))
