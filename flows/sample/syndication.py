"""The newsroom's syndicated world: texts that several sites tell, edited as papers do, and some that only sound alike.

Each dispatch is told by two to six sites. Who takes it over sets a first sentence of its own, cuts the end, adds a
paragraph, names the agency or the original, or does some of it. Beside each dispatch stand two bulletins on the same
topic with other facts: sentences in common, and no copies.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flows.sample.articles import Article, Story
from flows.sample.bulletins import Topic, read_topic, tell
from flows.sample.chance import Draws
from flows.sample.sites import HERE, Site

DISPATCHES = 24
_FIRST_NUMBER = 60  # of a site's hundred of stories: those written by hand come before
_BESIDE = 2  # bulletins that only sound like a dispatch
_KEPT_PARAGRAPHS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What papers of one language do to a text that they take over."""

    agency: str
    dateline: str
    credit: str
    leads: tuple[str, ...]
    ends: tuple[str, ...]


@cache
def read_habits() -> dict[str, Habits]:
    """The habits of ``syndication.toml``, by language."""
    listed: dict[str, dict[str, Any]] = tomllib.loads((HERE / "syndication.toml").read_text(encoding="utf-8"))
    return {
        language: Habits(**fields | {"leads": tuple(fields["leads"]), "ends": tuple(fields["ends"])})
        for language, fields in listed.items()
    }


def syndicate(sites: Sequence[Site], started_at: datetime, seed: int) -> list[Article]:
    """All that the syndicated world adds to these sites, in the order of appearance."""
    topics = [read_topic(name) for name in sorted({name for site in sites for name in site.topics})]
    desk = _Desk(sites, started_at, seed)
    for number in range(DISPATCHES):
        desk.send(topics[number % len(topics)], number)
    return sorted(desk.articles, key=lambda one: (one.published_at, one.site.position))


class _Desk:
    """Sends texts to sites, each site its share, and numbers what they make of them."""

    def __init__(self, sites: Sequence[Site], started_at: datetime, seed: int) -> None:
        self.articles: list[Article] = []
        self._sites, self._started_at, self._seed = sites, started_at, seed
        self._counts = dict.fromkeys((site.name for site in sites), 0)
        self._turn = 0

    def send(self, topic: Topic, number: int) -> None:
        """Publish a dispatch on two to six sites, and on two others what only sounds like it."""
        draws = Draws(self._seed, "dispatch", number)
        story = self._compose(topic, draws, f"dispatch-{number}")
        sent_at = self._started_at - timedelta(days=1, hours=3 * number)
        copies = 1 + number % 5
        original = self._publish(replace(story, syndicate=story.slug), sent_at)
        for copy, (edited, mark) in enumerate(_edits(story, draws, copies), 1):
            published_at = sent_at + timedelta(minutes=40 * copy + draws.below(30))
            article = self._publish(replace(edited, syndicate=story.slug), published_at)
            self.articles[-1] = replace(article, origin=original if mark else None, mark=mark)
        for beside in range(_BESIDE):
            other = self._compose(topic, Draws(self._seed, "beside", number, beside), f"beside-{number}-{beside}")
            self._publish(other, sent_at + timedelta(minutes=5 + beside))

    def _compose(self, topic: Topic, draws: Draws, slug: str) -> Story:
        title, blocks = tell(topic, draws, _KEPT_PARAGRAPHS)
        return Story(
            slug=slug,
            title=title,
            blocks=blocks,
            language=topic.language,
            authors=(),
            tags=topic.tags,
            kind="dispatch",
        )

    def _publish(self, story: Story, at: datetime) -> Article:
        site = self._sites[self._turn % len(self._sites)]
        self._turn += 1
        number = 100 * (site.position + 1) + _FIRST_NUMBER + self._counts[site.name]
        self._counts[site.name] += 1
        signed = replace(story, authors=(site.staff[number % len(site.staff)],))
        self.articles.append(Article(site=site, number=number, story=signed, published_at=at))
        return self.articles[-1]


def _edits(story: Story, draws: Draws, count: int) -> Iterator[tuple[Story, str]]:
    """So many edited versions of a text, each with how its page names the original: canonical, json-ld or not."""
    habits, first = read_habits()[story.language], draws.below(5)
    for version in range(count):
        kind = (first + version) % 5
        blocks = list(story.blocks)
        if kind in (1, 4):
            blocks[0] = _with_lead(blocks[0], draws.pick(habits.leads))
        if kind in (2, 4):
            blocks = blocks[:-1]
        if kind in (0, 2):
            blocks[0] = habits.dateline.format(agency=habits.agency) + blocks[0]
        if kind == 3:  # noqa: PLR2004 - the fourth way of five
            blocks.append(draws.pick(habits.ends))
        if kind in (1, 3) and habits.credit:
            blocks.append(habits.credit.format(agency=habits.agency))
        mark = {0: "json-ld", 3: "canonical"}.get(kind, "")
        yield replace(story, slug=f"{story.slug}-{version}", blocks=tuple(blocks)), mark


def _with_lead(block: str, lead: str) -> str:
    """The paragraph with another first sentence before its own."""
    return f"{lead} {block}" if block.isascii() or " " in block else f"{lead}{block}"
