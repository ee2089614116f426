"""Texts without signatures: they get theirs later, in portions, and join the stories of their copies."""

import random
from typing import Any

import pytest

from flows.steps.sign_texts import PORTION, sign_texts
from storage import stories, tables, unsigned

WORDS = [f"word{number}" for number in range(2_000)]


def text_of(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(" ".join(draw.choices(WORDS, k=12)).capitalize() + "." for _ in range(12))


@pytest.fixture
def old(newsroom: Any) -> Any:
    """A newsroom with copies, a stranger and a line, all stored before there were signatures."""
    texts = {"first": text_of(1), "stranger": text_of(2), "copy": f"BERLIN (dpa) - {text_of(1)}", "line": "A line."}
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in texts))
    for page in newsroom.waiting():
        newsroom.save(page, texts[page.url.rpartition("/")[2]])
    with newsroom.database.begin() as session:
        connection = session.connection()
        stories.withdraw(connection, [1, 2, 3, 4])
        for table in (tables.PRINT, tables.BAND, tables.STORY):
            connection.execute(table.delete())
    assert newsroom.rows(tables.PRINT) == []
    return newsroom


def places(newsroom: Any) -> dict[str, Any]:
    found = newsroom.exported()
    return {article["url"].rpartition("/")[2]: (article["story_id"], article["is_duplicate_of"]) for article in found}


def test_old_copies_join_and_readers_by_cursor_read_them_again(old: Any) -> None:
    before = max(article["cursor"] for article in old.exported())

    assert sign_texts(old.database) == 2

    found = places(old)
    assert found["first"][0] == found["copy"][0] is not None
    assert {name: first for name, (_, first) in found.items()} == {
        "first": None,
        "stranger": None,
        "copy": 1,
        "line": None,
    }
    assert [article["cursor"] > before for article in old.exported()] == [False, False, True, True]
    assert len(old.rows(tables.PRINT)) == 3


def test_a_copy_that_comes_later_finds_what_was_signed(old: Any) -> None:
    sign_texts(old.database)
    old.poll(old.subscribe(), old.seen("late"))
    old.save(old.waiting()[0], f"ROMA (ANSA) - {text_of(2)}")

    assert places(old)["late"][1] == 2


def test_what_was_done_is_not_done_again_and_a_cut_off_night_is_gone_on_with(old: Any) -> None:
    assert sign_texts(old.database, most=PORTION) == 2
    with old.database.read() as session:
        assert unsigned.read_unsigned(session, 10) == []
    assert sign_texts(old.database) == 0
    assert [row for row in old.rows(tables.COUNTER) if row[0] == "signed"] == [("signed", 4)]


def test_an_article_that_changed_while_it_was_signed_stays_as_it_is(old: Any) -> None:
    from ingest.resemblance import signature

    with old.database.read() as session:
        read = unsigned.read_unsigned(session, 10)
    old.poll(old.subscribe(), old.seen("copy", fingerprint=7))
    old.save(old.waiting()[0], text_of(9))
    with old.database.begin() as session:
        assert unsigned.sign(session, read, [signature(one.text) for one in read]) == 0

    assert places(old)["copy"] == (None, None)
