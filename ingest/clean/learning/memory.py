"""How a site's memory grows by one text: which lines are furniture from now on, and which no longer are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.blocks import (
    BlockState,
    Furniture,
    LearnedBlock,
    MemoryChange,
    PageLines,
    Sighting,
    SiteKnowledge,
    SiteMemory,
    Trust,
    pack_page,
)
from ingest.clean.learning.copies import find_group, find_overlaps
from ingest.clean.learning.learn import learn
from ingest.clean.learning.recall import give_up_absent, see_again
from ingest.clean.learning.step import Step, list_learned

WINDOW = 100  # texts
MAX_BLOCKS = 300
_PROVEN, _PROVEN_BOX, _CERTAIN = 10, 5, 20  # texts (see Trust)
_WRITTEN_EVERY = 20  # texts: what only counts on is not written down each time


@dataclass(frozen=True, slots=True)
class Observed:
    """A memory after one more text, and what that changed.

    ``gained``: keys of blocks that cleaning takes from more texts than before, be they learned or trusted by now;
    ``written``: blocks to be written down; ``dropped``: keys of blocks that are no longer remembered.
    """

    memory: SiteMemory
    page: PageLines
    gained: frozenset[int] = frozenset()
    learned: tuple[LearnedBlock, ...] = ()
    unlearned: tuple[LearnedBlock, ...] = ()
    written: tuple[LearnedBlock, ...] = ()
    dropped: frozenset[int] = frozenset()

    @property
    def change(self) -> MemoryChange:
        """What is to be written down."""
        return MemoryChange(self.page, self.memory.pages[0].number, self.written, self.dropped)

    @property
    def doubted(self) -> frozenset[int]:
        """The keys of blocks that were no furniture after all: texts should have them back."""
        return frozenset(block.key for block in self.unlearned if block.state is BlockState.DOUBTED)


def observe(memory: SiteMemory, sighting: Sighting, page_id: int, now: datetime) -> Observed:
    """The memory with one more text. The same page read again replaces what was kept of it."""
    earlier = tuple(page for page in memory.pages if page.page_id != page_id)
    learned = list_learned(memory.blocks)
    overlaps = tuple(find_overlaps(sighting, earlier, learned))
    page = pack_page(sighting, page_id, memory.last_number + 1, 0)
    page = replace(page, group=find_group(page, sighting, overlaps, learned))
    lines = {line.key: line for line in reversed(sighting.lines)}
    step = Step(sighting, (*earlier, page)[-WINDOW:], overlaps, lines, now)
    blocks = {**memory.blocks, **see_again(memory.blocks, step)}
    blocks |= give_up_absent(blocks, step)
    blocks |= {block.key: block for block in learn(blocks, step)}
    surplus = _find_surplus(blocks)
    kept = {key: block for key, block in blocks.items() if key not in surplus}
    return replace(_compare(memory.blocks, SiteMemory(step.pages, kept)), dropped=surplus)


def _compare(old: Mapping[int, LearnedBlock], memory: SiteMemory) -> Observed:
    """What one text changed."""
    changed = [block for key, block in memory.blocks.items() if old.get(key) is not block]
    gained = [block for block in changed if _has_gained(block, old.get(block.key))]
    return Observed(
        memory=memory,
        page=memory.pages[-1],
        gained=frozenset(block.key for block in gained),
        learned=tuple(block for block in gained if _is_newly_learned(block, old.get(block.key))),
        unlearned=tuple(block for block in changed if _has_left(block, old.get(block.key))),
        written=tuple(block for block in changed if _is_news(block, old.get(block.key))),
    )


def tell_knowledge(memory: SiteMemory, *, with_gone: bool = False) -> SiteKnowledge:
    """What cleaning needs of a memory; ``with_gone``: for pages of any age, whose template may be gone."""
    states = {BlockState.LEARNED, BlockState.GONE} if with_gone else {BlockState.LEARNED}
    return SiteKnowledge(
        {
            block.key: Furniture(block.zone, block.digits, _tell_trust(block), block.heads_links)
            for block in memory.blocks.values()
            if block.state in states
        }
    )


def catch_up(memory: SiteMemory) -> SiteMemory:
    """A memory as it was written down, its blocks brought up to the texts that were."""
    latest = {key: page.number for page in memory.pages for key in page.list_keys() if key in memory.blocks}
    blocks = {
        key: replace(block, last_number=max(block.last_number, latest.get(key, 0)))
        for key, block in memory.blocks.items()
    }
    return SiteMemory(memory.pages, blocks)


def _tell_trust(block: LearnedBlock) -> Trust:
    if block.pages >= _CERTAIN:
        return Trust.CERTAIN
    return Trust.PROVEN if block.pages >= (_PROVEN_BOX if block.is_boxed else _PROVEN) else Trust.NEW


def _find_surplus(blocks: Mapping[int, LearnedBlock]) -> frozenset[int]:
    """The keys beyond what is remembered of a site: those given up longest ago, then those unseen longest."""
    loose = [block for block in blocks.values() if block.state is not BlockState.KEPT]
    if len(loose) <= MAX_BLOCKS:
        return frozenset()
    loose.sort(key=lambda block: (block.state is BlockState.LEARNED, block.last_number))
    return frozenset(block.key for block in loose[: len(loose) - MAX_BLOCKS])


def _has_gained(block: LearnedBlock, before: LearnedBlock | None) -> bool:
    if block.state is not BlockState.LEARNED:
        return False
    return before is None or _is_newly_learned(block, before) or _tell_trust(block) > _tell_trust(before)


def _is_newly_learned(block: LearnedBlock, before: LearnedBlock | None) -> bool:
    return before is None or before.state is not BlockState.LEARNED or before.digits != block.digits


def _has_left(block: LearnedBlock, before: LearnedBlock | None) -> bool:
    was_learned = before is not None and before.state is BlockState.LEARNED
    return was_learned and block.state is not BlockState.LEARNED


def _is_news(block: LearnedBlock, before: LearnedBlock | None) -> bool:
    """Whether a block is written down now: what only counts on waits, and is made up for by ``catch_up``."""
    if before is None or _has_gained(block, before) or before.state is not block.state:
        return True
    return before.last_number // _WRITTEN_EVERY != block.last_number // _WRITTEN_EVERY
