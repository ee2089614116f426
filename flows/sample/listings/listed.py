"""What a listing is asked, and what it answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from flows.sample.articles import Article
from flows.sample.feeds.document import Document
from flows.sample.feeds.registry import write_feed
from flows.sample.past import Past
from flows.sample.sites import FeedAddress

SITEMAP_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An address of a site: its path, and its parameters by name, the last value of each."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def number(self, name: str, default: int) -> int:
        """A parameter as a whole number; the default where it is none."""
        text = self.parameters.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else default

    def moment(self, name: str) -> datetime | None:
        """A parameter as a moment, UTC where it names no zone; None where it is none."""
        try:
            moment = datetime.fromisoformat(self.parameters.get(name, "").replace(" ", "+"))
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An answer. ``changed_at``: when anything in it last changed."""

    text: str
    media_type: str
    changed_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a site's articles as a document of a feed; ``links``: rel -> address."""

    feed: FeedAddress
    articles: tuple[Article, ...]
    path: str
    links: Mapping[str, str] = field(default_factory=dict)
    total: int | None = None
    start: int = 1
    is_archive: bool = False


def feed_part(past: Past, part: Part) -> Listed:
    """The part in the feed's own format."""
    document = Document(
        site=past.site,
        feed=part.feed,
        articles=part.articles,
        port=past.port,
        started_at=past.newsroom.started_at,
        path=part.path,
        links=part.links,
        total=part.total,
        start=part.start,
        is_archive=part.is_archive,
    )
    text, media_type = write_feed(document)
    return Listed(text=text, media_type=media_type, changed_at=document.changed_at)


def missing(past: Past) -> Listed:
    """No listing here."""
    text = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    return Listed(text=text, media_type="text/html", changed_at=past.now, status=404)


def sitemap_index(past: Past, paths: Iterable[str]) -> Listed:
    """A sitemap of sitemaps (sitemaps.org, protocol 0.9)."""
    items = "".join(f"<sitemap><loc>{escape(past.url(path))}</loc></sitemap>\n" for path in paths)
    return _sitemap(past, f'<sitemapindex xmlns="{SITEMAP_SCHEMA}">\n{items}</sitemapindex>\n')


def sitemap(past: Past, articles: Iterable[Article], *, built_at: datetime | None = None) -> Listed:
    """A sitemap of articles; ``built_at``: what every one of them states as its last change, as site builders do."""
    items = "".join(
        f"<url><loc>{escape(one.url(past.port))}</loc>"
        f"<lastmod>{(built_at or one.changed_at).isoformat()}</lastmod></url>\n"
        for one in articles
    )
    return _sitemap(past, f'<urlset xmlns="{SITEMAP_SCHEMA}">\n{items}</urlset>\n')


def sitemap_of_pages(past: Past, paths: Iterable[str]) -> Listed:
    """A sitemap of pages that are no articles."""
    items = "".join(f"<url><loc>{escape(past.url(path))}</loc></url>\n" for path in paths)
    return _sitemap(past, f'<urlset xmlns="{SITEMAP_SCHEMA}">\n{items}</urlset>\n')


def _sitemap(past: Past, text: str) -> Listed:
    changed_at = next((one.changed_at for one in past.articles), past.newsroom.started_at)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return Listed(text=text, media_type="application/xml", changed_at=changed_at)
