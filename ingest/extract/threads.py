"""Readers' comments that no class names: known by three or more signatures that follow one another."""

import re

from lxml.html import HtmlElement

from ingest.extract.outline import Block, Outline
from ingest.extract.selection import Selection

_LONGEST = 110
_LEAST = 3
_TIME = r"(?:\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?|(?:19|20)\d{2})"
# Anything may stand before a mark and a year ("A - supported through 2024"): only a day or an hour makes a signature.
_MOMENT = r"(?:\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?|\d{1,2}(?:st|nd|rd|th)?[,.]?\s(?:\w+\s)?(?:19|20)\d{2})"
_SIGNATURE = re.compile(
    rf"^(?:posted |comment |left |written )?by:?\s.{{2,50}}(?:\||\bat\b|\bon\b|,|-|\u2013).{{0,40}}{_TIME}.{{0,20}}$|"
    rf"^.{{2,40}}\s(?:says|said|wrote|writes|commented|sagt|schrieb|dit|dijo)\b\s*"
    rf"(?:\.\.\.|…|:|on .{{4,40}}|\(.{{4,40}}\):?)?$|"
    rf"^.{{2,40}}\s(?:\||\bon\b|\bat\b|-|\u2013)\s.{{0,40}}{_MOMENT}.{{0,20}}(?:reply|permalink|#)?$",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^.{0,12}\b(?:comments?|responses?|replies|feedback|kommentare|commentaires|comentarios)\b.{0,20}$", re.IGNORECASE
)
_HEADING_REACH = 12
_FAR_APART = 40
_LONG_COMMENT = 1_500


def cut_thread(chosen: Selection) -> None:
    """Drop the kept blocks from the first signed comment on, where at least three follow one another."""
    page = chosen.page
    if not chosen.kept:
        return
    first = min(chosen.kept)
    signed = [block for block in page.blocks[first:] if len(block.text) <= _LONGEST and _SIGNATURE.match(block.text)]
    signed = _first_run(signed)
    if len(signed) < _LEAST:
        return
    start = _start(page, signed)
    behind = {index for index in chosen.kept if index >= start}
    if behind and chosen.size_within(first, start) >= _LONGEST and not _goes_on(chosen, signed, start):
        chosen.kept -= behind
        chosen.steps.append("end-thread")


def _goes_on(chosen: Selection, signed: list[Block], start: int) -> bool:
    """Whether more text stands behind the last signature than comments have: a list of dated links in an article."""
    last = signed[-1].index
    rest = chosen.prose_within(last, len(chosen.page.blocks))
    return rest > _LONG_COMMENT and rest > chosen.prose_within(start, last)


def _first_run(signed: list[Block]) -> list[Block]:
    """The first signatures of one kind of element that are never far apart: a byline alone is no thread."""
    run: list[Block] = []
    for block in signed:
        is_next = run and run[-1].tag == block.tag and run[-1].depth == block.depth
        if is_next and block.index - run[-1].index <= _FAR_APART:
            run.append(block)
        elif len(run) < _LEAST:
            run = [block]
        else:
            break
    return run


def _start(page: Outline, signed: list[Block]) -> int:
    """Where the first comment begins: at the heading before it, else at the element that holds it alone."""
    first = signed[0]
    for block in reversed(page.blocks[max(0, first.index - _HEADING_REACH) : first.index]):
        if len(block.text) <= _LONGEST and _HEADING.match(block.text):
            return block.index
    others = {signed[1].element, signed[2].element}
    holder: HtmlElement = first.element
    for ancestor in first.element.iterancestors():
        if any(other is ancestor or _holds(ancestor, other) for other in others):
            break
        holder = ancestor
    return page.span(holder)[0] if holder in page.spans else first.index


def _holds(ancestor: HtmlElement, element: HtmlElement) -> bool:
    return any(above is ancestor for above in element.iterancestors())
