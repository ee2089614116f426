"""What a host's pages teach of its furniture while its lease is ours: asked before a page is read, told after."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from flows.mill import Mill
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.blocks import BlockState, LearnedBlock, MemoryChange, Sighting, SiteKnowledge, SiteMemory, StoredText
from ingest.clean.learning.memory import Observed, catch_up, observe, tell_knowledge
from ingest.decide.site_profile import is_worth_learning, learn
from ingest.jobs import MendJob, PageReading
from ingest.model import ArticleStatus
from ingest.profiles import ProfileTask, SiteProfile
from storage import blocks, profiles, texts
from storage.database import Database

log = logging.getLogger(__name__)

_TEXTUAL = frozenset({ArticleStatus.OK, ArticleStatus.PARTIAL})
_OWN = -1  # stands for the article that is not stored yet
Changes = list[tuple[StoredText, StoredText]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A page's reading, clean of what it has taught itself, and what its transaction writes beside the article.

    ``mended``: the keys that stored texts are free of with ``changes``. ``profile``: the site's, where the page
    changed it.
    """

    site_id: int
    reading: PageReading
    change: MemoryChange | None = None
    changes: Changes = field(default_factory=list)
    mended: frozenset[int] = frozenset()
    profile: SiteProfile | None = None


def write_lessons(session: Session, lessons: Sequence[Lesson]) -> None:
    """Write what was learned, and the texts that follow from it."""
    blocks.record_all(session, [(one.site_id, one.change) for one in lessons if one.change is not None])
    profiles.put_all(session, {one.site_id: one.profile for one in lessons if one.profile is not None})
    for one in lessons:
        _write_mended(session, one.site_id, one.changes, one.mended)


@dataclass(slots=True)
class BlockDesk:
    """One host's memory while its lease is ours: read once, grown page by page."""

    mill: Mill
    site_id: int
    host: str
    _memory: SiteMemory | None = None
    _written: dict[int, LearnedBlock] = field(default_factory=dict)
    _profile: SiteProfile | None = None  # None: pages are read whole
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self) -> SiteKnowledge:
        """What is known now. At first texts are mended that a worker could not mend before."""
        if self._memory is None:
            async with self._turn:
                if self._memory is None:
                    self._memory = await self._read()
                    self._written = dict(self._memory.blocks)
        return replace(tell_knowledge(self._memory), profile=self._task(self._memory.last_number))

    def _task(self, texts: int) -> ProfileTask | None:
        profile = self._profile
        return ProfileTask(profile) if profile is not None and is_worth_learning(profile, texts) else None

    @asynccontextmanager
    async def teach(self, page_id: int, reading: PageReading, known: SiteKnowledge) -> AsyncIterator[Lesson]:
        """Learn from a page that was read with what was ``known``; store it, with its lesson, in the body.

        Pages take turns: what one teaches is in the texts of all that were stored before it, and none is between.
        """
        async with self._turn:
            lesson = replace(await self._learn(page_id, reading, known), profile=self._learn_profile(reading))
            yield lesson
            self._profile = lesson.profile or self._profile
            if self._memory is not None and lesson.change is not None:
                self._memory = _with_mended(self._memory, lesson.mended)
                self._written |= {block.key: self._memory.blocks[block.key] for block in lesson.change.written}

    async def close(self) -> None:
        """Write down what only counted on, as the lease goes back."""
        known = self._memory.blocks if self._memory is not None else {}
        late = [block for key, block in known.items() if self._written.get(key) is not block]
        if late:
            await self.mill.writer.apply(lambda session: blocks.put(session, self.site_id, late))
            self._written = dict(known)

    async def _read(self) -> SiteMemory:
        with self.mill.database.read() as session:
            memory = catch_up(blocks.load(session, self.site_id))
            self._profile = profiles.load(session, self.site_id) if self.mill.settings.site_profiles else None
        left = _list_unmended(memory)
        changes = await self._mend(memory, left, ()) if left else None
        if changes is None:
            return memory
        await self.mill.writer.apply(lambda session: _write_mended(session, self.site_id, changes, left))
        return _with_mended(memory, left)

    def _learn_profile(self, reading: PageReading) -> SiteProfile | None:
        if self._profile is None or reading.observation is None:
            return None
        learned = learn(self._profile, reading.observation, self.mill.clock())
        if learned.state is not self._profile.state:
            log.info("the site profile of %s is %s: %s", self.host, learned.state, learned.reason)
        return learned if learned != self._profile else None

    async def _learn(self, page_id: int, reading: PageReading, known: SiteKnowledge) -> Lesson:
        sighting = reading.sighting
        is_text = reading.article.status in _TEXTUAL and sighting is not None and sighting.lines
        if self._memory is None or sighting is None or not is_text:
            return Lesson(self.site_id, reading)
        observed = observe(self._memory, sighting, page_id, self.mill.clock())
        self._memory = observed.memory
        is_behind = _is_behind(sighting, tell_knowledge(observed.memory), known)
        own = _own_text(page_id, reading) if is_behind or observed.doubted else None
        if own is None and not observed.gained and not observed.doubted:
            return Lesson(self.site_id, reading, observed.change)
        return await self._follow(observed, reading, own)

    async def _follow(self, observed: Observed, reading: PageReading, own: StoredText | None) -> Lesson:
        """Let this text and the stored ones follow what was learned."""
        wanted = observed.gained | observed.doubted
        changes = await self._mend(observed.memory, wanted, observed.doubted, own)
        if changes is None:
            return Lesson(self.site_id, reading, observed.change)
        stored = [change for change in changes if change[0].article_id != _OWN]
        mended = next((after for before, after in changes if before.article_id == _OWN), None)
        reading = _with_text(reading, mended) if mended is not None else reading
        return Lesson(self.site_id, reading, observed.change, stored, observed.gained)

    async def _mend(
        self, memory: SiteMemory, keys: frozenset[int], doubted: Collection[int], own: StoredText | None = None
    ) -> Changes | None:
        """What becomes of the texts of the pages that are remembered; None where a worker could not say."""
        pages = {page.page_id: page for page in memory.pages if keys.intersection(page.list_keys())} if keys else {}
        with self.mill.database.read() as session:
            found = texts.of_pages(session, pages) if pages else []
        restored = {key: memory.blocks[key] for key in doubted if key in memory.blocks}
        wanted = (*found, *([own] if own else []))
        job = MendJob(wanted, tell_knowledge(memory), restored, pages, str(self.mill.settings.site_rules))
        try:
            return await self.mill.workers.mend_texts(job, self.host)
        except WorkerLimitError as error:
            log.warning("mending the texts of %s %s; the nightly upkeep goes on with it", self.host, error)
        except WorkerBugError:
            log.exception("mending the texts of %s failed for a reason of ours", self.host)
        return None


def _write_mended(session: Session, site_id: int, changes: Changes, keys: frozenset[int]) -> None:
    if changes:
        texts.replace(session, changes)
    if keys:
        blocks.mark_mended(session, site_id, keys, BlockState.LEARNED)


def read_knowledge(database: Database, host: str) -> SiteKnowledge:
    """What is known of a host for pages of any age: the furniture of templates that are gone, too."""
    with database.read() as session:
        known = {found.block.key: found.block for found in blocks.find(session, host)}
    return tell_knowledge(SiteMemory((), known), with_gone=True)


def read_profile(mill: Mill, host: str) -> ProfileTask | None:
    """A host's profile for pages that are read again: nothing is learned from those. None: they are read whole."""
    if not mill.settings.site_profiles:
        return None
    with mill.database.read() as session:
        found = profiles.find(session, host)
    return ProfileTask(found[0].profile, learns=False) if found else None


def _own_text(page_id: int, reading: PageReading) -> StoredText:
    """The article's text as if it were stored already."""
    article = reading.article
    is_named = article.provenance.get("authors") == "text"
    return StoredText(
        article_id=_OWN,
        page_id=page_id,
        url=article.url,
        title=article.title,
        authors=() if is_named else article.authors,
        language=article.language,
        text=article.text or "",
        removed=article.removed,
        content_hash=reading.content_hash,
    )


def _with_text(reading: PageReading, mended: StoredText) -> PageReading:
    article = replace(reading.article, text=mended.text, removed=mended.removed)
    return replace(reading, article=article, content_hash=mended.content_hash, signature=mended.signature)


def _with_mended(memory: SiteMemory, keys: frozenset[int]) -> SiteMemory:
    if not keys:
        return memory
    known = {key: replace(block, is_mended=True) if key in keys else block for key, block in memory.blocks.items()}
    return replace(memory, blocks=known)


def _list_unmended(memory: SiteMemory) -> frozenset[int]:
    is_open = (block for block in memory.blocks.values() if block.state is BlockState.LEARNED and not block.is_mended)
    return frozenset(block.key for block in is_open)


def _is_behind(sighting: Sighting, now: SiteKnowledge, then: SiteKnowledge) -> bool:
    """Whether a page was read with less than is known now, of its own lines."""
    return any(now.learned.get(line.key) != then.learned.get(line.key) for line in sighting.lines)
