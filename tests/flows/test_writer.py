"""The one writer: what waits together is written together, and what fails takes nothing else along."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.exc import StatementError
from sqlmodel import Session

from flows.steps.store_page import PageHarvest, store_pages
from flows.writer import Writer
from ingest.model import Article, ArticleRecord, ArticleStatus, SaveOutcome
from storage import pages
from storage.archive import Archive
from storage.database import Database
from storage.pages import NewPage
from storage.tables import ARTICLE, COUNTER, PAGE

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def together(writer: Writer, *changes: tuple[Any, Any]) -> list[Any]:
    """Changes, each with its item, that all wait when a transaction begins: the writer is busy meanwhile."""
    begun, go_on = threading.Event(), threading.Event()

    def keep_busy(_: Session) -> None:
        begun.set()
        go_on.wait()

    busy = asyncio.create_task(writer.apply(keep_busy))
    await asyncio.to_thread(begun.wait)
    waiting = [asyncio.create_task(writer.apply_to(change, item)) for change, item in changes]
    await asyncio.sleep(0)
    go_on.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


def counted(session: Session, names: Sequence[str]) -> list[int]:
    """Write a row for each name; gives with each how many came together."""
    rows = [{"name": name, "value": len(names)} for name in names]
    session.connection().execute(insert(COUNTER), rows)
    return [len(names)] * len(names)


def names_in(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.connection().scalars(select(COUNTER.c.name))) - {"article"}


async def test_what_waits_together_is_written_together(database: Database) -> None:
    async with Writer(database) as writer:
        sizes = await together(writer, *((counted, name) for name in "abc"))

    assert sizes == [3, 3, 3]
    assert names_in(database) == set("abc")


async def test_one_that_waits_for_nobody_goes_alone(database: Database) -> None:
    async with Writer(database) as writer:
        assert await writer.apply_to(counted, "a") == 1
        assert await writer.apply_to(counted, "b") == 1


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes to items wait as long as the test lasts, unless three of them are there."""
    monkeypatch.setattr("flows.writer.GATHERING", 3)
    monkeypatch.setattr("flows.writer.GAP_SECONDS", 600)
    monkeypatch.setattr("flows.writer.GATHERING_SECONDS", 600)


@pytest.mark.usefixtures("patient")
async def test_changes_that_come_one_upon_another_wait_for_company_enough(database: Database) -> None:
    async with Writer(database) as writer:
        early = [asyncio.create_task(writer.apply_to(counted, name)) for name in "ab"]
        await asyncio.wait(early, timeout=0.05)
        assert not any(change.done() for change in early)
        assert await writer.apply_to(counted, "c") == 3
        assert await asyncio.gather(*early) == [3, 3]


@pytest.mark.usefixtures("patient")
async def test_a_change_in_haste_takes_along_who_waits_for_company(database: Database) -> None:
    async with Writer(database) as writer:
        early = asyncio.create_task(writer.apply_to(counted, "a"))
        await asyncio.sleep(0)
        assert await writer.apply(lambda _: "done") == "done"
        assert await early == 1


@pytest.mark.usefixtures("patient")
async def test_the_end_of_the_writer_waits_for_no_company(database: Database) -> None:
    async with Writer(database) as writer:
        last = asyncio.create_task(writer.apply_to(counted, "a"))
        await asyncio.sleep(0)
    assert await last == 1


async def test_what_fails_takes_nothing_else_along(database: Database) -> None:
    async with Writer(database) as writer:
        first, twice, other = await together(writer, (counted, "a"), (counted, "a"), (counted, "b"))

    assert (first, other) == (1, 1)
    assert isinstance(twice, Exception)
    assert names_in(database) == {"a", "b"}


async def test_other_changes_of_the_transaction_stand_beside_one_that_fails(database: Database) -> None:
    def fail(_: Session, items: Sequence[None]) -> list[None]:
        raise ValueError(f"{len(items)} items")

    async with Writer(database) as writer:
        outcomes = await together(writer, (counted, "a"), (fail, None), (counted, "b"), (fail, None))

    assert outcomes[0::2] == [2, 2]
    assert [str(error) for error in outcomes[1::2]] == ["1 items", "1 items"]
    assert names_in(database) == {"a", "b"}


async def test_a_change_that_forgets_a_result_is_told_to_all_it_forgot(database: Database) -> None:
    def forgetful(session: Session, names: Sequence[str]) -> list[int]:
        return counted(session, names)[1:]

    async with Writer(database) as writer:
        outcomes = await together(writer, (forgetful, "a"), (forgetful, "b"))

    assert all(isinstance(outcome, ValueError) for outcome in outcomes)
    assert names_in(database) == set()


# --- pages -----------------------------------------------------------------------------------------------------------


def harvest(page_id: int, **changes: Any) -> PageHarvest:
    """A page's article; two with one text are not alike enough to be one: their addresses differ."""
    plain = {"url": f"https://news.example/{page_id}", "title": f"On {page_id}", "text": f"Words of {page_id}."}
    article = Article(**{**plain, "status": ArticleStatus.OK, **changes})
    record = ArticleRecord(
        page_id=page_id,
        article=article,
        alias_keys=(page_id + 1_000,),
        fetched_at=NOW,
        content_hash=f"hash of {article.title} and {article.text}",
    )
    return PageHarvest(record=record, archive=Archive(), stored_at=NOW)


def add_pages(database: Database, count: int) -> list[int]:
    with database.begin() as session:
        new = (NewPage(f"https://news.example/{number}", number, "news.example") for number in range(1, count + 1))
        pages.add_urls(session, new, NOW)
        return list(session.connection().scalars(select(PAGE.c.id).order_by(PAGE.c.id)))


async def test_one_bad_article_of_a_batch_loses_no_other(database: Database) -> None:
    ids = add_pages(database, 4)
    harvests = [harvest(page_id) for page_id in ids]
    harvests[2] = harvest(ids[2], published_at=NOW.replace(tzinfo=None))  # no time that can be stored

    async with Writer(database) as writer:
        outcomes = await together(writer, *((store_pages, one) for one in harvests))

    assert [outcome for outcome in outcomes if not isinstance(outcome, StatementError)] == [SaveOutcome.NEW] * 3
    with database.read() as session:
        connection = session.connection()
        states = dict(connection.execute(select(PAGE.c.id, PAGE.c.state)).tuples().all())
        titles = set(connection.scalars(select(ARTICLE.c.title)))
    assert states == {page_id: "pending" if page_id == ids[2] else "done" for page_id in ids}
    assert titles == {f"On {page_id}" for page_id in ids if page_id != ids[2]}


async def test_a_batch_of_pages_costs_far_fewer_statements_than_the_pages_alone(database: Database) -> None:
    ids = add_pages(database, 41)
    told: list[str] = []
    async with Writer(database) as writer:
        event.listen(database.engine, "before_cursor_execute", lambda *said: told.append(said[2]))
        await writer.apply_to(store_pages, harvest(ids[0]))
        alone = len(told)
        await together(writer, *((store_pages, harvest(page_id)) for page_id in ids[1:]))

    assert len(told) - alone < 2 * alone  # for forty pages
