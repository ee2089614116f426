"""What a page says of an article besides title, authors and dates: summary, image, tags, site; each with its source."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingest.extract.facts import Facts, types_of
from ingest.extract.outline import clean_line, key_of
from ingest.extract.shown import Shown

_MOST_TAGS = 30
_LONGEST_TAG = 80
_LONGEST_SUMMARY = 2_000
_LONGEST_URL = 2_048
_MARKUP = re.compile(r"<[^>]{0,500}>")
_IMAGES = (
    "og:image",
    "og:image:secure_url",
    "og:image:url",
    "twitter:image",
    "twitter:image:src",
    "sailthru.image.full",
)
# What a template puts where an article has no picture of its own.
_NO_PICTURE = re.compile(
    r"(?:^|[/_.-])(?:logos?|favicon|spacer|blank|pixel|1x1|transparent|placeholder|no-?image|default-?(?:image|og|share|"
    r"thumb\w*)|site-?icon|apple-touch-icon|avatar|gravatar)(?=[/_.\d-]|$)|gravatar\.com",
    re.IGNORECASE,
)
_TAG_META = ("parsely-tags", "sailthru.tags", "news_keywords")
_MOST_LINKS = 60
Told = tuple[str | None, str]


def find_summary(facts: Facts) -> Told:
    """The description of the page and its source: og, meta, json-ld; (None, "none")."""
    told = (
        (facts.first("og:description"), "og"),
        (facts.first("description", "twitter:description", "dc.description", "dcterms.description"), "meta"),
        (facts.article.get("description"), "json-ld"),
    )
    return next(((text, source) for value, source in told if (text := plain(value))), (None, "none"))


def plain(html: Any) -> str | None:
    """A text in one line without its markup, of at most 2,000 characters; None where nothing is left."""
    text = clean_line(_MARKUP.sub(" ", html)) if isinstance(html, str) else ""
    return text[:_LONGEST_SUMMARY] or None


def find_image(facts: Facts, url: str) -> Told:
    """The article's picture (absolute) and its source: og, meta, json-ld; no logo, spacer or placeholder."""
    told = [
        (address, "og" if name.startswith("og:") else "meta")
        for name in _IMAGES
        for address in facts.meta.get(name, ())
    ]
    told += [(address, "json-ld") for address in _images_in(facts.article.get("image"), facts)]
    logos = set(_images_in(facts.by_id(facts.article.get("publisher")), facts, "logo"))
    for address, source in told:
        whole = web_address(address, url)
        if whole and address not in logos and not _NO_PICTURE.search(urlsplit(whole).path):
            return whole, source
    return None, "none"


def _images_in(image: Any, facts: Facts, name: str | None = None) -> list[str]:
    """The addresses of a JSON-LD image, or of those that an object names so."""
    if name is not None:
        return _images_in(image.get(name), facts) if isinstance(image, dict) else []
    nodes = [facts.by_id(node) for node in (image if isinstance(image, list) else [image])]
    addresses = [(node.get("url") or node.get("contentUrl")) if isinstance(node, dict) else node for node in nodes]
    return [address for address in addresses if isinstance(address, str)]


def web_address(address: str | None, base: str | None) -> str | None:
    """An absolute http or https address of at most 2,048 characters, or None."""
    try:
        whole = urljoin(base or "", address.strip()) if address else ""
        return whole if urlsplit(whole).scheme in {"http", "https"} and len(whole) <= _LONGEST_URL else None
    except ValueError:
        return None


def find_tags(facts: Facts, shown: Shown) -> tuple[tuple[str, ...], str]:
    """The article's tags and their source: meta, json-ld, page; ((), "none")."""
    stated = facts.article.get("keywords")
    told = stated if isinstance(stated, list) else str(stated or "").split(",")
    readings = (
        (facts.meta.get("article:tag", []), "meta"),
        ([str(word) for word in told if isinstance(word, str)], "json-ld"),
        ((facts.first(*_TAG_META) or "").split(","), "meta"),
    )
    for words, source in readings:
        if tags := tidy_tags(words, facts):
            return tags, source
    keywords = facts.first("keywords")
    if keywords:
        return tidy_tags(keywords.split(","), facts), "meta"
    tags = tidy_tags(_linked_tags(shown), facts)
    return (tags, "page") if tags else ((), "none")


def _linked_tags(shown: Shown) -> list[str]:
    """Links that say rel=tag (microformats.org/wiki/rel-tag); WordPress says so of categories too."""
    return [" ".join(link.itertext()) for link in shown.links("tag")[:_MOST_LINKS] if not shown.is_elsewhere(link)]


def tidy_tags(words: list[str], facts: Facts | None = None) -> tuple[str, ...]:
    """Tags in one line each, once each, at most 30 of at most 80 characters; without the site's own name."""
    site = key_of(facts.first("og:site_name") or "") if facts is not None else ""
    tags: dict[str, str] = {}
    for word in words:
        if (tag := clean_line(word)) and len(tag) <= _LONGEST_TAG:
            tags.setdefault(tag.lower(), tag)
    return tuple(tag for tag in tags.values() if not site or key_of(tag) != site)[:_MOST_TAGS]


def find_site_name(facts: Facts) -> Told:
    """What the site calls itself and the source: og, json-ld, meta; (None, "none")."""
    publisher = facts.by_id(facts.article.get("publisher"))
    sites = [node for node in facts.nodes if "website" in types_of(node)]
    told = (
        (facts.first("og:site_name"), "og"),
        *((node.get("name"), "json-ld") for node in (publisher, *sites[:1]) if isinstance(node, dict)),
        (facts.first("application-name", "dc.publisher", "dcterms.publisher"), "meta"),
    )
    for value, source in told:
        name = clean_line(value) if isinstance(value, str) else ""
        if any(map(str.isalnum, name)):
            return name, source
    return None, "none"
