"""A board whose first posts are articles: long threads of answers below them."""

from html import escape

from flows.sample.articles import Article, Comment
from flows.sample.chance import Draws
from flows.sample.platforms.view import View, article_fields, frame, teasers, template
from flows.sample.prose import blocks_html


def page(view: View) -> str:
    """The page of the view's thread, or the front page."""
    main = _thread(view, view.article) if view.article else teasers(view.latest, view.words)
    tags = ", ".join(view.article.story.tags) if view.article else view.site.title
    return frame(view, main, {"recent": escape(view.words.wordpress["recent"]), "tags": escape(tags)})


def _thread(view: View, article: Article) -> str:
    words = view.words.wordpress
    return template("forum/article.html").substitute(
        article_fields(article, view.words, view.port),
        body=blocks_html(article.blocks),
        post_count=str(80 + Draws(article.story.authors[0]).below(4000)),
        comment_count=escape(view.words.blogger["comments"].format(count=len(view.comments))),
        comments="\n".join(_answer(one, index, view) for index, one in enumerate(view.comments, 1)),
        leave_reply=escape(words["leave_reply"]),
        submit=escape(words["submit"]),
    )


def _answer(comment: Comment, index: int, view: View) -> str:
    return (
        f'<div class="comment" id="c{index}"><div class="comment-meta"><strong>{escape(comment.name)}</strong> '
        f"{view.words.wordpress['says']} <span>{view.words.day(comment.written_at)}, {comment.written_at:%H:%M}</span>"
        f' <a href="#c{index}">#{index}</a></div><div class="comment-body"><p>{escape(comment.text)}</p></div></div>'
    )
