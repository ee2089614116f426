"""The pages that wait on one host, while its lease is ours. What they need is imported with this module."""

import asyncio
import logging
from functools import partial

from flows.steps.fetch_page import fetch_page
from flows.steps.learn_blocks import BlockDesk
from flows.steps.page_verdict import put_off
from flows.steps.terms import PageTerms
from flows.steps.work_host import HostWork
from ingest.model import PendingPage
from storage import filters, pages, turns
from storage.errors import lasting

log = logging.getLogger(__name__)

PAGES_AT_ONCE = 2  # the connections that a host is given (rule 33); the client spaces their starts
PAGES_READ = 50


async def fetch_pages(work: HostWork) -> None:
    """Fetch what waits, and what comes to wait meanwhile, as long as the host's turn lasts."""
    blocks = BlockDesk(work.mill, work.site.site_id, work.site.host)
    await _fetch_all(work, blocks)
    await blocks.close()


async def _fetch_all(work: HostWork, blocks: BlockDesk) -> None:
    tried: set[int] = set()
    while work.goes_on():
        with work.mill.database.read() as session:
            waiting = pages.waiting(session, work.site.site_id, work.wanted, PAGES_READ)
            passes_filters = work.plan.is_asked or not filters.is_any(session)
        fresh = [page for page in waiting if page.page_id not in tried]
        if not fresh:
            return
        tried.update(page.page_id for page in fresh)
        await _fetch_some(work, fresh, _terms(work, blocks, passes_filters=passes_filters))


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
        work.plan.held.pop(work.site.site_id, None)
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
        work.plan.held.pop(work.site.site_id, None)


def _terms(work: HostWork, blocks: BlockDesk, *, passes_filters: bool) -> PageTerms:
    """A page in hand may go on for longer than the host's turn, but not for longer than the round and the lease."""
    goes_on = partial(work.plan.goes_on, work.site.site_id)
    return PageTerms(work.robots, work.is_network_to_blame, goes_on, blocks, passes_filters)
