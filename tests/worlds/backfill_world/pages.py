"""The pages of a fake site: its posts in the markup of its platform, and its front page."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from string import Template

from flows.sample.prose import blocks_html, plain_paragraphs, shortened

from .posts import Post


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one platform's page from another's."""

    generator: str
    article: str  # $title, $byline, $date, $iso, $body, $number
    head: str = ""


WORDPRESS = Look(
    generator="WordPress 6.6.2",
    head='<link rel="https://api.w.org/" href="$home/wp-json/">',
    article=(
        '<article id="post-$number" class="post-$number post type-post status-publish hentry">\n'
        '<header class="entry-header"><h1 class="entry-title">$title</h1><div class="entry-meta">'
        '<time class="entry-date published" datetime="$iso">$date</time> <span class="byline">by '
        '<span class="author vcard"><a class="url fn n" href="/author/staff/">$byline</a></span></span></div>'
        "</header>\n"
        '<div class="entry-content">\n$body\n<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share '
        "this:</h3></div>\n</div>\n</article>"
    ),
)
BLOGGER = Look(
    generator="blogger",
    article=(
        '<div class="post hentry" itemprop="blogPost" itemscope="itemscope" itemtype="http://schema.org/BlogPosting">\n'
        '<meta content="$number" itemprop="postId">\n<h3 class="post-title entry-title" itemprop="name">$title</h3>\n'
        '<div class="post-body entry-content" id="post-body-$number" itemprop="articleBody">\n$body\n'
        '<div style="clear: both;"></div>\n</div>\n<div class="post-footer"><span class="post-author vcard">Posted by '
        '<span class="fn">$byline</span></span> <abbr class="published" title="$iso">$date</abbr></div>\n</div>'
    ),
)
SUBSTACK = Look(
    generator="",
    head='<link rel="preconnect" href="https://substackcdn.com">',
    article=(
        '<article class="typography newsletter-post post">\n<div class="post-header"><h1 class="post-title published">'
        '$title</h1><div class="byline-wrapper">$byline <time datetime="$iso">$date</time></div></div>\n'
        '<div class="available-content"><div class="body markup" dir="auto">\n$body\n</div></div>\n'
        '<div class="subscription-widget-wrap"><p>Thanks for reading! Subscribe for free to receive new posts.</p>'
        "</div>\n</article>"
    ),
)
GHOST = Look(
    generator="Ghost 5.94",
    article=(
        '<article class="gh-article post">\n<header class="gh-article-header gh-canvas"><h1 class="gh-article-title">'
        '$title</h1><div class="gh-article-meta"><h4 class="gh-article-author-name">$byline</h4>'
        '<time class="gh-article-meta-date" datetime="$iso">$date</time></div></header>\n'
        '<section class="gh-content gh-canvas">\n$body\n</section>\n</article>'
    ),
)
TUMBLR = Look(
    generator="",
    head='<link rel="alternate" type="application/json+oembed" href="https://www.tumblr.com/oembed/1.0">',
    article=(
        '<article class="post type_text" id="post-$number">\n<h2 class="post-title">$title</h2>\n'
        '<div class="body-text">\n$body\n</div>\n<p class="post-date"><time datetime="$iso">$date</time> '
        "· $byline</p>\n</article>"
    ),
)
DRUPAL = Look(
    generator="Drupal 10 (https://www.drupal.org)",
    article=(
        '<article data-history-node-id="$number" class="node node--type-article node--view-mode-full">\n'
        '<h1 class="page-title"><span class="field field--name-title">$title</span></h1>\n<footer class="node__meta">'
        'Submitted by <span>$byline</span> on <time datetime="$iso">$date</time></footer>\n'
        '<div class="node__content"><div class="field field--name-body field__item">\n$body\n</div></div>\n</article>'
    ),
)
STATIC = Look(
    generator="Hugo 0.136.5",
    article=(
        '<article class="post-single">\n<header class="post-header"><h1 class="post-title">$title</h1>'
        '<div class="post-meta"><time datetime="$iso">$date</time> · $byline</div></header>\n'
        '<div class="post-content">\n$body\n</div>\n</article>'
    ),
)
LOOKS: Mapping[str, Look] = {
    "wordpress": WORDPRESS,
    "blogger": BLOGGER,
    "substack": SUBSTACK,
    "ghost": GHOST,
    "tumblr": TUMBLR,
    "drupal": DRUPAL,
    "static": STATIC,
}
PLAIN = Look(generator="", article=STATIC.article)

_PAGE = Template(
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>$title - $site</title>\n$head\n'
    "</head>\n<body>\n"
    '<header class="site-header"><p class="site-title"><a href="/">$site</a></p><nav><ul><li><a href="/">Home</a></li>'
    '<li><a href="/about/">About</a></li></ul></nav></header>\n<main>\n$main\n</main>\n'
    '<aside class="sidebar"><h2>Recent posts</h2>$recent</aside>\n'
    '<footer class="site-footer"><p>© 2026 $site. All rights reserved.</p></footer>\n</body>\n</html>\n'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page of a site."""

    home: str  # without a trailing slash
    feed: str  # address of the feed, "" where there is none
    feed_type: str = "application/rss+xml"
    recent: tuple[Post, ...] = ()


def post_page(post: Post, frame: Frame) -> str:
    """The page of a post."""
    look = LOOKS.get(post.site.platform, PLAIN)
    main = Template(look.article).substitute(
        title=escape(post.title),
        byline=escape(", ".join(post.story.authors)),
        date=f"{post.published_at:%B} {post.published_at.day}, {post.published_at:%Y}",
        iso=post.published_at.isoformat(),
        body=blocks_html(post.shown_blocks),
        number=post.number,
    )
    head = (
        f'<link rel="canonical" href="{post.link}">\n<meta property="og:type" content="article">\n'
        f'<meta property="og:title" content="{escape(post.title)}">\n'
        f'<meta property="article:published_time" content="{post.published_at.isoformat()}">'
    )
    return _page(post.title, main, frame, f"{_head(post.site.platform, frame)}\n{head}")


def front_page(platform: str, title: str, frame: Frame) -> str:
    """The front page: teasers of the newest posts."""
    main = "\n".join(
        f'<div class="teaser"><h2><a href="{one.path}">{escape(one.title)}</a></h2>'
        f"<p>{escape(shortened(plain_paragraphs(one.story.blocks)[0], 160))}</p></div>"
        for one in frame.recent
    )
    return _page(title, main, frame, _head(platform, frame))


def _head(platform: str, frame: Frame) -> str:
    look = LOOKS.get(platform, PLAIN)
    lines = [f'<meta name="generator" content="{look.generator}">'] if look.generator else []
    if look.head:
        lines.append(Template(look.head).substitute(home=frame.home))
    if frame.feed:
        lines.append(f'<link rel="alternate" type="{frame.feed_type}" title="Feed" href="{frame.feed}">')
    return "\n".join(lines)


def _page(title: str, main: str, frame: Frame, head: str) -> str:
    recent = "".join(f'<li><a href="{one.path}">{escape(one.title)}</a></li>' for one in frame.recent[:5])
    return _PAGE.substitute(
        title=escape(title), site="The Slipway Notes", head=head, main=main, recent=f"<ul>{recent}</ul>"
    )
