"""The newsroom's sites and the addresses of their feeds, as ``sites.toml`` lists them."""

import tomllib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Behaviour(StrEnum):
    """How a feed's address answers."""

    CONDITIONAL = "conditional"  # validators, and 304 to who echoes them
    ALWAYS_200 = "always-200"  # validators, but never a 304
    SERVER_ERROR = "server-error"
    GONE = "gone"
    MOVED = "moved"  # 301 to ``target``
    TEMPORARY = "temporary"  # 302 to ``target``
    MALFORMED = "malformed"  # XML with undefined entities and bare ampersands
    HTML = "html"  # a page where the feed should be


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """One address that a subscription list may name, and what it does."""

    path: str
    note: str
    format: str = "rss"  # rss (summaries), rss-full, atom, json
    behaviour: Behaviour = Behaviour.CONDITIONAL
    target: str = ""
    language: str | None = None  # only the articles in this language
    tags: tuple[str, ...] = ()
    is_listed: bool = True  # False: found only by following a redirect or a page's link

    @property
    def is_document(self) -> bool:
        """Whether it answers with a document of its own."""
        return self.behaviour in {Behaviour.CONDITIONAL, Behaviour.ALWAYS_200, Behaviour.MALFORMED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One host: who writes there, on which platform, in which language."""

    name: str
    title: str
    tagline: str
    language: str
    platform: str
    topics: tuple[str, ...]
    staff: tuple[str, ...]
    feeds: tuple[FeedAddress, ...]
    position: int = 0  # place in the rotation in which sites publish
    copy: int = 1  # 1: the site itself; 2 and more: the further ones of an enlarged world
    robots: str | None = None
    house_line: str = ""  # printed below every article, in a box of its own
    delay_seconds: float = 0.0
    is_compressed: bool = False
    encoding: str = "utf-8"
    generator: str = ""  # what its pages say they were made with, where their platform's template does not
    listing: str = ""  # how it shows its past; "": as its platform does

    @property
    def host(self) -> str:
        """The host's name, without a port."""
        return f"{self.name}.localhost"

    def url(self, path: str, port: int) -> str:
        """The absolute address of a path."""
        return f"http://{self.host}:{port}{path}"

    @property
    def main_feed(self) -> FeedAddress:
        """The first feed that answers with a document of its own."""
        return next(feed for feed in self.feeds if feed.is_document)


@cache
def read_sites() -> tuple[Site, ...]:
    """The sites of ``sites.toml``, in its order."""
    listed = tomllib.loads((HERE / "sites.toml").read_text(encoding="utf-8"))["sites"]
    return tuple(_site(position, fields) for position, fields in enumerate(listed))


def enlarged(sites: tuple[Site, ...], scale: int) -> tuple[Site, ...]:
    """Every site ``scale`` times, each on a host of its own: harbour, harbour-2, harbour-3."""
    further = [replace(site, name=f"{site.name}-{copy}", copy=copy) for copy in range(2, scale + 1) for site in sites]
    return (*sites, *further)


def _site(position: int, fields: dict[str, Any]) -> Site:
    feeds = tuple(_feed(feed) for feed in fields.pop("feeds"))
    lists: dict[str, Any] = {key: tuple(fields.pop(key)) for key in ("topics", "staff")}
    return Site(position=position, feeds=feeds, **lists, **fields)


def _feed(fields: dict[str, Any]) -> FeedAddress:
    behaviour = Behaviour(fields.pop("behaviour", "conditional"))
    return FeedAddress(behaviour=behaviour, tags=tuple(fields.pop("tags", ())), **fields)
