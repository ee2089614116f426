"""What a page is made from, and the pieces that every platform's pages share."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from string import Template

from flows.sample.articles import Article, Comment
from flows.sample.languages import Language
from flows.sample.prose import shortened
from flows.sample.sites import HERE, Site

FEED_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}
"""What an autodiscovery link calls a feed's format; every other is RSS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page to render: its site and moment, the article (none: the front page), and what stands around it."""

    site: Site
    words: Language
    port: int
    now: datetime
    latest: tuple[Article, ...]
    article: Article | None = None
    newer: Article | None = None
    older: Article | None = None
    comments: tuple[Comment, ...] = ()


@cache
def template(name: str) -> Template:
    """The template file of that name under ``templates/``."""
    return Template((HERE / "templates" / name).read_text(encoding="utf-8"))


def article_fields(article: Article, words: Language, port: int) -> dict[str, str]:
    """The placeholders of ``article.html`` that mean the same on every platform."""
    story = article.story
    return {
        "number": str(article.number),
        "slug": story.slug,
        "title": escape(story.title),
        "author": escape(", ".join(story.authors)),
        "path": article.path,
        "url": article.url(port),
        "day": words.day(article.published_at),
        "clock": f"{article.published_at:%H:%M}",
        "published_iso": article.published_at.isoformat(),
        "tags": ", ".join(f'<a href="/search/label/{escape(tag)}" rel="tag">{escape(tag)}</a>' for tag in story.tags),
    }


def frame(view: View, main: str, extra: Mapping[str, str]) -> str:
    """The whole page: the platform's frame around ``main``."""
    site, article = view.site, view.article
    language = view.words
    fields = {
        "lang": language.code,
        "dir": "rtl" if language.is_rtl else "ltr",
        "encoding": site.encoding,
        "title": escape(article.story.title if article else site.tagline),
        "site_title": escape(site.title),
        "tagline": escape(site.tagline),
        "origin": site.url("", view.port),
        "feed_path": site.main_feed.path,
        "head": head(view),
        "owner": escape(site.staff[0]),
        "year": str(view.now.year),
        "home": language.blogger["home"],
        "latest": link_list(view.latest),
        "main": main,
    }
    return template(f"{site.platform}/frame.html").substitute(fields | dict(extra))


def head(view: View) -> str:
    """Autodiscovery, and for an article its canonical address, description and Open Graph."""
    site, feed = view.site, view.site.main_feed
    media_type = FEED_TYPES.get(feed.format, "application/rss+xml")
    address = site.url(feed.path, view.port)
    lines = [f'<link rel="alternate" type="{media_type}" title="{escape(site.title)}" href="{address}">']
    if site.generator:
        lines.append(f'<meta name="generator" content="{site.generator}">')
    if view.article:
        lines += _article_head(view.article, view.port)
    closing = " />" if site.platform == "classic" else ">"
    return "\n".join(line if line.endswith("</script>") else line[:-1] + closing for line in lines)


def link_list(articles: Iterable[Article]) -> str:
    """Links to articles as a list."""
    items = (f'<li><a href="{one.path}">{escape(one.story.title)}</a></li>' for one in articles)
    return "<ul>\n" + "\n".join(items) + "\n</ul>"


def teasers(articles: Iterable[Article], words: Language) -> str:
    """A front page's list: title, day and the first words of each article."""
    return "\n".join(
        f'<div class="teaser"><h2><a href="{one.path}">{escape(one.story.title)}</a></h2>'
        f'<p class="teaser-date">{words.day(one.published_at)}</p><p>{escape(shortened(one.summary, 160))}</p></div>'
        for one in articles
    )


def link(path: str, text: str) -> str:
    """An anchor; ``text`` is escaped."""
    return f'<a href="{path}">{escape(text)}</a>'


def _article_head(article: Article, port: int) -> list[str]:
    title, summary = escape(article.story.title), escape(article.summary)
    lines = [
        f'<link rel="canonical" href="{_canonical(article, port)}">',
        f'<meta name="description" content="{summary}">',
        f'<meta property="og:title" content="{title}">',
        '<meta property="og:type" content="article">',
        f'<meta property="og:url" content="{_canonical(article, port)}">',
        f'<meta property="og:site_name" content="{escape(article.site.title)}">',
    ]
    return [*lines, _json_ld(article, port)] if has_json_ld(article) else lines


def _canonical(article: Article, port: int) -> str:
    """Its own address, or the original's where a copy says so."""
    return article.origin.url(port) if article.origin and article.mark == "canonical" else article.url(port)


def has_json_ld(article: Article) -> bool:
    """Every other article of a news site carries JSON-LD, and a copy that names its original so."""
    return article.mark == "json-ld" or (article.site.platform == "news" and article.number % 2 == 0)


def _json_ld(article: Article, port: int) -> str:
    story = article.story
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "datePublished": article.published_at.isoformat(),
        "dateModified": article.changed_at.isoformat(),
        "inLanguage": story.language,
        "mainEntityOfPage": article.url(port),
        "publisher": {"@type": "Organization", "name": article.site.title},
    }
    if article.origin and article.mark == "json-ld":
        data["isBasedOn"] = article.origin.url(port)
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'
