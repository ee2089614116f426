"""Platforms are told by their marks, and their furniture containers go within bounds."""

import pytest
from lxml import html

from ingest.clean.apply import CleanContext, prune
from ingest.clean.rules import detect_platform

POST = "<p>" + "The mill by the river turned again last week. " * 8 + "</p>"
CLASSIC = f"""<html><head><meta name="generator" content="Blogger"></head><body><h2>Blog</h2><div>{POST}
<p>Posted by Nora Field at <a href="http://b.example/x.html">10:32 AM</a></p>
<a href="https://www.blogger.com/comment.g?blogID=1&postID=2">No comments:</a></div></body></html>"""


@pytest.mark.parametrize(
    ("page", "platform"),
    [
        ('<html><head><meta name="generator" content="WordPress 6.4"></head><body><p>a</p></body></html>', "wordpress"),
        ('<html><body class="wp-singular"><p>a</p></body></html>', "wordpress"),
        ('<html><head><link href="/wp-content/themes/a.css"></head><body><p>a</p></body></html>', "wordpress"),
        (
            '<html><head><meta name="generator" content="blogger"></head><body><p class="post-body"></p></body></html>',
            "blogger",
        ),
        (CLASSIC, "blogger-classic"),
        ('<html><head><meta name="Generator" content="Drupal 10"></head><body><p>a</p></body></html>', "drupal"),
        ('<html><head><meta name="generator" content="Ghost 5.2"></head><body><p>a</p></body></html>', "ghost"),
        (
            '<html><head><script src="https://substackcdn.com/a.js"></script></head><body><p>a</p></body></html>',
            "substack",
        ),
        ('<html><head><link href="https://glyph.medium.com/css/a.css"></head><body><p>a</p></body></html>', "medium"),
        ("<html><body><p>a</p></body></html>", None),
    ],
)
def test_a_platform_is_told_by_its_marks(page, platform):
    assert detect_platform(html.fromstring(page)) == platform


def _prune(page, rules, platform=None):
    tree = html.fromstring(page)
    removed = prune(tree, CleanContext(platform=platform), rules)
    return " ".join(tree.text_content().split()), removed  # type: ignore[attr-defined]


def test_wordpress_furniture_goes_and_the_post_stays(rules):
    page = f"""<html><body><article><h1>The mill</h1> <div class="entry-content">{POST}
    <div class="sharedaddy sd-sharing-enabled">Share this: Twitter</div> and a tail</div></article>
    <div id="jp-relatedposts">Related A B</div><div id="respond">Leave a Reply</div></body></html>"""

    text, removed = _prune(page, rules, "wordpress")

    assert "Share this" not in text
    assert "Leave a Reply" not in text
    assert text.startswith("The mill The mill by")
    assert text.endswith("and a tail")
    assert [removal.rule for removal in removed] == [
        "platform/jetpack/sharing",
        "platform/jetpack/related",
        "platform/wordpress/comments",
    ]


def test_blogger_furniture_goes_and_the_post_stays(rules):
    page = f"""<html><body><h3>The mill</h3> <div class="post-body">{POST}</div>
    <div class="post-footer">Posted by Nora</div>
    <div id="comments">No comments: Post a Comment</div><div id="blog-pager">Newer Post Home</div>
    <div class="post-feeds">Subscribe to: Post Comments (Atom)</div></body></html>"""

    text, removed = _prune(page, rules, "blogger")

    assert text == " ".join(("The mill " + html.fromstring(POST).text_content()).split())  # type: ignore[attr-defined]
    assert len(removed) == 4


def test_a_post_in_a_wrongly_named_box_stays(rules):
    page = f'<html><body><div class="postmetadata">{POST}</div><div>{"Some other text. " * 200}</div></body></html>'

    text, removed = _prune(page, rules, "wordpress")

    assert "The mill" in text
    assert removed == ()


def test_an_ancestor_of_the_title_and_the_page_itself_stay(rules):
    page = f'<html><body class="comments-area"><div id="comments"><h1>The mill</h1>{POST}</div></body></html>'

    text, removed = _prune(page, rules, "wordpress")

    assert "The mill by the river" in text
    assert removed == ()


def test_add_ons_go_from_pages_of_any_platform_and_of_none(rules):
    page = f'<html><body><div>{POST}</div><div id="disqus_thread">12 Comments Sort by Best</div></body></html>'

    for platform in (None, "blogger", "ghost"):
        text, removed = _prune(page, rules, platform)
        assert "Sort by Best" not in text
        assert [removal.rule for removal in removed] == ["platform/disqus/comments"]
