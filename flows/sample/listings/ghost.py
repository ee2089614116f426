"""Ghost: an index of sitemaps by kind; its feed shows the newest only, and its API wants a key."""

from flows.sample.listings.listed import Listed, Question, sitemap, sitemap_index, sitemap_of_pages
from flows.sample.past import Past

SITEMAPS = ("/sitemap.xml",)
_PAGES = {"/sitemap-pages.xml": "/about/", "/sitemap-authors.xml": "/author/desk/", "/sitemap-tags.xml": "/tag/wire/"}


def answer(past: Past, question: Question) -> Listed | None:
    """The sitemaps."""
    if question.path == "/sitemap.xml":
        return sitemap_index(
            past, ["/sitemap-pages.xml", "/sitemap-posts.xml", "/sitemap-authors.xml", "/sitemap-tags.xml"]
        )
    if question.path == "/sitemap-posts.xml":
        return sitemap(past, past.articles)
    return sitemap_of_pages(past, [_PAGES[question.path]]) if question.path in _PAGES else None
