"""RSS 2.0: with summaries only, or as WordPress writes it with ``content:encoded``."""

from email.utils import format_datetime
from html import escape

from flows.sample.articles import Article
from flows.sample.feeds.document import Document
from flows.sample.languages import read_language
from flows.sample.platforms.registry import feed_content
from flows.sample.sites import Behaviour

_OPENING = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:atom="http://www.w3.org/2005/Atom"{history} xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel>
<title>{title}</title>
<atom:link href="{url}" rel="self" type="application/rss+xml"/>
<link>{home}</link>
<description>{tagline}</description>
<lastBuildDate>{built}</lastBuildDate>
<language>{language}</language>
{generator}
{links}"""
_HISTORY = ' xmlns:fh="http://purl.org/syndication/history/1.0"'
_WORDPRESS = (
    "<sy:updatePeriod>hourly</sy:updatePeriod>\n<sy:updateFrequency>1</sy:updateFrequency>\n"
    "<generator>https://wordpress.org/?v=6.6</generator>"
)


def rss(document: Document) -> str:
    """The document as RSS; not well-formed where its address is said to be so."""
    text = _opening(document) + "\n".join(_item(one, document) for one in document.articles) + "\n</channel>\n</rss>\n"
    return _broken(text) if document.feed.behaviour is Behaviour.MALFORMED else text


def _opening(document: Document) -> str:
    site = document.site
    return _OPENING.format(
        encoding=site.encoding,
        title=escape(site.title),
        url=escape(document.url),
        home=document.home,
        tagline=escape(site.tagline),
        built=format_datetime(document.changed_at, usegmt=True),
        language=document.language,
        generator=_WORDPRESS if site.platform == "wordpress" else "<ttl>1</ttl>",
        links=_links(document),
        history=_HISTORY if document.is_archive else "",
    )


def _links(document: Document) -> str:
    """Where its past is, and whether this is a piece of it (RFC 5005)."""
    lines = [f'<atom:link rel="{rel}" href="{escape(href)}"/>\n' for rel, href in document.links.items()]
    return "".join(lines) + ("<fh:archive/>\n" if document.is_archive else "")


def _item(article: Article, document: Document) -> str:
    story, url = article.story, article.url(document.port)
    is_full = document.feed.format == "rss-full" and story.kind != "consent"
    lines = [
        "<item>",
        f"<title>{escape(story.title)}</title>",
        f"<link>{url}</link>",
        *(f"<dc:creator>{escape(name)}</dc:creator>" for name in story.authors),
        f"<pubDate>{format_datetime(article.published_at, usegmt=True)}</pubDate>",
        *(f"<category>{escape(tag)}</category>" for tag in story.tags),
        _guid(article, document),
        f"<description>{escape(_description(article, url) if is_full else article.summary)}</description>",
    ]
    if article.updated_at:
        lines.append(f"<atom:updated>{article.updated_at.isoformat()}</atom:updated>")
    if is_full:
        lines.append(
            f"<content:encoded><![CDATA[{feed_content(article)}\n{_appeared(article, url)}]]></content:encoded>"
        )
    return "\n".join([*lines, "</item>"])


def _guid(article: Article, document: Document) -> str:
    if article.site.platform == "wordpress":
        return f'<guid isPermaLink="false">{document.home}?p={article.number}</guid>'
    return f'<guid isPermaLink="true">{article.url(document.port)}</guid>'


def _description(article: Article, url: str) -> str:
    return f"<p>{escape(article.summary, quote=False)} [&#8230;]</p>\n{_appeared(article, url)}"


def _appeared(article: Article, url: str) -> str:
    site = article.site
    link = f'<a rel="nofollow" href="{url}">{escape(article.story.title)}</a>'
    home = f'<a rel="nofollow" href="{url.removesuffix(article.path)}/">{escape(site.title)}</a>'
    pattern = read_language(article.story.language).wordpress["appeared"]
    return f"<p>{pattern.format(title=link, site=home)}</p>"


def _broken(text: str) -> str:
    """Bare ampersands and an entity that XML does not know, as careless themes write them."""
    generator = "<generator>https://wordpress.org/?v=6.6</generator>"
    return text.replace(generator, "<copyright>Colla &amp; Trucioli&nbsp;&copy; Bottega & Figli</copyright>")
