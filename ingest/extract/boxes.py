"""Boxes within the article that are none of it, by a part of their names: calls to action, notes, legal words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from ingest.extract.outline import Block
from ingest.extract.selection import Selection

_LEVELS = 6
_A_LINK = 0.6
_LONGEST_POINTER = 150
_LONGEST_HEADING = 40
_CONTENTS = re.compile(
    r"\W*(?:(?:table of )?contents|(?:in|on) this (?:article|post|guide|page|story)|topics covered|jump to|"
    r"jump to section|inhaltsverzeichnis|inhalt|in diesem artikel|sommaire|table des matières|dans cet article|"
    r"tabla de contenidos?|"
    r"índice(?: de contenidos)?|en este artículo|indice(?: dei contenuti)?|sommario|in questo articolo|sumário|"
    r"neste artigo|inhoud(?:sopgave)?|in dit artikel|spis treści|содержание|оглавление|зміст|obsah|innehåll|"
    r"içindekiler|目次|目录|目錄|목차)\W*",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\W*(?:related(?: (?:reading|articles?|stor(?:y|ies)|posts?))?|read also|also read|see also|read more|read next|"
    r"you (?:may|might) also (?:like|enjoy)|more on (?:the|this) (?:topic|subject)|lesen sie auch|lees ook|lire aussi|"
    r"leggi anche|lee también|leia também)\s*[:|–—]",
    re.IGNORECASE,
)
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
        (_UNSEEN, "sr visually nocontent tooltip tooltips breadcrumb breadcrumbs"),
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
        in_box = any(_is_dropped(element, chosen, (total, before), judged) for element in _rise(block.element))
        if in_box or _is_pointer(block) or _heads_contents(block, chosen):
            dropped.add(block.index)
        before += block.size
    if dropped:
        chosen.kept -= dropped
        chosen.steps.append("boxes")


def _is_pointer(block: Block) -> bool:
    """Whether a line between paragraphs is nothing but a link to another article, and says so."""
    return block.link_density >= _A_LINK and len(block.text) <= _LONGEST_POINTER and bool(_POINTER.match(block.text))


def _heads_contents(block: Block, chosen: Selection) -> bool:
    """Whether a line is the heading of a table of contents, which was left out itself."""
    behind = chosen.page.blocks[block.index + 1 : block.index + 2]
    is_left_out = all(other.index not in chosen.kept for other in behind)
    return is_left_out and len(block.text) <= _LONGEST_HEADING and bool(_CONTENTS.fullmatch(block.text))


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


@lru_cache(maxsize=2_048)
def _name_box(names: str) -> _Box | None:
    if names == " ":
        return None
    return next((_BY_PART[part] for part in _PARTS.split(names.lower()) if part in _BY_PART), None)
