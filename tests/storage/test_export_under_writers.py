"""The export while others write: by its cursor nothing is passed over, and nothing comes twice without a change."""

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import articles, tables
from storage.articles import ExportQuery
from storage.dialects import take_turn
from storage.texts import take_cursors

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

# Each saves and edits articles in transactions that it holds open for a while and takes back now and then.
WRITE = """
    import random, time
    pipe.send("ready")
    number = pipe.recv()
    chance = random.Random(number)
    own = [page for page in newsroom.waiting() if page.page_id % 3 == number]
    for turn in range(25):
        records = [newsroom.record(page, f"Words {turn} of {page.page_id}.") for page in chance.sample(own, 6)]
        try:
            with database.begin() as session:
                articles.save_many(session, records, NOW)
                time.sleep(chance.random() / 50)
                if chance.random() < 0.3:
                    raise InterruptedError
        except InterruptedError:
            pass
    pipe.send("done")
"""

# The first number is taken, and committed after the second writer has begun.
HOLD = """
    from storage.texts import take_cursors
    from storage.dialects import take_turn
    one, two = newsroom.waiting()
    with database.begin() as session:
        take_turn(session.connection())
        pipe.send(take_cursors(session.connection(), 1)[0])
        pipe.recv()
        articles.save(session, newsroom.record(one, "Words."), NOW)
    pipe.send("done")
"""

HASTEN = """
    one, two = newsroom.waiting()
    pipe.send("ready")
    pipe.recv()
    newsroom.save(two, "Other words.")
    pipe.send("done")
"""


def read(newsroom: Any, after: int, limit: int = 7) -> list[dict[str, Any]]:
    """One export, with the reader's own portions made small."""
    with newsroom.database.read() as session:
        return list(articles.export(session, ExportQuery(after=after, limit=limit)))


def test_a_reader_by_cursor_misses_nothing_and_sees_each_change_once(newsroom: Any, programs: Any) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(str(number)) for number in range(60)))
    running = programs.start_together(WRITE, 3)
    seen: list[tuple[int, int, int]] = []
    after = 0

    while any(not program.pipe.poll() for program in running) or after < last_cursor(newsroom):
        for article in read(newsroom, after):
            seen.append((article["cursor"], article["id"], article["revision"]))
            after = article["cursor"]

    assert [program.answer() for program in running] == ["done"] * 3
    assert [cursor for cursor, *_ in seen] == sorted({cursor for cursor, *_ in seen})
    assert len({(number, revision) for _, number, revision in seen}) == len(seen) > 60
    # What was read last of each article is the article as it is: nothing that came later was passed over.
    latest = {number: (cursor, revision) for cursor, number, revision in seen}
    assert latest == {one["id"]: (one["cursor"], one["revision"]) for one in newsroom.exported()}


def test_a_lower_cursor_never_appears_behind_a_higher_one(newsroom: Any, programs: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"), newsroom.seen("two"))
    hasty = programs.start(HASTEN)
    assert hasty.answer() == "ready"
    slow = programs.start(HOLD)
    first = slow.answer()
    hasty.pipe.send("go on")

    assert not hasty.pipe.poll(0.3)  # it waits: its cursor would show before the lower one
    assert read(newsroom, 0) == []

    slow.pipe.send("go on")
    assert [slow.answer(), hasty.answer()] == ["done", "done"]
    assert [article["title"] for article in read(newsroom, first)] == ["On one", "On two"]


def last_cursor(newsroom: Any) -> int:
    with newsroom.database.read() as session:
        return articles.last_cursor(session)


def move(newsroom: Any, title: str) -> None:
    """Give an article the next cursor, as a change does."""
    with newsroom.database.begin() as session:
        connection = session.connection()
        take_turn(connection)
        moved = update(tables.ARTICLE).where(tables.ARTICLE.c.title == title)
        connection.execute(moved.values(cursor=take_cursors(connection, 1)[0]))


def test_an_article_that_changes_while_it_is_exported_comes_once_and_again_next_time(
    newsroom: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "PORTION", 2)
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in "abcde"))
    for page in newsroom.waiting():
        newsroom.save(page)

    with newsroom.database.read() as session:
        exported = articles.export(session, ExportQuery())
        first = [next(exported), next(exported)]
        move(newsroom, "On a")  # read already
        move(newsroom, "On d")  # still to come
        first += exported
    rest = read(newsroom, first[-1]["cursor"])

    titles = [article["title"] for article in first]
    assert len(set(titles)) == len(titles)
    assert {article["title"] for article in rest} >= {"On a", "On d"}
    assert {article["title"] for article in first + rest} == {f"On {name}" for name in "abcde"}


def test_numbers_that_were_taken_back_leave_no_article_out(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"), newsroom.seen("two"))
    one, two = newsroom.waiting()
    with contextlib.suppress(InterruptedError), newsroom.database.begin() as session:
        articles.save(session, newsroom.record(one), NOW)
        raise InterruptedError
    newsroom.save(two)
    [article] = read(newsroom, 0)
    newsroom.save(one)

    assert [other["title"] for other in read(newsroom, article["cursor"])] == ["On one"]
    with newsroom.database.read() as session:
        assert session.connection().scalar(select(tables.COUNTER.c.value)) == 2
