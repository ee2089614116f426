"""What a page says about itself in its head: meta tags, JSON-LD, links. Facts only; ``metadata`` weighs them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from ingest.extract.outline import clean_line

_MAX_SCRIPT = 1_000_000
_MAX_META = 400
_MAX_NODES = 2_000
_ARTICLE_TYPES = ("article", "posting", "report", "review", "analysis", "recipe", "column", "liveblog")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$", re.DOTALL)
_SCRIPT_DATE = re.compile(
    r"""\b(?:date_?published|publish(?:ed)?_?(?:at|date|on|time)?|first_?published(?:_?at)?|publication_?date)\\?["']\s*:\s*"""
    r"""\\?["'](\d{4}-\d{2}-\d{2}[^"'\\]{0,20})""",
    re.IGNORECASE,
)
_ARTICLE_BODY = "//*[contains(@itemprop, 'articleBody')]"
_TRAILING_COMMA = re.compile(r",\s*([}\]])")


@dataclass(frozen=True, slots=True)
class Facts:
    """A page's statements: ``meta`` maps lower-case names to their contents; ``nodes`` are JSON-LD objects, flat."""

    title: str | None = None
    language: str | None = None
    canonical: str | None = None
    meta: dict[str, list[str]] = field(default_factory=dict)
    nodes: tuple[dict[str, Any], ...] = ()
    script_date: str | None = None  # a date of publication in the page's scripts, where nothing else tells one

    def first(self, *names: str) -> str | None:
        """The first content of the first of these meta tags that has one."""
        return next((contents[0] for name in names if (contents := self.meta.get(name))), None)

    @property
    def article(self) -> dict[str, Any]:
        """The JSON-LD object that describes the article; empty where there is none."""
        return next((node for node in self.nodes if is_article(node)), {})

    def by_id(self, node: Any) -> Any:
        """The object that a JSON-LD reference ``{"@id": ...}`` points at, or the node itself."""
        if isinstance(node, dict) and set(node) <= {"@id", "@type"} and node.get("@id"):
            return next(
                (other for other in self.nodes if other.get("@id") == node["@id"] and len(other) > len(node)), node
            )
        return node


def read_facts(tree: HtmlElement) -> Facts:
    """Read a page's head, and its JSON-LD wherever that is."""
    title = tree.find(".//title")
    link = tree.find(".//link[@rel='canonical']")
    meta, nodes = _read_meta(tree), tuple(_read_nodes(tree))
    is_dated = "article:published_time" in meta or any(node.get("datePublished") for node in nodes)
    return Facts(
        title=clean_line(title.text_content()) or None if title is not None else None,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        canonical=link.get("href") if link is not None else None,
        meta=meta,
        nodes=nodes,
        script_date=None if is_dated else _read_script_date(tree),
    )


def types_of(node: dict[str, Any]) -> list[str]:
    """The lower-case types of a JSON-LD object."""
    types = node.get("@type")
    return [str(name).lower() for name in (types if isinstance(types, list) else [types]) if name]


def is_article(node: dict[str, Any]) -> bool:
    """Whether a JSON-LD object describes an article, a post or the like."""
    return any(name.endswith(_ARTICLE_TYPES) for name in types_of(node))


def states_article(tree: HtmlElement, facts: Facts) -> bool:
    """Whether the page says of itself that it is an article: by JSON-LD, a date of publication, or its elements."""
    stated = bool(facts.article) or "article:published_time" in facts.meta
    return stated or next(tree.iter("article", "main"), None) is not None or bool(tree.xpath(_ARTICLE_BODY))


def _read_meta(tree: HtmlElement) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    for count, element in enumerate(tree.iter("meta")):
        if count >= _MAX_META:
            break
        content = clean_line(element.get("content") or "")
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = element.get(attribute)
            if name:
                meta.setdefault(name.lower().strip(), []).append(content)
    return meta


def _read_nodes(tree: HtmlElement) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = script.text or ""
        if len(text) <= _MAX_SCRIPT:
            nodes.extend(_flatten(_load(text)))
        if len(nodes) >= _MAX_NODES:
            break
    return nodes[:_MAX_NODES]


def _read_script_date(tree: HtmlElement) -> str | None:
    for script in tree.iter("script"):
        match = _SCRIPT_DATE.search(script.text or "", 0, _MAX_SCRIPT)
        if match:
            return match[1]
    return None


def _load(text: str) -> Any:
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", _WRAPPING.sub("", text))):
        try:
            return json.loads(candidate, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
    return None


def _flatten(data: Any) -> Iterator[dict[str, Any]]:
    waiting = [data]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item[:_MAX_NODES]
        elif isinstance(item, dict):
            yield item
            inner = [item.get(name) for name in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemReviewed")]
            waiting.extend(part for part in inner if isinstance(part, dict | list))
