"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read with the patience that feeds need (rule 77)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.dates import DateReader
from ingest.errors import NotAFeed
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
from ingest.feeds.reader import MAX_ENTRIES
from ingest.model import Enclosure, Entry, FeedLinks, ParsedFeed
from ingest.text import plain_title, strip_controls

VERSION_PREFIXES = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "jsonfeed.org/version/")
MAX_ENCLOSURES = 100
MAX_TAGS = 100
MAX_HUBS = 10


@dataclass(frozen=True, slots=True)
class _Document:
    """What an item takes from its document where it says nothing itself."""

    url: str
    language: str | None
    authors: tuple[str, ...]
    read_date: Callable[[str | None], datetime | None]
    links: LinkResolver


def read_json_feed(text: str, *, url: str) -> ParsedFeed:
    """The feed in a JSON document. Raises NotAFeed where it is no JSON, or JSON that is no JSON Feed."""
    document = _load(text, url)
    version = document.get("version") if isinstance(document, dict) else None
    items = document.get("items") if isinstance(document, dict) else None
    is_feed = isinstance(version, str) and version.strip().startswith((*VERSION_PREFIXES, "1"))
    if not is_feed or not isinstance(items, list):
        raise NotAFeed(f"{url} is no feed: it is JSON that is no JSON Feed{_missing(document)}")
    return _read_document(document, items, url)


def _load(text: str, url: str) -> Any:
    try:
        # Numbers stay as written: an id of 20 digits is compared, not calculated with.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, strict=False)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"{url} is no feed: it is text that starts like JSON and is none ({error})"[:500]) from error


def _missing(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    absent = [name for name in ("version", "items") if name not in document]
    return f" (no {' and no '.join(absent)})" if absent else ""


def _read_document(document: Mapping[str, Any], items: list[Any], url: str) -> ParsedFeed:
    around = _Document(
        url, read_language(_text(document, "language")), _read_authors(document), DateReader().read, LinkResolver()
    )
    valid = [item for item in items if isinstance(item, dict)]
    entries = [_read_item(item, around) for item in valid[:MAX_ENTRIES]]
    skipped, is_truncated = len(items) - len(valid), len(valid) > MAX_ENTRIES
    problems = [f"{skipped} items are no objects"] if skipped else []
    if is_truncated:
        problems.append(f"longer than is read: only the first {MAX_ENTRIES:,} entries were taken")
    return ParsedFeed(
        format="json11" if "1.1" in str(document["version"]) else "json1",
        title=plain_title(_text(document, "title"), is_html=False),
        site_url=read_address(url, document.get("home_page_url")),
        description=_as_html(_text(document, "description")),
        language=around.language,
        image_url=read_address(url, document.get("icon")) or read_address(url, document.get("favicon")),
        entries=tuple(entries),
        links=_read_links(document, url),
        is_truncated=is_truncated,
        problems=tuple(problems),
    )


def _read_links(document: Mapping[str, Any], url: str) -> FeedLinks:
    hubs = [hub.get("url") for hub in _objects(document, "hubs") if str(hub.get("type", "")).lower() == "websub"]
    return FeedLinks(
        self_url=read_address(url, document.get("feed_url")),
        next_url=read_address(url, document.get("next_url")),
        hubs=unique(read_address(url, hub) for hub in hubs)[:MAX_HUBS],
    )


def _read_item(item: Mapping[str, Any], document: _Document) -> Entry:
    url, read_date = document.url, document.read_date
    identifier = read_id(_text(item, "id"))
    link = read_address(url, item.get("url"))
    is_permalink = identifier is not None and read_address(url, identifier) == identifier
    html = _text(item, "content_html")
    updated = read_date(_text(item, "date_modified"))
    return Entry(
        id=identifier,
        url=link or read_address(url, item.get("external_url")) or (identifier if is_permalink else None),
        title=plain_title(_text(item, "title"), is_html=False),
        authors=_read_authors(item) or document.authors,
        published_at=read_date(_text(item, "date_published")) or updated,
        updated_at=updated,
        summary=_as_html(_text(item, "summary")),
        content=document.links.resolve(strip_controls(html), link or url)
        if html
        else _as_html(_text(item, "content_text")),
        tags=unique(plain_title(tag, is_html=False) for tag in _list(item, "tags") if isinstance(tag, str))[:MAX_TAGS],
        enclosures=_read_enclosures(item, url),
        language=read_language(_text(item, "language")) or document.language,
        image_url=read_address(url, item.get("image")) or read_address(url, item.get("banner_image")),
        is_permalink=is_permalink,
    )


def _read_authors(owner: Mapping[str, Any]) -> tuple[str, ...]:
    """``authors`` of 1.1, else ``author`` of 1.0."""
    people = [*_objects(owner, "authors"), owner.get("author")]
    return read_people(person.get("name") for person in people if isinstance(person, dict))


def _read_enclosures(item: Mapping[str, Any], url: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for attachment in _objects(item, "attachments")[:MAX_ENCLOSURES]:
        address = read_address(url, attachment.get("url"))
        if address:
            length, seconds = attachment.get("size_in_bytes"), attachment.get("duration_in_seconds")
            media_type = _text(attachment, "mime_type")
            found.setdefault(address, Enclosure(address, media_type, read_count(length), read_duration(seconds)))
    return tuple(found.values())


def _text(owner: Mapping[str, Any], name: str) -> str | None:
    value = owner.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _list(owner: Mapping[str, Any], name: str) -> list[Any]:
    value = owner.get(name)
    return value if isinstance(value, list) else []


def _objects(owner: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [value for value in _list(owner, name) if isinstance(value, dict)]


def _as_html(text: str | None) -> str | None:
    return text_as_html(strip_controls(text)) if text else None
