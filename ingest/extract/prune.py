"""Furniture by whole class and id tokens, tags and roles: which containers go before anything is extracted.

Each kind may only take so much text, so that a post inside ``.postmetadata`` stays. Platforms' own names are
the rule packs' matter (``ingest.clean``); here are the words that any template uses.
"""

from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from ingest.extract.furniture import AUTHOR, AUTHOR_NAME, BY_ROLE, BY_TAG, BY_TOKEN, COMMENT_NAME, COMMENTS, Kind
from ingest.extract.outline import Outline

_STRONG = frozenset({"comments"})
_NEVER = frozenset({"html", "body", "main", "article", "h1"})
_MOST_OF_THE_TEXT = 0.4
_LINKS = 0.7
_LONG_ARTICLE = 2_000


@dataclass(frozen=True, slots=True)
class Flag:
    """A furniture container: its kind and the half-open range of blocks in it."""

    element: HtmlElement
    kind: str
    start: int
    end: int


def find_furniture(page: Outline) -> tuple[Flag, ...]:
    """The outermost furniture containers of a page, in reading order; their blocks are marked with the kind."""
    protected = _protected(page)
    flags: list[Flag] = []
    end_of_last = -1
    total, prose = page.size(0, len(page.blocks)), page.prose(0, len(page.blocks))
    for element, (start, end) in page.outermost_first:
        if end <= end_of_last or element in protected or element.tag in _NEVER:
            continue
        kind = _kind_of(element)
        if kind is not None and _fits(kind, page, (start, end), (total, prose)):
            flags.append(Flag(element, kind.name, start, end))
            end_of_last = max(end_of_last, end)
            for block in page.blocks[start:end]:
                block.furniture = kind.name
    return tuple(flags)


def find_link_lists(page: Outline) -> tuple[Flag, ...]:
    """The outermost lists of links above and below the sentences of an article: what any extractor drops.

    Their blocks are not marked: a post may end in a list of links. Of a short page they may be the text itself.
    """
    protected = _protected(page)
    flags: list[Flag] = []
    prose = [block.index for block in page.blocks if block.is_prose and block.furniture is None]
    if sum(page.blocks[index].size for index in prose) < _LONG_ARTICLE:
        return ()
    end_of_last = -1
    for element, (start, end) in page.outermost_first:
        if end <= end_of_last or element in protected or element.tag in _NEVER or page.blocks[start].furniture:
            continue
        is_outside = end <= prose[0] or start >= prose[-1]
        if is_outside and end > start + 1 and page.link_density(start, end) >= _LINKS:
            flags.append(Flag(element, "links", start, end))
            end_of_last = end
    return tuple(flags)


def _kind_of(element: HtmlElement) -> Kind | None:
    by_tag = BY_TAG.get(str(element.tag))
    if by_tag is not None:
        return by_tag
    role = element.get("role")
    if role and role in BY_ROLE:
        return BY_ROLE[role]
    names = element.get("class", "") + " " + element.get("id", "")
    if names == " ":
        return None
    for token in names.lower().split():
        kind = _kind_of_token(token)
        if kind is not None:
            return kind
    return None


@lru_cache(maxsize=2_048)
def _kind_of_token(token: str) -> Kind | None:
    kind = BY_TOKEN.get(token)
    if kind is None and COMMENT_NAME.match(token):
        return COMMENTS
    return AUTHOR if kind is None and AUTHOR_NAME.search(token) else kind


def _fits(kind: Kind, page: Outline, span: tuple[int, int], totals: tuple[int, int]) -> bool:
    size, prose = page.size(*span), page.prose(*span)
    total, total_prose = totals
    if kind.most_chars is not None and size > kind.most_chars:
        return False
    if page.link_density(*span) < kind.least_link_density:
        return False
    if kind.name in _STRONG:
        return size <= 0.8 * total and prose <= 0.8 * max(1, total_prose)
    return size <= _MOST_OF_THE_TEXT * total and prose <= kind.most_prose * max(1, total_prose)


def _protected(page: Outline) -> set[HtmlElement]:
    """The ancestors of the page's h1: never furniture, whatever they are called."""
    headings = [element for element in page.spans if element.tag == "h1"]
    return {ancestor for heading in headings for ancestor in heading.iterancestors()}


class Detachment:
    """Furniture that is taken out of the tree, and can be put back where it was."""

    def __init__(self, flags: tuple[Flag, ...]) -> None:
        """Take the flagged elements out; text behind them stays."""
        self._places: list[tuple[HtmlElement, HtmlElement, int, str | None]] = []
        for flag in flags:
            parent = flag.element.getparent()
            if parent is not None:
                self._detach(flag.element, parent)

    def _detach(self, element: HtmlElement, parent: HtmlElement) -> None:
        index = parent.index(element)
        tail = element.tail
        if tail and tail.strip():
            # A stand-in keeps the text behind the element apart from the text before it.
            stand_in = element.makeelement("div")
            stand_in.tail = tail
            parent.insert(index, stand_in)
            element.tail = None
        parent.remove(element)
        self._places.append((element, parent, index, tail))

    def undo(self) -> None:
        """Put everything back."""
        for element, parent, index, tail in reversed(self._places):
            if tail and tail.strip():
                parent.remove(parent[index])
            parent.insert(index, element)
            element.tail = tail
        self._places.clear()
