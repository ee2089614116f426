"""A JSON Feed in pages: ``next_url`` names the one with older items (JSON Feed 1.1)."""

from collections.abc import Mapping

from flows.sample.listings.listed import Listed, Part, Question, feed_part, missing
from flows.sample.past import Past
from flows.sample.sites import FeedAddress

SITEMAPS = ()
A_PAGE = 20


def answer(past: Past, question: Question) -> Listed | None:
    """A page after the first; that one is the feed itself."""
    feed = past.site.main_feed
    number = question.number("page", 1)
    if question.path != feed.path or number < 2:  # noqa: PLR2004 - the first page is the feed
        return None
    older = past.older(feed)
    rows = older[(number - 2) * A_PAGE : (number - 1) * A_PAGE]
    follows = {"next": past.url(_path(feed, number + 1))} if len(older) > (number - 1) * A_PAGE else {}
    return (
        feed_part(past, Part(feed=feed, articles=rows, path=_path(feed, number), links=follows))
        if rows
        else missing(past)
    )


def links(past: Past, feed: FeedAddress) -> Mapping[str, str]:
    """What the feed itself says of its past."""
    return {"next": past.url(_path(feed, 2))} if feed is past.site.main_feed and past.older(feed) else {}


def _path(feed: FeedAddress, number: int) -> str:
    return f"{feed.path}?page={number}"
