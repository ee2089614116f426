"""A site's whole past, two years of it, as its listings page through it; its feeds show the newest of it only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flows.sample.articles import Article
from flows.sample.sites import FeedAddress, Site
from flows.sample.world import Newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that a site has published by a moment, newest first."""

    newsroom: Newsroom
    site: Site
    now: datetime
    port: int

    @property
    def articles(self) -> tuple[Article, ...]:
        """Everything, down to the oldest."""
        return tuple(self.newsroom.whole(self.site, self.now))

    def older(self, feed: FeedAddress) -> tuple[Article, ...]:
        """What a feed's own document does not show."""
        shown = {one.number for one in self.newsroom.window(self.site, feed, self.now)}
        whole = self.newsroom.whole(self.site, self.now, feed.language)
        return tuple(one for one in whole if one.number not in shown)

    def months(self) -> Mapping[date, tuple[Article, ...]]:
        """Everything by the month in which it came, newest month first; a month without anything is not there."""
        return {month: tuple(rows) for month, rows in groupby(self.articles, key=_month)}

    def url(self, path: str) -> str:
        """The absolute address of a path of the site."""
        return self.site.url(path, self.port)


def _month(article: Article) -> date:
    return article.published_at.date().replace(day=1)
