"""Kept blocks to text: paragraphs apart by a blank line; list items, table rows and broken lines as lines."""

from collections.abc import Iterable

from lxml.html import HtmlElement

from ingest.extract.outline import Block

_CELLS = frozenset({"td", "th"})
_ITEMS = frozenset({"li", "dd", "dt"})
_LONGEST_CELL = 200


def render(blocks: Iterable[Block]) -> str:
    """The text of blocks in reading order."""
    parts: list[str] = []
    last: Block | None = None
    for block in blocks:
        if last is not None:
            parts.append(_separator(last, block))
        parts.append(block.text)
        last = block
    return "".join(parts)


def _separator(last: Block, block: Block) -> str:
    if last.tag in _ITEMS and block.tag in _ITEMS and last.element.getparent() is block.element.getparent():
        return "\n"
    if last.tag in _CELLS and block.tag in _CELLS and max(len(last.text), len(block.text)) <= _LONGEST_CELL:
        return _between_cells(last.element, block.element)
    if not block.opens_paragraph and last.element is block.element and last.index + 1 == block.index:
        return "\n"
    return "\n\n"


def _between_cells(last: HtmlElement, cell: HtmlElement) -> str:
    if last is cell:
        return "\n"
    row, next_row = last.getparent(), cell.getparent()
    if row is next_row:
        return " | "
    return "\n" if row is not None and next_row is not None and row.getparent() is next_row.getparent() else "\n\n"
