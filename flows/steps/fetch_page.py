"""Fetch one waiting page, extract its article and store it, or record why not and when to try again."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flows.arrivals import arrival_of
from flows.mill import Mill
from flows.outcomes import PageOutcome
from flows.steps.archive_page import archive_page
from flows.steps.extract_page import extract_page
from flows.steps.fetch_copy import GONE, fetch_copy, pack_copy, told, wanted_copy
from flows.steps.fetch_parts import Whole, read_whole
from flows.steps.filter_pages import filter_early, filter_late
from flows.steps.judge_history import come_home, has_own_words, marked, refuse, send_to_copy
from flows.steps.learn_blocks import Lesson, read_knowledge
from flows.steps.page_verdict import Verdict, judge, leave, record_failure
from flows.steps.store_page import PageHarvest, store_pages
from flows.steps.terms import PageTerms
from ingest.blocks import NO_KNOWLEDGE, SiteKnowledge
from ingest.decide.headline import follows_headline
from ingest.decide.revisit import is_watched, next_revisit
from ingest.fetch.budget import Share
from ingest.fetch.directives import robots_tags
from ingest.jobs import PageJob, PageReading
from ingest.model import (
    ArticleRecord,
    ArticleStatus,
    Capture,
    FailureKind,
    Fetched,
    FetchFailed,
    FetchRequest,
    NotModified,
    Page,
    PendingPage,
    SaveOutcome,
    Validators,
)
from ingest.urls import host_of
from storage import revisits
from storage.keeping import Packed

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
    is_fetched: bool = False
    verdict: Verdict | None = None
    is_ours: bool = False  # it was our own network that failed
    robots_tags: tuple[str, ...] = ()
    captures: tuple[Packed, ...] = ()
    is_unchanged: bool = False  # a revisit's 304
    lesson: Lesson | None = None
    copy: Capture | None = None  # it is an archive's: the page itself is gone


async def fetch_page(mill: Mill, pending: PendingPage, terms: PageTerms) -> PageOutcome:
    """Take one page from waiting to stored. A failure that may pass leaves it waiting, with its next attempt.

    Where our own network is down the page waits as if it had never been tried.
    """
    if not terms.passes_filters and (unwanted := await filter_early(mill, pending)) is not None:
        return unwanted
    with mill.bodies.share() as share:
        gathered = await _gather(mill, pending, terms, share)
        ended = await _end_early(mill, pending, gathered)
        if ended is not None:
            return ended
        job = replace(_job(mill, pending, gathered.page), site=await _ask_knowledge(mill, pending, terms, gathered))
        reading = await extract_page(mill.workers, job)
        # Read and done with: nothing more is fetched while it is held.
        read = _Read(_without_body(job), reading, _without_bytes(gathered))
    return await _finish(mill, pending, terms, read)


@dataclass(frozen=True, slots=True)
class _Read:
    """A page that was read: its job without the body, its article, and what came with it."""

    job: PageJob
    reading: PageReading
    gathered: _Gathered


async def _end_early(mill: Mill, pending: PendingPage, gathered: _Gathered) -> PageOutcome | None:
    """What there is to say of a page without an article; None where there is one to read."""
    if gathered.is_unchanged:
        return await _leave_unchanged(mill, pending)
    verdict = gathered.verdict
    if verdict is None:
        return None
    if gathered.is_ours:
        return PageOutcome(url=pending.url, failure=verdict.failure.kind, is_waiting=True)
    if verdict.again is None and verdict.failure.kind in GONE and await send_to_copy(mill, pending):
        return PageOutcome(url=pending.url, failure=verdict.failure.kind, is_waiting=True)
    if verdict.again is not None or not has_own_words(pending):
        return await leave(mill, pending, verdict)
    log.warning("page %s Its feed's own content is used.", verdict.failure.detail)
    return None


async def _finish(mill: Mill, pending: PendingPage, terms: PageTerms, read: _Read) -> PageOutcome:
    """Join the article's further parts, and store it; a copy stands for itself."""
    job, gathered = read.job, read.gathered
    if gathered.copy is not None:
        whole = Whole(told(read.reading, pending, gathered.copy))
    else:
        whole = await read_whole(mill, job, read.reading, terms)
    if whole.failure is not None:
        if whole.is_ours:
            return PageOutcome(url=pending.url, failure=whole.failure.kind, is_waiting=True)
        gathered = replace(gathered, verdict=judge(mill, pending, whole.failure))
    gathered = replace(gathered, captures=(*gathered.captures, *whole.captures))
    unwanted = await filter_late(mill, pending, whole.reading.article) if not terms.passes_filters else None
    if unwanted is not None:
        return replace(unwanted, is_fetched=gathered.is_fetched)
    reading = marked(whole.reading, pending)
    if (refused := await refuse(mill, pending, reading.article)) is not None:
        return refused
    if terms.blocks is None or gathered.copy is not None:
        return await _store(mill, pending, reading, gathered)
    async with terms.blocks.teach(pending.page_id, reading, job.site) as lesson:
        return await _store(mill, pending, lesson.reading, replace(gathered, lesson=lesson))


def _without_bytes(gathered: _Gathered) -> _Gathered:
    copy = replace(gathered.copy, body=b"") if gathered.copy is not None else None
    return replace(gathered, page=None, copy=copy)


async def _ask_knowledge(mill: Mill, pending: PendingPage, terms: PageTerms, gathered: _Gathered) -> SiteKnowledge:
    """What the page's own host has taught, whoever has a copy of it."""
    if gathered.copy is not None and pending.url is not None:
        return read_knowledge(mill.database, host_of(pending.url))
    return await terms.blocks.ask() if terms.blocks is not None else NO_KNOWLEDGE


async def _gather(mill: Mill, pending: PendingPage, terms: PageTerms, share: Share) -> _Gathered:
    if pending.url is None:
        return _Gathered()
    if wanted_copy(pending) is not None:
        return await _gather_copy(mill, pending, terms, share)
    request = FetchRequest(
        url=pending.url, validators=_validators(mill, pending), is_backfill=pending.history is not None
    )
    result = await terms.robots.objection(pending.url) or await mill.client.fetch(request, share)
    is_ours = await terms.is_network_to_blame(result)
    if isinstance(result, Fetched):
        content_type = result.headers.get("content-type")
        page = Page(url=pending.url, html=result.body, final_url=result.final_url, content_type=content_type)
        tags = robots_tags(result.headers, result.body, mill.robots_token)
        captures = archive_page(mill, terms.robots.site_id, result, tags)
        return _Gathered(page, is_fetched=True, robots_tags=tags, captures=captures)
    if isinstance(result, NotModified):
        return _Gathered(is_unchanged=True)
    return _Gathered(verdict=judge(mill, pending, result), is_ours=is_ours)


async def _gather_copy(mill: Mill, pending: PendingPage, terms: PageTerms, share: Share) -> _Gathered:
    """The same of a page that an archive has."""
    found = await fetch_copy(mill, pending, share)
    if isinstance(found, FetchFailed):
        is_ours = await terms.is_network_to_blame(found)
        return _Gathered(verdict=judge(mill, pending, found), is_ours=is_ours)
    page = Page(url=found.url, html=found.body, final_url=None, content_type=found.headers.get("content-type"))
    return _Gathered(page, is_fetched=True, captures=pack_copy(mill, pending, found), copy=found)


def _validators(mill: Mill, pending: PendingPage) -> Validators:
    """What a revisit asks with. A page that a feed brought again is read again: the feed's words may have changed."""
    if not pending.is_revisit:
        return Validators()
    with mill.database.read() as session:
        return revisits.validators(session, [pending.page_id]).get(pending.page_id, Validators())


async def _leave_unchanged(mill: Mill, pending: PendingPage) -> PageOutcome:
    now = mill.clock()
    again = next_revisit(pending.first_fetched_at or now, now, mill.jitter())
    await mill.writer.apply(lambda session: revisits.finish_unchanged(session, pending.page_id, now, again))
    return PageOutcome(url=pending.url, is_fetched=True, saved=SaveOutcome.SAME)


async def _store(mill: Mill, pending: PendingPage, reading: PageReading, gathered: _Gathered) -> PageOutcome:
    verdict = gathered.verdict
    if verdict is not None:
        reading = _without_page(reading, verdict.failure.kind)
    saved = await mill.writer.apply_to(store_pages, _harvest(mill, pending, reading, gathered))
    return PageOutcome(
        url=pending.url,
        is_fetched=gathered.is_fetched,
        is_waiting=verdict is not None and verdict.again is not None,
        failure=verdict.failure.kind if verdict else None,
        saved=saved,
        status=reading.article.status,
        rules=tuple(removal.rule for removal in reading.article.removed),
        is_host_held=verdict is not None and verdict.host_to_hold == pending.host,
        arrival=arrival_of(pending, reading.article, mill.clock()),
    )


def _without_page(reading: PageReading, kind: FailureKind) -> PageReading:
    article = reading.article
    if article.text:
        return reading
    return replace(reading, article=replace(article, status=STATUS_WITHOUT_PAGE.get(kind, ArticleStatus.EMPTY)))


def _job(mill: Mill, pending: PendingPage, page: Page | None) -> PageJob:
    return PageJob(
        url=pending.url,
        page=page,
        entry=pending.entry,
        feed_title=pending.feed_title,
        now=mill.clock(),
        site_rules_dir=str(mill.settings.site_rules),
        follows_headline=follows_headline(pending.provenance, is_revisit=pending.is_revisit),
    )


def _without_body(job: PageJob) -> PageJob:
    return replace(job, page=replace(job.page, html=b"")) if job.page is not None else job


def _harvest(mill: Mill, pending: PendingPage, reading: PageReading, gathered: _Gathered) -> PageHarvest:
    verdict, now = gathered.verdict, mill.clock()
    record = ArticleRecord(
        page_id=pending.page_id,
        article=reading.article,
        alias_keys=reading.alias_keys,
        claim_keys=reading.claim_keys,
        fetched_at=now,
        content_hash=reading.content_hash,
        signature=reading.signature,
        revisit_at=_revisit_at(mill, pending, reading),
    )
    # A page that was never fetched has no tags yet: most have none, and need no statement.
    has_tags = gathered.is_fetched and (gathered.robots_tags or pending.first_fetched_at)
    failure = partial(record_failure, pending=pending, verdict=verdict) if verdict is not None else None
    home = partial(come_home, pending=pending) if gathered.copy is not None else None
    is_over = verdict is not None and verdict.again is None
    return PageHarvest(
        record=record,
        archive=mill.archive,
        stored_at=now,
        robots_tags=gathered.robots_tags if has_tags else None,
        captures=gathered.captures,
        lesson=gathered.lesson,
        before=failure if is_over else home,
        after=None if is_over else failure,  # a further part is missing: stored so far, and tried again
    )


def _revisit_at(mill: Mill, pending: PendingPage, reading: PageReading) -> datetime | None:
    """When to look whether it was edited: an article with text, at an address, that is news."""
    now = mill.clock()
    first = pending.first_fetched_at or now
    if not mill.settings.revisits_per_day or pending.url is None or not reading.article.text:
        return None
    return next_revisit(first, now, mill.jitter()) if is_watched(reading.article.published_at, first) else None
