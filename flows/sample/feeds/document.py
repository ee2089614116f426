"""What a feed document is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.sample.articles import Article
from flows.sample.sites import FeedAddress, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed at a moment, or a part of its past: newest article first. ``links``: rel -> address."""

    site: Site
    feed: FeedAddress
    articles: tuple[Article, ...]
    port: int
    started_at: datetime
    path: str = ""  # of a part of the past
    links: Mapping[str, str] = field(default_factory=dict)
    total: int | None = None  # articles in all its parts
    start: int = 1  # place of its first article among them
    is_archive: bool = False  # it will not change any more (RFC 5005 section 4)

    @property
    def url(self) -> str:
        """The document's own address."""
        return self.site.url(self.path or self.feed.path, self.port)

    @property
    def home(self) -> str:
        """The site's front page."""
        return self.site.url("/", self.port)

    @property
    def language(self) -> str:
        """The language of the feed as a whole."""
        return self.feed.language or self.site.language

    @property
    def changed_at(self) -> datetime:
        """When anything in it last changed; the newsroom's start while it is empty."""
        return max((article.changed_at for article in self.articles), default=self.started_at)
