"""A page as the list of its text blocks in reading order, and which blocks each element holds."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BLOCK_TAGS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
        "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html",
        "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul", *HEADINGS,
    }
)  # fmt: skip
MACHINERY = (
    "audio", "canvas", "datalist", "embed", "iframe", "map", "math", "noscript", "object", "option", "script", "select",
    "style", "svg", "template", "textarea", "video",
)  # fmt: skip
_MAYBE_EMPTY = ("span", "i", "a")
_PICTURES = ("img", "input", "link", "meta", "picture", "source", "wbr")
# What only a screen reader reads out within a line, by the names that frameworks give it: ", opens new tab".
_UNSEEN = re.compile("sr-only|screen-reader|visually-?hidden")
_LONGEST_UNSEEN = 60
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_NO_LETTER = re.compile(r"[\W_]+")
_MARKS = "“”„‘’‚–—…«»•\u00a0"  # all that most English lines have beyond ASCII
_SMALL = bytes(range(256)).lower()
_ASCII_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SENTENCE = re.compile(r"[.!?…。！？؟।։][\"'”’»)\]]*(?:\s|$)|[。！？]")
PROSE_LENGTH = 60
_BREAKS_OF_A_PARAGRAPH = 2


@dataclass(slots=True)
class Block:
    """A run of inline text between two block boundaries. ``size`` counts characters, dense scripts thrice."""

    text: str
    element: HtmlElement
    depth: int
    index: int
    link_chars: int
    opens_paragraph: bool
    key: str = ""
    size: int = 0
    is_prose: bool = False
    furniture: str | None = None

    @property
    def tag(self) -> str:
        """The nearest block element's tag."""
        return str(self.element.tag)

    @property
    def link_density(self) -> float:
        """The share of the text that is link text, 0 to 1."""
        return min(1.0, self.link_chars / max(1, len(self.text)))


@dataclass
class Outline:
    """The blocks in reading order; ``spans`` maps a block element to the half-open range of blocks inside it."""

    blocks: list[Block]
    spans: dict[HtmlElement, tuple[int, int]]
    _text: list[int] = field(default_factory=list)
    _link: list[int] = field(default_factory=list)
    _prose: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._text = [0, *accumulate(block.size for block in self.blocks)]
        self._link = [0, *accumulate(min(block.link_chars, len(block.text)) for block in self.blocks)]
        self._prose = [0, *accumulate(block.size if block.is_prose else 0 for block in self.blocks)]

    @cached_property
    def outermost_first(self) -> list[tuple[HtmlElement, tuple[int, int]]]:
        """The block elements with their ranges of blocks, in reading order, of one start the longest first."""
        count = len(self.blocks) + 1
        return sorted(self.spans.items(), key=lambda item: item[1][0] * count - item[1][1])

    def span(self, element: HtmlElement) -> tuple[int, int]:
        """The blocks inside an element; (0, 0) where it holds none."""
        return self.spans.get(element, (0, 0))

    def size(self, start: int, end: int) -> int:
        """Characters in blocks start to end."""
        return self._text[end] - self._text[start]

    def prose(self, start: int, end: int) -> int:
        """Characters of running text in blocks start to end."""
        return self._prose[end] - self._prose[start]

    def link_density(self, start: int, end: int) -> float:
        """The share of link text in blocks start to end."""
        return (self._link[end] - self._link[start]) / max(1, self._text[end] - self._text[start])

    def position_of(self, share: float) -> int:
        """The index of the block in which ``share`` (0 to 1) of the text is reached."""
        return bisect_left(self._text, share * self._text[-1])


def clean_line(text: str) -> str:
    """One line of text: white space runs become one space, invisible and control characters go."""
    text = text.strip()
    if text.isprintable():  # as is nothing that is invisible, and no white space but the blank
        return " ".join(text.split()) if "  " in text else text
    return " ".join(_INVISIBLE.sub("", text).split())


def key_of(text: str) -> str:
    """What two spellings of one text have in common: its letters and digits in lower case."""
    plain = text if text.isascii() else _without_marks(text)
    if plain.isascii():
        return plain.encode().translate(_SMALL, _ASCII_NO_LETTERS).decode()
    return _NO_LETTER.sub("", plain).lower()


def _without_marks(text: str) -> str:
    for mark in _MARKS:
        text = text.replace(mark, "")
    return text


def size_of(text: str) -> int:
    """Characters, with letters of dense scripts (Han, Kana, Hangul, Thai) counted thrice, so that limits fit them."""
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))


def is_prose(text: str, link_density: float = 0.0) -> bool:
    """Whether a block is running text: a sentence of some length that is not made of links."""
    size = size_of(text)
    return size >= PROSE_LENGTH and link_density < 0.5 and _SENTENCE.search(text) is not None  # noqa: PLR2004 - half


def drop_machinery(tree: HtmlElement) -> None:
    """Take out, in place, what is never text: scripts, styles, pictures, form fields. Text behind them stays."""
    etree.strip_elements(tree, *MACHINERY, with_tail=False)
    for element in [span for span in tree.iter("span") if _is_unseen(span)]:
        element.drop_tree()


def _is_unseen(span: HtmlElement) -> bool:
    style = span.get("style") or ""
    if not _UNSEEN.search(span.get("class") or "") and not ("clip" in style and "1px" in style):
        return False
    return len(span.text_content()) < _LONGEST_UNSEEN and next(span.iterancestors("h1"), None) is None


def drop_empties(tree: HtmlElement) -> None:
    """Take out, in place, the head, pictures and inline elements that hold nothing: every later walk is shorter."""
    head = tree.find("head")
    if head is not None:
        tree.remove(head)
    etree.strip_elements(tree, *_PICTURES, with_tail=False)
    for element in [found for found in tree.iter(*_MAYBE_EMPTY) if not len(found) and not found.text]:
        element.drop_tree()


def outline(root: HtmlElement) -> Outline:
    """Walk a tree without machinery once and give its outline."""
    walk = _Walk()
    parts = walk.parts
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag, is_start = element.tag, event == "start"
        if tag in BLOCK_TAGS:
            walk.cross(element, is_start=is_start)
        elif tag == "a":
            walk.links_open += 1 if is_start else -1
        elif tag == "br" and is_start:
            walk.end_block(1)
        text = element.text if is_start else element.tail
        # White space before a block's first letter says nothing; most text nodes are the markup's indentation.
        if text and (parts or not text.isspace()):
            walk.add(text)
    walk.end_block(1)
    return Outline(walk.blocks, walk.spans)


class _Walk:
    """The state of one walk: the text since the last boundary, and the block elements that are open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.spans: dict[HtmlElement, tuple[int, int]] = {}
        self.links_open = 0
        self.above: list[tuple[HtmlElement, int]] = []
        self.parts: list[str] = []
        self._link_chars = 0
        self._breaks = _BREAKS_OF_A_PARAGRAPH

    def add(self, text: str) -> None:
        if not self.above:
            return
        self.parts.append(text)
        if self.links_open:
            self._link_chars += len(text.strip())

    def cross(self, element: HtmlElement, *, is_start: bool) -> None:
        """Go into or out of a block element."""
        if self.parts:
            self.end_block(_BREAKS_OF_A_PARAGRAPH)
        else:
            self._breaks += _BREAKS_OF_A_PARAGRAPH
        if is_start:
            self.above.append((element, len(self.blocks)))
            return
        start = self.above.pop()[1]
        if len(self.blocks) > start:
            self.spans[element] = (start, len(self.blocks))

    def end_block(self, strength: int) -> None:
        """Close the block that is being collected; ``strength`` 2 ends a paragraph, 1 a line."""
        text = clean_line("".join(self.parts))
        if text:
            opens = self._breaks >= _BREAKS_OF_A_PARAGRAPH
            self.blocks.append(_block(text, self.above, len(self.blocks), self._link_chars, opens=opens))
            self._breaks = strength
        else:
            self._breaks += strength
        self.parts.clear()
        self._link_chars = 0


def _block(text: str, above: list[tuple[HtmlElement, int]], index: int, link_chars: int, *, opens: bool) -> Block:
    size = size_of(text)
    block = Block(text, above[-1][0], len(above), index, link_chars, opens, key_of(text), size)
    block.is_prose = size >= PROSE_LENGTH and is_prose(text, block.link_density)
    return block
