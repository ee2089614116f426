"""The nouns of the sample newsroom: its articles, their comments, and what an extraction of them should give."""

from dataclasses import dataclass, replace
from datetime import datetime

from flows.sample.languages import read_language
from flows.sample.prose import plain_paragraphs, shortened
from flows.sample.sites import Site

PATHS = {
    "news": "/news/{date:%Y/%m/%d}/{slug}.html",
    "blogger": "/{date:%Y/%m}/{slug}.html",
    "classic": "/{date:%Y/%m}/{slug}.html",
    "wordpress": "/{date:%Y/%m/%d}/{slug}/",
    "forum": "/t/{slug}/{number}",
}
"""Where each platform puts an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A text without a place in time: what a story file or a composition gives."""

    slug: str
    title: str
    blocks: tuple[str, ...]
    language: str
    authors: tuple[str, ...]
    tags: tuple[str, ...] = ()
    kind: str = "plain"  # plain, doubled, hyphenated, paywall, consent, missing, disallowed, dispatch
    splits: tuple[str, ...] = ()
    origin_url: str | None = None
    signature: str | None = None
    comments: int = 0
    syndicate: str | None = None  # the same of all copies of one text


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A story as a site published it. ``number`` is unique on its site and never changes."""

    site: Site
    number: int
    story: Story
    published_at: datetime
    updated_at: datetime | None = None
    correction: str | None = None
    origin: "Article | None" = None  # what its page names as the original
    mark: str = ""  # and how: canonical or json-ld

    @property
    def path(self) -> str:
        """The path of its page."""
        pattern = PATHS[self.site.platform]
        return pattern.format(date=self.published_at, slug=self.story.slug, number=self.number)

    @property
    def changed_at(self) -> datetime:
        """When it was last touched."""
        return self.updated_at or self.published_at

    @property
    def blocks(self) -> tuple[str, ...]:
        """Its text, with the correction where there is one."""
        return (*self.story.blocks, self.correction) if self.correction else self.story.blocks

    @property
    def summary(self) -> str:
        """The start of the text; says so when the article was corrected."""
        start = shortened(plain_paragraphs(self.story.blocks)[0])
        return f"{read_language(self.story.language).updated} {start}" if self.correction else start

    def url(self, port: int) -> str:
        """The absolute address of its page."""
        return self.site.url(self.path, port)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader wrote below an article."""

    name: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What an article's page should give. ``text``: paragraphs apart by a blank line; "" where none is to be had."""

    url: str
    title: str
    authors: tuple[str, ...]
    published_at: datetime
    language: str
    text: str
    origin_url: str | None
    platform: str
    kind: str = "plain"
    updated_at: datetime | None = None
    syndicate: str | None = None


WALLED = frozenset({"paywall", "consent", "missing", "disallowed"})
"""Kinds whose text no fetch of the page may give."""


def truth_of(article: Article, port: int) -> Truth:
    """The ground truth of an article as it stands."""
    story = article.story
    return Truth(
        url=article.url(port),
        title=story.title,
        authors=story.authors,
        published_at=article.published_at,
        language=story.language,
        text="" if story.kind in WALLED else "\n\n".join(plain_paragraphs(article.blocks)),
        origin_url=article.origin.url(port) if article.origin else story.origin_url,
        platform=article.site.platform,
        kind=story.kind,
        updated_at=article.updated_at,
        syndicate=story.syndicate,
    )


def corrected(article: Article, at: datetime) -> Article:
    """The article with a correction that names it, as of ``at``."""
    language = read_language(article.story.language)
    text = language.correction.format(title=article.story.title, date=language.day(article.published_at))
    return replace(article, updated_at=at, correction=text)
