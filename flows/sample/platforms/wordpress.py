"""WordPress with Jetpack: sharing, likes and related posts inside the content, comments and a reply form below."""

from html import escape

from flows.sample.articles import Article, Comment
from flows.sample.platforms.view import View, article_fields, frame, link, teasers, template
from flows.sample.prose import blocks_html


def page(view: View) -> str:
    """The page of the view's article, or the front page; a consent wall instead where the story says so."""
    if view.article and view.article.story.kind == "consent":
        return _wall(view)
    words = {key: escape(text) for key, text in view.words.wordpress.items()}
    main = _article(view, view.article, words) if view.article else teasers(view.latest, view.words)
    extra = {"number": str(view.article.number) if view.article else "0", "tags": _categories(view)}
    return frame(view, main, words | extra | {"about": escape(view.words.blogger["about"])})


def _categories(view: View) -> str:
    tags = dict.fromkeys(tag for one in view.latest for tag in one.story.tags)
    return "".join(f'<li class="cat-item">{link(f"/category/{escape(tag)}/", tag)}</li>' for tag in tags)


def _article(view: View, article: Article, words: dict[str, str]) -> str:
    others = [one for one in view.latest if one is not article][:3]
    return template("wordpress/article.html").substitute(
        words | article_fields(article, view.words, view.port),
        body=blocks_html(article.blocks),
        latest="\n".join(_related(one, view) for one in others),
        pager=_pager(view),
        comments=_comments(view, article),
    )


def _wall(view: View) -> str:
    language = view.words
    return template("wall.html").substitute(
        lang=language.code,
        dir="rtl" if language.is_rtl else "ltr",
        site_title=escape(view.site.title),
        consent=escape(language.news["consent"]),
        accept=escape(language.news["accept"]),
    )


def _related(one: Article, view: View) -> str:
    return (
        '<div class="jp-relatedposts-post"><h4 class="jp-relatedposts-post-title">'
        f"{link(one.path, one.story.title)}</h4>"
        f'<time class="jp-relatedposts-post-date">{view.words.day(one.published_at)}</time></div>'
    )


def _pager(view: View) -> str:
    words = view.words.wordpress
    ends = [(view.older, "previous"), (view.newer, "next")]
    return "\n".join(
        f'<div class="nav-{kind}"><a href="{one.path}" rel="{kind[:4]}">'
        f"<span>{words[kind]}</span> {escape(one.story.title)}</a></div>"
        for one, kind in ends
        if one
    )


def _comments(view: View, article: Article) -> str:
    if not view.comments:
        return ""
    heading = view.words.wordpress["thoughts"].format(count=len(view.comments), title=article.story.title)
    items = "\n".join(_comment(one, index, view) for index, one in enumerate(view.comments, 1))
    return f'<h2 class="comments-title">{escape(heading)}</h2>\n<ol class="comment-list">\n{items}\n</ol>'


def _comment(comment: Comment, index: int, view: View) -> str:
    words = view.words.wordpress
    return (
        f'<li id="comment-{index}" class="comment even thread-even depth-1"><article class="comment-body">'
        f'<footer class="comment-meta"><div class="comment-author vcard"><b class="fn">{escape(comment.name)}</b> '
        f'<span class="says">{words["says"]}</span></div><div class="comment-metadata"><a href="#comment-{index}">'
        f'<time datetime="{comment.written_at.isoformat()}">{view.words.day(comment.written_at)}</time></a></div>'
        f'</footer><div class="comment-content"><p>{escape(comment.text)}</p></div>'
        f'<div class="reply"><a rel="nofollow" class="comment-reply-link" href="#respond">{words["reply"]}</a></div>'
        "</article></li>"
    )
