"""Furniture containers of a page are taken out of its tree, each within bounds: a post in a wrongly named box stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

from ingest.clean.draft import CleanContext
from ingest.clean.rules import BlockRule, Rules
from ingest.model import Removal

_NEVER = frozenset({"html", "body", "main", "article", "head"})
_TITLES = ("h1",)
_find_texts = etree.XPath(
    "descendant-or-self::*[not(self::script or self::style or self::noscript)]/text()", smart_strings=False
)


@dataclass(frozen=True, eq=False)
class TokenIndex:
    """The block rules of one platform by the class tokens, ids, hooks and prefixes that they name."""

    classes: dict[str, list[BlockRule]]
    ids: dict[str, list[BlockRule]]
    hooks: dict[str, list[BlockRule]]
    prefixes: list[tuple[str, BlockRule]]

    @cached_property
    def openings(self) -> tuple[str, ...]:
        """Every prefix that a rule names."""
        return tuple(prefix for prefix, _ in self.prefixes)

    def find_rules(self, name: str, classes: str, hook: str) -> tuple[BlockRule, ...]:
        """The rules that an element's id, class and hook call for, in the order of the tokens."""
        by_class = self._find_by_class(classes) if classes else ()
        if not name and not hook:
            return by_class
        return (*self.ids.get(name.lower(), ()), *self.hooks.get(hook.lower(), ()), *by_class)

    @lru_cache(maxsize=2_048)  # noqa: B019  (an index lives as long as its process)
    def _find_by_class(self, classes: str) -> tuple[BlockRule, ...]:
        found: list[BlockRule] = []
        for token in classes.lower().split():
            found += self.classes.get(token, ())
            if token.startswith(self.openings):
                found += [rule for prefix, rule in self.prefixes if token.startswith(prefix)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Pruned:
    """A container that was taken out of a tree, from where, and whether the user wants what it says in the text."""

    element: HtmlElement
    parent: HtmlElement
    removal: Removal
    is_kept: bool


def prune_blocks(tree: HtmlElement, context: CleanContext, rules: Rules) -> tuple[Pruned, ...]:
    """The containers taken out, in document order; the tree is changed in place, text behind a container stays.

    Where the platform is known only its own rules count, with those that any page may carry (Disqus). Those that
    the user keeps are taken out too, so that what the text is stays the same, and marked to be put back into it.
    """
    flagged = list(_find_flagged(tree, index_blocks(rules, context.platform)))
    kept = _ancestors_of_titles(tree) if flagged else set()
    page_chars = max(count_chars(tree), 1) if flagged else 1
    removed = []
    for element, rule in flagged:
        if element in kept or element.tag in _NEVER or element.getparent() is None or not _is_inside(element, tree):
            continue
        if _is_within_bounds(element, rule, page_chars):
            text = " ".join(str(element.text_content()).split())
            parent = element.getparent()
            _drop(element)
            removed.append(Pruned(element, parent, Removal(rule.id, text), context.keeps.holds(rule.id, text)))
    return tuple(one for one in removed if one.removal.text)


@lru_cache(maxsize=64)
def index_blocks(rules: Rules, platform: str | None) -> TokenIndex:
    """The block rules that count on a platform, ready for looking up an element's tokens."""
    index = TokenIndex({}, {}, {}, [])
    for rule in rules.blocks:
        if platform is not None and rule.platform not in {platform, None}:
            continue
        for token in rule.classes:
            index.classes.setdefault(token, []).append(rule)
        for token in rule.ids:
            index.ids.setdefault(token, []).append(rule)
        for token in rule.hooks:
            index.hooks.setdefault(token, []).append(rule)
        index.prefixes.extend((prefix, rule) for prefix in rule.prefixes)
    return index


def _find_flagged(tree: HtmlElement, index: TokenIndex) -> Iterator[tuple[HtmlElement, BlockRule]]:
    for element in tree.iter("*"):
        name, classes = element.get("id") or "", element.get("class") or ""
        hook = element.get("data-hook") or element.get("data-testid") or ""
        for rule in index.find_rules(name, classes, hook) if name or classes or hook else ():
            if not rule.tags or element.tag in rule.tags:
                yield element, rule
                break


def _ancestors_of_titles(tree: HtmlElement) -> set[HtmlElement]:
    kept: set[HtmlElement] = set()
    for title in tree.iter(*_TITLES):
        kept.add(title)
        kept.update(title.iterancestors())
    return kept


def _is_inside(element: HtmlElement, tree: HtmlElement) -> bool:
    return any(ancestor is tree for ancestor in element.iterancestors())


def _is_within_bounds(element: HtmlElement, rule: BlockRule, page_chars: int) -> bool:
    chars = count_chars(element)
    if rule.max_chars is not None and chars > rule.max_chars:
        return False
    if chars > rule.max_share * page_chars:
        return False
    return rule.min_link_density <= 0 or _link_density(element, chars) >= rule.min_link_density


def _link_density(element: HtmlElement, chars: int) -> float:
    return sum(count_chars(link) for link in element.iter("a")) / max(chars, 1)


def count_chars(element: HtmlElement) -> int:
    """The characters of the element's text, scripts and styles not counted."""
    return sum(len(piece.strip()) for piece in cast("list[str]", _find_texts(element)))


def _drop(element: HtmlElement) -> None:
    """Take the element out; unlike ``remove`` this keeps its tail, as ``drop_tree`` does, in fragments too."""
    parent = element.getparent()
    previous = element.getprevious()
    if element.tail and previous is not None:
        previous.tail = (previous.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)
