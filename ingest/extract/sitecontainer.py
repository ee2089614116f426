"""The names of a page's containers that hold from page to page: by id, by classes, or by a tag that is there once."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.extract.outline import Outline
from ingest.profiles import read_name

_NAME = re.compile(r"[A-Za-z][A-Za-z_-]*(?:\d(?!\d)[A-Za-z_-]*)*")  # "post-1174" is one page's own
_LONGEST = 60
_NEVER = frozenset({"html", "body"})
_TELLING = frozenset({"article", "main"})  # tags that need no name


@dataclass(frozen=True, slots=True)
class Place:
    """A container on a page: its element, and the half-open range of blocks in it."""

    element: HtmlElement
    start: int
    end: int

    def holds(self, kept: Collection[int]) -> bool:
        """Whether all these blocks stand in it."""
        return self.start <= min(kept) and max(kept) < self.end


def find_place(page: Outline, name: str) -> Place | None:
    """The element of that name, where the page has it once."""
    tag, identity, classes = read_name(name)
    places = [
        Place(element, *span)
        for element, span in page.spans.items()
        if element.tag == tag
        and (not identity or element.get("id") == identity)
        and (not classes or classes.issubset((element.get("class") or "").split()))
    ]
    return places[0] if len(places) == 1 else None


def propose(page: Outline, kept: Collection[int], known: str) -> str:
    """The smallest named container that holds these blocks, the known one where it does; empty where there is none.

    Of the known one classes are left out that this page has not.
    """
    place = find_place(page, known) if known else None
    if place is not None and place.holds(kept):
        return known
    names = [name for name, _ in _list_named(page, kept)]
    shared = (_share(known, name) for name in names if known)
    fitting = (name for name in shared if name and find_place(page, name) is not None)
    return next(fitting, None) or next(iter(names), "")


def widen(page: Outline, kept: Collection[int], name: str) -> str:
    """The next named container around the one of that name which holds more; empty where there is none."""
    place = find_place(page, name)
    if place is None:
        return ""
    wider = (other for other, at in _list_named(page, kept) if at.end - at.start > place.end - place.start)
    return next(wider, "")


def _list_named(page: Outline, kept: Collection[int]) -> Iterator[tuple[str, Place]]:
    """The containers that hold these blocks and have a name that is theirs alone, from the smallest on."""
    first, last = min(kept), max(kept)
    holders = [(end - start, element) for element, (start, end) in page.spans.items() if start <= first and last < end]
    if not holders:
        return
    smallest = min(size for size, _ in holders)
    innermost = max((element for size, element in holders if size == smallest), key=_depth)
    for element in (innermost, *innermost.iterancestors()):
        name = _name(element)
        place = find_place(page, name) if name else None
        if place is not None and place.element is element:
            yield name, place


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _name(element: HtmlElement) -> str:
    tag = str(element.tag)
    if tag in _NEVER:
        return ""
    identity = element.get("id") or ""
    if _is_lasting(identity):
        return f"{tag}#{identity}"
    classes = sorted({token for token in (element.get("class") or "").split() if _is_lasting(token)})
    return ".".join((tag, *classes)) if classes or tag in _TELLING else ""


def _is_lasting(name: str) -> bool:
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def _share(known: str, name: str) -> str:
    """What two names have in common, where they can mean the same container."""
    (tag, identity, classes), (other, other_identity, others) = read_name(known), read_name(name)
    shared = sorted(classes & others)
    if tag != other or identity or other_identity or not (shared or tag in _TELLING):
        return ""
    return ".".join((tag, *shared))
