"""Stories put together from parts, so that the newsroom never runs dry: tides, council notes, market reports.

A file ``bulletins/<topic>.toml`` holds titles, slots, and paragraphs; a paragraph is a row of sentences, each with
alternatives. ``{name}`` takes one word of that slot, the same throughout a text; ``{4..19}`` takes a number.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flows.sample.articles import Story
from flows.sample.chance import Draws
from flows.sample.sites import HERE, Site

_SLOT = re.compile(r"\{([^}]+)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The parts from which one kind of bulletin is put together."""

    name: str
    language: str
    tags: tuple[str, ...]
    titles: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]
    paragraphs: tuple[tuple[tuple[str, ...], ...], ...]
    joiner: str = " "
    keep: int = 4  # how many of the paragraphs a text takes


@cache
def read_topic(name: str) -> Topic:
    """The topic of ``bulletins/<name>.toml``."""
    fields = tomllib.loads((HERE / "bulletins" / f"{name}.toml").read_text(encoding="utf-8"))
    slots = {slot: tuple(words) for slot, words in fields.pop("slots").items()}
    paragraphs = tuple(tuple(map(tuple, part["sentences"])) for part in fields.pop("paragraphs"))
    lists: dict[str, Any] = {key: tuple(fields.pop(key)) for key in ("tags", "titles")}
    return Topic(name=name, slots=slots, paragraphs=paragraphs, **lists, **fields)


def compose(site: Site, number: int, turn: int, seed: int) -> Story:
    """The bulletin with this number on this site; ``turn`` goes through the site's topics and people."""
    topic = read_topic(site.topics[turn % len(site.topics)])
    draws = Draws(seed, site.name, number)
    title, blocks = tell(topic, draws, topic.keep)
    return Story(
        slug=f"{topic.name}-{number}",
        title=title,
        blocks=blocks,
        language=topic.language,
        authors=(draws.pick(site.staff),),
        tags=topic.tags,
        comments=draws.below(4),
    )


def tell(topic: Topic, draws: Draws, keep: int) -> tuple[str, tuple[str, ...]]:
    """A title and at most ``keep`` paragraphs, as the draws fall."""
    fill = _Filling(topic, draws)
    title = fill.text(draws.pick(topic.titles))
    chosen = draws.sample(topic.paragraphs, keep)
    return title, tuple(topic.joiner.join(fill.text(draws.pick(choices)) for choices in part) for part in chosen)


class _Filling:
    """Fills slots, and remembers what each was filled with."""

    def __init__(self, topic: Topic, draws: Draws) -> None:
        self._topic = topic
        self._draws = draws
        self._known: dict[str, str] = {}

    def text(self, pattern: str) -> str:
        return _SLOT.sub(self._word, pattern)

    def _word(self, found: re.Match[str]) -> str:
        name = found[1]
        if bounds := _RANGE.fullmatch(name):
            return str(self._draws.between(int(bounds[1]), int(bounds[2])))
        if name not in self._known:
            self._known[name] = self._draws.pick(self._topic.slots[name])
        return self._known[name]
