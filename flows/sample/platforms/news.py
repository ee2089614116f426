"""A newspaper's own site: author boxes, share, related and newsletter boxes inside the post's container."""

from html import escape

from flows.sample.articles import Article
from flows.sample.chance import Draws
from flows.sample.platforms.view import View, article_fields, frame, teasers, template
from flows.sample.prose import blocks_html, plain_paragraphs, shortened, split_words


def page(view: View) -> str:
    """The page of the view's article, or the front page."""
    main = _article(view, view.article) if view.article else teasers(view.latest, view.words)
    words = {key: escape(text) for key, text in view.words.news.items()}
    return frame(
        view,
        main,
        words | {"body_class": "single" if view.article else "home", "section": escape(view.site.main_feed.tags[0])},
    )


def _article(view: View, article: Article) -> str:
    words = {key: escape(text) for key, text in view.words.news.items()}
    fields = words | article_fields(article, view.words, view.port)
    if article.story.kind == "paywall":
        teaser = shortened(plain_paragraphs(article.blocks)[0], 160)
        return template("news/paywall.html").substitute(fields, teaser=escape(teaser))
    return template("news/article.html").substitute(
        fields | {"bio": escape(_bio(view, article))},
        body=blocks_html(split_words(article.blocks, article.story.splits)),
        house_line=_house_line(view),
        modified=_modified(article, view),
        latest=_related_cards(view),
    )


def _related_cards(view: View) -> str:
    """Three other articles, each in a card."""
    others = [one for one in view.latest if one is not view.article][:3]
    return "\n".join(
        f'<div class="related-card"><a href="{one.path}">{escape(one.story.title)}</a></div>' for one in others
    )


def _house_line(view: View) -> str:
    """What this newspaper alone prints below every text: no rule knows it, its pages together give it away."""
    line = view.site.house_line
    return f'<div class="house-line"><p>{escape(line)}</p></div>\n' if line else ""


def _bio(view: View, article: Article) -> str:
    name = article.story.authors[0]
    year = 2009 + Draws(name).below(15)
    return view.words.news["bio"].format(name=name, site=view.site.title, year=year)


def _modified(article: Article, view: View) -> str:
    if article.updated_at is None:
        return ""
    moment = f"{view.words.day(article.updated_at)}, {article.updated_at:%H:%M}"
    return f' <time class="updated" datetime="{article.updated_at.isoformat()}">{view.words.updated} {moment}</time>'
