"""The ground truth of a fake site: its posts, with the texts of the sample newsroom's bulletins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.sample.articles import Article, Story
from flows.sample.bulletins import compose
from flows.sample.prose import blocks_html, plain_paragraphs
from flows.sample.sites import Site

NEWEST_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""When the newest post of a world at its opening was published."""

PATHS: Mapping[str, str] = {
    "wordpress": "/{date:%Y/%m/%d}/{slug}/",
    "blogger": "/{date:%Y/%m}/{slug}.html",
    "substack": "/p/{slug}",
    "ghost": "/{slug}/",
    "tumblr": "/post/{number}/{slug}",
    "drupal": "/node/{number}",
    "static": "/posts/{slug}/",
    "rfc5005": "/{date:%Y/%m}/{slug}",
    "paged": "/{date:%Y/%m}/{slug}",
    "jsonfeed": "/notes/{slug}",
    "sitemaps": "/news/{date:%Y/%m/%d}/{slug}.html",
}
"""Where each platform puts a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogSite(Site):
    """A site of the newsroom's kind that stands at an address of its own."""

    address: str  # host, or host:port

    @property
    def host(self) -> str:
        """The host's name, without a port."""
        return self.address.rpartition(":")[0] or self.address

    def url(self, path: str, port: int) -> str:
        """The absolute address of a path; the port is part of ``address``."""
        del port
        return f"http://{self.address}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Article):
    """An article of a fake site."""

    is_preview: bool = False  # only the first paragraph is to be had
    is_unreadable: bool = False  # counted by listings, and never given
    path_pattern: str = ""

    @property
    def path(self) -> str:
        """The path of its page."""
        return self.path_pattern.format(date=self.published_at, slug=self.story.slug, number=self.number)

    @property
    def link(self) -> str:
        """The absolute address of its page."""
        return self.site.url(self.path, 0)

    @property
    def title(self) -> str:
        """Its title."""
        return self.story.title

    @property
    def html(self) -> str:
        """Its text as a feed carries it."""
        return blocks_html(self.shown_blocks)

    @property
    def text(self) -> str:
        """What a reader reads, paragraphs apart by a blank line."""
        return "\n\n".join(plain_paragraphs(self.shown_blocks))

    @property
    def shown_blocks(self) -> tuple[str, ...]:
        """The part of the text that everybody may read."""
        return self.story.blocks[:1] if self.is_preview else self.story.blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """How the posts of a world come about."""

    platform: str
    address: str
    count: int = 350
    span_days: float = 730
    newest_at: datetime = NEWEST_AT
    seed: int = 1
    previews_every: int = 0  # one post in so many is behind a paywall
    unreadable_every: int = 0
    burst: int = 0  # so many posts in the middle were published within one second
    empty_months: frozenset[str] = field(default_factory=frozenset)  # "2025-07": nothing was published then

    def site(self) -> BlogSite:
        """The site that they are on."""
        return BlogSite(
            name="slipway",
            address=self.address,
            title="The Slipway Notes",
            tagline="Tides, cargoes and what the parish said",
            language="en",
            platform=self.platform,
            topics=("tides", "council", "larder", "cargo", "locks", "parish"),
            staff=("Maren Oldacre", "Tobias Wexcombe", "Hester Vane"),
            feeds=(),
        )

    def posts(self) -> list[Post]:
        """All posts, newest first; numbers fall with age."""
        site = self.site()
        moments = sorted(map(self._moment, range(self.count)))
        return [self.post(site, index, moments[index]) for index in reversed(range(self.count))]

    def post(self, site: BlogSite, index: int, published_at: datetime) -> Post:
        """The post with this index; 0 is the oldest of a world's opening."""
        number = 1001 + index
        story: Story = compose(site, number, number, self.seed)
        return Post(
            site=site,
            number=number,
            story=story,
            published_at=published_at,
            path_pattern=PATHS[self.platform],
            is_preview=bool(self.previews_every) and index % self.previews_every == 0,
            is_unreadable=bool(self.unreadable_every) and index % self.unreadable_every == 0,
        )

    def _moment(self, age: int) -> datetime:
        middle = self.count // 2
        if self.burst and middle <= age < middle + self.burst:
            age = middle
        step = timedelta(days=self.span_days) / max(1, self.count - 1)
        moment = (self.newest_at - age * step).replace(microsecond=0)
        while f"{moment:%Y-%m}" in self.empty_months:
            moment -= timedelta(days=31)
        return moment
