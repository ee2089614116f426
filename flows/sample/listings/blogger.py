"""Blogger: its feed by ``start-index``, ``max-results`` and ``published-max``, and numbered sitemaps."""

from flows.sample.listings.listed import Listed, Part, Question, feed_part, sitemap, sitemap_index
from flows.sample.past import Past

SITEMAPS = ("/sitemap.xml",)
MOST = 150
"""What one answer holds at most, whatever is asked for."""

_PAGING = frozenset({"start-index", "max-results", "published-max", "published-min"})


def answer(past: Past, question: Question) -> Listed | None:
    """Pages of the feed, once one of its parameters is there; sitemaps of 150."""
    if question.path == "/sitemap.xml":
        return _sitemap(past, question)
    feed = next((one for one in past.site.feeds if one.path == question.path and one.format == "atom"), None)
    if feed is None or not feed.is_document or not _PAGING & question.parameters.keys():
        return None
    least, most = question.moment("published-min"), question.moment("published-max")
    found = tuple(
        one
        for one in past.articles
        if (most is None or one.published_at < most) and (least is None or one.published_at >= least)
    )
    start, size = max(1, question.number("start-index", 1)), min(question.number("max-results", 25), MOST)
    rows = found[start - 1 : start - 1 + size]
    path = f"{feed.path}?start-index={start}&max-results={size}"
    return feed_part(past, Part(feed=feed, articles=rows, path=path, total=len(found), start=start))


def _sitemap(past: Past, question: Question) -> Listed:
    pages = -(-len(past.articles) // MOST)
    if "page" not in question.parameters:
        return sitemap_index(past, [f"/sitemap.xml?page={number + 1}" for number in range(pages)])
    number = question.number("page", 1)
    return sitemap(past, past.articles[(number - 1) * MOST : number * MOST])
