"""A fake site: its posts, its listings with one personality, and what a perfect walk of them would ask and find."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from backfill_world import ideal

from .cuts import Cut, cut
from .pages import Frame, front_page, post_page
from .personalities import CLAMP, FROM_FEED, Personality, fitting
from .platforms import registry
from .posts import Corpus, Post
from .server import Answer, Asked, Fake, text_answer

LISTINGS = ("feed", "listing", "sitemap")
"""The kinds of requests that a walk is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What kind of site: everything that ``cms`` may be told."""

    platform: str
    personality: Personality = Personality.NORMAL
    surface: str = ""  # which listing has the personality; "" takes the platform's best
    is_alone: bool = False  # every other listing of the platform answers 404
    posts: int = 350
    span_days: float = 730
    seed: int = 1
    host: str = "127.0.0.1"
    page_size: int | None = None  # of the surface, instead of what is usual; the most it gives where one may ask
    closed: Mapping[str, int] = field(default_factory=dict)  # surface, or "feed", "robots": the status it answers
    offset_hours: int = 0  # of the site's own time from UTC (WordPress)
    has_totals: bool = True  # False: a cache drops X-WP-Total and its like
    retry_after_seconds: int = 1
    gone: int = 0  # the pages of so many posts, evenly spread, answer 404 and 410 in turn
    previews_every: int = 0
    unreadable_every: int = 0
    burst: int = 0
    shrinks: bool = False  # the newest post is taken down after every page that is read
    empty_months: frozenset[str] = frozenset()
    lastmod: str = "true"  # of sitemaps: "true", "build" (the same for all), "none"
    crawl_delay: float | None = None
    disallowed: tuple[str, ...] = ()  # paths of robots.txt
    latency_seconds: float = 0.0  # so that requests at once are seen


class Elsewhere(Fake):
    """Another origin: answers with posts of nobody, and should never be asked."""

    def _answer(self, asked: Asked) -> Answer:
        posts = Corpus(platform="paged", address=self.url.removeprefix("http://"), count=5).posts()
        return registry.decoy(asked, posts)


class World(Fake):
    """The fake site while it answers."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.host = spec.host
        self.platform = registry.PLATFORMS[spec.platform]
        self.surface = spec.surface or next(iter(self.platform.SURFACES))
        if spec.personality not in fitting(self.surface):
            raise ValueError(f"{spec.personality} makes no sense on {spec.platform} {self.surface}")
        self.elsewhere = Elsewhere()
        self.posts: list[Post] = []  # newest first, as they stand
        self._limited = self._walked = 0
        self._entered = ""  # the listing that the request at hand is for

    async def start(self) -> None:
        """Begin to answer."""
        await self.elsewhere.start()
        await super().start()
        self.posts = self._corpus.posts()
        self.opening = tuple(self.posts)

    async def stop(self) -> None:
        """Answer no more."""
        await super().stop()
        await self.elsewhere.stop()

    # --- the truth

    @property
    def home_url(self) -> str:
        """The front page."""
        return f"{self.url}/"

    @property
    def feed_url(self) -> str:
        """The feed that the front page names."""
        return self.url + self.platform.FEED

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The addresses of all posts that the open listings name, of those that were there at the opening."""
        return frozenset().union(*(self.reachable_by(name) for name in self.open_surfaces))

    def reachable_by(self, surface: str) -> frozenset[str]:
        """The addresses that a perfect walk of one listing finds."""
        return frozenset(post.link for post in ideal.found(self, surface))

    @cached_property
    def gone(self) -> frozenset[str]:
        """The addresses whose pages are no more."""
        count = self.spec.gone
        return frozenset(self.opening[(index * len(self.opening)) // count].link for index in range(count))

    @property
    def ideal_requests(self) -> int:
        """How many listing requests a perfect walk of the surface takes; those answered 429 and 5xx not counted."""
        return ideal.requests(self, self.surface)

    @property
    def open_surfaces(self) -> tuple[str, ...]:
        """The listings that answer."""
        return tuple(name for name in self.platform.SURFACES if self.closed(name) is None)

    @property
    def listing_requests(self) -> int:
        """How many requests for the surface came that were answered by anything but 429 and 5xx."""
        return self.asked_of(self.surface)

    def asked_of(self, surface: str) -> int:
        """The same of any listing; the feed counts where the listing begins with it."""
        own = [
            one for one in self.requests if one.surface == surface or (one.surface == "feed" and surface in FROM_FEED)
        ]
        return len([one for one in own if one.status != 429 and one.status < 500])

    @property
    def strayed(self) -> int:
        """How many requests went to the other origin."""
        return len(self.elsewhere.requests)

    def post_at(self, url: str) -> Post | None:
        """The post of an address."""
        return next((post for post in self.posts if post.link == url), None)

    # --- what the platforms' modules use

    def personality(self, surface: str) -> Personality:
        """How a listing behaves."""
        return self.spec.personality if surface == self.surface else Personality.NORMAL

    def size(self, surface: str) -> int:
        """How many posts a page of it holds, at most."""
        usual = self.platform.SURFACES[surface]
        size = self.spec.page_size or usual if surface == self.surface else usual
        return min(size, CLAMP) if self.personality(surface) is Personality.CLAMPS else size

    def enters(self, surface: str) -> int | None:
        """Note which listing a request is for, and give the status by which it is refused, if it is."""
        self._entered = surface
        return self.closed(surface)

    def closed(self, surface: str) -> int | None:
        """The status by which a listing is refused; None where it answers."""
        if surface in self.spec.closed:
            return self.spec.closed[surface]
        return 404 if self.spec.is_alone and surface in self.platform.SURFACES and surface != self.surface else None

    def page(self, surface: str, offset: int, size: int | None = None) -> Cut:
        """A page of all posts."""
        return self.cut(surface, self.posts, offset, size)

    def cut(self, surface: str, posts: Sequence[Post], offset: int, size: int | None = None) -> Cut:
        """A page of some posts, as the surface's personality gives it; ``size`` as it is asked for."""
        most = self.size(surface)
        return cut(self.personality(surface), posts, offset, min(size, most) if size else most)

    def next_url(self, surface: str, path: str) -> str:
        """The address of a next page: on another origin where the personality says so."""
        crosses = self.personality(surface) is Personality.CROSS_ORIGIN
        return (self.elsewhere.url if crosses else self.url) + path

    def link(self, path: str) -> str:
        """The absolute address of a path."""
        return self.url + path

    # --- answering

    @property
    def _corpus(self) -> Corpus:
        spec = self.spec
        fields: dict[str, Any] = {
            name: getattr(spec, name)
            for name in ("platform", "span_days", "seed", "previews_every", "unreadable_every", "burst", "empty_months")
        }
        if spec.personality is Personality.CALENDAR and not spec.empty_months:
            fields["empty_months"] = frozenset({"2026-03", "2025-08"})
        return Corpus(address=self.url.removeprefix("http://"), count=spec.posts, **fields)

    async def _answer(self, asked: Asked) -> Answer:  # type: ignore[override]
        self._entered = ""
        answer = self._find(asked)
        answer = replace(answer, surface=self._entered)
        if self.spec.latency_seconds:
            await asyncio.sleep(self.spec.latency_seconds)
        if refusal := self._refusal(answer):
            return replace(refusal, kind=answer.kind, surface=answer.surface)
        if self.spec.personality is Personality.DRIFT and answer.kind in LISTINGS:
            self._publish()
        if self.spec.shrinks and answer.kind in LISTINGS and len(self.posts) > 1:
            del self.posts[0]
        return answer

    def _refusal(self, answer: Answer) -> Answer | None:
        kind = self.spec.personality
        if kind is Personality.LIMITED and answer.kind != "robots":
            self._limited += 1
            if self._limited % 3 == 0:
                headers = {"Retry-After": str(self.spec.retry_after_seconds)}
                return Answer(status=429, body=b"Too Many Requests", headers=headers)
        if kind is Personality.FAILS_ONCE and answer.kind in LISTINGS:
            self._walked += 1
            if self._walked == 2:
                return Answer(status=500, body=b"Internal Server Error")
        return None

    def _find(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return self._robots()
        if found := self.platform.answer(self, asked):
            return found
        if asked.path == "/":
            return self._front()
        post = next((one for one in self.posts if one.path == asked.path), None)
        if post is None or post.is_unreadable:
            return text_answer("<h1>Not Found</h1>", "text/html", "other" if post is None else "page", 404)
        if post.link in self.gone:
            return text_answer("<h1>Gone</h1>", "text/html", "page", 410 if post.number % 2 else 404)
        return text_answer(post_page(post, self._frame()), "text/html", "page")

    def _front(self) -> Answer:
        title = self.posts[0].site.tagline if self.posts else ""
        found = text_answer(front_page(self.spec.platform, title, self._frame()), "text/html", "home")
        headers = dict(found.headers) | self.platform.home_headers(self)
        return Answer(body=found.body, headers=headers, kind="home")

    def _frame(self) -> Frame:
        feed = "" if self.closed("feed") else self.feed_url
        recent = tuple(post for post in self.posts[:10] if not post.is_unreadable)
        return Frame(home=self.url, feed=feed, feed_type=self.platform.FEED_TYPE, recent=recent)

    def _robots(self) -> Answer:
        if status := self.closed("robots"):
            return text_answer("", "text/plain", "robots", status)
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in self.spec.disallowed)]
        if self.spec.crawl_delay is not None:
            lines.append(f"Crawl-delay: {self.spec.crawl_delay:g}")
        if self.closed("sitemap") is None:
            lines += ["", *(f"Sitemap: {self.url}{path}" for path in self.platform.sitemaps(self))]
        return text_answer("\n".join(lines) + "\n", "text/plain", "robots")

    def _publish(self) -> None:
        newest = self.posts[0]
        at = newest.published_at + timedelta(minutes=1)
        self.posts.insert(0, self._corpus.post(newest.site, len(self.posts), at))


def cms(platform: str, personality: str = "normal", **fields: Any) -> World:
    """A fake site to be opened by ``async with``; the further fields are those of ``Spec``."""
    return World(Spec(platform=platform, personality=Personality(personality), **fields))
