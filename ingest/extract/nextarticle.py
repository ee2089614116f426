"""The next article, which some pages put behind the one that was asked for: an element of its own with its title."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from ingest.extract.outline import HEADINGS, Block
from ingest.extract.selection import Selection
from ingest.extract.titles import likeness

_SAME_TITLE = 0.9
_LEAST_SHARE = 0.3  # of the kept text must stand in the article that holds the title
_HEADING_WITHIN = 4
_A_LINK = 0.8
_ADDRESSES = ("data-url", "data-href", "data-permalink", "data-canonical", "data-article-url")


def cut_next_article(chosen: Selection, title: str | None) -> None:
    """Drop what was kept from the first ``<article>`` on that stands behind the title's own and has another title."""
    own = _find_own(chosen, title)
    if own is None:
        return
    start, end = chosen.page.span(own)
    if chosen.size_within(start, end) < _LEAST_SHARE * chosen.size:
        return
    behind = (block for block in chosen.blocks if block.index >= end)
    cut = next((first for block in behind for first in _find_other(chosen, block, own, title)), None)
    if cut is not None:
        chosen.kept -= {index for index in chosen.kept if index >= cut}
        chosen.steps.append("end-next-article")


def _find_own(chosen: Selection, title: str | None) -> HtmlElement | None:
    for block in chosen.page.blocks:
        if title and block.tag in HEADINGS and likeness(block.text, title) >= _SAME_TITLE:
            return next(block.element.iterancestors("article"), None)
    return None


def _find_other(chosen: Selection, block: Block, own: HtmlElement, title: str | None) -> Iterator[int]:
    """Where the other article begins that holds the block."""
    for element in block.element.iterancestors("article"):
        if element is own or own in element.iterdescendants("article"):
            return
        start, end = chosen.page.span(element)
        if any(map(element.get, _ADDRESSES)) or _has_title(chosen.page.blocks[start:end], title):
            yield start


def _has_title(blocks: list[Block], title: str | None) -> bool:
    """Whether an article has a title of its own: an h1, or a heading near its begin that leads to it."""
    for place, block in enumerate(blocks):
        is_other = block.tag in HEADINGS and likeness(block.text, title or "") < _SAME_TITLE
        if is_other and (block.tag == "h1" or (place < _HEADING_WITHIN and block.link_density >= _A_LINK)):
            return True
    return False
