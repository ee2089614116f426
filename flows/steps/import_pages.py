"""Pages that were fetched by someone, some time, become articles: archived, extracted, stored; nothing is fetched."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from flows.mill import Mill
from flows.steps.extract_page import extract_page
from flows.steps.learn_blocks import read_knowledge
from flows.steps.reextract_page import join_kept, page_of
from ingest.aggregators import article_url
from ingest.errors import BadUrl
from ingest.fetch.directives import may_be_archived, robots_tags
from ingest.fetch.guard import check_url
from ingest.jobs import PageJob, PageReading
from ingest.model import ArticleRecord, ArticleStatus, Capture, PendingPage, SaveOutcome
from ingest.urls import clean_url, dedupe_key, host_of
from storage import articles, imports, pages, tombstones
from storage.pages import NewPage

log = logging.getLogger(__name__)

AT_ONCE_PER_WORKER = 2
_TEXTUAL = frozenset({ArticleStatus.OK, ArticleStatus.PARTIAL})


@dataclass(slots=True)
class ImportReport:
    """The sums of what was imported."""

    pages: int = 0
    refused: int = 0  # addresses that are none of a page
    passed_over: int = 0  # stored from the same or a later fetch
    kept_out: int = 0  # they went by retention
    parts: int = 0  # further pages of an article, stored with it
    outcomes: Counter[SaveOutcome] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)  # new, and no article: by status

    def add(self, other: "ImportReport") -> None:
        """Add another batch's sums to these."""
        for name in self.__slots__:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, mine + theirs)

    def sentence(self) -> str:
        """The import in one line."""
        new, revised = self.outcomes[SaveOutcome.NEW], self.outcomes[SaveOutcome.REVISED]
        told = f"{self.pages:,} pages: {new:,} new articles, {revised:,} revised, {self.passed_over:,} stored already"
        return f"{told}, {self.kept_out:,} kept out that went by retention" if self.kept_out else told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A page with the name that a fetch would give it."""

    capture: Capture
    page: NewPage
    tags: tuple[str, ...]
    is_kept: bool  # in the archive
    job: PageJob


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read(_Named):
    """The same with its article, and the pages that go on with it."""

    reading: PageReading
    parts: tuple[Capture, ...] = ()


async def import_pages(mill: Mill, captures: Sequence[Capture]) -> ImportReport:
    """Make articles of pages, in their order; what is stored from the same or a later fetch is passed over.

    A page that is another one's further part, and among the same ``captures``, is stored with it.
    """
    report = ImportReport(pages=len(captures))
    named = [one for capture in captures if (one := _name(mill, capture)) is not None]
    report.refused = len(captures) - len(named)
    with mill.database.read() as session:
        open_ones = [one for one in named if not _is_gone(session, {one.page.key})]
        fresh = _with_entries(session, [one for one in open_ones if not _is_stored(session, one)])
    report.kept_out = len(named) - len(open_ones)
    read = await _read_all(mill, fresh)
    whole = await _join_all(mill, read)
    outcomes = await mill.writer.apply(lambda session: [_save(session, mill, one) for one in whole])
    report.parts = len(read) - len(whole)
    report.passed_over = len(open_ones) - len(fresh) + outcomes.count(None)
    for one, outcome in zip(whole, outcomes, strict=True):
        _count(report, one, outcome)
    return report


def _name(mill: Mill, capture: Capture) -> _Named | None:
    """The page with the name that a fetch would give it; None for an address that is none."""
    try:
        url = clean_url(article_url(check_url(capture.url)))
    except BadUrl as error:
        log.warning("%s Passed over.", error)
        return None
    fetched_at = min(capture.fetched_at, mill.clock())  # a clock that ran ahead must not outdate every later fetch
    known = replace(capture, url=url, fetched_at=fetched_at)
    tags = robots_tags(capture.headers, capture.body, mill.robots_token)
    return _Named(
        capture=known,
        page=NewPage(url, dedupe_key(url), host_of(url)),
        tags=tags,
        is_kept=mill.settings.archive_pages and may_be_archived(capture.headers, tags),
        job=PageJob(
            url=url,
            page=page_of(known),
            entry=None,
            feed_title=None,
            now=fetched_at,
            site_rules_dir=str(mill.settings.site_rules),
        ),
    )


def _is_stored(session: Session, one: _Named) -> bool:
    keys, capture = {one.page.key}, one.capture
    return imports.is_fetched_since(session, keys, capture.fetched_at) or imports.is_part(session, capture.body)


def _is_gone(session: Session, keys: set[int]) -> bool:
    return tombstones.find_gone(session, keys) is not None


def _with_entries(session: Session, named: Sequence[_Named]) -> list[_Named]:
    """The same with what feeds said of the pages."""
    known = pages.known(session, {one.page.key for one in named})
    return [_with_entry(one, known.get(one.page.key)) for one in named]


def _with_entry(one: _Named, known: PendingPage | None) -> _Named:
    if known is None:
        return one
    return replace(one, job=replace(one.job, entry=known.entry, feed_title=known.feed_title))


async def _read_all(mill: Mill, named: Sequence[_Named]) -> list[_Read]:
    at_once = asyncio.Semaphore(mill.settings.workers * AT_ONCE_PER_WORKER)
    sites = {host: read_knowledge(mill.database, host) for host in {one.page.host for one in named}}

    async def read(one: _Named) -> _Read:
        job = replace(one.job, site=sites[one.page.host])
        async with at_once:
            reading = await extract_page(mill.workers, job)
        return _Read(capture=one.capture, page=one.page, tags=one.tags, is_kept=one.is_kept, job=job, reading=reading)

    return list(await asyncio.gather(*map(read, named)))


async def _join_all(mill: Mill, read: Sequence[_Read]) -> list[_Read]:
    """The articles, each with its further parts. Only what the archive keeps is joined: there it is known again."""
    kept = {one.page.key: one.capture for one in read if one.is_kept}
    further = {key for one in read if (key := _next_key(one)) in kept and key != one.page.key}
    whole: list[_Read] = []
    joined: set[int] = set()
    for one in sorted(read, key=lambda one: one.page.key in further):  # where an article begins comes first
        if one.page.key in joined:
            continue
        found = await _join(mill, one, kept) if _next_key(one) in further else one
        joined |= {dedupe_key(part.url) for part in found.parts}
        whole.append(found)
    return whole


async def _join(mill: Mill, one: _Read, kept: Mapping[int, Capture]) -> _Read:
    others = [capture for key, capture in kept.items() if key != one.page.key]
    reading, parts = await join_kept(mill, one.job, one.reading, others)
    return replace(one, reading=reading, parts=tuple(parts))


def _next_key(one: _Read) -> int | None:
    return dedupe_key(one.reading.next_url) if one.is_kept and one.reading.next_url is not None else None


def _save(session: Session, mill: Mill, one: _Read) -> SaveOutcome | None:
    """Store an article; None where one of its names is stored from the same or a later fetch."""
    reading, fetched_at = one.reading, one.capture.fetched_at
    if imports.is_fetched_since(session, {one.page.key, *reading.alias_keys}, fetched_at):
        return None
    page = pages.put_done(session, one.page, fetched_at)
    pages.put_robots_tags(session, {page.page_id: one.tags})
    for part, capture in enumerate(_kept(one)):
        mill.archive.keep(session, page.page_id, mill.archive.pack(session, page.site_id, capture, part))
    record = ArticleRecord(
        page_id=page.page_id,
        article=reading.article,
        alias_keys=reading.alias_keys,
        claim_keys=reading.claim_keys,
        fetched_at=fetched_at,
        content_hash=reading.content_hash,
        signature=reading.signature,
        revisit_at=page.revisit_at,
    )
    return articles.save(session, record, mill.clock())


def _kept(one: _Read) -> Iterable[Capture]:
    return (one.capture, *one.parts) if one.is_kept else ()


def _count(report: ImportReport, one: _Read, outcome: SaveOutcome | None) -> None:
    if outcome is None:
        return
    report.outcomes[outcome] += 1
    report.kept_out += outcome is SaveOutcome.KEPT_OUT
    status = one.reading.article.status
    if outcome is SaveOutcome.NEW and status not in _TEXTUAL:
        report.skipped[str(status)] += 1
