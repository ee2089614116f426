"""Stored texts after learning: they lose what was learned since, and get back what was no furniture after all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ingest.blocks import LearnedBlock, ObservedLine, PageLines, Sighting, SiteKnowledge, StoredText, Zone
from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.learned import is_learned, read_rule
from ingest.clean.learning.keys import Slots, fold_slots, read_key, see_lines
from ingest.clean.lines import fold_key, split_lines
from ingest.clean.rules import load_rules
from ingest.model import Removal


def see_text(stored: StoredText) -> Sighting:
    """A stored text as learning looks at it; what its markup told is not known any more."""
    title = _cleaning_title(stored)
    lines = [ObservedLine(line.strip()) for line in split_lines(stored.text) if line.strip()]
    times = Counter(line.text for line in lines)
    counted = [replace(line, times=times[line.text]) for line in lines]
    return see_lines(counted, {}, fold_slots(title, stored.authors), stored.title)


def mend_text(stored: StoredText, site: SiteKnowledge) -> StoredText | None:
    """The text without what is learned by now, cleaned as a fresh one is; None where it holds nothing learned."""
    title = _cleaning_title(stored)
    if not _holds_learned(stored, fold_slots(title, stored.authors), site):
        return None
    context = CleanContext(
        url=stored.url, language=stored.language, title=title, authors=stored.authors, learned=site.learned
    )
    cleaned = clean_text(stored.text, context, load_rules())
    if not cleaned.text or not any(is_learned(removal.rule) for removal in cleaned.removed):
        return None
    return replace(stored, text=cleaned.text, removed=(*stored.removed, *cleaned.removed))


def restore_text(
    stored: StoredText, blocks: Mapping[int, LearnedBlock], page: PageLines | None = None
) -> StoredText | None:
    """The text with these blocks where they stood; None where it lost none of them.

    ``page`` tells their places exactly; without it a block of the middle stays in ``removed``.
    """
    slots = fold_slots(_cleaning_title(stored), stored.authors)
    lines = split_lines(stored.text)
    kept: list[Removal] = []
    for removal in stored.removed:
        key = read_rule(removal.rule) if is_learned(removal.rule) else None
        block = blocks.get(key) if key is not None else None
        place = _find_place(lines, block, page, slots) if block is not None else None
        if place is None:
            kept.append(removal)
        else:
            lines[place:place] = ["", removal.text] if place else [removal.text, ""]
    if len(kept) == len(stored.removed):
        return None
    return replace(stored, text="\n".join(lines).strip("\n"), removed=tuple(kept))


def _cleaning_title(stored: StoredText) -> str | None:
    """The title, unless the text begins with it: then it was left there on purpose."""
    first = stored.text.partition("\n")[0]
    return None if stored.title and fold_key(first) == fold_key(stored.title) else stored.title


def _holds_learned(stored: StoredText, slots: Slots, site: SiteKnowledge) -> bool:
    found = (read_key(line.strip(), slots) for line in split_lines(stored.text) if line.strip())
    return any(key is not None and key.key in site.learned for key in found)


def _find_place(lines: Sequence[str], block: LearnedBlock, page: PageLines | None, slots: Slots) -> int | None:
    """The index to insert a block at: behind the nearest line that stood before it and still stands."""
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
