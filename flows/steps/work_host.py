"""Everything that waits on one host, while its lease is ours: its due feeds, then its pages."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from flows.mill import Mill
from flows.outcomes import PollOutcome, RoundReport
from flows.steps.network import NetworkWatch
from flows.steps.poll_feed import FeedPoll, poll_feed, record_bug
from flows.steps.robots import RobotsDesk
from ingest.model import FeedState, FetchResult
from storage import sites
from storage.due import Wanted
from storage.errors import StorageError, lasting
from storage.sites import ClaimedSite, Release

log = logging.getLogger(__name__)

TURN_SECONDS = 60  # then the host goes back to the queue, so that no backlog keeps a batch, and with it a round, busy


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """What a round wants of each host. ``held``: the sites whose lease is ours, and the batch that has each in hand.

    ``stop``: no new work. ``let_go`` is set whenever a host is worked on no more.
    ``network``: what all its requests say together about our own network. ``is_asked``: a person named the pages.
    """

    wanted: Wanted
    stop: asyncio.Event
    held: dict[int, int] = field(default_factory=dict)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    network: NetworkWatch = field(default_factory=NetworkWatch)
    is_asked: bool = False

    def goes_on(self, site_id: int) -> bool:
        """Whether there is time left and the lease is still ours."""
        return site_id in self.held and not self.stop.is_set()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waited on a host when it was claimed: feeds to poll, by id, and whether there are pages to fetch."""

    feeds: tuple[tuple[int, FeedState], ...]
    has_pages: bool


@dataclass(frozen=True, slots=True)
class HostWork:
    """One host in hand."""

    mill: Mill
    site: ClaimedSite
    waiting: Waiting
    plan: HostPlan
    report: RoundReport
    robots: RobotsDesk
    began: float = field(default_factory=time.monotonic)

    @property
    def wanted(self) -> Wanted:
        """What the round is after, at this moment."""
        return replace(self.plan.wanted, now=self.mill.clock())

    def goes_on(self) -> bool:
        """Whether to take up more of this host's work in this turn."""
        return self.plan.goes_on(self.site.site_id) and time.monotonic() - self.began < TURN_SECONDS

    async def is_network_to_blame(self, outcome: FetchResult) -> bool:
        """Whether a failure is our own network's: then no more work is taken up, by anyone in this round."""
        is_ours = await self.plan.network.is_to_blame(self.site.host, outcome)
        if is_ours:
            self.plan.stop.set()
        return is_ours


async def work_host(work: HostWork) -> None:
    """Poll the host's due feeds, fetch its waiting pages, and give the lease back whatever happens."""
    try:
        has_news = await _poll_feeds(work)
        if has_news or work.waiting.has_pages:
            from flows.steps.work_pages import fetch_pages  # as much to import as all that a poll needs

            await fetch_pages(work)
    finally:
        work.plan.held.pop(work.site.site_id, None)
        work.plan.let_go.set()
        work.plan.network.leave(work.site.host)
        await asyncio.shield(_release(work))


async def _release(work: HostWork) -> None:
    mill, site_id = work.mill, work.site.site_id
    again_at = mill.clock() + timedelta(seconds=mill.settings.host_delay_seconds)
    with suppress(StorageError):  # the lease ends by itself, and whoever writes next hears why
        await mill.writer.apply_to(sites.release, Release(mill.holder, site_id, again_at))


async def _poll_feeds(work: HostWork) -> bool:
    """Whether any of them brought pages to fetch, or had some fetched again."""
    has_news = False
    for feed_id, state in work.waiting.feeds:
        if work.goes_on():
            outcome = await _poll(work, feed_id, state)
            has_news |= bool(outcome.entries_new or outcome.entries_changed)
    return has_news


async def _poll(work: HostWork, feed_id: int, state: FeedState) -> PollOutcome:
    """Poll one feed; a bug of ours costs that feed alone, which waits as after any failure."""
    try:
        outcome = await poll_feed(work.mill, FeedPoll(feed_id, state, work.robots, work.is_network_to_blame))
    except Exception as error:
        if lasting(error) is not None:
            raise
        log.exception("polling %s failed for a reason of ours", state.url)
        work.report.bugs += 1
        outcome = await record_bug(work.mill, feed_id, state)
    work.report.add_poll(outcome)
    if outcome.is_host_held:
        work.plan.held.pop(work.site.site_id, None)
    return outcome
