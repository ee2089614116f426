"""Who wrote it: people, not the outlet and not "admin"; nobody where nobody is named."""

import re
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.names import is_person, people_in, split_names
from ingest.extract.outline import Block, Outline, clean_line

_MOST = 10
_META = (
    "author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dc:creator",
    "dcterms.creator", "citation_author", "og:author", "og:article:author", "authors", "creator", "author_name",
)  # fmt: skip
_LONGEST_NAME = 60
_CARDS = (
    "//*[contains(concat(' ', @class, ' '), ' vcard ')]//*[contains(concat(' ', @class, ' '), ' fn ')]"
    "|//*[contains(concat(' ', @class, ' '), ' postauthor ')]//*[contains(concat(' ', @class, ' '), ' username ')]"
)
_LINE = 90
_ABOVE_TITLE = 6
_BELOW_TITLE = 20
_BYLINE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:authors?|byline|by-?author|writer|contributor)(?:$|[-_ ]|name)", re.IGNORECASE
)
_PROFILE = re.compile(
    r"/(?:authors?|people|staff|contributors?|writers?|by|profiles?|team|journalists?|reporters?)/[\w.%-]+/?$"
)
_BY = re.compile(
    r"^(?:(?:written|posted|published|story|words|reported|article|recipe|text)\s+(?:and \w+ )?)?"
    r"(?:by|von|par|por|di|door)\s*:?\s+(\S.*)$|^author\s*:\s*(\S.*)$",
    re.IGNORECASE,
)


def find_authors(tree: HtmlElement, facts: Facts, page: Outline) -> tuple[tuple[str, ...], str]:
    """The page's authors and where they were found: json-ld, meta, page; ((), "none") where none is named."""
    outlets = _outlets(facts)
    for names, source in ((_from_json(facts), "json-ld"), (_from_meta(facts), "meta")):
        people = people_in(names, outlets)
        if people:
            return people, source
    people = people_in(_from_cards(tree), outlets)
    if people:
        return people, "page"
    for names in (_from_links(tree), _from_lines(page)):
        people = tuple(name for name in people_in(names, outlets) if is_person(name))
        if people:
            return people, "page"
    return (), "none"


def _outlets(facts: Facts) -> frozenset[str]:
    publisher = facts.by_id(facts.article.get("publisher"))
    names = [facts.first("og:site_name"), facts.first("application-name"), facts.first("twitter:site")]
    names += [publisher.get("name")] if isinstance(publisher, dict) else []
    host = urlsplit(facts.canonical or facts.first("og:url") or "").hostname or ""
    names += [host, host.removeprefix("www."), host.removeprefix("www.").split(".")[0]]
    return frozenset(name.lower().lstrip("@") for name in names if isinstance(name, str) and name)


def _from_json(facts: Facts) -> list[str]:
    nodes = [facts.article] if facts.article else list(facts.nodes)
    names: list[str] = []
    for node in nodes:
        names += _names_in(node.get("author") or node.get("creator"), facts)
    return names


def _names_in(author: Any, facts: Facts) -> list[str]:
    if isinstance(author, list):
        return [name for item in author[:_MOST] for name in _names_in(item, facts)]
    node = facts.by_id(author)
    if isinstance(node, dict):
        return _names_in(node.get("name"), facts)
    return [node] if isinstance(node, str) and not node.startswith(("http", "#", "/")) else []


def _from_meta(facts: Facts) -> list[str]:
    for name in _META:
        values = [value for value in facts.meta.get(name, []) if not value.startswith(("http", "/"))]
        if people_in(values):
            return values
    return []


def _from_cards(tree: HtmlElement) -> list[str]:
    """The name in an author's hCard (microformats.org/wiki/hcard), as blogs print it, or in a forum's first post."""
    cards: list[HtmlElement] = tree.xpath(_CARDS)
    names = (clean_line(" ".join(element.itertext())) for element in cards[:1])
    return [name for name in names if name and len(name) <= _LONGEST_NAME]


def _from_links(tree: HtmlElement) -> list[str]:
    """Links that say rel=author, what is marked up as the author, and links to a profile about the title."""
    links = list(tree.iter("a"))
    for link in links:
        if "author" in (link.get("rel") or "").lower().split():
            return [clean_line(" ".join(link.itertext()))]
    marked: list[HtmlElement] = tree.xpath("//*[@itemprop='author']")
    if marked:
        named: list[HtmlElement] = marked[0].xpath(".//*[@itemprop='name']")
        return [clean_line(" ".join((named or marked)[0].itertext()))]
    for link in links:
        name = clean_line(" ".join(link.itertext()))
        if _PROFILE.search(link.get("href") or "") and is_person(name):
            return [name]
    return []


def _from_lines(page: Outline) -> list[str]:
    heading = next((block.index for block in page.blocks if block.tag == "h1"), 0)
    near = page.blocks[max(0, heading - _ABOVE_TITLE) : heading + _BELOW_TITLE]
    for block in near:
        match = _BY.match(block.text) if len(block.text) <= _LINE else None
        if match and is_person(next(iter(split_names(match[1] or match[2])), "")):
            return [match[1] or match[2]]
    for block in near:
        if len(block.text) <= _LINE and _is_byline(block) and any(map(is_person, split_names(block.text))):
            return [block.text]
    return []


def _is_byline(block: Block) -> bool:
    element: HtmlElement | None = block.element
    for _ in range(2):
        if element is None:
            return False
        if _BYLINE_CLASS.search(element.get("class") or ""):
            return True
        element = element.getparent()
    return False
