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

_Frame = tuple[str, frozenset[str]]


def read_traits(blocks: Sequence[Block]) -> dict[str, Trait]:
    """The traits that markup shows, by the text of the line; lines without any are not listed."""
    main = _find_main(blocks)
    paths = {block.element: list(block.element.iterancestors()) for block in main}
    above = {ancestor for path in paths.values() for ancestor in path}
    common = set.intersection(*map(set, paths.values())) if paths else set()
    frames = {_frame(element) for start in paths for element in _below(start, common)} | set(map(_frame, common))
    traits: dict[str, Trait] = {}
    last, turn = None, Trait(0)
    for block in blocks:
        found = Trait.LINKED if block.link_density >= _MOSTLY_LINKS else Trait(0)
        boxes = [element for element in _below(block.element, above) if _is_box(element, frames)] if main else []
        if boxes:
            turn = turn if boxes[-1] is last else turn ^ Trait.SECOND
            last = boxes[-1]
            found |= Trait.BOXED | turn
        if found:
            traits[block.text] = found
    return traits


def _find_main(blocks: Iterable[Block]) -> list[Block]:
    """The paragraphs of the text itself: those whose frame holds most of the prose."""
    prose = [block for block in blocks if block.is_prose]
    chars: Counter[tuple[_Frame, ...]] = Counter()
    for block in prose:
        chars[_frames(block)] += block.size
    if not chars:
        return []
    first = chars.most_common(1)[0][0]
    own = {frames for frames, size in chars.items() if size >= _MAIN_SHARE * chars.total()} | {first}
    return [block for block in prose if _frames(block) in own]


def _frames(block: Block) -> tuple[_Frame, ...]:
    parent = block.element.getparent()
    return (_frame(block.element), _frame(parent)) if parent is not None else (_frame(block.element),)


def _frame(element: HtmlElement) -> _Frame:
    """An element's tag and classes; ids are of one element alone and say nothing of its kind."""
    classes = (element.get("class") or "").split()
    return str(element.tag), frozenset(token for token in classes if not token.startswith(_STYLES))


def _below(element: HtmlElement, above: set[HtmlElement]) -> list[HtmlElement]:
    """The element and its ancestors, up to the first that holds the text itself."""
    found = []
    current: HtmlElement | None = element
    while current is not None and current not in above:
        found.append(current)
        current = current.getparent()
    return found


def _is_box(element: HtmlElement, frames: set[_Frame]) -> bool:
    """Whether an element sets apart what it holds: a box by its tag, or of another kind than the text's own."""
    tag = str(element.tag)
    if tag in _CONTENT or _frame(element) in frames:
        return False
    return tag in _BOXES or bool(_frame(element)[1] or element.get("id"))
