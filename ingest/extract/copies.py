"""Which kept blocks stand twice by the page's own markup: in two designs of the page, or drawn out of a paragraph."""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

from ingest.clean.lines import ends_sentence, fold_key
from ingest.extract.outline import Block

_LONG = 60
_QUOTE = 40
_ITEMS = frozenset({"li", "dd", "dt", "td", "th"})
_QUOTE_TAGS = frozenset({"blockquote", "aside", "figure"})
_QUOTE_CLASS = re.compile(r"pull[-_]?(?:ed|quote|left|right)|quote", re.IGNORECASE)
_LEVELS = 3
_SEVERAL = 3


def find_copies(blocks: Iterable[Block]) -> frozenset[str]:
    """The lines, folded as cleaning compares them, that the page shows in two designs or draws out as quotes."""
    kept = list(blocks)
    twins, labels = _find_twins(kept)
    return frozenset(fold_key(block.text) for block in (*twins, *labels, *_find_pull_quotes(kept)))


def _find_twins(kept: list[Block]) -> tuple[list[Block], list[Block]]:
    """Blocks of equal letters whose elements are called otherwise, and a label or two whose elements are called alike.

    The first are a desktop's and a telephone's, or a teaser's and its text's: of 191 such copies on the pages with
    known text 189 stand there by mistake. Of those called alike it is two in three, and less where several recur.
    """
    first: dict[str, Block] = {}
    twins, labels = [], []
    for block in kept:
        if len(block.text) < _LONG or block.tag in _ITEMS:
            continue
        before = first.setdefault(block.key, block)
        if before is block:
            continue
        if _look(before.element) != _look(block.element):
            twins.append(block)
        elif not ends_sentence(block.text):
            labels.append(block)
    return twins, labels if len({block.key for block in labels}) < _SEVERAL else []


def _look(element: HtmlElement) -> list[tuple[str, str | None]]:
    return [(str(above.tag), above.get("class")) for above in _rising(element)]


def _rising(element: HtmlElement) -> Iterator[HtmlElement]:
    above: HtmlElement | None = element
    for _ in range(_LEVELS):
        if above is None:
            return
        yield above
        above = above.getparent()


def _find_pull_quotes(kept: list[Block]) -> list[Block]:
    quotes = [block for block in kept if len(block.text) >= _QUOTE and _is_quote(block.element)]
    whole = "\n".join(block.key for block in kept) if quotes else ""
    return [block for block in quotes if _is_drawn_out(block.key, whole)]


def _is_quote(element: HtmlElement) -> bool:
    return any(
        above.tag in _QUOTE_TAGS or _QUOTE_CLASS.search(above.get("class") or "") is not None
        for above in _rising(element)
    )


def _is_drawn_out(key: str, whole: str) -> bool:
    """Whether the words stand within a longer line too."""
    return whole.count(key) > f"\n{whole}\n".count(f"\n{key}\n")
