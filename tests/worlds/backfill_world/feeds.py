"""The feed documents of the fake sites: RSS, Atom, JSON Feed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape

from .posts import BlogSite, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """One document: its posts and what stands around them. ``links``: rel -> address."""

    site: BlogSite
    url: str
    posts: Sequence[Post] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    generator: str = ""
    is_archive: bool = False  # carries fh:archive (RFC 5005 section 4)
    is_complete: bool = False  # carries fh:complete (section 2)
    note: str = ""  # a line of the channel, so that two documents without posts differ


def rss(page: FeedPage) -> str:
    """The page as RSS 2.0 with ``content:encoded``."""
    site = page.site
    links = "".join(f'<atom:link rel="{rel}" href="{escape(href)}"/>\n' for rel, href in page.links.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:fh="http://purl.org/syndication/history/1.0">\n<channel>\n'
        f"<title>{escape(site.title)}</title>\n<link>{site.url('/', 0)}</link>\n"
        f"<description>{escape(page.note or site.tagline)}</description>\n"
        f'<atom:link rel="self" type="application/rss+xml" href="{escape(page.url)}"/>\n{links}'
        + (f"<generator>{escape(page.generator)}</generator>\n" if page.generator else "")
        + ("<fh:archive/>\n" if page.is_archive else "")
        + ("<fh:complete/>\n" if page.is_complete else "")
        + "".join(map(_item, page.posts))
        + "</channel>\n</rss>\n"
    )


def _item(post: Post) -> str:
    tags = "".join(f"<category>{escape(tag)}</category>" for tag in post.story.tags)
    return (
        f"<item>\n<title>{escape(post.title)}</title>\n<link>{post.link}</link>\n"
        f"<dc:creator>{escape(post.story.authors[0])}</dc:creator>\n"
        f"<pubDate>{format_datetime(post.published_at, usegmt=True)}</pubDate>\n{tags}\n"
        f'<guid isPermaLink="false">{guid(post)}</guid>\n'
        f"<description>{escape(post.summary)}</description>\n"
        f"<content:encoded><![CDATA[{post.html}]]></content:encoded>\n</item>\n"
    )


def guid(post: Post) -> str:
    """What names the post in a feed, whatever its address."""
    if post.site.platform == "wordpress":
        return f"{post.site.url('/', 0)}?p={post.number}"
    if post.site.platform == "blogger":
        return f"tag:blogger.com,1999:blog-7340051.post-{post.number}"
    return f"tag:slipway.example,2024:{post.number}"


def atom(page: FeedPage, extra: str = "") -> str:
    """The page as Atom 1.0; ``extra`` are elements of the feed, ready as XML."""
    site = page.site
    links = "".join(f'<link rel="{rel}" href="{escape(href)}"/>\n' for rel, href in page.links.items())
    updated = max((post.changed_at for post in page.posts), default=None)
    generator = "Blogger" if site.platform == "blogger" else page.generator
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
        ' xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">\n'
        f"<id>tag:slipway.example,2024:feed</id>\n<title>{escape(site.title)}</title>\n"
        f"<subtitle>{escape(page.note or site.tagline)}</subtitle>\n"
        f"<updated>{updated.isoformat() if updated else '1970-01-01T00:00:00Z'}</updated>\n"
        f'<link rel="self" href="{escape(page.url)}"/>\n<link rel="alternate" href="{site.url("/", 0)}"/>\n{links}'
        f"<author><name>{escape(site.staff[0])}</name></author>\n"
        + (f"<generator>{generator}</generator>\n" if generator else "")
        + ("<fh:archive/>\n" if page.is_archive else "")
        + extra
        + "".join(map(_entry, page.posts))
        + "</feed>\n"
    )


def _entry(post: Post) -> str:
    return (
        f"<entry>\n<id>{guid(post)}</id>\n<title>{escape(post.title)}</title>\n"
        f"<published>{post.published_at.isoformat()}</published>\n<updated>{post.changed_at.isoformat()}</updated>\n"
        f'<link rel="alternate" type="text/html" href="{post.link}"/>\n'
        f"<author><name>{escape(post.story.authors[0])}</name></author>\n"
        f'<content type="html">{escape(post.html)}</content>\n</entry>\n'
    )


def json_feed(page: FeedPage) -> str:
    """The page as JSON Feed 1.1; the link "next" becomes ``next_url``."""
    fields: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": page.site.title,
        "home_page_url": page.site.url("/", 0),
        "feed_url": page.url,
    }
    if "next" in page.links:
        fields["next_url"] = page.links["next"]
    return json.dumps(fields | {"items": list(map(_json_item, page.posts))}, ensure_ascii=False)


def _json_item(post: Post) -> dict[str, object]:
    return {
        "id": guid(post),
        "url": post.link,
        "title": post.title,
        "content_html": post.html,
        "date_published": post.published_at.isoformat(),
        "authors": [{"name": name} for name in post.story.authors],
    }
