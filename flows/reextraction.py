"""Today's extractor and rules over yesterday's pages: what would change, or what changed, site by site."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlmodel import Session

from flows.differences import Change, changes
from flows.mill import Mill
from flows.steps.reextract_page import reextract_page
from ingest.extract.version import extraction_version, find_own_versions
from ingest.jobs import PageReading
from ingest.model import ArticleRecord
from storage import reextraction
from storage.reextraction import ReextractQuery, Stored

_WORSE = 0.8  # of the characters: a text that lost more than a fifth is kept as it is
_SHOWN = 200  # differences kept for people: more is nothing to read
AT_ONCE_PER_WORKER = 2
BATCH = 50


class Verdict(StrEnum):
    """What extracting an article again came to."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReextractPlan:
    """What to extract again. ``takes_worse``: texts that lose more than a fifth are replaced too."""

    query: ReextractQuery
    is_dry_run: bool = False
    takes_worse: bool = False
    wants_diff: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """An article that came out different."""

    article_id: int
    site: str
    title: str | None
    verdict: Verdict
    characters: tuple[int, int]
    changes: tuple[Change, ...]


@dataclass(slots=True)
class ReextractReport:
    """The sums, by site, and the differences where they were asked for."""

    planned: int = 0
    sites: dict[str, dict[Verdict, int]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    replaced: int = 0

    def count(self, verdict: Verdict) -> int:
        """How many articles came out so."""
        return sum(counts.get(verdict, 0) for counts in self.sites.values())

    @property
    def pages(self) -> int:
        """How many articles were extracted again."""
        return sum(map(self.count, Verdict))

    def sentence(self) -> str:
        """The run in one line."""
        told = [f"{self.count(verdict)} {verdict}" for verdict in Verdict]
        return f"{self.pages} of {self.planned} articles extracted again: {', '.join(told)}; {self.replaced} replaced"


Progress = Callable[[ReextractReport], Awaitable[None]]


async def reextract(mill: Mill, plan: ReextractPlan, progress: Progress | None = None) -> ReextractReport:
    """Extract stored articles again. What was done is not done again: a run that was cut off goes on where it was.

    Raises:
        BadArchive: a page of the archive cannot be unpacked.
    """
    report = ReextractReport()
    with mill.database.read() as session:
        plan = _with_own_rules(mill, session, plan)
        report.planned = reextraction.count(session, plan.query)
    async for batch in _read_all(mill, plan.query):
        verdicts = [(stored, reading, _judge(stored, reading)) for stored, reading in batch]
        for stored, reading, verdict in verdicts:
            _count(report, plan, (stored, reading, verdict))
        if not plan.is_dry_run:
            report.replaced += await _write(mill, plan, verdicts)
        if progress is not None:
            await progress(report)
    return report


def _with_own_rules(mill: Mill, session: Session, plan: ReextractPlan) -> ReextractPlan:
    hosts = [plan.query.site] if plan.query.site else reextraction.list_hosts(session)
    own = find_own_versions(hosts, str(mill.settings.site_rules))
    return replace(plan, query=replace(plan.query, own_rules=own))


async def _read_all(mill: Mill, query: ReextractQuery) -> AsyncIterator[list[tuple[Stored, PageReading]]]:
    at_once = asyncio.Semaphore(mill.settings.workers * AT_ONCE_PER_WORKER)

    async def read(stored: Stored) -> tuple[Stored, PageReading]:
        async with at_once:
            return stored, await reextract_page(mill, stored)

    after = 0
    while batch := _next_batch(mill, query, after):
        yield await asyncio.gather(*map(read, batch))
        after = batch[-1].article_id


def _next_batch(mill: Mill, query: ReextractQuery, after: int) -> list[Stored]:
    with mill.database.read() as session:
        return list(reextraction.read(session, mill.archive, query, after=after, most=BATCH))


def _judge(stored: Stored, reading: PageReading) -> Verdict:
    article = reading.article
    if reading.content_hash == stored.content_hash and article.status.value == stored.status:
        return Verdict.UNCHANGED
    return Verdict.WORSE if len(article.text or "") < _WORSE * len(stored.text or "") else Verdict.CHANGED


def _count(report: ReextractReport, plan: ReextractPlan, one: tuple[Stored, PageReading, Verdict]) -> None:
    stored, reading, verdict = one
    counts = report.sites.setdefault(stored.site, {})
    counts[verdict] = counts.get(verdict, 0) + 1
    if plan.wants_diff and verdict is not Verdict.UNCHANGED and len(report.differences) < _SHOWN:
        report.differences.append(_difference(stored, reading, verdict))


def _difference(stored: Stored, reading: PageReading, verdict: Verdict) -> Difference:
    article = reading.article
    told = tuple(_told(stored, reading))
    sizes = (len(stored.text or ""), len(article.text or ""))
    return Difference(stored.article_id, stored.site, article.title or stored.title, verdict, sizes, told)


def _told(stored: Stored, reading: PageReading) -> Iterator[Change]:
    article = reading.article
    if stored.title != article.title:
        yield Change(stored.title, article.title)
    if stored.status != article.status.value:
        yield Change(f"status {stored.status}", f"status {article.status.value}")
    yield from changes(stored.text, article.text)


async def _write(mill: Mill, plan: ReextractPlan, verdicts: list[tuple[Stored, PageReading, Verdict]]) -> int:
    """Replace what changed, and note on the rest that today's rules have seen it: one transaction."""
    taken = {Verdict.CHANGED, Verdict.WORSE} if plan.takes_worse else {Verdict.CHANGED}
    records = [
        (stored.article_id, _record(stored, reading, _version(plan, stored)))
        for stored, reading, verdict in verdicts
        if verdict in taken
    ]
    rest: dict[str, list[int]] = {}
    for stored, _, verdict in verdicts:
        if verdict not in taken:
            rest.setdefault(_version(plan, stored), []).append(stored.article_id)

    def change(session: Session) -> int:
        for version, article_ids in rest.items():
            reextraction.stamp(session, article_ids, version)
        return reextraction.replace(session, records)

    return await mill.writer.apply(change)


def _version(plan: ReextractPlan, stored: Stored) -> str:
    return plan.query.own_rules.get(stored.site, extraction_version())


def _record(stored: Stored, reading: PageReading, version: str) -> ArticleRecord:
    """``version``: that of the article's host, also where its page led to another one."""
    return ArticleRecord(
        page_id=stored.page_id,
        article=replace(reading.article, rules=version),
        alias_keys=reading.alias_keys,
        claim_keys=reading.claim_keys,
        fetched_at=stored.kept[0].capture.fetched_at,
        content_hash=reading.content_hash,
        signature=reading.signature,
    )
