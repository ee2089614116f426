"""XPath expressions that people write for a site: compiled, and bounded in what they can cost.

libxml2 cannot be stopped in the middle of an expression, and some take the square of the page's nodes: over 6 s on
50,000. So those run on small pages only, what takes more than the square is refused, and the last bound is the worker's
CPU time.
"""

import re
from dataclasses import dataclass
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from ingest.errors import BadRules

MAX_LENGTH = 1_000
MAX_SCANS = 8
SMALL_PAGE_NODES = 10_000
_CHEAP_SCANS = 2  # "//div//p": at most 2 s on the worst page that is extracted
_MOST_FOUND = 1_000
_TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|\.?//|\[|\]|\||"
    r"(?:descendant|following|preceding|ancestor)(?:-or-self|-sibling)?\s*::|[\w-]+|."
)
_AXIS = re.compile(r"(?:descendant|following|preceding|ancestor)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_CALLED = re.compile(r"([\w:-]+)\s*\(")
# XPath 1.0: core functions and node tests; what stands before a bracket and is none of them is met only on some pages.
_CORE = """
    last position count id local-name namespace-uri name string concat starts-with contains substring-before
    substring-after substring string-length normalize-space translate boolean not true false lang number sum floor
    ceiling round text node comment processing-instruction and or div mod
"""
_FUNCTIONS = frozenset(_CORE.split())


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """One compiled expression, and whether it may take the square of the page's nodes."""

    text: str
    is_costly: bool
    _evaluate: etree.XPath

    def elements(self, tree: HtmlElement, nodes: int) -> list[HtmlElement]:
        """The elements it finds, in document order, at most 1,000; none where it cannot be afforded."""
        found = self._ask(tree, nodes)
        items = found if isinstance(found, list) else []
        return [item for item in items if isinstance(item, etree._Element) and isinstance(item.tag, str)]  # noqa: SLF001 - lxml has no public name for it

    def texts(self, tree: HtmlElement, nodes: int) -> list[str]:
        """The texts it finds: of elements, attributes and text nodes, or the one that it makes; not empty ones."""
        found = self._ask(tree, nodes)
        items = found if isinstance(found, list) else [found]
        texts = (" ".join(_text_of(item).split()) for item in items)
        return [text for text in texts if text]

    def addresses(self, tree: HtmlElement, nodes: int) -> list[str]:
        """The addresses it finds: an element's href, an attribute's value, or the string that it makes."""
        found = self._ask(tree, nodes)
        items = found if isinstance(found, list) else [found]
        texts = (item.get("href", "") if hasattr(item, "get") else _text_of(item) for item in items)
        return [text.strip() for text in texts if text.strip()]

    def holds(self, tree: HtmlElement, nodes: int) -> bool:
        """Whether it finds anything, or is true."""
        return bool(self._ask(tree, nodes))

    def _ask(self, tree: HtmlElement, nodes: int) -> object:
        if self.is_costly and nodes > SMALL_PAGE_NODES:
            return []
        try:
            found = self._evaluate(tree)
        except etree.XPathError:
            return []  # types that do not fit, met only on this page
        return found[:_MOST_FOUND] if isinstance(found, list) else found


def compile_xpath(text: str) -> Selector:
    """The expression, ready to ask pages.

    Raises:
        BadRules: no XPath 1.0, or beyond what is evaluated; the message says which.
    """
    if len(text) > MAX_LENGTH:
        raise BadRules(f"an expression of {len(text)} characters; {MAX_LENGTH} are the most")
    _check_names(text)
    is_costly = _weigh(text)
    try:
        evaluate = etree.XPath(text, regexp=False, smart_strings=False)
        evaluate(etree.Element("html"))
    except etree.XPathError as error:
        raise BadRules(f"no XPath that can be used: {text!r}: {error}") from error
    return Selector(text, is_costly, evaluate)


def _check_names(text: str) -> None:
    """libxml2 looks names up when it meets them, which may be on the hundredth page."""
    bare = _QUOTED.sub("''", text)
    unknown = [name.rpartition("::")[2] for name in _CALLED.findall(bare)]
    unknown = [name for name in unknown if name and name not in _FUNCTIONS]
    if unknown or "$" in bare:
        raise BadRules(f"no XPath 1.0: {text!r} uses {f'{unknown[0]}()' if unknown else 'a variable'}")


def _weigh(text: str) -> bool:
    """Whether the expression may take the square of the page's nodes; raises where it may take more."""
    is_costly, scans, depth = False, 0, 0
    inner = [0]  # scans in the predicates that are open
    for token in _TOKEN.findall(text):
        if token == "[":  # noqa: S105 - a bracket
            depth += 1
            inner.append(0)
        elif token == "]" and depth:  # noqa: S105 - a bracket
            depth -= 1
            inner.pop()
        elif token == "|" and not depth:  # noqa: S105 - a bar
            scans = 0
        elif token.endswith("//") or (_AXIS.match(token) and token.endswith("::")):
            inner[-1] += depth > 0
            scans += 1
            is_costly |= depth > 0 or scans > _CHEAP_SCANS or token.startswith(("following", "preceding"))
            if scans > MAX_SCANS or sum(map(bool, inner)) > 1:
                raise BadRules(f"beyond what is evaluated: {text!r} scans the page within a scan within a scan")
    return is_costly


def _text_of(item: object) -> str:
    if isinstance(item, etree._Element):  # noqa: SLF001 - lxml has no public name for it
        return cast("str", item.xpath("string()"))
    return item if isinstance(item, str) else ""
