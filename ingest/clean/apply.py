"""The door of cleaning: a text or a tree in, the same without furniture out, every removal recorded."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from ingest.blocks import ObservedLine
from ingest.clean.draft import CleanContext, Draft
from ingest.clean.edges import drop_adverts, drop_alone, drop_author_box, drop_head, drop_lists, drop_title
from ingest.clean.hyphens import rejoin_words
from ingest.clean.languages import name_language
from ingest.clean.learned import drop_learned, is_learned
from ingest.clean.lines import split_lines
from ingest.clean.mojibake import repair_encoding
from ingest.clean.origins import drop_origin_marks
from ingest.clean.prune import prune_blocks
from ingest.clean.repeats import REPEAT, drop_repeats
from ingest.clean.rules import Rules
from ingest.clean.tail import drop_tail
from ingest.clean.threads import drop_thread
from ingest.model import Removal

__all__ = ["CleanContext", "Cleaned", "clean_text", "prune"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text and what cleaning took out of it or learnt from what it took."""

    text: str
    removed: tuple[Removal, ...] = ()
    origin_url: str | None = None
    author_candidates: tuple[str, ...] = ()


def clean_text(text: str, context: CleanContext, rules: Rules) -> Cleaned:
    """The text without furniture: paragraphs in their order, none changed but for split words and broken encoding.

    Cleaning is repeated until nothing changes, so that cleaning a cleaned text changes nothing.
    """
    return clean_and_observe(text, context, rules)[0]


def clean_again(stored: Cleaned, context: CleanContext, rules: Rules) -> Cleaned:
    """The same of a text that was cleaned before: what was taken from it stays with it, and keeps its place."""
    return _clean_fully(stored, replace(context, language=name_language(context.language, stored.text)), rules)[0]


def clean_and_observe(text: str, context: CleanContext, rules: Rules) -> tuple[Cleaned, tuple[ObservedLine, ...]]:
    """The same, with the lines from which a site's furniture is learned: those that no written rule dropped."""
    context = replace(context, language=name_language(context.language, text))
    cleaned, lines = _clean_fully(Cleaned(text), context, rules)
    return cleaned, tuple(_list_observed(lines, cleaned))


def _clean_fully(text: Cleaned, context: CleanContext, rules: Rules) -> tuple[Cleaned, list[str]]:
    """The cleaned text, and the lines that it was cleaned from."""
    cleaned, lines = _clean_once(text, context, rules)
    previous = text.text
    while cleaned.text != previous:
        previous = cleaned.text
        cleaned, _ = _clean_once(cleaned, context, rules)
    return cleaned, lines


def _clean_once(before: Cleaned, context: CleanContext, rules: Rules) -> tuple[Cleaned, list[str]]:
    text = rejoin_words(repair_encoding(before.text), context.language)
    earlier = before.removed if _have_as_many_lines(text, before.text) else _without_places(before.removed)
    draft = Draft(split_lines(text), context, authors=list(before.author_candidates), origin_url=before.origin_url)
    drop_repeats(draft)
    drop_learned(draft)
    drop_origin_marks(draft)
    drop_title(draft)
    drop_adverts(draft, rules)
    drop_head(draft, rules)
    drop_thread(draft, rules)
    drop_author_box(draft, rules)
    drop_lists(draft, rules)
    drop_tail(draft, rules)
    drop_alone(draft, rules)
    return Cleaned(draft.render(), draft.carry(earlier), draft.origin_url, tuple(draft.authors)), draft.lines


def _have_as_many_lines(text: str, before: str) -> bool:
    return text == before or _count_lines(text) == _count_lines(before)


def _count_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in split_lines(text))


def _without_places(removed: Iterable[Removal]) -> tuple[Removal, ...]:
    return tuple(replace(one, at=None) for one in removed)


def _list_observed(lines: Iterable[str], cleaned: Cleaned) -> Iterator[ObservedLine]:
    standing = Counter(line.strip() for line in split_lines(cleaned.text))
    dropped = Counter(removal.text for removal in cleaned.removed if is_learned(removal.rule))
    repeats = Counter(removal.text for removal in cleaned.removed if removal.rule == REPEAT)
    times = standing + dropped + repeats
    for line in filter(None, map(str.strip, lines)):
        for left, is_dropped in ((standing, False), (dropped, True)):
            if left[line] > 0:
                left[line] -= 1
                yield ObservedLine(line, is_dropped, times[line])
                break


def prune(tree: HtmlElement, context: CleanContext, rules: Rules) -> tuple[Removal, ...]:
    """Take the platforms' furniture containers out of the tree, in place, and give what was taken."""
    return tuple(one.removal for one in prune_blocks(tree, context, rules) if not one.is_kept)
