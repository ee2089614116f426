"""What is known of an article beside its text, and from where: the feed's word first, then the page's."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.dates import clamp
from ingest.extract.addresses import find_addresses
from ingest.extract.authors import find_authors
from ingest.extract.context import ExtractContext
from ingest.extract.facts import Facts
from ingest.extract.names import people_in
from ingest.extract.outline import Outline, clean_line
from ingest.extract.published import find_published, find_updated
from ingest.extract.shown import show
from ingest.extract.titles import find_title
from ingest.model import Entry
from ingest.text import plain_title

_MOST_TAGS = 30
_LONGEST_TAG = 80
_LONGEST_SUMMARY = 2_000
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\])\s*$")
_MARKUP = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """An article's metadata; ``provenance`` says of each field where it is from."""

    title: str | None = None
    canonical_url: str | None = None
    origin_url: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_source: str = "none"
    updated_at: datetime | None = None
    declared_language: str | None = None
    summary: str | None = None
    image_url: str | None = None
    tags: tuple[str, ...] = ()
    site_name: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageView:
    """A parsed page as metadata needs it: its address, tree, statements and blocks."""

    url: str
    tree: HtmlElement
    facts: Facts
    outline: Outline


def read_entry_metadata(entry: Entry | None, context: ExtractContext) -> Metadata:
    """What the feed alone says of an article."""
    if entry is None:
        return Metadata(site_name=context.feed_title, declared_language=context.feed_language)
    published = clamp(entry.published_at, context.now)
    found = Metadata(
        title=plain_title(entry.title, is_html=False),
        authors=people_in(list(entry.authors)),
        published_at=published,
        published_source="feed" if published else "none",
        updated_at=clamp(entry.updated_at, context.now),
        declared_language=entry.language or context.feed_language,
        summary=_plain(entry.summary),
        image_url=_web_address(entry.image_url, entry.url),
        tags=_tidy_tags(list(entry.tags)),
        site_name=context.feed_title,
    )
    return replace(found, provenance=_provenance(found, "feed"))


def read_metadata(view: PageView, entry: Entry | None, context: ExtractContext) -> Metadata:
    """What feed and page together say: the feed's word where it has one, the page's where not."""
    told = read_entry_metadata(entry, context)
    page, sources = _read_page(view, told, context.now)
    title = told.title if told.title and not _CUT_OFF.search(told.title) else page.title or told.title
    merged = replace(
        page,
        title=title,
        authors=told.authors or page.authors,
        published_at=told.published_at or page.published_at,
        published_source=told.published_source if told.published_at else page.published_source,
        updated_at=told.updated_at or page.updated_at,
        summary=told.summary or page.summary,
        image_url=page.image_url or told.image_url,
        tags=told.tags or page.tags,
        site_name=page.site_name or told.site_name,
        declared_language=page.declared_language or told.declared_language,
    )
    kept = {name: source for name, source in told.provenance.items() if getattr(merged, name) == getattr(told, name)}
    provenance = {name: source for name, source in (sources | kept).items() if getattr(merged, name)}
    return replace(merged, provenance=provenance)


def _read_page(view: PageView, told: Metadata, now: datetime) -> tuple[Metadata, dict[str, str]]:
    facts = view.facts
    title, title_source = find_title(view.outline, facts, view.url)
    shown = show(view.tree, view.outline, title)
    authors, author_source = find_authors(facts, shown) if not told.authors else ((), "none")
    published, published_source = (None, "none")
    if told.published_at is None:
        published, published_source = find_published(facts, shown, view.url, now)
    updated, updated_source = find_updated(facts, now)
    canonical, origin = find_addresses(facts, view.url)
    found = Metadata(
        title=title,
        canonical_url=canonical,
        origin_url=origin,
        authors=authors,
        published_at=published,
        published_source=published_source,
        updated_at=updated,
        declared_language=facts.language or facts.first("content-language", "og:locale", "dc.language"),
        summary=_summary(facts),
        image_url=_image(facts, view.url),
        tags=_tags(facts),
        site_name=_site_name(facts),
    )
    sources = _provenance(found, "page") | {
        "title": title_source,
        "authors": author_source,
        "published_at": published_source,
        "updated_at": updated_source,
    }
    return found, sources


def _provenance(metadata: Metadata, source: str) -> dict[str, str]:
    names = (
        "title",
        "authors",
        "published_at",
        "updated_at",
        "summary",
        "image_url",
        "tags",
        "site_name",
        "canonical_url",
    )
    return {name: source for name in names if getattr(metadata, name)}


def _summary(facts: Facts) -> str | None:
    told = facts.first("og:description", "description", "twitter:description") or facts.article.get("description")
    return _plain(told) if isinstance(told, str) else None


def _plain(html: str | None) -> str | None:
    text = clean_line(_MARKUP.sub(" ", html)) if html else ""
    return text[:_LONGEST_SUMMARY] or None


def _image(facts: Facts, url: str) -> str | None:
    told = facts.first("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
    return _web_address(told or _image_in(facts.article.get("image"), facts), url)


def _image_in(image: Any, facts: Facts) -> str | None:
    node = facts.by_id(image[0] if isinstance(image, list) and image else image)
    address = node.get("url") or node.get("contentUrl") if isinstance(node, dict) else node
    return address if isinstance(address, str) else None


def _web_address(address: str | None, base: str | None) -> str | None:
    try:
        whole = urljoin(base or "", address.strip()) if address else ""
        return whole if urlsplit(whole).scheme in {"http", "https"} and len(whole) <= 2_048 else None  # noqa: PLR2004 - URL cap
    except ValueError:
        return None


def _tags(facts: Facts) -> tuple[str, ...]:
    keywords = facts.article.get("keywords")
    told = keywords if isinstance(keywords, list) else str(keywords or "").split(",")
    words = facts.meta.get("article:tag") or [str(word) for word in told if isinstance(word, str) and word.strip()]
    return _tidy_tags(words or (facts.first("keywords", "news_keywords", "parsely-tags") or "").split(","))


def _tidy_tags(words: list[str]) -> tuple[str, ...]:
    tags = {tag.lower(): tag for word in words if (tag := clean_line(word)) and len(tag) <= _LONGEST_TAG}
    return tuple(tags.values())[:_MOST_TAGS]


def _site_name(facts: Facts) -> str | None:
    publisher = facts.by_id(facts.article.get("publisher"))
    name = publisher.get("name") if isinstance(publisher, dict) else None
    told = facts.first("og:site_name") or name or facts.first("application-name")
    return clean_line(told) or None if isinstance(told, str) else None
