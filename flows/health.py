"""How every feed fares, judged over the whole store: its polls, its rhythm, its sites' pages. No Prefect."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from ingest.decide.drift import LOOK_BACK, Drift, find_drift, may_drift
from ingest.decide.health import Health, HealthState, health
from storage import feeds, yields
from storage.feeds import FeedSchedule

POSTS_LOOKED_AT = 200  # of a feed that seems silent: the rests between them
_SHARE = 0.25  # of a drifting site's articles that a feed has brought, to drift with it


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Every feed with its verdict, in the order of their addresses, and the sites that drift."""

    feeds: list[tuple[FeedSchedule, Health]]
    drifts: list[Drift]


def judge(session: Session, now: datetime) -> HealthReport:
    """Judge every feed and site. Costs some 220 rows of an index for each site, and nothing more for healthy feeds."""
    found = list(_find_drifts(session))
    of_feed: dict[int, list[Drift]] = defaultdict(list)
    for drift, source in found:
        for feed_id, articles in source.feeds.items():
            if articles >= _SHARE * sum(source.feeds.values()):
                of_feed[feed_id].append(drift)
    rows = feeds.states(session)
    judged = [(row, _judge_feed(session, row, now, next(iter(of_feed[row.feed_id]), None))) for row in rows]
    return HealthReport(judged, [drift for drift, _ in found])


def _find_drifts(session: Session) -> Iterator[tuple[Drift, yields.Source]]:
    for seen in yields.glances(session, LOOK_BACK):
        if seen.is_whole and not may_drift(seen.words, seen.statuses):
            continue
        drift = find_drift(seen.host, yields.of_site(session, seen.host, LOOK_BACK))
        if drift is not None:
            source = yields.source(session, seen.host, drift.first_id, drift.since)
            yield replace(drift, first_url=source.first_url), source


def _judge_feed(session: Session, row: FeedSchedule, now: datetime, drift: Drift | None) -> Health:
    verdict = health(row.state, now, drift=drift)
    if verdict.state is not HealthState.SILENT:
        return verdict
    return health(row.state, now, yields.posted(session, row.feed_id, POSTS_LOOKED_AT))


def document(row: FeedSchedule, verdict: Health) -> dict[str, Any]:
    """A feed's health as ``feeds health --json`` shows it."""
    return {
        "url": row.state.url,
        "state": verdict.state,
        "since": verdict.since,
        "reason": verdict.reason,
        "evidence": verdict.evidence,
        "advice": verdict.advice,
        "next_poll_at": row.next_poll_at,
        "next_poll_reason": row.poll_reason,
    }
