"""Which module renders which platform."""

from collections.abc import Callable, Mapping

from flows.sample.articles import Article
from flows.sample.platforms import blogger, forum, news, wordpress
from flows.sample.platforms.view import View
from flows.sample.prose import blocks_html

PAGES: Mapping[str, Callable[[View], str]] = {
    "news": news.page,
    "blogger": blogger.page,
    "classic": blogger.classic_page,
    "wordpress": wordpress.page,
    "forum": forum.page,
}


def render(view: View) -> str:
    """The page as HTML text."""
    return PAGES[view.site.platform](view)


def feed_content(article: Article) -> str:
    """The article's text as its feed carries it in full."""
    return blogger.classic_body(article) if article.site.platform == "classic" else blocks_html(article.blocks)
