"""Which module writes which format, and what its media type is."""

from collections.abc import Callable, Mapping

from flows.sample.feeds.atom import atom
from flows.sample.feeds.document import Document
from flows.sample.feeds.jsonfeed import json_feed
from flows.sample.feeds.rss import rss

WRITERS: Mapping[str, tuple[Callable[[Document], str], str]] = {
    "rss": (rss, "application/rss+xml"),
    "rss-full": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
}


def write_feed(document: Document) -> tuple[str, str]:
    """The feed's text and its media type, without a charset."""
    writer, media_type = WRITERS[document.feed.format]
    return writer(document), media_type
