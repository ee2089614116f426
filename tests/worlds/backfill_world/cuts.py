"""Pages of a listing, as the personalities cut them."""

from collections.abc import Sequence
from dataclasses import dataclass

from .personalities import Personality
from .posts import Post

_REFUSALS = {Personality.END_404: 404, Personality.END_400: 400, Personality.END_EMPTY: 200, Personality.CALENDAR: 200}
_NAMES_MORE = _REFUSALS.keys() | {Personality.REPEATS_LAST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page of a listing. ``refusal``: the status of a page past the end; None there: the platform's own way."""

    posts: tuple[Post, ...] = ()
    total: int = 0
    offset: int = 0
    next_offset: int | None = None
    is_past_end: bool = False
    refusal: int | None = None


def cut(kind: Personality, posts: Sequence[Post], offset: int, size: int) -> Cut:
    """The page of ``size`` posts from ``offset``, as a personality gives it."""
    total = len(posts)
    if kind is Personality.IGNORES_PARAM:
        offset = 0
    if offset >= total > 0 and kind is Personality.REPEATS_LAST:
        offset = (total - 1) // size * size
    if offset >= total > 0 and kind is Personality.LOOP:
        offset %= -(-total // size) * size
    if offset >= total > 0:
        follows = offset + size if kind is Personality.CALENDAR else None
        return Cut(total=total, offset=offset, is_past_end=True, refusal=_REFUSALS.get(kind), next_offset=follows)
    rows = tuple(posts[offset : offset + size])
    return Cut(posts=rows, total=total, offset=offset, next_offset=_next(kind, offset + len(rows), total))


def _next(kind: Personality, end: int, total: int) -> int | None:
    """Where the next page begins; some personalities name one past the end."""
    if end < total:
        return end
    if kind is Personality.LOOP:
        return 0
    return end if kind in _NAMES_MORE else None
