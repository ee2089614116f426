"""Stories: copies of one text are grouped as they come in, whoever comes first, and part again when they are edited."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.resemblance import signature
from storage import articles, bands, stories, tables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = [f"word{number}" for number in range(2_000)]


def text_of(seed: int, sentences: int = 12) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(WORDS, k=12)).capitalize() + "." for _ in range(sentences))


def copy_of(text: str, lead: str = "BERLIN (dpa) -") -> str:
    return f"{lead} {text.rpartition('. ')[0]}."


def publish(newsroom: Any, texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Store these texts in this order; gives the articles by name."""
    feed_id = newsroom.subscribe()
    for minute, (name, text) in enumerate(texts.items()):
        newsroom.poll(feed_id, newsroom.seen(name), now=NOW + timedelta(minutes=minute))
        [page] = newsroom.waiting(now=NOW + timedelta(hours=1))
        newsroom.save(page, text)
    return by_name(newsroom)


def by_name(newsroom: Any) -> dict[str, dict[str, Any]]:
    return {article["url"].rpartition("/")[2]: article for article in newsroom.exported()}


def test_a_copy_joins_the_story_of_its_original(newsroom: Any) -> None:
    text = text_of(1)

    found = publish(newsroom, {"first": text, "other": text_of(2), "copy": copy_of(text)})

    assert found["first"]["story_id"] == found["copy"]["story_id"] is not None
    assert (found["first"]["is_duplicate_of"], found["copy"]["is_duplicate_of"]) == (None, found["first"]["id"])
    assert found["other"]["story_id"] is None


def test_the_original_that_became_a_story_is_a_change_to_readers_by_cursor(newsroom: Any) -> None:
    text = text_of(1)

    found = publish(newsroom, {"first": text, "copy": copy_of(text)})

    assert found["first"]["cursor"] > found["copy"]["cursor"] - 1
    assert found["first"]["cursor"] == 3


@pytest.mark.parametrize("order", list(itertools.permutations("abc")))
def test_the_order_in_which_copies_are_read_makes_no_difference(newsroom: Any, order: tuple[str, ...]) -> None:
    text = text_of(3)
    copies = {"a": text, "b": copy_of(text), "c": copy_of(text, "ROMA (ANSA) -")}
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, *(newsroom.seen(name) for name in "abc"))
    pages = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}

    for name in order:
        newsroom.save(pages[name], copies[name])

    found = by_name(newsroom)
    assert len({article["story_id"] for article in found.values()}) == 1
    assert sum(article["is_duplicate_of"] is None for article in found.values()) == 1


def test_an_article_that_links_two_stories_makes_them_one(newsroom: Any) -> None:
    sentences = text_of(4, 24).split(". ")
    left, between, right = (". ".join(sentences[start : start + 16]) + "." for start in (0, 4, 8))

    before = publish(newsroom, {"l": left, "l2": copy_of(left), "r": right, "r2": copy_of(right)})
    found = publish(newsroom, {"between": between})

    assert before["l"]["story_id"] != before["r"]["story_id"]
    assert {article["story_id"] for article in found.values()} == {found["l"]["story_id"]}
    assert {article["is_duplicate_of"] for name, article in found.items() if name != "l"} == {found["l"]["id"]}
    assert [row[2] for row in newsroom.rows(tables.STORY)] == [5]


def test_a_copy_that_is_rewritten_leaves_and_a_story_of_one_is_none(newsroom: Any) -> None:
    text = text_of(6)
    publish(newsroom, {"first": text, "copy": copy_of(text)})

    newsroom.poll(newsroom.subscribe(), newsroom.seen("copy", fingerprint=7))
    newsroom.save(newsroom.waiting()[0], text_of(7))

    found = by_name(newsroom)
    assert {(article["story_id"], article["is_duplicate_of"]) for article in found.values()} == {(None, None)}
    assert newsroom.rows(tables.STORY) == []
    assert len(newsroom.rows(tables.PRINT)) == 2


@pytest.mark.parametrize("edit", [lambda text: text, copy_of, lambda _: text_of(9), lambda _: "Too short to compare."])
def test_an_edited_text_is_found_as_if_it_had_never_been_another(newsroom: Any, edit: Callable[[str], str]) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("edited"), newsroom.seen("other"))
    pages = {page.url.rpartition("/")[2]: page for page in newsroom.waiting()}
    newsroom.save(pages["edited"], text_of(1))
    newsroom.save(pages["other"], text_of(2))

    newsroom.save(pages["edited"], edit(text_of(1)))

    signed = {article["id"]: signature(article["text"]) for article in newsroom.exported()}
    present = {article_id: found for article_id, found in signed.items() if found is not None}
    assert dict(newsroom.rows(tables.PRINT)) == present
    assert set(newsroom.rows(tables.BAND)) == bands.places(present)


def test_a_batch_finds_the_copies_within_itself(newsroom: Any) -> None:
    text = text_of(8)
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in "abcd"))
    texts = dict(zip("abcd", [text, text_of(9), copy_of(text), text], strict=True))
    records = [newsroom.record(page, texts[page.url.rpartition("/")[2]]) for page in newsroom.waiting()]

    with newsroom.database.begin() as session:
        articles.save_many(session, records, NOW)

    found = by_name(newsroom)
    assert {name for name in "abcd" if found[name]["story_id"] == found["a"]["story_id"]} == {"a", "c", "d"}


def test_a_formula_that_a_thousand_share_does_not_fill_the_index(newsroom: Any) -> None:
    text = text_of(10)
    names = [f"n{number}" for number in range(stories.MOST_IN_A_BAND + 30)]
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in names))
    for page in newsroom.waiting():
        newsroom.save(page, text)

    keys = [row[0] for row in newsroom.rows(tables.BAND)]
    assert max(keys.count(key) for key in set(keys)) == stories.MOST_IN_A_BAND
    assert [row[2] for row in newsroom.rows(tables.STORY)] == [len(names)]
