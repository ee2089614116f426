"""What readers write below an article, put together from their language's remarks."""

from datetime import datetime, timedelta

from flows.sample.articles import Article, Comment
from flows.sample.chance import Draws
from flows.sample.languages import read_language

FORUM_THREAD = 14
"""How many answers a thread has at least."""


def comments_of(article: Article, now: datetime) -> tuple[Comment, ...]:
    """The article's comments written by ``now``, oldest first; always the same ones."""
    story = article.story
    language = read_language(story.language)
    draws = Draws("comments", article.site.name, article.number)
    count = story.comments + (FORUM_THREAD + draws.below(8) if article.site.platform == "forum" else 0)
    written_at = article.published_at
    found = []
    for _ in range(count):
        written_at += timedelta(minutes=draws.between(3, 170))
        text = language.joiner.join(draws.sample(language.remarks, draws.between(1, 3)))
        found.append(Comment(draws.pick(language.readers), text, written_at))
    return tuple(one for one in found if one.written_at <= now)
