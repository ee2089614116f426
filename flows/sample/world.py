"""The newsroom: which articles exist at a moment, a pure function of its start, its seed and that moment.

Stories written by hand lie in the weeks before the start. Bulletins are numbered without end: the one of ``minute`` 0
appears a minute after the start, the next a minute later; negative minutes are the past, one every 20 hours. What lies
further back than ``past`` is on no front page and in no feed, only in listings. Sites take turns, so a site's bulletins
follow from its position by arithmetic, and nothing is kept in memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import islice

from flows.sample.articles import Article, Truth, corrected, truth_of
from flows.sample.bulletins import compose
from flows.sample.sites import Behaviour, FeedAddress, Site, enlarged, read_sites
from flows.sample.stories import read_stories
from flows.sample.syndication import syndicate

FIRST_NUMBER = 40_000
"""The number of the bulletin of minute 0; room below it for a long past."""

PAST_STEP = timedelta(hours=20)
WINDOW = 15
"""How many entries a feed document holds."""

_NUMBER = re.compile(r"-(\d{5,7})(?=[./]|$)")


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """A feed to subscribe to, and how it behaves."""

    url: str
    title: str
    tags: tuple[str, ...]
    note: str
    behaviour: Behaviour = Behaviour.CONDITIONAL


class Newsroom:
    """A fictional web. ``past`` bulletins lie before the start; ``scale`` repeats every site on further hosts.

    ``history``: how far back listings go, in bulletins of all sites together; 870 are two years. ``syndicated``: with
    texts that several sites tell (``syndication``).
    """

    def __init__(  # noqa: PLR0913 - each is a size of the world that stands alone
        self,
        started_at: datetime,
        seed: int = 1,
        *,
        scale: int = 1,
        past: int = 24,
        history: int = 870,
        syndicated: bool = False,
    ) -> None:
        self.started_at = started_at.replace(microsecond=0)
        self.seed = seed
        self._originals = read_sites()
        self.sites = enlarged(self._originals, scale)
        self._by_host = {site.host: site for site in self.sites}
        self._past = past
        self._history = history
        told = syndicate(self._originals, self.started_at, seed) if syndicated else []
        self._stories = {
            site.name: sorted([*self._dated(site), *(one for one in told if one.site is site)], key=_age)
            for site in self._originals
        }
        self._by_path = {(name, one.path): one for name, row in self._stories.items() for one in row}
        self._bulletin = lru_cache(maxsize=16_384)(self._compose)

    def site(self, host: str) -> Site | None:
        """The site of a host name (without port), if there is one."""
        return self._by_host.get(host)

    def articles(self, now: datetime) -> list[Article]:
        """Everything published by ``now``, newest first."""
        found = [article for site in self.sites for article in self.newest(site, now)]
        return sorted(found, key=_age)

    def newest(self, site: Site, now: datetime, language: str | None = None) -> Iterator[Article]:
        """A site's articles as they stand at ``now``, newest first, optionally of one language."""
        return self._down_to(self._depth(site), site, now, language)

    def whole(self, site: Site, now: datetime, language: str | None = None) -> Iterator[Article]:
        """The same with all of the past that listings reach."""
        return self._down_to(max(self._depth(site), self._history), site, now, language)

    def window(self, site: Site, feed: FeedAddress, now: datetime) -> list[Article]:
        """The articles that a feed document holds."""
        return list(islice(self.newest(site, now, feed.language), WINDOW))

    def find(self, site: Site, path: str, now: datetime) -> Article | None:
        """The article at a path, if it is published."""
        article = self._by_path.get((site.name, path)) or self._numbered(site, path)
        if article is None or article.path != path or article.published_at > now:
            return None
        return self._as_of(article, now)

    def stories(self, site: Site) -> tuple[Article, ...]:
        """The articles written by hand for a site, newest first, as first published."""
        return tuple(self._stories.get(site.name, ()))

    def feeds(self, now: datetime, port: int) -> list[SampleFeed]:
        """Every feed to subscribe to; the list is the same at every moment so far."""
        del now
        return [
            SampleFeed(site.url(feed.path, port), site.title, feed.tags, feed.note, feed.behaviour)
            for site in self.sites
            for feed in site.feeds
            if feed.is_listed
        ]

    def truth(self, now: datetime, port: int = 8700) -> list[Truth]:
        """What should come out of every article published by ``now``, newest first."""
        return [truth_of(article, port) for article in self.articles(now)]

    def _dated(self, site: Site) -> list[Article]:
        dated = [
            Article(
                site=site,
                number=100 * (site.position + 1) + index,
                story=one.story,
                published_at=self.started_at - timedelta(days=one.days_ago),
            )
            for index, one in enumerate(read_stories(site))
        ]
        return sorted(dated, key=_age)

    def _down_to(self, depth: int, site: Site, now: datetime, language: str | None) -> Iterator[Article]:
        stories = (one for one in self._stories.get(site.name, ()) if one.published_at <= now)
        for article in merge(stories, self._bulletins(site, now, depth), key=_age):
            if language in (None, article.story.language):
                yield self._as_of(article, now)

    def _bulletins(self, site: Site, now: datetime, depth: int) -> Iterator[Article]:
        last = (now - self.started_at) // timedelta(minutes=1) - 1
        turns = len(self._originals)
        for minute in range(last - (last - site.position) % turns, -depth - 1, -turns):
            article = self._bulletin(site, minute)
            if article.published_at <= now:
                yield article

    def _depth(self, site: Site) -> int:
        """How many bulletins of the past a world has: a copy has no stories, so it has more of these."""
        return self._past if site.copy == 1 else self._past + sum(map(len, self._stories.values()))

    def _compose(self, site: Site, minute: int) -> Article:
        number = FIRST_NUMBER + minute
        story = compose(site, number, minute // len(self._originals), self.seed)
        return Article(site=site, number=number, story=story, published_at=self._moment(minute))

    def _moment(self, minute: int) -> datetime:
        return self.started_at + (timedelta(minutes=minute + 1) if minute >= 0 else minute * PAST_STEP)

    def _numbered(self, site: Site, path: str) -> Article | None:
        found = _NUMBER.search(path)
        minute = int(found[1]) - FIRST_NUMBER if found else None
        if (
            minute is None
            or minute % len(self._originals) != site.position
            or minute < -max(self._depth(site), self._history)
        ):
            return None
        return self._bulletin(site, minute)

    def _as_of(self, article: Article, now: datetime) -> Article:
        at = self._corrected_at(article)
        return article if at is None or at > now else corrected(article, at)

    def _corrected_at(self, article: Article) -> datetime | None:
        """Plain stories in turn, one every ten minutes; one bulletin in seven, twelve minutes after it came."""
        if article.story.kind != "plain":
            return None
        if (article.site.name, article.path) in self._by_path:
            order = article.number % 100 * len(self._originals) + article.site.position
            return self.started_at + timedelta(minutes=5 + 10 * order)
        minute = article.number - FIRST_NUMBER
        is_edited = minute >= 0 and minute % 7 == 3  # noqa: PLR2004 - one in seven, and not the first
        return article.published_at + timedelta(minutes=12) if is_edited else None


def _age(article: Article) -> tuple[float, int]:
    return (-article.published_at.timestamp(), -article.number)
