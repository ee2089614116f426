"""What is known of an article beside its text, and from where: the feed's word first, then the page's."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lxml.html import HtmlElement

from ingest.dates import clamp
from ingest.decide.headline import HEADLINE
from ingest.extract.addresses import find_addresses, find_original
from ingest.extract.arbitration import choose_authors, choose_published, choose_title, is_doubtful
from ingest.extract.authors import find_authors, find_stated_authors
from ingest.extract.context import ExtractContext
from ingest.extract.facts import Facts
from ingest.extract.names import people_in
from ingest.extract.outline import Outline, key_of
from ingest.extract.particulars import (
    find_image,
    find_site_name,
    find_summary,
    find_tags,
    plain,
    tidy_tags,
    web_address,
)
from ingest.extract.published import find_published, find_updated
from ingest.extract.shown import show
from ingest.extract.sitenames import site_names
from ingest.extract.titles import find_title
from ingest.model import Entry
from ingest.text import plain_title

_SOURCED = (
    "title", "authors", "published_at", "updated_at", "summary", "image_url", "tags", "site_name", "canonical_url",
)  # fmt: skip
_ZONE = "published_zone"  # the publisher's own, as +02:00: times are kept in UTC, and a day there is another one here


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """An article's metadata; ``provenance`` says of each field where it is from."""

    title: str | None = None
    page_title: str | None = None  # the page's own, whatever the feed calls the article
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
    sites = _feed_names(context)
    published = clamp(entry.published_at, context.now)
    found = Metadata(
        title=choose_title(plain_title(entry.title, is_html=False), None, sites),
        authors=choose_authors(people_in(list(entry.authors)), (), sites),
        published_at=published,
        published_source="feed" if published else "none",
        updated_at=clamp(entry.updated_at, context.now),
        declared_language=entry.language or context.feed_language,
        summary=plain(entry.summary),
        image_url=web_address(entry.image_url, entry.url),
        tags=tidy_tags(list(entry.tags)),
        site_name=context.feed_title,
    )
    return replace(found, provenance={name: "feed" for name in _SOURCED if getattr(found, name)})


def read_metadata(view: PageView, entry: Entry | None, context: ExtractContext) -> Metadata:
    """What feed and page together say: the feed's word where it has a good one, the page's where not."""
    told = read_entry_metadata(entry, context)
    page = _read_page(view, told, context.now)
    if entry is None:
        return replace(page, site_name=page.site_name or told.site_name)
    sites = [*_feed_names(context), *site_names(view.facts, view.url)]
    published, published_source = choose_published(
        (told.published_at, told.updated_at), (page.published_at, page.published_source)
    )
    merged = replace(
        page,
        title=_choose_title(told, page, sites, context),
        authors=choose_authors(told.authors, page.authors, sites),
        published_at=published,
        published_source=published_source,
        updated_at=_not_before(published, told.updated_at or page.updated_at),
        summary=told.summary or page.summary,
        image_url=page.image_url or told.image_url,
        tags=told.tags or page.tags,
        site_name=page.site_name or told.site_name,
        declared_language=page.declared_language or told.declared_language,
    )
    sources = [(told, told.provenance), (page, page.provenance)]
    known = {name: source for name in _SOURCED if (source := _source(name, merged, sources))}
    if page.title and known.get("title") == "feed" and key_of(page.title) == key_of(merged.title or ""):
        known[HEADLINE] = page.provenance["title"]
    if _ZONE in page.provenance and merged.published_at == page.published_at:
        known[_ZONE] = page.provenance[_ZONE]
    return replace(merged, provenance=known)


def _choose_title(told: Metadata, page: Metadata, sites: list[str], context: ExtractContext) -> str | None:
    title = choose_title(told.title, page.title, sites)
    is_edited = context.follows_headline and page.title and key_of(page.title) != key_of(title or "")
    return page.title if is_edited else title


def _source(name: str, merged: Metadata, sources: list[tuple[Metadata, dict[str, str]]]) -> str | None:
    """Where a value is from: of those who say the same, the feed; of what was made of two, whose it was."""
    value = getattr(merged, name)
    said = [known[name] for found, known in sources if name in known and getattr(found, name) == value]
    rest = [known[name] for _, known in sources if name in known]
    return next(iter([*said, *rest]), None) if value else None


def _feed_names(context: ExtractContext) -> list[str]:
    return [context.feed_title] if context.feed_title else []


def _not_before(published: datetime | None, updated: datetime | None) -> datetime | None:
    """A change before the publication is none: templates print the zone of one of them only."""
    return updated if updated and (published is None or updated >= published) else None


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment is not None else None


def _read_page(view: PageView, told: Metadata, now: datetime) -> Metadata:
    facts = view.facts
    title, title_source = find_title(view.outline, facts, view.url)
    shown = show(view.tree, view.outline, title)
    is_told = told.authors and not is_doubtful(told.authors, site_names(facts, view.url))
    authors, author_source = find_stated_authors(facts) if is_told else find_authors(facts, shown)
    published, published_source = (None, "none")
    if told.published_at is None or told.published_at == told.updated_at:
        published, published_source = find_published(facts, shown, view.url, now)
    updated, updated_source = find_updated(facts, now)
    zone = published.isoformat()[-6:] if published is not None and published.utcoffset() else "none"
    canonical, canonical_source, origin = find_addresses(facts, view.url)
    (summary, summary_source), (image, image_source) = find_summary(facts), find_image(facts, view.url)
    (tags, tags_source), (site, site_source) = find_tags(facts, shown), find_site_name(facts)
    sources = {
        "title": title_source,
        "authors": author_source,
        "published_at": published_source,
        _ZONE: zone,
        "updated_at": updated_source,
        "summary": summary_source,
        "image_url": image_source,
        "tags": tags_source,
        "site_name": site_source,
        "canonical_url": canonical_source,
    }
    return Metadata(
        title=title,
        page_title=title,
        canonical_url=canonical,
        origin_url=origin or find_original(facts, view.url),
        authors=authors,
        published_at=_utc(published),
        published_source=published_source,
        updated_at=_utc(_not_before(published, updated)),
        declared_language=facts.language or facts.first("content-language", "og:locale", "dc.language"),
        summary=summary,
        image_url=image,
        tags=tags,
        site_name=site,
        provenance={name: source for name, source in sources.items() if source != "none"},
    )
