"""What a page says about itself in its head: meta tags, JSON-LD, links. Facts only; ``metadata`` weighs them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
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
_NEAR_DATE = 24  # the longest name of a date up to its "publish" or "public"
_PUBLI = re.compile("ubli|UBLI")
_MOST_PLACES = 200
_CHALLENGES = (
    "captcha-delivery.com", "_incapsula_resource", "challenges.cloudflare.com", "/cdn-cgi/challenge-platform/",
    "px-cloud.net", "px-cdn.net", "perimeterx.net", "awswaf.com", "ddos-guard",
)  # fmt: skip
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
    article: dict[str, Any] = field(default_factory=dict)  # of nodes, what describes the article; empty without one
    scripts: tuple[str, ...] = ()  # inline, without JSON-LD
    challenge: str | None = None  # the service whose challenge a script belongs to; normal pages have some, too

    def first(self, *names: str) -> str | None:
        """The first content of the first of these meta tags that has one."""
        return next((contents[0] for name in names if (contents := self.meta.get(name))), None)

    def by_id(self, node: Any) -> Any:
        """The object that a JSON-LD reference ``{"@id": ...}`` points at, or the node itself."""
        if isinstance(node, dict) and set(node) <= {"@id", "@type"} and node.get("@id"):
            return next(
                (other for other in self.nodes if other.get("@id") == node["@id"] and len(other) > len(node)), node
            )
        return node


def read_facts(tree: HtmlElement) -> Facts:
    """Read a page's head, and its JSON-LD wherever that is."""
    head = _Head()
    for element in tree.iter("title", "link", "meta", "script"):
        head.add(element)
    nodes = head.read_nodes()
    is_dated = "article:published_time" in head.meta or any(node.get("datePublished") for node in nodes)
    return Facts(
        title=head.title,
        language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
        canonical=head.read_canonical(),
        meta=head.meta,
        nodes=nodes,
        script_date=None if is_dated else _read_script_date(head.scripts),
        article=next((node for node in nodes if is_article(node)), {}),
        scripts=tuple(filter(None, head.scripts)),
        challenge=next((mark for mark in _CHALLENGES for source in head.sources if mark in source), None),
    )


class _Head:
    """What one walk collects of titles, links, meta tags and scripts."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.meta: dict[str, list[str]] = {}
        self.scripts: list[str] = []
        self.sources: list[str] = []
        self._json: list[str] = []
        self._canonical: set[str] = set()
        self._metas = 0

    def add(self, element: HtmlElement) -> None:
        if element.tag == "meta":
            self._add_meta(element)
        elif element.tag == "script":
            is_json = "ld+json" in (element.get("type") or "").lower()
            (self._json if is_json else self.scripts).append(element.text or "")
            self.sources.append((element.get("src") or "").lower())
        elif element.tag == "title":
            self.title = self.title or clean_line(element.text_content()) or None
        elif "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            self._canonical.add(element.get("href", "").strip())

    def _add_meta(self, element: HtmlElement) -> None:
        self._metas += 1
        content = clean_line(element.get("content") or "")
        if self._metas > _MAX_META or not content:
            return
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                self.meta.setdefault(name.lower().strip(), []).append(content)

    def read_canonical(self) -> str | None:
        """What the page calls its canonical address; None where it names several (RFC 6596 section 3 has one)."""
        return self._canonical.pop() if len(self._canonical) == 1 else None

    def read_nodes(self) -> tuple[dict[str, Any], ...]:
        """JSON-LD's objects; Remix prints what it does not know as JSON-LD into a meta tag of that name."""
        nodes: list[dict[str, Any]] = []
        for text in (*self._json, *self.meta.get("script:ld+json", ())):
            if len(text) <= _MAX_SCRIPT:
                nodes.extend(_flatten(_load(text)))
            if len(nodes) >= _MAX_NODES:
                break
        return tuple(nodes[:_MAX_NODES])


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


def states_payment(facts: Facts) -> bool:
    """Whether the page says of its article that it is not free (schema.org, ``isAccessibleForFree``)."""
    told = (facts.article.get("isAccessibleForFree"), facts.first("isaccessibleforfree", "article:content_tier"))
    return any(str(value).lower() in {"false", "locked", "metered"} for value in told)


def _read_script_date(scripts: list[str]) -> str | None:
    for text in scripts:
        # The pattern alone costs twenty times as much as what it is looked for near.
        for place in islice(_PUBLI.finditer(text, 0, _MAX_SCRIPT), _MOST_PLACES):
            match = _SCRIPT_DATE.search(text, max(0, place.start() - _NEAR_DATE), place.end() + 2 * _NEAR_DATE)
            if match:
                return match[1]
    return None


def _load(text: str) -> Any:
    for candidate in (text, _TRAILING_COMMA.sub(r"\1", _WRAPPING.sub("", text))):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):  # ValueError: no JSON, or a number of more digits than Python reads
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
