"""Several writers at once, and writers that die: nothing is lost, nothing is stored twice, nobody gives up."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from ingest.model import SaveOutcome
from storage import articles, tables
from storage.articles import ExportQuery
from storage.database import Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TABLES = (tables.FEED, tables.ENTRY, tables.PAGE, tables.ARTICLE, tables.ALIAS, tables.ARTICLE_FEED, tables.COUNTER)

POLL_AND_DIE = """
    decision = newsroom.decision(1)
    seen = tuple(newsroom.seen(str(number)) for number in range(50))
    with database.begin() as session:
        record = feeds.PollRecord(feed_id=1, decision=decision, now=NOW, seen=seen)
        feeds.record_poll(session, record)
        pipe.send("written")
        pipe.recv()
"""

SAVE_AND_DIE = """
    records = [newsroom.record(page, "New words.") for page in newsroom.waiting()]
    with database.begin() as session:
        articles.save_many(session, records, NOW)
        pipe.send("written")
        pipe.recv()
"""

# Each works on the same pages and feeds in an order of its own, several changes in a transaction, as the flows do.
WORK = """
    import random
    pipe.send("ready")
    number = pipe.recv()
    chance = random.Random(number)
    for turn in range(10):
        waiting = newsroom.waiting()
        chance.shuffle(waiting)
        feed_id = chance.choice([1, 2, 3])
        hosts = ["news.example", "else.example", f"host-{turn}.example"]
        seen = [newsroom.seen(f"{turn}-{name}", host=hosts[name % 3]) for name in range(8)]
        chance.shuffle(seen)
        decision = newsroom.decision(feed_id)
        with database.begin() as session:
            for page in waiting[:4]:
                articles.save(session, newsroom.record(page, f"Words {turn} of {number}."), NOW)
            feeds.record_poll(session, feeds.PollRecord(feed_id=feed_id, decision=decision, now=NOW, seen=tuple(seen)))
            for page in waiting[4:8]:
                articles.save(session, newsroom.record(page, f"Words {turn} of {number}."), NOW)
    pipe.send("done")
"""

SAVE_THE_SAME = """
    pipe.send("ready")
    number = pipe.recv()
    page = newsroom.waiting(f"host-{number}.example")[0]
    pipe.send(newsroom.save(page, "The same words.", title="T", alias_keys=(7, number)).value)
"""


def kill_when_written(program: Any) -> None:
    assert program.answer() == "written"  # and not committed
    program.kill()


def test_a_poll_that_is_killed_before_its_commit_leaves_nothing_rule_13(newsroom: Any, programs: Any) -> None:
    newsroom.subscribe()
    before = [newsroom.rows(table) for table in TABLES]

    kill_when_written(programs.start(POLL_AND_DIE))

    assert [newsroom.rows(table) for table in TABLES] == before
    assert newsroom.poll(1, *(newsroom.seen(str(number)) for number in range(50))).pages_new == 50


def test_a_batch_that_is_killed_before_its_commit_leaves_nothing(newsroom: Any, programs: Any) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(str(number)) for number in range(50)))
    before = [newsroom.rows(table) for table in TABLES]

    kill_when_written(programs.start(SAVE_AND_DIE))

    assert [newsroom.rows(table) for table in TABLES] == before
    assert [newsroom.save(page, "New words.") for page in newsroom.waiting()] == [SaveOutcome.NEW] * 50


def test_writers_on_the_same_rows_neither_fail_nor_double_and_a_reader_misses_nothing(
    newsroom: Any, programs: Any
) -> None:
    for name in "abc":
        newsroom.subscribe(name)
    newsroom.poll(1, *(newsroom.seen(f"first-{number}") for number in range(20)))
    running = programs.start_together(WORK, 3)
    read: dict[int, int] = {}
    after = 0

    while any(not program.pipe.poll() for program in running) or after < last_cursor(newsroom.database):
        with newsroom.database.read() as session:
            for article in articles.export(session, ExportQuery(after=after)):
                read[article["id"]] = after = article["cursor"]
        time.sleep(0.02)

    assert [program.answer() for program in running] == ["done"] * 3
    exported = newsroom.exported()
    assert read == {article["id"]: article["cursor"] for article in exported}
    assert len({article["url"] for article in exported}) == len(exported) > 20


def test_two_writers_that_bring_one_article_at_once_store_it_once(newsroom: Any, programs: Any) -> None:
    entries = (newsroom.seen(str(number), host=f"host-{number}.example") for number in range(2))
    newsroom.poll(newsroom.subscribe(), *entries)

    answers = [program.answer() for program in programs.start_together(SAVE_THE_SAME, 2)]

    assert sorted(answers) == ["new", "same"]
    assert len(newsroom.exported()) == 1


def last_cursor(database: Database) -> int:
    with database.read() as session:
        return articles.last_cursor(session)


@pytest.mark.postgres
def test_on_postgres_a_second_writer_waits_for_the_first_ones_cursor(postgres_database: Database) -> None:
    with postgres_database.begin() as session:
        articles.save_many(session, (), NOW)  # takes the turn
        with postgres_database.read() as other:
            waits = select(func.pg_try_advisory_xact_lock(0x66656565))
            assert other.connection().scalar(waits) is False
