"""What a page's markup tells of its lines: which stand in a box of their own, and which are made of links."""

from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from ingest.blocks import Trait
from ingest.extract.outline import Block

# What an article's own text is made of: a class on one of these is a style, not a box.
_CONTENT = frozenset({
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure",
    "table", "thead", "tbody", "tr", "td", "th", "center",
})  # fmt: skip
_BOXES = frozenset({"aside", "footer", "nav", "form", "header", "dialog"})
_STYLES = ("has-", "wp-block-paragraph", "align", "text-")  # classes that say how a paragraph looks
_MAIN_SHARE = 0.35  # of the prose: a second kind of paragraph is the text's own too
_MOSTLY_LINKS = 0.5

_NONE: frozenset[str] = frozenset()
_Frame = tuple[str, frozenset[str]]


def read_traits(blocks: Sequence[Block]) -> dict[str, Trait]:
    """The traits that markup shows, by the text of the line; lines without any are not listed."""
    frames = _Frames()
    main = frames.find_main(blocks)
    above, own = frames.find_own(main)
    traits: dict[str, Trait] = {}
    last, turn = None, Trait(0)
    for block in blocks:
        found = Trait.LINKED if block.link_density >= _MOSTLY_LINKS else None
        path = _below(block.element, above) if main else []
        box = next((element for element in reversed(path) if frames.is_box(element, own)), None)
        if box is not None:
            turn = turn if box is last else turn ^ Trait.SECOND
            last = box
            found = Trait.BOXED | turn | (found or Trait(0))
        if found:
            traits[block.text] = found
    return traits


class _Frames:
    """What kind of element each is: its tag and classes. Ids are of one element alone and say nothing of its kind."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, _Frame] = {}

    def name(self, element: HtmlElement) -> _Frame:
        """An element's kind."""
        if element not in self._known:
            classes = (element.get("class") or "").split()
            named = frozenset(token for token in classes if not token.startswith(_STYLES)) if classes else _NONE
            self._known[element] = str(element.tag), named
        return self._known[element]

    def find_main(self, blocks: Iterable[Block]) -> list[Block]:
        """The paragraphs of the text itself: those whose kind, and whose parent's, holds most of the prose."""
        prose = [(block, self._pair(block.element)) for block in blocks if block.is_prose]
        chars: Counter[tuple[_Frame, _Frame | None]] = Counter()
        for block, pair in prose:
            chars[pair] += block.size
        if not chars:
            return []
        least = min(_MAIN_SHARE * chars.total(), max(chars.values()))
        return [block for block, pair in prose if chars[pair] >= least]

    def _pair(self, element: HtmlElement) -> tuple[_Frame, _Frame | None]:
        parent = element.getparent()
        return self.name(element), self.name(parent) if parent is not None else None

    def find_own(self, main: Iterable[Block]) -> tuple[set[HtmlElement], set[_Frame]]:
        """The elements that hold main paragraphs, and the kinds of all that lie between those and the text's own."""
        starts = {block.element for block in main}
        parents = {parent for start in starts if (parent := start.getparent()) is not None}
        paths = [{parent, *parent.iterancestors()} for parent in parents]
        above = set[HtmlElement]().union(*paths)
        common = set.intersection(*paths) if paths else set()
        between = {element for start in starts for element in _below(start, common)}
        return above, set(map(self.name, between | common))

    def is_box(self, element: HtmlElement, own: set[_Frame]) -> bool:
        """Whether an element sets apart what it holds: a box by its tag, or of another kind than the text's own."""
        tag, classes = frame = self.name(element)
        if tag in _CONTENT or frame in own:
            return False
        return tag in _BOXES or bool(classes or element.get("id"))


def _below(element: HtmlElement, above: set[HtmlElement]) -> list[HtmlElement]:
    """The element and its ancestors, up to the first that holds the text itself."""
    found = []
    current: HtmlElement | None = element
    while current is not None and current not in above:
        found.append(current)
        current = current.getparent()
    return found
