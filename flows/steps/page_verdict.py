"""A page that could not be had: when it is tried again, what that means for its host, and the record of it."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from flows.mill import Mill
from flows.outcomes import PageOutcome
from flows.steps.judge_history import come_home
from ingest.decide.backoff import THROTTLES
from ingest.decide.pages import next_attempt, next_soon
from ingest.decide.redirects import answered_at
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, FetchFailed, PageFailure, PendingPage
from ingest.urls import host_of
from storage import pages, sites
from storage.sites import Hold

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A failure, when the page is tried again (None: never), and what that means for the host."""

    failure: FetchFailed
    again: datetime | None
    now: datetime

    @property
    def hold(self) -> Hold | None:
        """How long the host that answered is left alone: as long as it asks, or until the next attempt."""
        asked = retry_after_seconds(self.failure.headers, self.now)
        if asked:
            return Hold(self.now + timedelta(seconds=asked), self.failure.detail, is_asked=True)
        is_throttle = self.failure.kind in THROTTLES
        return Hold(self.again, self.failure.detail, is_asked=False) if self.again and is_throttle else None

    @property
    def host_to_hold(self) -> str | None:
        """Who answered: behind redirects another host than the page's. None: nobody is to be left alone."""
        return host_of(answered_at(self.failure)) if self.hold else None


def judge(mill: Mill, pending: PendingPage, failure: FetchFailed) -> Verdict:
    """When a page that failed is tried again, if ever; a backfill does so sooner."""
    now = mill.clock()
    if pending.history is not None and (soon := next_soon(failure, pending.attempts, now)) is not None:
        return Verdict(failure, soon, now)
    return Verdict(failure, next_attempt(failure, pending.attempts, now, mill.jitter()), now)


async def put_off(mill: Mill, pending: PendingPage) -> PageOutcome:
    """Leave a page that failed for a reason of ours waiting; given up, it stays marked so and its entry is kept."""
    detail = f"{pending.url} could not be stored for a reason of ours: see the log."
    failure = FetchFailed(url=pending.url or "", kind=FailureKind.INTERNAL, detail=detail)
    verdict = judge(mill, pending, failure)
    await mill.writer.apply(lambda session: record_failure(session, pending, verdict))
    return PageOutcome(url=pending.url, failure=failure.kind, is_waiting=verdict.again is not None)


async def leave(mill: Mill, pending: PendingPage, verdict: Verdict) -> PageOutcome:
    """Leave the page waiting, or given up where nothing is known of it but its address: that is no article."""
    await mill.writer.apply(lambda session: record_failure(session, pending, verdict))
    failure, again = verdict.failure, verdict.again
    log.warning("page %s %s", failure.detail, f"Next attempt {again:%Y-%m-%d %H:%M} UTC." if again else "Given up.")
    return PageOutcome(
        url=pending.url,
        failure=failure.kind,
        is_waiting=again is not None,
        is_host_held=verdict.host_to_hold == pending.host,
    )


def record_failure(session: Session, pending: PendingPage, verdict: Verdict) -> None:
    """Write what failed; the whole host that wants patience is left alone, whichever it is (rule 31)."""
    if verdict.again is None:
        come_home(session, pending)
    pages.record_failure(session, _page_failure(pending, verdict), verdict.now)
    host, hold = verdict.host_to_hold, verdict.hold
    if host is not None and hold is not None:
        sites.hold(session, sites.ensure(session, [host])[host], hold)


def _page_failure(pending: PendingPage, verdict: Verdict) -> PageFailure:
    return PageFailure(
        page_id=pending.page_id,
        kind=verdict.failure.kind,
        detail=verdict.failure.detail,
        status=verdict.failure.status,
        next_attempt_at=verdict.again,
    )
