"""Furniture containers of a page are taken out of its tree, each within bounds: a post in a wrongly named box stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.clean.rules import BlockRule, Rules
from ingest.model import Removal

_NEVER = frozenset({"html", "body", "main", "article", "head"})
_TITLES = ("h1",)


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """The block rules by the class tokens, ids and prefixes that they name."""

    classes: dict[str, list[BlockRule]]
    ids: dict[str, list[BlockRule]]
    prefixes: list[tuple[str, BlockRule]]


def prune_blocks(tree: HtmlElement, platform: str | None, rules: Rules) -> tuple[Removal, ...]:
    """The removed containers in document order; the tree is changed in place, text behind a container stays.

    Where the platform is known only its own rules count, with those that any page may carry (Disqus).
    """
    index = index_blocks(rule for rule in rules.blocks if rule.platform in {platform, None} or platform is None)
    kept = _ancestors_of_titles(tree)
    page_chars = max(count_chars(tree), 1)
    removed = []
    for element, rule in list(_find_flagged(tree, index)):
        if element in kept or element.tag in _NEVER or element.getparent() is None or not _is_inside(element, tree):
            continue
        if _is_within_bounds(element, rule, page_chars):
            text = " ".join(str(element.text_content()).split())
            _drop(element)
            removed.append(Removal(rule.id, text))
    return tuple(removal for removal in removed if removal.text)


def index_blocks(rules: Iterable[BlockRule]) -> TokenIndex:
    """The block rules, ready for looking up an element's tokens."""
    index = TokenIndex({}, {}, [])
    for rule in rules:
        for token in rule.classes:
            index.classes.setdefault(token, []).append(rule)
        for token in rule.ids:
            index.ids.setdefault(token, []).append(rule)
        index.prefixes.extend((prefix, rule) for prefix in rule.prefixes)
    return index


def _find_flagged(tree: HtmlElement, index: TokenIndex) -> Iterator[tuple[HtmlElement, BlockRule]]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for rule in _rules_for(element, index):
            if not rule.tags or element.tag in rule.tags:
                yield element, rule
                break


def _rules_for(element: HtmlElement, index: TokenIndex) -> Iterator[BlockRule]:
    name = element.get("id")
    if name:
        yield from index.ids.get(name.lower(), ())
    for token in (element.get("class") or "").lower().split():
        yield from index.classes.get(token, ())
        yield from (rule for prefix, rule in index.prefixes if token.startswith(prefix))


def _ancestors_of_titles(tree: HtmlElement) -> set[HtmlElement]:
    kept = set()
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
    total = 0
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in {"script", "style", "noscript", "template"}:
            total += len((node.text or "").strip())
        if node is not element:
            total += len((node.tail or "").strip())
    return total


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
