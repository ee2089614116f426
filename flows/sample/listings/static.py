"""A site of files: one sitemap, which robots.txt names, and in which everything was changed when it was last built."""

from flows.sample.listings.listed import Listed, Question, sitemap
from flows.sample.past import Past

SITEMAPS = ("/sitemaps/all.xml",)


def answer(past: Past, question: Question) -> Listed | None:
    """The sitemap."""
    if question.path != SITEMAPS[0]:
        return None
    newest = next((one.changed_at for one in past.articles), past.newsroom.started_at)
    return sitemap(past, past.articles, built_at=newest)
