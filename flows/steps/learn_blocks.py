"""What a host's pages teach of its furniture while its lease is ours: asked before a page is read, told after."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from flows.mill import Mill
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.blocks import BlockState, LearnedBlock, MemoryChange, Sighting, SiteKnowledge, SiteMemory, StoredText
from ingest.clean.learning.memory import catch_up, observe, tell_knowledge
from ingest.jobs import MendJob, PageReading
from ingest.model import ArticleStatus
from storage import blocks, texts
from storage.database import Database

log = logging.getLogger(__name__)

_TEXTUAL = frozenset({ArticleStatus.OK, ArticleStatus.PARTIAL})
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one page has taught: to be written with its article, and the keys whose stored texts are to follow."""

    site_id: int
    change: MemoryChange
    gained: frozenset[int] = _NONE
    doubted: frozenset[int] = _NONE


@dataclass(slots=True)
class BlockDesk:
    """One host's memory while its lease is ours: read once, grown page by page."""

    mill: Mill
    site_id: int
    host: str
    _memory: SiteMemory | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self) -> SiteKnowledge:
        """What is known now. At first texts are mended that a run which was killed had left."""
        async with self._turn:
            if self._memory is None:
                with self.mill.database.read() as session:
                    self._memory = catch_up(blocks.load(session, self.site_id))
                await self._mend(self._memory, _list_unmended(self._memory), _NONE)
        return tell_knowledge(self._memory)

    def observe(self, page_id: int, reading: PageReading, known: SiteKnowledge) -> Lesson | None:
        """Learn from a page's text; ``known`` is what it was read with. None: it has no text."""
        article, sighting = reading.article, reading.sighting
        if self._memory is None or article.status not in _TEXTUAL or sighting is None or not sighting.lines:
            return None
        observed = observe(self._memory, sighting, page_id, self.mill.clock())
        self._memory = observed.memory
        late = _find_late(sighting, tell_knowledge(observed.memory), known)
        return Lesson(self.site_id, observed.change, observed.gained | late, observed.doubted)

    async def settle(self, lesson: Lesson) -> None:
        """Let the texts of the pages that are remembered follow; call it when the page itself is stored."""
        if self._memory is not None and (lesson.gained or lesson.doubted):
            await self._mend(self._memory, lesson.gained, lesson.doubted)

    async def _mend(self, memory: SiteMemory, gained: frozenset[int], doubted: frozenset[int]) -> None:
        wanted = gained | doubted
        pages = {page.page_id: page for page in memory.pages if wanted.intersection(page.list_keys())} if wanted else {}
        if not pages:
            return
        with self.mill.database.read() as session:
            found = texts.of_pages(session, pages)
        restored = {key: memory.blocks[key] for key in doubted if key in memory.blocks}
        changes = await self._ask_worker(MendJob(tuple(found), tell_knowledge(memory), restored, pages))
        if changes is not None:
            await self.mill.writer.apply(lambda session: self._write(session, changes, gained))
            self._note_mended(gained)

    async def _ask_worker(self, job: MendJob) -> list[tuple[StoredText, StoredText]] | None:
        """The changed texts; None where a worker could not: the nightly upkeep tries again."""
        try:
            return await self.mill.workers.mend_texts(job, self.host)
        except WorkerLimitError as error:
            log.warning("mending the texts of %s %s; the nightly upkeep goes on with it", self.host, error)
        except WorkerBugError:
            log.exception("mending the texts of %s failed for a reason of ours", self.host)
        return None

    def _write(
        self, session: Session, changes: Collection[tuple[StoredText, StoredText]], gained: frozenset[int]
    ) -> None:
        texts.replace(session, changes)
        blocks.mark_mended(session, self.site_id, gained, BlockState.LEARNED)

    def _note_mended(self, keys: frozenset[int]) -> None:
        if self._memory is not None:
            self._memory = replace(self._memory, blocks=_with_mended(self._memory.blocks, keys))


def read_knowledge(database: Database, host: str) -> SiteKnowledge:
    """What is known of a host for pages of any age: the furniture of templates that are gone, too."""
    with database.read() as session:
        known = {found.block.key: found.block for found in blocks.find(session, host)}
    return tell_knowledge(SiteMemory((), known), with_gone=True)


def _with_mended(known: Mapping[int, LearnedBlock], keys: frozenset[int]) -> dict[int, LearnedBlock]:
    return {key: replace(block, is_mended=True) if key in keys else block for key, block in known.items()}


def _list_unmended(memory: SiteMemory) -> frozenset[int]:
    is_open = (block for block in memory.blocks.values() if block.state is BlockState.LEARNED and not block.is_mended)
    return frozenset(block.key for block in is_open)


def _find_late(sighting: Sighting, now: SiteKnowledge, then: SiteKnowledge) -> frozenset[int]:
    """The keys on a page that became known while it was read."""
    return frozenset(line.key for line in sighting.lines if line.key in now.learned and line.key not in then.learned)
