"""Sections that were dropped in the middle of the article: tables' neighbours, lists, accordions, their headings."""

import re
from collections import Counter

from lxml.html import HtmlElement

from ingest.extract.outline import HEADINGS, Block, Outline
from ingest.extract.selection import Selection, find_home
from ingest.extract.tail import heads_furniture

_LONG = 240
_SECTION = 72
_TEXT = 140
_KIN = 2
_DEEPER = 4
_PLAIN_LIST = 0.15
_PLAIN_TABLE = 0.3
_A_LINK = 0.5
_CELLS_OF_A_TABLE = 4
_POINTS_REACH = 12
_POINT = 40
_ENDS = re.compile(r"[.!?…。！？؟।:;][\"'”’»)\]]*$")
_QUESTION = re.compile(r"[?？؟]\W*$")
_SHORTEST_QUESTION = 12
_NEVER_IN = frozenset({"figure", "figcaption", "caption", "header", "aside", "form", "footer", "nav"})
_NEVER_CLASS = re.compile(
    r"gallery|credit|teaser|promo|related|author|advert|newsletter|share|social|comment|sidebar|recirc|recommend|modal|"
    r"popup|byline|caption|carousel|slider|tooltip",
    re.IGNORECASE,
)
_RARELY_CLASS = re.compile(r"(?<!\bw-)embed|widget|card", re.IGNORECASE)


def rescue_middle(chosen: Selection) -> None:
    """Add the blocks between the first and the last kept one that read like the article's own."""
    if not chosen.kept:
        return
    page, first, last = chosen.page, min(chosen.kept), max(chosen.kept)
    home = find_home(chosen)
    if home is None:
        return
    start, end = page.spans[home]
    depth = min(page.blocks[index].depth for index in chosen.kept)
    missing = [
        block
        for block in page.blocks[max(first, start) : min(last + 1, end)]
        if block.index not in chosen.kept and block.furniture is None and not _is_apart(block, home)
    ]
    looks = Counter(_look(block.element) for block in chosen.blocks if block.is_prose)
    added = {block.index for block in missing if _reads_like_text(block, page, depth)}
    added |= {block.index for block in missing if block.is_prose and looks[_look(block.element)] >= _KIN}
    added |= _cells(missing, page)
    added |= _headings(missing, chosen.kept | added)
    added |= _questions(page.blocks[max(first, start) : last], chosen.kept | added)
    added |= _opening(page, chosen.kept) | _before(chosen, home, first) | _after(chosen, home, last)
    if added:
        headings = {block.index for block in page.blocks[:end] if block.tag in HEADINGS and block.index + 1 in added}
        chosen.kept |= added | {index for index in headings if index > last}
        chosen.steps.append("rescue")


def _headings(missing: list[Block], standing: set[int]) -> set[int]:
    """The headings right above text that stands: some templates lose them all."""
    found: set[int] = set()
    for block in reversed(missing):
        is_above = block.index + 1 in standing or block.index + 1 in found
        is_heading = block.tag in HEADINGS and block.link_density <= _A_LINK
        if is_heading and is_above and not heads_furniture(block.text):
            found.add(block.index)
    return found


def _questions(inside: list[Block], standing: set[int]) -> set[int]:
    """The questions of answers that stand: an accordion's are buttons."""
    return {
        block.index
        for block in inside
        if block.furniture in {None, "button"} and block.index not in standing and block.index + 1 in standing
        if _QUESTION.search(block.text) and block.link_density <= _A_LINK and len(block.text) >= _SHORTEST_QUESTION
    }


def _after(chosen: Selection, home: HtmlElement, last: int) -> set[int]:
    """Sections behind the last kept block: running text below headings, in the article's element, to any furniture."""
    found: set[int] = set()
    behind = chosen.page.blocks[last + 1 : chosen.page.spans[home][1]]
    if not any(block.tag in HEADINGS for block in behind):
        return found
    for block in behind:
        if block.furniture is not None or _is_apart(block, home):
            break
        if block.size >= _SECTION and block.link_density <= _PLAIN_TABLE and _ENDS.search(block.text):
            found.add(block.index)
    return found


def _opening(page: Outline, standing: set[int]) -> set[int]:
    """Paragraphs right above text that stands in their own element: trafilatura loses an ``<article>``'s bare text."""
    found: set[int] = set()
    for below, block in zip(reversed(page.blocks), reversed(page.blocks[:-1]), strict=False):
        is_above = below.index in standing or below.index in found
        if is_above and block.element is below.element and block.is_prose and block.furniture is None:
            found.add(block.index)
    return found - standing


def _before(chosen: Selection, home: HtmlElement, first: int) -> set[int]:
    """The list of points right above the first kept block: the article in short, of whole lines without links."""
    start = max(0, first - _POINTS_REACH)
    above = [block for block in chosen.page.blocks[start:first] if block.tag == "li" and block.furniture is None]
    if not above or any(block.size > _SECTION for block in chosen.page.blocks[above[-1].index + 1 : first]):
        return set()
    parent = above[-1].element.getparent()
    points = [block for block in above if block.element.getparent() is parent]
    is_plain = all(block.link_density <= _PLAIN_LIST and block.size >= _POINT for block in points)
    return {block.index for block in points} if is_plain and not _is_apart(points[0], home) else set()


def _cells(missing: list[Block], page: Outline) -> set[int]:
    """The cells of tables of data: several rows, hardly a link, and none that was kept so far."""
    by_table: dict[HtmlElement, list[Block]] = {}
    for block in missing:
        table = next((above for above in block.element.iterancestors("table")), None)
        if table is not None:
            by_table.setdefault(table, []).append(block)
    return {
        block.index
        for table, blocks in by_table.items()
        if len(blocks) >= _CELLS_OF_A_TABLE and page.link_density(*page.span(table)) <= _PLAIN_TABLE
        for block in blocks
    }


def _is_apart(block: Block, home: HtmlElement) -> bool:
    never = _NEVER_IN
    is_text = block.size >= _TEXT and block.link_density <= _PLAIN_LIST and _ENDS.search(block.text) is not None
    for ancestor in (block.element, *block.element.iterancestors()):
        if ancestor is home:
            return False
        name = ancestor.get("class") or ""
        if ancestor.tag in never or _NEVER_CLASS.search(name) or (not is_text and _RARELY_CLASS.search(name)):
            return True
        if ancestor.tag == "blockquote":
            never = never - {"figure"}
    return False


def _look(element: HtmlElement) -> tuple[str | None, ...]:
    above = element.getparent()
    return (element.tag, element.get("class"), above.tag, above.get("class")) if above is not None else (element.tag,)


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
