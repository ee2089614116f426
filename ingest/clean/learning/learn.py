"""Which lines of a text are furniture by now, judged with the texts before it."""

from collections import Counter
from collections.abc import Mapping
from itertools import chain

from ingest.blocks import BlockState, LearnedBlock, SeenLine
from ingest.clean.learning.evidence import Evidence, Verdict
from ingest.clean.learning.needs import RETURNED, least_texts
from ingest.clean.learning.step import Step, is_same, list_learned


def learn(blocks: Mapping[int, LearnedBlock], step: Step) -> tuple[LearnedBlock, ...]:
    """The text's lines that are furniture by now; once more after a find, as what stands beside it may be so too."""
    known = list_learned(blocks)
    candidates = _list_candidates(blocks, known, step) if step.is_evidence else []
    evidence = Evidence(step.pages, known) if candidates else None
    learned: dict[int, LearnedBlock] = {}
    while evidence and candidates:
        found = {line.key: evidence.judge(line, is_known=_is_gone(blocks.get(line.key))) for line in candidates}
        learned |= {
            line.key: _new_block(line, verdict, blocks.get(line.key), step)
            for line in candidates
            if (verdict := found[line.key])
        }
        candidates = [line for line in candidates if not found[line.key]] if any(found.values()) else []
        evidence.accept(learned)
    return tuple(learned.values())


def _list_candidates(blocks: Mapping[int, LearnedBlock], known: frozenset[int], step: Step) -> list[SeenLine]:
    """The lines that as many groups of texts share as may prove anything of such lines."""
    counts = _count_groups(step)
    lines = step.sighting.lines
    shared = [False, *(line.key in counts or line.key in known for line in lines), False]
    found = {
        line.key: line
        for at, line in enumerate(lines)
        if shared[at + 1]
        and counts[line.key] + 1 >= _least(line, blocks, is_beside=shared[at] or shared[at + 2])
        and _may_be_learned(blocks.get(line.key), line)
    }
    return list(found.values())


def _count_groups(step: Step) -> Counter[int]:
    """In how many other groups of texts each line stands."""
    groups: dict[int, frozenset[int]] = {}
    for overlap in step.overlaps:
        group = overlap.page.group
        if group:
            groups[group] = groups[group] | overlap.keys if group in groups else overlap.keys
    return Counter(chain.from_iterable(groups.values()))


def _least(line: SeenLine, blocks: Mapping[int, LearnedBlock], *, is_beside: bool) -> int:
    return RETURNED.texts if _is_gone(blocks.get(line.key)) else least_texts(line, is_beside=is_beside)


def _is_gone(block: LearnedBlock | None) -> bool:
    return block is not None and block.state is BlockState.GONE


def _may_be_learned(block: LearnedBlock | None, line: SeenLine) -> bool:
    """Whether a line is not known, known to be gone, or has new numbers; what was doubted or is kept never is."""
    if block is None or _is_gone(block):
        return True
    return block.state is BlockState.LEARNED and not is_same(block, line)


def _new_block(line: SeenLine, verdict: Verdict, before: LearnedBlock | None, step: Step) -> LearnedBlock:
    first = verdict.first_number
    return LearnedBlock(
        key=line.key,
        digits=verdict.digits,
        text=line.text,
        zone=verdict.zone,
        state=BlockState.LEARNED,
        reason=f"{verdict.texts} of {verdict.window} texts, {verdict.reason}",
        pages=max(verdict.texts, before.pages if before else 0),
        window=verdict.window,
        first_number=min(first, before.first_number) if before else first,
        last_number=step.number,
        last_seen_at=step.now,
        changed_at=step.now,
        share=verdict.share,
        is_boxed=verdict.is_boxed,
        heads_links=verdict.heads_links,
    )
