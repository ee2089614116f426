"""From feedparser's entry to ours: which of several links, texts and dates counts (rules 61-76)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.feeds.fields import (
    read_address,
    read_count,
    read_duration,
    read_id,
    read_language,
    read_people,
    unique,
)
from ingest.feeds.markup import LinkResolver, text_as_html
from ingest.model import Enclosure, Entry
from ingest.text import looks_like_html, plain_title, strip_controls

RELATION_REGISTRY = "http://www.iana.org/assignments/relation/"
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
SUMMARY_KEYS = ("summary", "rss_summary", "dc_description", "itunes_summary", "media_description", "itunes_subtitle")
PUBLISHED_KEYS = ("published", "dc_date", "created", "updated")
UPDATED_KEYS = ("updated", "dc_date")
MAX_TAGS = 100
MAX_ENCLOSURES = 100


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry takes from its document where it says nothing itself."""

    base_url: str
    is_atom: bool
    language: str | None
    authors: tuple[str, ...]
    read_date: Callable[[str | None], datetime | None]
    links: LinkResolver


def read_entry(raw: Mapping[str, Any], around: Surroundings) -> Entry:
    """One entry; a missing field stays None, nothing is invented (rule 73)."""
    identifier = read_id(raw.get("id"))
    is_permalink = bool(raw.get("guidislink")) and read_address(around.base_url, identifier) == identifier is not None
    enclosures = _read_enclosures(raw, around.base_url)
    return Entry(
        id=identifier,
        url=_read_link(raw, around.base_url) or (identifier if is_permalink else None),
        title=read_title(raw, is_atom=around.is_atom),
        authors=read_authors(raw) or around.authors,
        published_at=_first_date(raw, PUBLISHED_KEYS, around),
        updated_at=_first_date(raw, UPDATED_KEYS, around),
        summary=read_first_html(raw, SUMMARY_KEYS, around),
        content=_read_content(raw, around),
        tags=_read_tags(raw),
        enclosures=enclosures,
        language=_read_language(raw) or around.language,
        image_url=_read_image(raw, enclosures, around.base_url),
        is_permalink=is_permalink,
    )


def read_title(raw: Mapping[str, Any], *, is_atom: bool) -> str | None:
    """The title as one plain line. Atom says whether it is markup (RFC 4287 3.1.1); RSS does not, so it is judged."""
    media_type = (raw.get("title_detail") or {}).get("type", "text/plain")
    is_said = is_atom and media_type in {*HTML_TYPES, "text/plain"}
    return plain_title(raw.get("title"), is_html=media_type in HTML_TYPES if is_said else None)


def read_authors(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The people of an entry or feed, by name where there is one."""
    people = raw.get("authors") or []
    names = read_people(person.get("name") or person.get("email") for person in people)
    return names or read_people([raw.get("author")])


def read_alternate(raw: Mapping[str, Any], base_url: str) -> str | None:
    """The address of the page that a feed or entry stands for: HTML first, Atom's links before RSS's (rule 64)."""
    links = [link for link in raw.get("links", []) if relation(link) == "alternate" and link.get("href")]
    links.sort(key=lambda link: (link.get("type", "text/html") not in HTML_TYPES, "is_attribute" not in link))
    return next(filter(None, (read_address(base_url, link["href"]) for link in links)), None)


def relation(link: Mapping[str, Any]) -> str:
    """The link's relation in lower case, without the registry's address (RFC 4287 4.2.7.2)."""
    return str(link.get("rel", "alternate")).strip().lower().removeprefix(RELATION_REGISTRY)


def read_html(detail: Mapping[str, Any], around: Surroundings) -> str | None:
    """A text as HTML: plain text escaped, addresses resolved, other media dropped if no HTML (rule 62)."""
    media_type = str(detail.get("type", "text/html"))
    value = strip_controls(detail.get("value") or "").strip()
    if not value:
        return None
    if media_type in HTML_TYPES:
        return around.links.resolve(value, detail.get("base") or around.base_url)
    if media_type.startswith("text/"):
        return text_as_html(value)
    return around.links.resolve(value, detail.get("base") or around.base_url) if looks_like_html(value) else None


def read_first_html(raw: Mapping[str, Any], keys: Iterable[str], around: Surroundings) -> str | None:
    """The first of several texts that says something, as HTML."""
    details = (raw.get(f"{key}_detail") or {"value": raw[key]} for key in keys if raw.get(key))
    return next(filter(None, (read_html(detail, around) for detail in details)), None)


def _first_date(raw: Mapping[str, Any], keys: Iterable[str], around: Surroundings) -> datetime | None:
    return next(filter(None, (around.read_date(raw[key]) for key in keys if key in raw)), None)


def _read_link(raw: Mapping[str, Any], base_url: str) -> str | None:
    """The article's address: FeedBurner's original, then alternates (HTML first), then a content's source."""
    original = read_address(base_url, raw.get("feedburner_origlink"))
    pages = (content for content in raw.get("content", []) if content.get("type") in HTML_TYPES)
    sources = (read_address(content.get("base") or base_url, content.get("src")) for content in pages)
    return original or read_alternate(raw, base_url) or next(filter(None, sources), None)


def _read_content(raw: Mapping[str, Any], around: Surroundings) -> str | None:
    """content:encoded before Atom's content and xhtml:body, whatever the order (rule 63)."""
    contents = sorted(raw.get("content", []), key=lambda content: content.get("element") != "content:encoded")
    return next(filter(None, (read_html(content, around) for content in contents)), None)


def _read_tags(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return unique(plain_title(tag.get("term") or tag.get("label")) for tag in raw.get("tags", []))[:MAX_TAGS]


def _read_language(raw: Mapping[str, Any]) -> str | None:
    details = [*raw.get("content", []), raw.get("summary_detail") or {}, raw.get("title_detail") or {}]
    return read_language(raw.get("language")) or next(
        filter(None, (read_language(detail.get("language")) for detail in details)), None
    )


def _read_enclosures(raw: Mapping[str, Any], base_url: str) -> tuple[Enclosure, ...]:
    duration = read_duration(raw.get("itunes_duration"))
    links = [link for link in raw.get("links", []) if relation(link) == "enclosure"]
    found: dict[str, Enclosure] = {}
    for item in [*links, *raw.get("media_content", [])][:MAX_ENCLOSURES]:
        url = read_address(base_url, item.get("href") or item.get("url"))
        if url and url not in found:
            seconds = read_duration(item.get("duration")) or (None if found else duration)
            length = read_count(item.get("length") or item.get("filesize"))
            found[url] = Enclosure(url, (item.get("type") or "").strip().lower() or None, length, seconds)
    return tuple(found.values())


def _read_image(raw: Mapping[str, Any], enclosures: tuple[Enclosure, ...], base_url: str) -> str | None:
    thumbnails = [item.get("url") for item in raw.get("media_thumbnail", [])]
    pictures = [item.get("url") for item in raw.get("media_content", []) if item.get("medium") == "image"]
    image = raw.get("image")
    stated = image.get("href") if isinstance(image, Mapping) else None
    attached = [enclosure.url for enclosure in enclosures if (enclosure.media_type or "").startswith("image/")]
    candidates = (read_address(base_url, url) for url in [*thumbnails, *pictures, stated, *attached])
    return next(filter(None, candidates), None)
