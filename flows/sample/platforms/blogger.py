"""Blogger: the modern template with its classes, and the classic one that marks nothing."""

from collections.abc import Callable
from html import escape

from flows.sample.articles import Article, Comment
from flows.sample.platforms.view import View, article_fields, frame, link, teasers, template
from flows.sample.prose import block_html, blocks_html, inline_html


def page(view: View) -> str:
    """The page of the view's article, or the front page, in the modern template."""
    return _page(view, modern_body, _modern_comment)


def classic_page(view: View) -> str:
    """The same in the classic template."""
    return _page(view, classic_body, _classic_comment)


def modern_body(article: Article) -> str:
    """The post as the editor stored it."""
    return blocks_html(article.blocks)


def classic_body(article: Article) -> str:
    """The post as old editors stored it: ``<div>`` paragraphs, or line breaks; a doubled post has its text twice."""
    if article.story.kind == "doubled":
        return "\n".join([_signed_copy(article)] * 2)
    if article.number % 2:
        return "\n".join(_division(block) for block in article.blocks)
    return "<br /><br />\n".join(inline_html(block) for block in article.blocks)


def _signed_copy(article: Article) -> str:
    origin = article.story.origin_url
    paragraphs = [_division(block) for block in article.blocks]
    return "\n".join([*paragraphs, f"<div>{escape(article.story.signature or '')}</div>", f"<div>{origin}</div>"])


def _division(block: str) -> str:
    return f"<div>{inline_html(block)}</div>" if not block.startswith(("- ", "## ", "> ")) else block_html(block)


def _page(view: View, body: Callable[[Article], str], comment: Callable[[Comment, View], str]) -> str:
    words = {key: escape(text) for key, text in view.words.blogger.items()}
    if view.article is None:
        main = teasers(view.latest, view.words)
    else:
        fields = words | article_fields(view.article, view.words, view.port)
        main = template(f"{view.site.platform}/article.html").substitute(
            fields,
            body=body(view.article),
            comment_count=_comment_count(view),
            comments="\n".join(comment(one, view) for one in view.comments),
            pager=_pager(view),
        )
    return frame(view, main, words | {"variant": "simple"})


def _comment_count(view: View) -> str:
    words = view.words.blogger
    return words["comments"].format(count=len(view.comments)) if view.comments else words["no_comments"]


def _pager(view: View) -> str:
    words = view.words.blogger
    ends = [(view.newer, "newer"), (view.older, "older")]
    links = {
        kind: f'<span id="blog-pager-{kind}-link">{link(one.path, words[kind])}</span>' for one, kind in ends if one
    }
    return " ".join([links.get("newer", ""), link("/", words["home"]), links.get("older", "")]).strip()


def _modern_comment(comment: Comment, view: View) -> str:
    return (
        '<div class="comment-block"><div class="comment-header">'
        f'<cite class="user">{escape(comment.name)}</cite> '
        f'<span class="datetime secondary-text">{view.words.day(comment.written_at)}</span></div>'
        f'<p class="comment-content">{escape(comment.text)}</p>'
        f'<span class="comment-actions secondary-text"><a href="#reply">{view.words.blogger["reply"]}</a></span></div>'
    )


def _classic_comment(comment: Comment, view: View) -> str:
    return f"<p>{escape(comment.text)}<br />{escape(comment.name)}, {view.words.day(comment.written_at)}</p>"
