"""Stored texts after learning: they lose what was learned since, and get back what was no furniture after all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ingest.blocks import LearnedBlock, ObservedLine, PageLines, Sighting, SiteKnowledge, StoredText, Zone
from ingest.clean.apply import CleanContext, Cleaned, clean_again
from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.clean.learned import is_learned, read_rule
from ingest.clean.learning.keys import Slots, fold_slots, read_key, see_lines
from ingest.clean.lines import fold_key, split_lines
from ingest.clean.putting_back import put_back
from ingest.clean.rules import load_rules
from ingest.model import Removal


def see_text(stored: StoredText) -> Sighting:
    """A stored text as learning looks at it; what its markup told is not known any more."""
    title = _cleaning_title(stored)
    lines = [ObservedLine(line.strip()) for line in split_lines(stored.text) if line.strip()]
    times = Counter(line.text for line in lines)
    counted = [replace(line, times=times[line.text]) for line in lines]
    return see_lines(counted, {}, fold_slots(title, stored.authors), stored.title)


def mend_text(stored: StoredText, site: SiteKnowledge, keeps: Keeps = NOTHING_KEPT) -> StoredText | None:
    """The text without what is learned by now, cleaned as a fresh one is; None where it holds nothing learned."""
    title = _cleaning_title(stored)
    if not _holds_learned(stored, fold_slots(title, stored.authors), site):
        return None
    context = CleanContext(
        url=stored.url, language=stored.language, title=title, authors=stored.authors, learned=site.learned, keeps=keeps
    )
    cleaned = clean_again(Cleaned(stored.text, stored.removed), context, load_rules())
    if not cleaned.text or _count_learned(cleaned.removed) == _count_learned(stored.removed):
        return None
    return replace(stored, text=cleaned.text, removed=cleaned.removed)


def restore_text(
    stored: StoredText, blocks: Mapping[int, LearnedBlock], page: PageLines | None = None
) -> StoredText | None:
    """The text with these blocks where they stood; None where it lost none of them.

    Of those that were taken before places were kept ``page`` tells them; without it one of the middle stays removed.
    """
    slots = fold_slots(_cleaning_title(stored), stored.authors)
    placed = [_with_place(removal, stored, (blocks, page, slots)) for removal in stored.removed]
    found = (index for index, removal in enumerate(placed) if removal.at is not None)
    wanted = {index for index in found if _block_of(placed[index], blocks) is not None}
    if not wanted:
        return None
    text, removed = put_back(stored.text, placed, wanted)
    return replace(stored, text=text, removed=removed)


_Known = tuple[Mapping[int, LearnedBlock], PageLines | None, Slots]


def _block_of(removal: Removal, blocks: Mapping[int, LearnedBlock]) -> LearnedBlock | None:
    key = read_rule(removal.rule) if is_learned(removal.rule) else None
    return blocks.get(key) if key is not None else None


def _with_place(removal: Removal, stored: StoredText, known: _Known) -> Removal:
    blocks, page, slots = known
    block = _block_of(removal, blocks)
    if removal.at is not None or block is None:
        return removal
    return replace(removal, at=_find_place(split_lines(stored.text), block, page, slots))


def _count_learned(removed: Iterable[Removal]) -> int:
    return sum(is_learned(removal.rule) for removal in removed)


def _cleaning_title(stored: StoredText) -> str | None:
    """The title, unless the text begins with it: then it was left there on purpose."""
    first = stored.text.partition("\n")[0]
    return None if stored.title and fold_key(first) == fold_key(stored.title) else stored.title


def _holds_learned(stored: StoredText, slots: Slots, site: SiteKnowledge) -> bool:
    found = (read_key(line.strip(), slots) for line in split_lines(stored.text) if line.strip())
    return any(key is not None and key.key in site.learned for key in found)


def _find_place(lines: Sequence[str], block: LearnedBlock, page: PageLines | None, slots: Slots) -> int | None:
    """How many lines stand above a block: it stood behind the nearest of those before it that still stand."""
    lines = [line for line in lines if line.strip()]
    if page is None or block.key not in page.list_keys():
        return {Zone.HEAD: 0, Zone.MIDDLE: None, Zone.TAIL: len(lines)}[block.zone]
    keys = page.list_keys()
    before = keys[: keys.index(block.key)]
    standing = {
        found.key: index for index, line in enumerate(lines) if (found := read_key(line.strip(), slots)) is not None
    }
    for key in reversed(before):
        if key in standing:
            return standing[key] + 1
    return 0
