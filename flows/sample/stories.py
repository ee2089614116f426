"""Stories written by hand: every file ``stories/<site>/<slug>.md`` is one.

A file starts with TOML between two lines of ``+++`` (title, days_ago, and optionally authors, language, tags, kind,
splits, origin_url, signature, comments, syndicate); the text follows, as ``prose`` reads it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows.sample.articles import Story
from flows.sample.prose import read_blocks
from flows.sample.sites import HERE, Site


@dataclass(frozen=True, slots=True)
class DatedStory:
    """A story and how many days before the newsroom's start it appeared."""

    days_ago: float
    story: Story


@cache
def read_stories(site: Site) -> tuple[DatedStory, ...]:
    """The stories written for a site, in the order of their file names."""
    return tuple(_read(path, site) for path in sorted((HERE / "stories" / site.name).glob("*.md")))


def _read(path: Path, site: Site) -> DatedStory:
    _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    fields = tomllib.loads(head)
    days_ago = fields.pop("days_ago")
    lists: dict[str, Any] = {key: tuple(fields.pop(key, ())) for key in ("tags", "splits")}
    authors = tuple(fields.pop("authors", site.staff[:1]))
    language = fields.pop("language", site.language)
    story = Story(slug=path.stem, blocks=read_blocks(body), authors=authors, language=language, **lists, **fields)
    return DatedStory(days_ago, story)
