"""Who wrote it: people, not the outlet and not "admin"; nobody where nobody is named."""

import re
from typing import Any

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.outline import Block, Outline, clean_line

_MOST = 10
_SHORTEST = 3
_LONGEST = 60
_MOST_WORDS = 5
_PREFIX = re.compile(
    r"^(?:written|posted|published|reported|story|words|text|photos?|edited|reviewed|article|submitted|contributed)?\s*"
    r"(?:by|von|par|por|di|da|door|af|av|автор|author|from)\b\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|\||\s+and\s+|\s+und\s+|\s+et\s+|\s+y\s+|\s&\s|,\s+(?:and\s+)?)\s*", re.IGNORECASE)
_CREDENTIAL = re.compile(
    r"^(?:ph\.?\s?d|m\.?d|m\.?s|m\.?a|mba|rd|rdn|rn|cpa|esq|jr|sr|ii|iii|ld|cscs|dds|do|mph|mpp|bsc|msc|fand|facp|cfa|"
    r"cfp|jd|ba|bs)\.?$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:\||\u2022|\u00b7|\(|\bon\s+(?:\w+day|\w+\s+\d)|\bat\s+\d|\d{1,2}[/.]\d|updated|published|posted|\d{4}|"
    r"https?:|@|,\s*(?:staff|special|senior|editor|reporter|contributor|correspondent|for)\b| - ).*$",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"\b(?:admin|administrator|editor|editors|editorial|staff|team|desk|newsroom|webmaster|guest|anonymous|unknown|"
    r"contributor|contributors|author|authors|redaktion|redaction|redacción|redazione|redactie|rédaction|press|media|"
    r"magazine|news|agency|reuters|afp|associated press|wire|reports?|reporter|reporters|correspondent|blog|blogger|"
    r"company|inc|llc|ltd|gmbh|"
    r"foundation|institute|university|association|department|network|channel|tv|radio|times|post|journal|gazette|"
    r"group|community|support|marketing|official|user|website|online|services?|solutions|read|more|click|view|all|"
    r"posts|comments?|share|subscribe|http|www|com|home|the|your|our|this|about|minutes?|min|ago|published|updated)\b",
    re.IGNORECASE,
)
_NAME_LETTERS = re.compile(r"^[^\W\d_][\w.'’\u2010-]*(?:\s+[\w.'’\u2010-]+)*$")
_META = (
    "author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dc:creator",
    "dcterms.creator", "citation_author", "og:author", "og:article:author", "authors", "creator", "twitter:data1",
)  # fmt: skip
_BYLINE_TOKENS = re.compile(
    r"(?:^|[-_ ])(?:author|byline|by-?author|fn|writer|contributor|post-?author)(?:$|[-_ ])", re.IGNORECASE
)
_BY = re.compile(r"^(?:(?:written|posted|published|story|words|reported|article)\s+)?by\s*:?\s+(\S.*)$", re.IGNORECASE)


def find_authors(tree: HtmlElement, facts: Facts, page: Outline) -> tuple[tuple[str, ...], str]:
    """The page's authors and where they were found: json-ld, meta, page; ((), "none") where none is named."""
    outlets = _outlets(facts)
    for names, source in (
        (_from_json(facts), "json-ld"),
        (_from_meta(facts), "meta"),
        (_from_links(tree), "page"),
        (_from_lines(page), "page"),
    ):
        people = people_in(names, outlets)
        if people:
            return people, source
    return (), "none"


def people_in(names: list[str], outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The names among these that can be people's, cleaned, once each, in order; at most ten."""
    people: dict[str, str] = {}
    for text in names:
        for name in split_names(text):
            if name.lower() not in outlets and is_person(name):
                people.setdefault(name.lower(), name)
    return tuple(people.values())[:_MOST]


def split_names(text: str) -> list[str]:
    """The single names in a byline: no "By", no date, no job, no credentials."""
    bare = _PREFIX.sub("", clean_line(text).strip(" .,;:-\u2013\u2014|/"))
    parts = [part.strip(" .,;:-\u2013\u2014|/") for part in _SPLIT.split(bare)]
    names = [_TAIL.sub("", part).strip(" .,;:-\u2013\u2014|/()") for part in parts if not _CREDENTIAL.match(part)]
    return [name.title() if name.isupper() and " " in name else name for name in names if name]


def is_person(name: str) -> bool:
    """Whether a text can be a person's name; a mild test: length, letters, no word that only outlets and roles bear."""
    words = name.split()
    if not _SHORTEST <= len(name) <= _LONGEST or len(words) > _MOST_WORDS or "@" in name or "/" in name:
        return False
    return _NAME_LETTERS.match(name) is not None and not _NO_PERSON.search(name)


def _outlets(facts: Facts) -> frozenset[str]:
    publisher = facts.by_id(facts.article.get("publisher"))
    names = [facts.first("og:site_name", "application-name", "twitter:site"), facts.title]
    names += [publisher.get("name")] if isinstance(publisher, dict) else []
    return frozenset(name.lower().lstrip("@") for name in names if isinstance(name, str))


def _from_json(facts: Facts) -> list[str]:
    names: list[str] = []
    for node in facts.nodes:
        author = node.get("author") or node.get("creator")
        if author and (node is facts.article or not facts.article):
            names += _names_in(author, facts)
    return names


def _names_in(author: Any, facts: Facts) -> list[str]:
    if isinstance(author, list):
        return [name for item in author[:_MOST] for name in _names_in(item, facts)]
    node = facts.by_id(author)
    if isinstance(node, dict):
        kinds = node.get("@type")
        name = node.get("name")
        if "Organization" in str(kinds) or isinstance(name, dict):
            return []
        return _names_in(name, facts) if name else []
    return [node] if isinstance(node, str) and not node.startswith(("http", "#")) else []


def _from_meta(facts: Facts) -> list[str]:
    for name in _META:
        values = [value for value in facts.meta.get(name, []) if not value.startswith("http")]
        if people_in(values):
            return values
    return []


def _from_links(tree: HtmlElement) -> list[str]:
    rel = [
        clean_line(link.text_content())
        for link in tree.iter("a")
        if "author" in (link.get("rel") or "").lower().split()
    ]
    if rel:
        return rel[:1]
    marked = tree.xpath("//*[@itemprop='author']")
    return [clean_line(" ".join(element.itertext())) for element in marked[:1]]


def _from_lines(page: Outline) -> list[str]:
    for block in page.blocks:
        if len(block.text) > 2 * _LONGEST:
            continue
        match = _BY.match(block.text)
        if match:
            return [match[1]]
        if len(block.text) <= _LONGEST and _is_byline(block):
            return [block.text]
    return []


def _is_byline(block: Block) -> bool:
    element: HtmlElement | None = block.element
    for _ in range(2):
        if element is None:
            return False
        if _BYLINE_TOKENS.search(element.get("class", "")):
            return True
        element = element.getparent()
    return False
