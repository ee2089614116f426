"""Where the boilerplate changed: rules and sites whose share of dropped blocks is not what it was. No Prefect."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from flows import tally
from ingest.decide.shares import Share, has_moved
from storage import newest, tallies

BEFORE = timedelta(days=28)
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A site or a rule, its share of blocks dropped in the latest period and in the one before."""

    subject: str
    is_site: bool
    now: Share
    before: Share
    example_url: str | None = None  # of a site: where to look


def find_shifts(
    session: Session, latest: Period, sites: Collection[str] | None = None, rules: Collection[str] | None = None
) -> list[Shift]:
    """What moved beside the 28 days before, most first; of these sites and rules, or of all."""
    before = (latest[0] - BEFORE, latest[0])
    found = [*_of_sites(session, latest, before, sites), *_of_rules(session, latest, before, rules)]
    return sorted(found, key=lambda shift: -abs(shift.now.value - shift.before.value))


def since_yesterday(now: datetime) -> Period:
    """Yesterday and today, as far as it has come."""
    day = tally.day_of(now)
    return day - timedelta(days=1), day + timedelta(days=1)


def _of_sites(session: Session, latest: Period, before: Period, sites: Collection[str] | None) -> Iterator[Shift]:
    now, past = (_site_shares(session, period, sites) for period in (latest, before))
    for site in now.keys() & past.keys():
        if has_moved(now[site], past[site]):
            url = newest.latest_url(session, site)
            yield Shift(subject=site, is_site=True, now=now[site], before=past[site], example_url=url)


def _site_shares(session: Session, period: Period, sites: Collection[str] | None) -> Mapping[str, Share]:
    dropped, kept = (tallies.sums(session, name, period, sites) for name in (tally.DROPPED_AT, tally.KEPT_AT))
    return {
        site: Share(dropped.get(site, 0), dropped.get(site, 0) + kept.get(site, 0))
        for site in dropped.keys() | kept.keys()
    }


def _of_rules(session: Session, latest: Period, before: Period, rules: Collection[str] | None) -> Iterator[Shift]:
    now, past = (_rule_shares(session, period, rules) for period in (latest, before))
    (now_all, now_of), (past_all, past_of) = now, past
    for rule in now_all.keys() | past_all.keys():
        share, usual = Share(now_all.get(rule, 0), now_of), Share(past_all.get(rule, 0), past_of)
        if has_moved(share, usual):
            yield Shift(subject=rule, is_site=False, now=share, before=usual)


def _rule_shares(session: Session, period: Period, rules: Collection[str] | None) -> tuple[Mapping[str, int], int]:
    """The blocks that each rule dropped, and how many blocks there were in all."""
    totals = (tallies.sums(session, name, period).get("", 0) for name in (tally.DROPPED, tally.KEPT))
    return tallies.sums(session, tally.BY_RULE, period, rules), sum(totals)
