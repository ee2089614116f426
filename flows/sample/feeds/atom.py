"""Atom 1.0 as Blogger writes it, with the whole post as escaped HTML."""

from html import escape

from flows.sample.articles import Article
from flows.sample.chance import Draws
from flows.sample.feeds.document import Document
from flows.sample.platforms.registry import feed_content

_OPENING = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/"\
 xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="{language}">
<id>{id}</id>
<updated>{updated}</updated>
<title type="text">{title}</title>
<subtitle type="html">{tagline}</subtitle>
<link rel="http://schemas.google.com/g/2005#feed" type="application/atom+xml" href="{url}"/>
<link rel="self" type="application/atom+xml" href="{url}"/>
<link rel="alternate" type="text/html" href="{home}"/>
<author><name>{author}</name></author>
<generator version="7.00" uri="http://www.blogger.com">Blogger</generator>
<openSearch:startIndex>{start}</openSearch:startIndex>
<openSearch:itemsPerPage>{count}</openSearch:itemsPerPage>
"""


def atom(document: Document) -> str:
    """The document as Atom."""
    site = document.site
    opening = _OPENING.format(
        language=document.language,
        id=f"tag:blogger.com,1999:blog-{_blog(document)}",
        updated=document.changed_at.isoformat(),
        title=escape(site.title),
        tagline=escape(site.tagline),
        url=escape(document.url),
        home=document.home,
        author=escape(site.staff[0]),
        count=len(document.articles),
        start=document.start,
    )
    if document.total is not None:
        opening += f"<openSearch:totalResults>{document.total}</openSearch:totalResults>\n"
    return opening + "\n".join(_entry(one, document) for one in document.articles) + "\n</feed>\n"


def _entry(article: Article, document: Document) -> str:
    story = article.story
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in story.authors)
    tags = "".join(f'<category scheme="http://www.blogger.com/atom/ns#" term="{escape(tag)}"/>' for tag in story.tags)
    return (
        f"<entry>\n<id>tag:blogger.com,1999:blog-{_blog(document)}.post-{article.number}</id>\n"
        f"<published>{article.published_at.isoformat()}</published>\n"
        f"<updated>{article.changed_at.isoformat()}</updated>\n{tags}\n"
        f'<title type="text">{escape(story.title)}</title>\n'
        f'<content type="html">{escape(feed_content(article))}</content>\n'
        f'<link rel="alternate" type="text/html" href="{article.url(document.port)}" title="{escape(story.title)}"/>\n'
        f"{authors}\n<thr:total>{story.comments}</thr:total>\n</entry>"
    )


def _blog(document: Document) -> int:
    return 10**15 + Draws("blog", document.site.name).below(9 * 10**15)
