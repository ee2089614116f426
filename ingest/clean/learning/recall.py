"""What a text says of the blocks that are known: seen again, seen where they do not belong, or gone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.blocks import BlockState, LearnedBlock, Zone
from ingest.clean.learning.copies import key_set
from ingest.clean.learning.places import BOXED, REFRAIN, find_edges, name_zone
from ingest.clean.learning.step import Step, is_same

_GAPS, _MIN_PATIENCE, _MAX_PATIENCE = 10, 40, 400  # a block is gone after ten times its usual gap, in texts
_MAX_MISFITS = 4  # in a row
_DOUBT_EVERY = 5  # texts
_DOUBT_FROM, _DOUBT = 30, 0.05  # texts, and by how much a block's share may miss its need in either half of them


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a block stands in the text at hand; ``zone`` None: the text has no sentences to tell by."""

    zone: Zone | None
    is_boxed: bool
    is_refrain: bool


def see_again(blocks: Mapping[int, LearnedBlock], step: Step) -> dict[int, LearnedBlock]:
    """The known blocks that the text holds, as they are after it."""
    seen = [blocks[key] for key, line in step.lines.items() if key in blocks and is_same(blocks[key], line)]
    standing = _find_standing(blocks, step) if seen else {}
    counted = [_count(block, step, fits=_fits(block, standing[block.key])) for block in seen]
    return {block.key: _doubt_scattered(block, step) for block in counted}


def give_up_absent(blocks: Mapping[int, LearnedBlock], step: Step) -> dict[int, LearnedBlock]:
    """The learned blocks that are gone from the site."""
    gone = {}
    for key, block in blocks.items():
        absent = step.number - block.last_number
        if block.state is BlockState.LEARNED and absent >= _MIN_PATIENCE and absent >= _patience(block):
            reason = f"in none of the last {absent} texts"
            gone[key] = replace(block, state=BlockState.GONE, changed_at=step.now, reason=reason)
    return gone


def _patience(block: LearnedBlock) -> float:
    gap = (block.last_number - block.first_number + 1) / max(1, block.pages)
    return min(max(_GAPS * gap, _MIN_PATIENCE), _MAX_PATIENCE)


def _find_standing(blocks: Mapping[int, LearnedBlock], step: Step) -> dict[int, _Standing]:
    lines = step.sighting.lines
    shared = frozenset[int]().union(*(overlap.keys for overlap in step.overlaps))
    own = [line.key not in shared and line.key not in blocks for line in lines]
    first, last = find_edges(own, [line.traits for line in lines])
    return {
        line.key: _Standing(
            zone=name_zone(is_behind=first < index, is_before=last > index),
            is_boxed=bool(line.traits & BOXED),
            is_refrain=bool(line.traits & REFRAIN),
        )
        for index, line in enumerate(lines)
        if line.key in blocks
    }


def _fits(block: LearnedBlock, standing: _Standing) -> bool:
    """Whether it stands as its kind of furniture does."""
    if standing.is_refrain:
        return False
    if block.zone is Zone.MIDDLE or standing.zone in {None, block.zone}:
        return True
    return block.is_boxed and standing.is_boxed


def _count(block: LearnedBlock, step: Step, *, fits: bool) -> LearnedBlock:
    misfits = 0 if fits else block.misfits + 1
    pages = block.pages + step.is_evidence
    seen = replace(block, pages=pages, last_number=step.number, last_seen_at=step.now, misfits=misfits)
    if block.state is BlockState.LEARNED and misfits >= _MAX_MISFITS:
        return _doubt(seen, step, f"stood elsewhere than {block.zone} in {misfits} texts in a row")
    return seen


def _doubt_scattered(block: LearnedBlock, step: Step) -> LearnedBlock:
    """Doubt what must be on nearly all texts and is not: a phrase that came often at first.

    Both halves of the texts since the first must lack it: a template that ends leaves a few pages behind.
    """
    if block.state is not BlockState.LEARNED or not block.share or step.number % _DOUBT_EVERY:
        return block
    since = {page.group: page for page in step.pages if page.group and page.number >= block.first_number}
    if len(since) < _DOUBT_FROM:
        return block
    held = [block.key in key_set(page) for page in sorted(since.values(), key=lambda page: page.number)]
    half = len(held) // 2
    if any(sum(part) >= (block.share - _DOUBT) * len(part) for part in (held[:half], held[half:])):
        return block
    return _doubt(block, step, f"only in {sum(held)} of {len(held)} texts, scattered")


def _doubt(block: LearnedBlock, step: Step, reason: str) -> LearnedBlock:
    return replace(block, state=BlockState.DOUBTED, changed_at=step.now, reason=reason, is_mended=False)
