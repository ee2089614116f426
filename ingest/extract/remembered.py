"""Trafilatura's questions about elements' own attributes, answered once for each set of values.

They are regular expressions that lxml calls Python for, element after element: a sixth of the time of a page. Sites
name their elements alike on every page, and most elements of a page are named like another.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import xpaths

_MOST_ANSWERS = 1_024  # an expression's; more are begun anew
_LISTS = ("BODY_XPATH", "OVERALL_DISCARD_XPATH", "TEASER_DISCARD_XPATH", "DISCARD_IMAGE_ELEMENTS")
_SCAN = re.compile(
    r"\s*\(?\.//\*(?:\[(?P<tags>(?:self::\w+(?: or )?)+)\])?\[(?P<condition>.*?)\](?P<first>\)?\[1\])?\s*", re.DOTALL
)
_STEP = re.compile(r"/|::|\bself\b|\b(?:position|last|count|text|node|string|normalize-space)\s*\(|\[|\]")
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_TAG = re.compile(r"self::(\w+)")
_ATTRIBUTE = re.compile(r"@([\w-]+)")
_QUOTED = re.compile(r"'[^']*'")

Expression = Callable[[HtmlElement], list[HtmlElement]]


class Remembered:
    """An expression that asks of descendants of some tags for their own attributes alone; finds what it would find."""

    def __init__(self, scan: "_Scan") -> None:
        self._scan = scan
        self._ask = etree.XPath(f"boolean(self::*[{scan.condition}])", namespaces=_NAMESPACES)
        self._answers: dict[tuple[object, ...], bool] = {}

    def __call__(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements in document order; of an expression for the first one, that alone."""
        return list(islice(self._search(tree), 1 if self._scan.is_for_first else None))

    def _search(self, tree: HtmlElement) -> Iterator[HtmlElement]:
        names, answers = self._scan.names, self._answers
        for element in tree.iterdescendants(*self._scan.tags):
            # In the page's order: trafilatura asks some questions of the attribute that stands first.
            given = [pair for pair in element.items() if pair[0] in names]
            if not given:
                continue
            key = tuple(given)
            answer = answers.get(key)
            if answer is None:
                if len(answers) >= _MOST_ANSWERS:
                    answers.clear()
                answer = answers[key] = bool(self._ask(element))
            if answer:
                yield element


@dataclass(frozen=True, slots=True)
class _Scan:
    """What an expression says: of which tags (all: "*") it asks what, and whether for the first one only."""

    tags: tuple[str, ...]
    condition: str
    names: frozenset[str]
    is_for_first: bool


def remember(expression: etree.XPath) -> Expression:
    """The expression, remembering its answers where it asks for nothing but an element's tag and attributes."""
    parts = _SCAN.fullmatch(expression.path)
    if parts is None:
        return cast("Expression", expression)
    bare = _QUOTED.sub("''", parts["condition"])
    names = frozenset(_ATTRIBUTE.findall(bare))
    if _STEP.search(bare) or not names:
        return cast("Expression", expression)
    tags = tuple(_TAG.findall(parts["tags"] or "")) or ("*",)
    return Remembered(_Scan(tags, parts["condition"], names, parts["first"] is not None))


_PLAIN = {name: list(getattr(xpaths, name, ())) for name in _LISTS}
_REMEMBERED = {name: [remember(expression) for expression in plain] for name, plain in _PLAIN.items()}


@contextmanager
def remembering() -> Iterator[None]:
    """While this is open, trafilatura asks expressions that remember their answers."""
    _put(_REMEMBERED)
    try:
        yield
    finally:
        _put(_PLAIN)


def _put(lists: dict[str, list[Expression]]) -> None:
    for name, expressions in lists.items():
        getattr(xpaths, name, [])[:] = expressions
