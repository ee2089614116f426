"""How a backfill stands, read from what is written down: its report."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from flows.backfill_words import Estimate, MonthCount, Report, SourceReport
from flows.steps.ask_history import Undertaking
from ingest.backfill.stored import read_progress
from storage import backfills, find_sums, sites, walks
from storage.backfills import Job
from storage.find_sums import Sums
from storage.walks import Walk

_LEAST_PACE = 0.1  # seconds a request, where no spacing is asked for
_ROBOTS = "robots"


def report_of(work: Undertaking, job: Job | None = None) -> Report:
    """Where the job stands, by what is written down."""
    job = job or work.ledger.look(lambda session: backfills.known(session, work.job_id))
    walked = work.ledger.look(lambda session: walks.of_job(session, job.id))
    sums = work.ledger.look(lambda session: find_sums.sums(session, job.id))
    states = sums.states
    waiting = states.get("found", 0) + states.get("queued", 0)
    known, stored = states.get("known", 0), states.get("stored", 0)
    refused = states.get("refused", 0) - sums.refused_now.get(_ROBOTS, 0)
    declined = states.get("declined", 0) - sums.refused.get(_ROBOTS, 0) + sums.refused_now.get(_ROBOTS, 0)
    return Report(
        id=None if work.is_dry else job.id,
        site=job.site,
        state="planned" if work.is_dry else job.state,
        since=job.since,
        until=job.until,
        sources=tuple(map(_source, walked)),
        found=known + waiting + stored + refused + declined,
        already_stored=known,
        new=waiting + stored + refused,
        stored=stored,
        refused=dict(sums.refused),
        requests=job.requests + (work.mill.client.sent - work.counted),
        estimate=_estimate(work, job, walked, waiting),
        left=waiting,
        next_at=job.next_at,
        why=job.why,
        coverage=_coverage(walked),
        months=_months(work, job, sums),
    )


def months_stored(work: Undertaking, hosts: set[str]) -> dict[str, int]:
    """How many articles of each month are stored of these hosts."""
    with work.mill.database.read() as session:
        return find_sums.months_stored(session, hosts)


def _source(walk: Walk) -> SourceReport:
    progress = read_progress(walk.progress) if walk.progress else None
    return SourceReport(
        name=walk.name,
        found=walk.found,
        oldest=walk.oldest_at,
        newest=walk.newest_at,
        requests=walk.requests,
        stopped_because=walk.end,
        detail=walk.detail,
        total_hint=progress.total_hint if progress is not None else None,
    )


def _coverage(walked: Sequence[Walk]) -> float | None:
    """How much was seen of the listing that says how much it has."""
    told = [progress for walk in walked if walk.progress and (progress := read_progress(walk.progress)).total_hint]
    shares = [min(1.0, progress.new / (progress.total_hint or 1)) for progress in told]
    return max(shares, default=None)


def _estimate(work: Undertaking, job: Job, walked: Sequence[Walk], waiting: int) -> Estimate:
    """A request for each page that waits, and what is left of the listings that say how much they have."""
    requests = waiting + sum(map(_listing_requests, walked)) if job.state != "done" or work.is_dry else 0
    return Estimate(requests, math.ceil(requests * max(_LEAST_PACE, _pace(work, job))))


def _listing_requests(walk: Walk) -> int:
    if walk.end is not None:
        return 0
    progress = read_progress(walk.progress) if walk.progress else None
    if progress is None or not progress.total_hint or not progress.new:
        return 1
    return max(1, math.ceil((progress.total_hint - progress.new) / progress.new * progress.pages))


def _pace(work: Undertaking, job: Job) -> float:
    """Seconds between two requests to the site."""
    from ingest.urls import host_of

    host, pace = host_of(job.home_url), work.mill.settings.history_delay_seconds
    with work.mill.database.read() as session:
        site_id = sites.ids(session, [host]).get(host)
        robots = sites.robots(session, site_id) if site_id is not None else None
    return max(pace, robots.crawl_delay_seconds or 0.0) if robots is not None else pace


def _months(work: Undertaking, job: Job, sums: Sums) -> tuple[MonthCount, ...]:
    if not sums.states:
        return ()
    found = work.ledger.look(lambda session: find_sums.months(session, job.id))
    now = months_stored(work, work.ledger.look(lambda session: find_sums.hosts(session, job.id)))
    names = _between(found, job.months_before, now)
    before: Mapping[str, int] = now if work.is_dry else job.months_before
    return tuple(
        MonthCount(month=name, before=before.get(name, 0), after=now.get(name, 0), found=found.get(name, 0))
        for name in names
    )


def _between(*counts: Mapping[str, int]) -> list[str]:
    """Every month from the first to the last that has something."""
    names = sorted({name for count in counts for name in count})
    if not names:
        return []
    first, last = (datetime.strptime(f"{name}-01+0000", "%Y-%m-%d%z") for name in (names[0], names[-1]))
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
