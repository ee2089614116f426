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
_BYLINE = re.compile(r"[Aa]uthor|AUTHOR|[Bb]yline")
_COMMENT = re.compile(r"(?:^|[-_ ])comment(?!s?[-_ ]?(?:open|closed|count|status|enabled|on|off)\b)")
_CAMEL = re.compile(
    r"Comment|Related|Recommend|Sidebar|Teaser|Carousel|(?:^|[-_ ])(?:Card|Latest|More|Promo)(?=[A-Z_])"
)
_ELSEWHERE_TAGS = frozenset({"aside", "nav", "form", "figure", "figcaption", "blockquote"})
_LEVELS = 10
_MOST_LINES = 300  # of one element: to look through it for each of its lines is quadratic
_CLOSE = 5  # lines between a title and the text, the article's own whatever they are called
_MOST_CLOSE = 12  # with the bars, dots and figures between them, each in an element of its own
_LETTER = re.compile(r"[^\W\d_]")


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
    _pieces: dict[HtmlElement, list[str] | None] = field(default_factory=dict)
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
            self._related = [link for link in self.tagged("a") if link.get("rel")]
        return [link for link in self._related if relation in (link.get("rel") or "").lower().split()]

    def named(self, *names: str) -> list[HtmlElement]:
        """The elements that microdata (itemprop) or RDFa (property) call one of these names."""
        if self._named is None:
            self._named = self.tree.xpath("//*[@itemprop or @property]")
        told = ((mark, (mark.get("itemprop") or mark.get("property") or "").split()) for mark in self._named)
        return [mark for mark, words in told if any(name in words for name in names)]

    def pieces(self, block: Block) -> list[str]:
        """A block's runs of text, apart where its inline elements part them; its whole text where that is not told."""
        element = block.element
        if element not in self._pieces:
            self._pieces[element] = self._split(element)
        pieces = self._pieces[element]
        if pieces is None:
            return [block.text]
        start, end = self.outline.span(element)
        if end - start == 1:
            return pieces
        own = [text for text in pieces if text in block.text]
        return own if "".join(own).replace(" ", "") == block.text.replace(" ", "") else [block.text]

    def _split(self, element: HtmlElement) -> list[str] | None:
        """The runs of text in an element, or in its inline elements where it has several blocks; None for too many."""
        start, end = self.outline.span(element)
        if end - start > _MOST_LINES:
            return None
        inline = [child for child in element if child.tag not in BLOCK_TAGS and child.tag != "br"]
        parts = [element] if end - start == 1 else inline
        return [text for part in parts for run in part.itertext() if (text := " ".join(run.split()))]

    def is_elsewhere(self, element: HtmlElement) -> bool:
        """Whether an element is part of a reader's comment, a related article, a menu or the like."""
        return not self._is_close(element) and self._is_within_other(element)

    def _is_within_other(self, element: HtmlElement) -> bool:
        """Climbs to where the title is; what is known of a place holds for all that was passed on the way to it."""
        passed: list[tuple[HtmlElement, bool]] = []
        place: HtmlElement | None = element
        is_byline = found = False
        while place is not None and not found and place not in self.above_heading:
            known = self._known.get((place, is_byline))
            if known is not None:
                found = known
                break
            passed.append((place, is_byline))
            names = f"{place.get('class') or ''} {place.get('id') or ''}"
            is_called = place.tag == "address" or _BYLINE.search(names) is not None
            is_byline = is_byline or is_called
            found = _is_other(names, is_called=is_called) or (not is_byline and self._is_apart(place))
            place = place.getparent()
        self._known.update(dict.fromkeys(passed, found))
        return found

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


def _is_other(names: str, *, is_called: bool) -> bool:
    """Whether classes and id say comment, or, where they do not say author, card, menu, related and the like."""
    lower = names.lower()
    if _COMMENT.search(lower):
        return True
    return not is_called and (_ELSEWHERE.search(lower) or _CAMEL.search(names)) is not None


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
    near = [block.index for block in blocks[heading + 1 : heading + 1 + _MOST_CLOSE] if _LETTER.search(block.text)]
    end = near[_CLOSE - 1] + 1 if len(near) >= _CLOSE else heading + 1 + _CLOSE
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
