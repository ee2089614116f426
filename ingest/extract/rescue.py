"""Sections that were dropped in the middle of the article: tables' neighbours, lists, accordions, their headings."""

import re
from itertools import accumulate

from lxml.html import HtmlElement

from ingest.extract.outline import HEADINGS, Block, Outline
from ingest.extract.selection import Selection

_MOST_OF_THE_TEXT = 0.85
_LONG = 240
_SECTION = 72
_DEEPER = 4
_PLAIN_LIST = 0.15
_ENDS = re.compile(r"[.!?…。！？؟।:;][\"'”’»)\]]*$")
_NEVER_IN = frozenset({"figure", "figcaption", "caption", "header", "aside", "form", "footer", "nav"})
_NEVER_CLASS = re.compile(
    r"gallery|credit|teaser|promo|embed|related|author|caption|advert|newsletter|share|social|comment|carousel|slider|"
    r"sidebar|widget|recirc|recommend|tooltip|modal|popup|byline|card",
    re.IGNORECASE,
)


def rescue_middle(chosen: Selection) -> None:
    """Add the blocks between the first and the last kept one that read like the article's own."""
    if not chosen.kept:
        return
    page, first, last = chosen.page, min(chosen.kept), max(chosen.kept)
    home = _home(chosen)
    if home is None:
        return
    start, end = page.spans[home]
    depth = min(page.blocks[index].depth for index in chosen.kept)
    missing = [
        block
        for block in page.blocks[max(first, start) : min(last + 1, end)]
        if block.index not in chosen.kept and block.furniture is None and not _is_apart(block.element, home)
    ]
    added = {block.index for block in missing if _reads_like_text(block, page, depth)}
    added |= {block.index for block in missing if block.tag in HEADINGS and block.index + 1 in added}
    if added:
        chosen.kept |= added
        chosen.steps.append("rescue")


def _home(chosen: Selection) -> HtmlElement | None:
    """The smallest element that holds most of the kept text."""
    sizes = (block.size if block.index in chosen.kept else 0 for block in chosen.page.blocks)
    sums = [0, *accumulate(sizes)]
    least = _MOST_OF_THE_TEXT * sums[-1]
    homes = [
        (end - start, element)
        for element, (start, end) in chosen.page.spans.items()
        if sums[end] - sums[start] >= least
    ]
    return min(homes, key=lambda home: home[0], default=(0, None))[1]


def _is_apart(element: HtmlElement, home: HtmlElement) -> bool:
    for ancestor in (element, *element.iterancestors()):
        if ancestor is home:
            return False
        if ancestor.tag in _NEVER_IN or _NEVER_CLASS.search(ancestor.get("class") or ""):
            return True
    return False


def _reads_like_text(block: Block, page: Outline, depth: int) -> bool:
    ends = _ENDS.search(block.text) is not None
    if block.link_density > 0.5:  # noqa: PLR2004 - mostly a link
        return False
    if block.size >= _LONG and ends:
        return True
    if block.tag == "li":
        return ends or _list_density(block, page) <= _PLAIN_LIST
    return block.size >= _SECTION and ends and block.depth > depth + _DEEPER


def _list_density(block: Block, page: Outline) -> float:
    parent = block.element.getparent()
    return page.link_density(*page.span(parent)) if parent is not None and parent in page.spans else 1.0
