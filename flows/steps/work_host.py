"""Everything that waits on one host, while its lease is ours: its due feeds, then its pages."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from flows.mill import Mill
from flows.outcomes import PollOutcome, RoundReport
from flows.steps.fetch_page import fetch_page, put_off
from flows.steps.learn_blocks import BlockDesk
from flows.steps.network import NetworkWatch
from flows.steps.poll_feed import FeedPoll, poll_feed, record_bug
from flows.steps.robots import RobotsDesk
from flows.steps.terms import PageTerms
from ingest.model import FeedState, FetchResult, PendingPage
from storage import filters, pages, sites, turns
from storage.due import Wanted
from storage.errors import StorageError, lasting
from storage.sites import ClaimedSite, Release

log = logging.getLogger(__name__)

PAGES_AT_ONCE = 2  # the connections that a host is given (rule 33); the client spaces their starts
PAGES_READ = 50
TURN_SECONDS = 60  # then the host goes back to the queue, so that no backlog keeps a batch, and with it a round, busy


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPlan:
    """What a round wants of each host. ``held``: the sites whose lease is ours; ``stop``: no new work.

    ``network``: what all its requests say together about our own network. ``is_asked``: a person named the pages.
    """

    wanted: Wanted
    stop: asyncio.Event
    held: set[int] = field(default_factory=set)
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
    blocks: BlockDesk
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
            await _fetch_pages(work)
        await work.blocks.close()
    finally:
        work.plan.held.discard(work.site.site_id)
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
        work.plan.held.discard(work.site.site_id)
    return outcome


async def _fetch_pages(work: HostWork) -> None:
    tried: set[int] = set()
    while work.goes_on():
        with work.mill.database.read() as session:
            waiting = pages.waiting(session, work.site.site_id, work.wanted, PAGES_READ)
            passes_filters = work.plan.is_asked or not filters.is_any(session)
        fresh = [page for page in waiting if page.page_id not in tried]
        if not fresh:
            return
        tried.update(page.page_id for page in fresh)
        await _fetch_some(work, fresh, _terms(work, passes_filters=passes_filters))


async def _fetch_some(work: HostWork, waiting: list[PendingPage], terms: PageTerms) -> None:
    todo = iter(waiting)

    async def take_turns() -> None:
        for page in todo:
            if not work.goes_on() or (page.history is not None and _gives_way(work)):
                return
            await _fetch(work, page, terms)

    has_history = any(page.history is not None for page in waiting)
    async with asyncio.TaskGroup() as group:
        for _ in range(1 if has_history else min(PAGES_AT_ONCE, len(waiting))):
            group.create_task(take_turns())


def _gives_way(work: HostWork) -> bool:
    """Whether history ends here for now: something live is due on the host, or a round waits for it."""
    with work.mill.database.read() as session:
        has_to_go = turns.has_to_go(session, work.site.site_id, work.wanted)
    if has_to_go:
        work.plan.held.discard(work.site.site_id)
    return has_to_go


async def _fetch(work: HostWork, page: PendingPage, terms: PageTerms) -> None:
    """Do one page; a bug of ours costs that page alone, which is tried again later."""
    try:
        outcome = await fetch_page(work.mill, page, terms)
    except Exception as error:
        if lasting(error) is not None:
            raise
        log.exception("page %s failed for a reason of ours", page.url or page.page_id)
        work.report.bugs += 1
        outcome = await put_off(work.mill, page)
    work.report.add_page(outcome)
    if outcome.is_host_held:
        work.plan.held.discard(work.site.site_id)


def _terms(work: HostWork, *, passes_filters: bool) -> PageTerms:
    """A page in hand may go on for longer than the host's turn, but not for longer than the round and the lease."""
    goes_on = partial(work.plan.goes_on, work.site.site_id)
    return PageTerms(work.robots, work.is_network_to_blame, goes_on, work.blocks, passes_filters)
