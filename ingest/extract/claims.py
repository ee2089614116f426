"""What feed, head, JSON-LD and body say of an article, each with its source; what is believed is decided elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from ingest.extract.facts import Facts
from ingest.extract.outline import clean_line
from ingest.model import Entry

_META = {
    "title": ("og:title", "twitter:title", "dc.title", "title"),
    "authors": ("author", "article:author", "parsely-author", "dc.creator", "citation_author", "twitter:creator"),
    "published_at": ("article:published_time", "datepublished", "pubdate", "date", "dc.date", "parsely-pub-date"),
    "updated_at": ("article:modified_time", "og:updated_time", "datemodified", "last-modified"),
    "summary": ("og:description", "description", "twitter:description"),
    "image_url": ("og:image", "twitter:image"),
    "site_name": ("og:site_name", "application-name"),
    "canonical_url": ("og:url",),
}
_JSON = {
    "title": ("headline", "name"),
    "authors": ("author", "creator"),
    "published_at": ("datePublished", "dateCreated"),
    "updated_at": ("dateModified",),
    "summary": ("description",),
    "image_url": ("image",),
    "site_name": ("publisher",),
}
_PAGE = {
    "title": (("h1", "//h1"), ("h2", "//h2")),
    "authors": (
        ("page", "//a[contains(@rel, 'author')]"),
        ("page", "//*[@itemprop='author']"),
        ("page", "//*[contains(@class, 'byline')]"),
    ),
    "published_at": (("page", "//time"), ("page", "//*[@itemprop='datePublished']")),
}
_MOST = 5
_LONGEST = 200
FIELDS = ("title", "authors", "published_at", "updated_at", "summary", "image_url", "site_name", "canonical_url")


@dataclass(frozen=True, slots=True)
class Claim:
    """One value of a field, as it is said, and where."""

    field: str
    source: str
    value: str


def list_claims(tree: HtmlElement, facts: Facts, entry: Entry | None) -> list[Claim]:
    """The claims of every field, the feed's first; at most five of a source, each of 200 characters."""
    return [claim for field in FIELDS for claim in _unique(_claims_of(field, tree, facts, entry))]


def _claims_of(field: str, tree: HtmlElement, facts: Facts, entry: Entry | None) -> Iterator[Claim]:
    told = [(source, text) for source, text in _told(field, facts, entry) if text]
    for source, path in _PAGE.get(field, ()):
        elements = tree.xpath(path)
        assert isinstance(elements, list)
        told += [(source, element.get("datetime") or " ".join(element.itertext())) for element in elements[:_MOST]]
    for source, text in told:
        if line := clean_line(text)[:_LONGEST]:
            yield Claim(field, source, line)


def _told(field: str, facts: Facts, entry: Entry | None) -> Iterator[tuple[str, str]]:
    if entry is not None and field != "canonical_url":
        yield from (("feed", text) for text in _texts(getattr(entry, field, None)))
    for name in _JSON.get(field, ()):
        yield from (("json-ld", text) for text in _texts(facts.article.get(name), facts))
    if field == "title" and facts.title:
        yield "title", facts.title
    if field == "canonical_url" and facts.canonical:
        yield "link", facts.canonical
    for name in _META.get(field, ()):
        yield from (("og" if name.startswith("og:") else "meta", text) for text in facts.meta.get(name, ())[:_MOST])


def _texts(value: Any, facts: Facts | None = None) -> list[str]:
    """A value as texts: of JSON-LD's objects their name or address."""
    items = value if isinstance(value, list | tuple) else [value]
    nodes = [facts.by_id(item) if facts is not None else item for item in items[:_MOST] if item]
    named = [(node.get("name") or node.get("url")) if isinstance(node, dict) else node for node in nodes]
    return [str(text) for text in named if text]


def _unique(claims: Iterator[Claim]) -> list[Claim]:
    return list(dict.fromkeys(claims))
