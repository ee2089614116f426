"""What a page shows about its title: the lines there, and which elements belong to something else."""

import re
from dataclasses import dataclass, field
from itertools import chain, islice

from lxml.html import HtmlElement

from ingest.extract.outline import BLOCK_TAGS, HEADINGS, Block, Outline, key_of

_ELSEWHERE = re.compile(
    r"(?:^|[-_ ])(?:repl(?:y|ies)|related|recommend(?:ed|ations?)?|similar|sidebar|teasers?|promos?|cards?|"
    r"carousel|slider|popular|trending|latest|recent|pagination|pager|nav|menu|cookies?|modal|testimonials?|"
    r"read-?more|more|listing|recirc|quotes?|upsell|(?:prev|next|previous)[-_]?(?:post|article|story|link))(?:$|[-_ ])"
)
_COMMENT = re.compile(r"(?:^|[-_ ])comment(?!s?[-_ ]?(?:open|closed|count|status|enabled|on|off)\b)")
_CAMEL = re.compile(
    r"Comment|Related|Recommend|Sidebar|Teaser|Carousel|(?:^|[-_ ])(?:Card|Latest|More|Promo)(?=[A-Z_])"
)
_ELSEWHERE_TAGS = frozenset({"aside", "nav", "form", "figure", "figcaption", "blockquote"})
_LEVELS = 10
_MOST_OF = 0.8
_CLOSE = 5  # lines between a title and the text, the article's own whatever they are called


@dataclass(slots=True)
class Shown:
    """A page's tree and blocks, and the indices of the blocks that are its title and the start of its text."""

    tree: HtmlElement
    outline: Outline
    heading: int
    above_heading: frozenset[HtmlElement]
    text_start: int
    _known: dict[tuple[HtmlElement, bool], bool] = field(default_factory=dict)
    _tagged: dict[str, list[HtmlElement]] = field(default_factory=dict)
    _related: list[HtmlElement] | None = None
    _named: list[HtmlElement] | None = None

    def around_title(self, above: int, below: int, longest: int) -> list[Block]:
        """The blocks of at most ``longest`` characters about the title: those below first, the title left out."""
        blocks, at = self.outline.blocks, self.heading
        near = blocks[at + 1 : at + 1 + below] + blocks[max(0, at - above) : at][::-1]
        return [block for block in near if len(block.text) <= longest]

    def tagged(self, tag: str) -> list[HtmlElement]:
        """The page's elements of a tag."""
        if tag not in self._tagged:
            self._tagged[tag] = list(self.tree.iter(tag))
        return self._tagged[tag]

    def links(self, relation: str) -> list[HtmlElement]:
        """The page's links that say rel=``relation``."""
        if self._related is None:
            self._related = self.tree.xpath("//a[@rel]")
        return [link for link in self._related if relation in (link.get("rel") or "").lower().split()]

    def named(self, *names: str) -> list[HtmlElement]:
        """The elements that microdata (itemprop) or RDFa (property) call one of these names."""
        if self._named is None:
            self._named = self.tree.xpath("//*[@itemprop or @property]")
        told = ((mark, (mark.get("itemprop") or mark.get("property") or "").split()) for mark in self._named)
        return [mark for mark, words in told if any(name in words for name in names)]

    def is_elsewhere(self, element: HtmlElement) -> bool:
        """Whether an element is part of a reader's comment, a related article, a menu or the like."""
        return not self._is_close(element) and self._is_within_other(element, is_byline=False)

    def _is_within_other(self, element: HtmlElement | None, *, is_byline: bool) -> bool:
        if element is None or element in self.above_heading:
            return False
        key = (element, is_byline)
        if key not in self._known:
            self._known[key] = self._judge(element, is_byline=is_byline)
        return self._known[key]

    def _judge(self, element: HtmlElement, *, is_byline: bool) -> bool:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        lower = names.lower()
        is_called = element.tag == "address" or "author" in lower or "byline" in lower
        is_byline = is_byline or is_called
        is_named = not is_called and (_ELSEWHERE.search(lower) or _CAMEL.search(names))
        if is_named or _COMMENT.search(lower) or (not is_byline and self._is_apart(element)):
            return True
        return self._is_within_other(element.getparent(), is_byline=is_byline)

    def _is_close(self, element: HtmlElement) -> bool:
        """Right below the title all is the article's own, whatever it is called."""
        spans = self.outline.spans
        block: HtmlElement | None = element
        while block is not None and block not in spans:
            block = block.getparent()
        return block is not None and self.heading < spans[block][0] < self.text_start

    def _is_apart(self, element: HtmlElement) -> bool:
        """An element of another's kind; the footer of an article is its own where no other article has the title."""
        if element.tag != "footer":
            return element.tag in _ELSEWHERE_TAGS
        titled = [above for above in self.above_heading if above.tag == "article"]
        articles = list(element.iterancestors("article"))
        return not (any(above in titled for above in articles) if titled else articles)


def is_comment(element: HtmlElement) -> bool:
    """Whether an element stands among readers' comments."""
    return any(
        "comment" in f"{above.get('class') or ''} {above.get('id') or ''}".lower()
        for above in islice(chain((element,), element.iterancestors()), _LEVELS)
    )


def show(tree: HtmlElement, outline: Outline, title: str | None) -> Shown:
    """The page with its title found: the heading that says it, else the first h1, else the first block."""
    heading = _find_heading(outline.blocks, key_of(title or ""))
    above = (heading.element, *heading.element.iterancestors()) if heading else ()
    at = heading.index if heading else 0
    return Shown(tree, outline, at, frozenset(above), _find_text(outline.blocks, at))


def _find_text(blocks: list[Block], heading: int) -> int:
    """Where the text begins: at the second paragraph, for the first may be the standfirst above the byline."""
    end = heading + 1 + _CLOSE
    paragraphs = [block.index for block in blocks[heading + 1 : end] if block.is_prose]
    return paragraphs[1] if len(paragraphs) > 1 else end


def _find_heading(blocks: list[Block], key: str) -> Block | None:
    first = None
    for block in blocks:
        if block.tag in HEADINGS:
            if key and block.key.startswith(key):
                return block
            first = block if first is None and block.tag == "h1" else first
    return first or next(iter(blocks), None)


def pieces_of(block: Block, outline: Outline) -> list[str]:
    """A block's runs of text, apart where its inline elements part them; its whole text where that is not told."""
    start, end = outline.span(block.element)
    if end - start == 1:
        return [text for part in block.element.itertext() if (text := " ".join(part.split()))]
    inline = [child for child in block.element if child.tag not in BLOCK_TAGS and child.tag != "br"]
    pieces = [text for child in inline for part in child.itertext() if (text := " ".join(part.split()))]
    own = [text for text in pieces if text in block.text]
    return own if sum(map(len, own)) >= len(block.text) * _MOST_OF else [block.text]
