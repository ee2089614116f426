"""Fetch one waiting page, extract its article and store it, or record why not and when to try again."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from flows.mill import Mill
from flows.outcomes import PageOutcome
from flows.steps.extract_page import extract_page
from flows.steps.robots import RobotsDesk
from ingest.decide.backoff import THROTTLES
from ingest.decide.pages import next_attempt
from ingest.fetch.budget import Share
from ingest.fetch.directives import robots_tags
from ingest.headers import retry_after_seconds
from ingest.jobs import PageJob, PageReading
from ingest.model import (
    ArticleRecord,
    ArticleStatus,
    FailureKind,
    Fetched,
    FetchFailed,
    FetchRequest,
    FetchResult,
    Page,
    PageFailure,
    PendingPage,
    SaveOutcome,
)
from storage import articles, pages, sites
from storage.sites import Hold

log = logging.getLogger(__name__)

# A page that will never be had says so on its article, where the feed brought no text of its own.
STATUS_WITHOUT_PAGE = {
    FailureKind.DENIED: ArticleStatus.BLOCKED,
    FailureKind.ROBOTS: ArticleStatus.BLOCKED,
    FailureKind.RATE_LIMITED: ArticleStatus.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a page's address gave: a page, nothing (no link, so the feed's own content), or a failure."""

    page: Page | None = None
    failure: FetchFailed | None = None
    is_ours: bool = False  # it was our own network that failed
    robots_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageTerms:
    """Who else has a say: the host's robots.txt, and whether a failure is our own network's."""

    robots: RobotsDesk
    is_network_to_blame: Callable[[FetchResult], Awaitable[bool]]


async def fetch_page(mill: Mill, pending: PendingPage, terms: PageTerms) -> PageOutcome:
    """Take one page from waiting to stored. A failure that may pass leaves it waiting, with its next attempt.

    Where our own network is down the page waits as if it had never been tried.
    """
    with mill.bodies.share() as share:
        return await _take(mill, pending, terms, share)


async def _take(mill: Mill, pending: PendingPage, terms: PageTerms, share: Share) -> PageOutcome:
    gathered = await _gather(mill, pending, terms, share)
    if gathered.failure is not None:
        if gathered.is_ours:
            return PageOutcome(url=pending.url, failure=gathered.failure.kind, is_waiting=True)
        again = next_attempt(gathered.failure, pending.attempts, mill.clock(), mill.jitter())
        if again is not None or pending.entry is None:
            return await _leave(mill, pending, terms.robots.site_id, gathered.failure, again)
        log.warning("page %s Its feed's own content is used.", gathered.failure.detail)
    return await _extract_and_store(mill, pending, gathered)


async def put_off(mill: Mill, pending: PendingPage) -> PageOutcome:
    """Leave a page that failed for a reason of ours waiting; given up, it stays marked so and its entry is kept."""
    detail = f"{pending.url} could not be stored for a reason of ours: see the log."
    failure = FetchFailed(url=pending.url or "", kind=FailureKind.INTERNAL, detail=detail)
    now = mill.clock()
    again = next_attempt(failure, pending.attempts, now, mill.jitter())
    await mill.writer.apply(lambda session: pages.record_failure(session, _page_failure(pending, failure, again), now))
    return PageOutcome(url=pending.url, failure=failure.kind, is_waiting=again is not None)


async def _gather(mill: Mill, pending: PendingPage, terms: PageTerms, share: Share) -> _Gathered:
    if pending.url is None:
        return _Gathered()
    request = FetchRequest(url=pending.url)
    result = await terms.robots.objection(pending.url) or await mill.client.fetch(request, share)
    is_ours = await terms.is_network_to_blame(result)
    if isinstance(result, Fetched):
        content_type = result.headers.get("content-type")
        page = Page(url=pending.url, html=result.body, final_url=result.final_url, content_type=content_type)
        return _Gathered(page, robots_tags=robots_tags(result.headers, result.body, mill.robots_token))
    assert isinstance(result, FetchFailed), "a page is asked for without validators, so it cannot be a 304"
    return _Gathered(failure=result, is_ours=is_ours)


async def _leave(
    mill: Mill, pending: PendingPage, site_id: int, failure: FetchFailed, again: datetime | None
) -> PageOutcome:
    """Leave the page waiting, or given up where nothing is known of it but its address: that is no article.

    Where the server asked for patience, the whole host is left alone (rule 31).
    """
    now = mill.clock()
    asked = retry_after_seconds(failure.headers, now)
    until = now + timedelta(seconds=asked) if asked else again if failure.kind in THROTTLES else None

    def change(session: Session) -> None:
        pages.record_failure(session, _page_failure(pending, failure, again), now)
        if until is not None:
            sites.hold(session, site_id, Hold(until, failure.detail, is_asked=bool(asked)))

    await mill.writer.apply(change)
    log.warning("page %s %s", failure.detail, f"Next attempt {again:%Y-%m-%d %H:%M} UTC." if again else "Given up.")
    return PageOutcome(
        url=pending.url, failure=failure.kind, is_waiting=again is not None, is_host_held=until is not None
    )


def _page_failure(pending: PendingPage, failure: FetchFailed, again: datetime | None) -> PageFailure:
    return PageFailure(
        page_id=pending.page_id,
        kind=failure.kind,
        detail=failure.detail,
        status=failure.status,
        next_attempt_at=again,
    )


async def _extract_and_store(mill: Mill, pending: PendingPage, gathered: _Gathered) -> PageOutcome:
    reading = await _read(mill, pending, gathered.page)
    if gathered.failure is not None:
        reading = _without_page(reading, gathered.failure.kind)
    saved = await mill.writer.apply(lambda session: _save(session, mill, pending, reading, gathered))
    return PageOutcome(
        url=pending.url,
        is_fetched=gathered.page is not None,
        failure=gathered.failure.kind if gathered.failure else None,
        saved=saved,
        status=reading.article.status,
        rules=tuple(removal.rule for removal in reading.article.removed),
    )


def _without_page(reading: PageReading, kind: FailureKind) -> PageReading:
    article = reading.article
    if article.text:
        return reading
    return replace(reading, article=replace(article, status=STATUS_WITHOUT_PAGE.get(kind, ArticleStatus.EMPTY)))


async def _read(mill: Mill, pending: PendingPage, page: Page | None) -> PageReading:
    job = PageJob(url=pending.url, page=page, entry=pending.entry, feed_title=pending.feed_title, now=mill.clock())
    return await extract_page(mill.workers, job)


def _save(session: Session, mill: Mill, pending: PendingPage, reading: PageReading, gathered: _Gathered) -> SaveOutcome:
    if gathered.failure is not None:
        pages.record_failure(session, _page_failure(pending, gathered.failure, None), mill.clock())
    if gathered.page is not None:
        pages.put_robots_tags(session, pending.page_id, gathered.robots_tags)
    record = ArticleRecord(
        page_id=pending.page_id,
        article=reading.article,
        alias_keys=reading.alias_keys,
        fetched_at=mill.clock(),
        content_hash=reading.content_hash,
    )
    return articles.save(session, record, mill.clock())
