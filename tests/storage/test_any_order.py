"""Whatever the order in which articles are observed, the store is the same: one row each, one story for its copies."""

import itertools
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from storage import tables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(2_000)]


def text_of(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(WORDS, k=12)).capitalize() + "." for _ in range(12))


# Each: the page that led there, the text that was read, the names that it gives (by the names of other pages).
# "a" and "b" are two addresses of one article, which only "c" (a redirect's target, or a canonical) connects.
OBSERVATIONS = {
    "a": (text_of(1), ("a",)),
    "b": (text_of(1), ("b",)),
    "c": (text_of(1), ("a", "b", "c")),
    "copy": (f"BERLIN (dpa) - {text_of(1)}", ("copy",)),
    "other": (text_of(2), ("other",)),
    "amp": (text_of(2), ("other", "amp")),
    "stranger": (text_of(3), ("stranger",)),
}


def observe(newsroom: Any, order: list[str]) -> None:
    """Two feeds show every page; the pages are read in this order, some of them twice."""
    one, two = newsroom.subscribe("one"), newsroom.subscribe("two")
    newsroom.poll(one, *(newsroom.seen(name) for name in OBSERVATIONS))
    newsroom.poll(two, *(newsroom.seen(name) for name in OBSERVATIONS))
    pages = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}
    for name in order:
        text, names = OBSERVATIONS[name]
        keys = tuple(newsroom.seen(other).page_key for other in names)
        newsroom.save(pages[name], text, alias_keys=keys, title=text[:20])


def contents(newsroom: Any) -> Any:
    """The store without what counts the steps that led there: numbers of rows, cursors."""
    exported = {article["id"]: article for article in newsroom.exported()}
    names: dict[int, set[int]] = {}
    for key, article_id, _ in newsroom.rows(tables.ALIAS):
        names.setdefault(article_id, set()).add(key)
    shown: dict[int, set[int]] = {}
    for article_id, feed_id, *_ in newsroom.rows(tables.ARTICLE_FEED):
        shown.setdefault(article_id, set()).add(feed_id)
    stories: dict[int, set[str]] = {}
    for article in exported.values():
        if article["story_id"] is not None:
            stories.setdefault(article["story_id"], set()).add(article["text"])
    rows = sorted(
        (article["text"], article["title"], sorted(names[number]), sorted(shown[number]))
        for number, article in exported.items()
    )
    return rows, sorted(sorted(texts) for texts in stories.values())


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_two_addresses_that_a_third_connects_are_one_article_in_any_order(newsroom: Any, order: Any) -> None:
    observe(newsroom, list(order))

    rows, _ = contents(newsroom)
    assert [(len(names), shown) for _, _, names, shown in rows] == [(3, [1, 2])]


@pytest.mark.parametrize("seed", range(8))
def test_any_order_gives_the_same_store(newsroom: Any, seed: int) -> None:
    order = list(OBSERVATIONS) * 2
    random.Random(seed).shuffle(order)

    observe(newsroom, order)

    rows, stories = contents(newsroom)
    article, copy = OBSERVATIONS["a"][0], OBSERVATIONS["copy"][0]
    together = [("a", "b", "c"), ("copy",), ("other", "amp"), ("stranger",)]
    assert rows == sorted(
        (OBSERVATIONS[names[0]][0], OBSERVATIONS[names[0]][0][:20], keys_of(newsroom, names), [1, 2])
        for names in together
    )
    assert stories == [sorted([article, copy])]


def keys_of(newsroom: Any, names: tuple[str, ...]) -> list[int]:
    return sorted(newsroom.seen(name).page_key for name in names)


def test_a_template_whose_canonical_is_wrong_makes_no_article_vanish(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in ("x", "y", "z")))
    pages = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}
    key = {name: newsroom.seen(name).page_key for name in "xyz"}
    newsroom.save(pages["x"], text_of(7), alias_keys=(key["x"],))
    newsroom.save(pages["y"], text_of(8), alias_keys=(key["y"],))

    newsroom.save(pages["z"], text_of(9), alias_keys=(key["x"], key["y"], key["z"]))

    assert {text_of(7), text_of(8)} & {article["text"] for article in newsroom.exported()}
    assert len(newsroom.exported()) >= 2
