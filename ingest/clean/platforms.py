"""Which publishing system made a page: by generator, body classes, asset hosts and the shape of its markup."""

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from ingest.clean.rules import Platform, Rules

_MAX_VALUES = 200
_find_values = etree.XPath("//*/@*", smart_strings=False)
_LITERAL = re.compile("'([^']*)'")


def name_platform(tree: HtmlElement, rules: Rules) -> str | None:
    """The first platform with evidence, generators before classes, classes before hosts, hosts before shapes."""
    generators = _join(meta.get("content") for meta in tree.iter("meta") if _is_generator(meta))
    body = tree if tree.tag == "body" else tree.find(".//body")
    classes = set((body.get("class") or "").lower().split()) if body is not None else set()
    assets = _join(link.get("src" if link.tag == "script" else "href") for link in tree.iter("script", "link"))
    page = _Words(tree)
    tests: tuple[Callable[[Platform], bool], ...] = (
        lambda platform: _is_served(platform.generators, generators),
        lambda platform: bool(classes & set(platform.body_classes)),
        lambda platform: _is_served(platform.hosts, assets),
        lambda platform: page.may_have(platform) and _has_shape(platform, tree),
    )
    for test in tests:
        found = [platform for platform in rules.platforms.values() if test(platform)]
        if found:
            return _choose(found, tree)
    return None


class _Words:
    """A page's attribute values: a shape whose own words are in none of them needs no search of the tree."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree

    def may_have(self, platform: Platform) -> bool:
        """Whether every shape has at least one of its words somewhere on the page."""
        wanted = (_literals(shape) for shape in platform.shapes)
        return all(not words or any(word in self._values for word in words) for words in wanted)

    @cached_property
    def _values(self) -> str:
        return "\n".join(cast("list[str]", _find_values(self._tree)))


@cache
def _literals(xpath: str) -> tuple[str, ...]:
    """What a shape looks for; nothing where it asks that something is absent."""
    if xpath.startswith("not("):
        return ()
    return tuple(word for found in _LITERAL.findall(xpath) if (word := found.strip()))


def _is_generator(meta: HtmlElement) -> bool:
    return (meta.get("name") or "").lower() == "generator"


def _join(values: Iterable[str | None]) -> str:
    """The first of the values, one a line: looked through at once for every mark."""
    return "\n".join(islice((value.lower() for value in values if value is not None), _MAX_VALUES))


def _is_served(marks: Iterable[str], values: str) -> bool:
    return any(mark in values for mark in marks)


def _has_shape(platform: Platform, tree: HtmlElement) -> bool:
    return bool(platform.shapes) and all(_compile(shape)(tree) for shape in platform.shapes)


@cache
def _compile(xpath: str) -> etree.XPath:
    return etree.XPath(xpath, smart_strings=False)


def _choose(found: list[Platform], tree: HtmlElement) -> str:
    """One system's variants share evidence (Blogger's two templates): the one whose shape fits is meant."""
    for platform in found:
        if len(found) > 1 and _has_shape(platform, tree):
            return platform.name
    plain = [platform for platform in found if not platform.shapes]
    return (plain or found)[0].name
