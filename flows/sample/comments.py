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
    names, remarks = _Round(language.readers, draws), _Round(language.remarks, draws)
    for _ in range(count):
        written_at += timedelta(minutes=draws.between(3, 170))
        text = language.joiner.join(remarks.next() for _ in range(draws.between(1, 3)))
        found.append(Comment(names.next(), text, written_at))
    return tuple(one for one in found if one.written_at <= now)


class _Round:
    """Goes through all items in a drawn order before any comes again."""

    def __init__(self, items: tuple[str, ...], draws: Draws) -> None:
        self._items = items
        self._draws = draws
        self._left: list[str] = []

    def next(self) -> str:
        if not self._left:
            self._left = list(self._items)
        return self._left.pop(self._draws.below(len(self._left)))
