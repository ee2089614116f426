"""Boxes within the article that are none of it, by a part of their names: calls to action, notes, legal words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from ingest.extract.selection import Selection

_LEVELS = 6
_PARTS = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class _Box:
    """What a kind of box may hold at most: characters, and a share of the kept text; ``after`` such a share of it."""

    name: str
    most_chars: int
    most_share: float
    after: float = 0.0


_UNSEEN = _Box("unseen", 600, 0.06)
_ACTION = _Box("action", 700, 0.06)
_LEGAL = _Box("legal", 1_800, 0.12)
_NOTES = _Box("notes", 20_000, 0.3, 0.5)
_BY_PART = {
    part: box
    for box, parts in (
        (_UNSEEN, "sr visually nocontent tooltip tooltips"),
        (_ACTION, "cta ctas donate donation donations upsell"),
        (_LEGAL, "disclosure disclosures disclaimer disclaimers copyright"),
        (_NOTES, "footnote footnotes endnote endnotes citation citations"),
    )
    for part in parts.split()
}


def drop_boxes(chosen: Selection) -> None:
    """Drop the kept blocks of boxes whose names say that they are beside the article."""
    total, before = chosen.size, 0
    dropped: set[int] = set()
    judged: dict[HtmlElement, bool] = {}
    for block in chosen.blocks:
        if any(_is_dropped(element, chosen, (total, before), judged) for element in _rise(block.element)):
            dropped.add(block.index)
        before += block.size
    if dropped:
        chosen.kept -= dropped
        chosen.steps.append("boxes")


def _rise(element: HtmlElement) -> list[HtmlElement]:
    above = [element]
    for ancestor in element.iterancestors():
        if len(above) == _LEVELS or ancestor.tag in {"article", "main", "body"}:
            break
        above.append(ancestor)
    return above


def _is_dropped(
    element: HtmlElement, chosen: Selection, sizes: tuple[int, int], judged: dict[HtmlElement, bool]
) -> bool:
    if element not in judged:
        box = _name_box(f"{element.get('class') or ''} {element.get('id') or ''}")
        judged[element] = box is not None and _fits(box, element, chosen, sizes)
    return judged[element]


def _fits(box: _Box, element: HtmlElement, chosen: Selection, sizes: tuple[int, int]) -> bool:
    total, before = sizes
    size = chosen.size_within(*chosen.page.span(element))
    return size <= box.most_chars and size <= box.most_share * total and before >= box.after * total


@lru_cache(maxsize=16_384)
def _name_box(names: str) -> _Box | None:
    if names == " ":
        return None
    return next((_BY_PART[part] for part in _PARTS.split(names.lower()) if part in _BY_PART), None)
