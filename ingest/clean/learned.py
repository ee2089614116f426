"""Drops the lines that a site's other pages have shown to be furniture; never so much that the text is in danger."""

import re
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from itertools import islice, pairwise, takewhile

from ingest.blocks import LEARNED, Furniture, Trust, Zone
from ingest.clean.draft import Draft
from ingest.clean.learning.keys import MOST_TIMES, fold_slots, read_key
from ingest.clean.learning.needs import LONG
from ingest.clean.lines import ends_sentence

_KEY = re.compile("[0-9a-f]{16}")
LEAST_LEFT = {Trust.CERTAIN: 0.0, Trust.PROVEN: 0.25, Trust.NEW: 0.7}  # of a text, when blocks of this trust go
MIN_LEFT = 20  # characters of it, at any trust: no text is emptied
_MAX_TITLES, _MAX_TITLE = 10, 150  # lines, and characters of one
_MIN_ANNOUNCEMENT = 25  # characters
_STRAY_SHARE = 0.25  # of the text's own sentences may stand where a block's kind has none


@dataclass(frozen=True, slots=True)
class _Hit:
    """A live line that is a learned block."""

    index: int
    key: int
    furniture: Furniture
    titles: tuple[int, ...] = ()  # of other pages, below a heading of links

    @property
    def indices(self) -> tuple[int, ...]:
        """All lines that go with it."""
        return (self.index, *self.titles)


def name_rule(key: int) -> str:
    """The rule that a removal names: "learned/" and the block's key in sixteen hexadecimal digits."""
    return f"{LEARNED}{key & 0xFFFFFFFFFFFFFFFF:016x}"


def is_learned(rule: str) -> bool:
    """Whether a removal's rule is a learned block, not a written one."""
    return rule.startswith(LEARNED)


def read_rule(rule: str) -> int | None:
    """The key that a rule or its last part names; None where it names no learned block."""
    digits = rule.removeprefix(LEARNED)
    if not _KEY.fullmatch(digits):
        return None
    return int.from_bytes(bytes.fromhex(digits), "big", signed=True)


def drop_learned(draft: Draft) -> None:
    """The learned blocks that stand where they were learned, as far as they are no danger to the text."""
    if not draft.context.learned:
        return
    hits = _with_titles(draft, _find_hits(draft))
    own = _read_own(draft, frozenset(index for hit in hits for index in hit.indices))
    times = Counter(hit.key for hit in hits)
    placed = [hit for hit in hits if times[hit.key] <= MOST_TIMES and own.admits(hit)]
    for hit in _keep_affordable(draft, placed):
        for index in hit.indices:
            draft.drop(index, name_rule(hit.key))


def _find_hits(draft: Draft) -> list[_Hit]:
    slots = fold_slots(draft.context.title, draft.context.authors)
    hits = []
    for index in draft.find_live():
        found = read_key(draft.lines[index].strip(), slots)
        furniture = draft.context.learned.get(found.key) if found else None
        if found and furniture and furniture.digits in {None, found.digits}:
            hits.append(_Hit(index, found.key, furniture))
    return hits


def _with_titles(draft: Draft, hits: list[_Hit]) -> list[_Hit]:
    """Headings of links with the titles below them."""
    known = {hit.index for hit in hits}
    live = draft.find_live()
    return [
        replace(hit, titles=_find_titles(draft, live[live.index(hit.index) + 1 :], known))
        if hit.furniture.heads_links and hit.furniture.zone is Zone.TAIL
        else hit
        for hit in hits
    ]


def _find_titles(draft: Draft, behind: Iterable[int], known: Container[int]) -> tuple[int, ...]:
    titles = takewhile(lambda index: index not in known and _is_title(draft.lines[index].strip()), behind)
    return tuple(islice(titles, _MAX_TITLES))


def _is_title(line: str) -> bool:
    return len(line) <= _MAX_TITLE and not line.endswith((".", "。", ":", "：", ";"))


@dataclass(frozen=True, slots=True)
class _Own:
    """The text's own lines: how many characters of its sentences stand where, and which lines announce others."""

    sentences: tuple[tuple[int, int], ...]  # index and characters
    announced: frozenset[int]

    def admits(self, hit: _Hit) -> bool:
        """Whether a block stands where it was learned: next to none of the sentences are on its wrong side."""
        if hit.index in self.announced and hit.furniture.trust is Trust.NEW:
            return False
        behind = sum(chars for index, chars in self.sentences if index > hit.index)
        before = sum(chars for index, chars in self.sentences if index < hit.index)
        wrong = {Zone.TAIL: behind, Zone.HEAD: before, Zone.MIDDLE: 0}[hit.furniture.zone]
        return wrong <= _STRAY_SHARE * (behind + before)


def _read_own(draft: Draft, hits: frozenset[int]) -> _Own:
    live = draft.find_live()
    own = [index for index in live if index not in hits]
    sentences = tuple((index, len(draft.lines[index])) for index in own if _is_sentence(draft.lines[index]))
    announcing = {index for index in own if _announces(draft.lines[index].strip())}
    announced = frozenset(index for above, index in pairwise(live) if above in announcing)
    return _Own(sentences, announced)


def _announces(line: str) -> bool:
    """Whether a line says that words will be quoted; a label such as "Q:" does not."""
    return len(line) >= _MIN_ANNOUNCEMENT and line.endswith((":", "："))


def _is_sentence(line: str) -> bool:
    return len(line) >= LONG and ends_sentence(line)


def _keep_affordable(draft: Draft, hits: list[_Hit]) -> list[_Hit]:
    """What a text can spare: what is trusted most first, and all that is trusted alike or none of it.

    So cleaning twice is cleaning once: what was too much at first is a larger share of what is left.
    """
    left = draft.count_chars(draft.find_live())
    kept: list[_Hit] = []
    for trust, share in LEAST_LEFT.items():
        alike = [hit for hit in hits if hit.furniture.trust is trust]
        without = left - draft.count_chars([index for hit in alike for index in hit.indices])
        if without >= max(share * left, MIN_LEFT):
            kept, left = kept + alike, without
    return kept
