"""What a worker loads at its first feed and its first page, loaded by a feed and a page of our own before it is forked.

A first page costs a second: the language model is unpacked, wordings are compiled, libraries imported that only pages
need.
"""

from datetime import UTC, datetime

from ingest.jobs import FeedJob, PageJob, read_feed, read_page
from ingest.model import Page

_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_PARAGRAPHS = (
    "The ferry to the northern islands runs again this week, after four months in which the crossing was closed for",
    "repairs to the landing stage. The first boat left the harbour on Monday with eleven passengers and the post, and",
    "all of the islanders who had taken the longer way over the eastern channel for the whole of the winter.",
    "The council says that the new planks are of larch, which lasts for thirty years in salt water, and that the old",
    "ones were burnt. A second boat in the afternoon follows in May, when the days are long enough for the return.",
)
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The ferry runs again - Harbour Post</title>'
    '<meta property="og:site_name" content="Harbour Post"><link rel="canonical" href="https://harbour.example/ferry">'
    '<meta property="article:published_time" content="2026-01-01T08:00:00Z"></head><body><header><nav>'
    '<a href="/">Home</a> <a href="/islands">Islands</a></nav></header><article><h1>The ferry runs again</h1>'
    '<p class="byline">By <a rel="author" href="/a/ada">Ada Reed</a>, 1 January 2026</p>'
    + "".join(f"<p>{paragraph}</p>" for paragraph in _PARAGRAPHS)
    + '<div class="share"><a href="#">Share this</a></div></article><section id="comments"><h3>No comments</h3>'
    '<a href="#">Post a Comment</a></section><footer>© Harbour Post</footer></body></html>'
).encode()
_FEED = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Harbour Post</title>'
    b"<link>https://harbour.example/</link><item><title>The ferry runs again</title>"
    b"<link>https://harbour.example/ferry</link><guid>https://harbour.example/ferry</guid>"
    b"<pubDate>Thu, 01 Jan 2026 08:00:00 GMT</pubDate><description>The ferry runs again this week.</description>"
    b"</item></channel></rss>"
)


def warm_for_feeds() -> None:
    """Load what reading a feed needs."""
    read_feed(FeedJob(body=_FEED, url="https://harbour.example/feed"))


def warm_for_pages() -> None:
    """Load what reading a feed and a page needs."""
    warm_for_feeds()
    url = "https://harbour.example/ferry"
    page = Page(url=url, html=_PAGE, final_url=url, content_type="text/html; charset=utf-8")
    read_page(PageJob(url=url, page=page, entry=None, feed_title="Harbour Post", now=_NOW))
