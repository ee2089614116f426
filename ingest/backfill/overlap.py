"""Walking a listing by offset: each page begins with the last item of the one before (rule B3)."""

from collections.abc import Sequence


def edges(names: Sequence[str | None]) -> tuple[str, ...]:
    """What is remembered of a page: what its first and last items are called."""
    return (names[0] or "", names[-1] or "") if names else ()


def next_start(names: Sequence[str | None], start: int, before: tuple[str, ...], total: int | None) -> int | None:
    """Where the page behind this one starts, by how many items came; None at the end.

    One item twice shows that none was lost in between; it is no end where fewer came than were asked for. A page that
    ends as the one before it did, without being that page again, shows that nothing is behind it.

    Args:
        names: what the page's items are called.
        start: the 0-based index that the page was asked from.
        before: the edges of the page before; none of the first one.
        total: how many items the listing says that it has; 0 and None: it does not say.
    """
    is_tail = bool(before) and edges(names)[1:] == before[1:] and edges(names)[:1] != before[:1]
    if not names or is_tail or (total and start + len(names) >= total):
        return None
    return start + max(len(names) - 1, 1)  # a page of one item has no room for an overlap
