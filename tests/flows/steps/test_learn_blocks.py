"""What a host's pages teach while they are fetched, kept from round to round, and what becomes of stored texts."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from flows.batches import RoundPlan, run_round
from flows.steps.learn_blocks import read_knowledge
from flows.steps.queue_urls import queue_urls
from flows.workers import WorkerBugError, Workers
from ingest.blocks import BlockState
from ingest.urls import host_of
from storage import articles, blocks, feeds
from storage.articles import ExportQuery
from storage.feeds import NewFeed
from storage.tables import ARTICLE, BLOCK

pytestmark = pytest.mark.timeout(120)
LINE = "Skerry Coastwatch: volunteers welcome, Lifeboathouse Quayside, Wednesdays."
HOST = "harbour.localhost"


def stored(mill):
    with mill.database.read() as session:
        return [found for found in articles.export(session, ExportQuery()) if found["site"].startswith(HOST)]


def read_block(mill):
    with mill.database.read() as session:
        [found] = blocks.find(session)
    return found


async def read_harbour(world):
    """A round over the one newspaper."""
    async with world.mill() as mill:
        for feed in world.newsroom.feeds(world.clock(), world.server.port):
            if feed.url.endswith("/feed.xml") and host_of(feed.url).startswith(HOST):
                new = NewFeed(url=feed.url, host=host_of(feed.url), created_at=world.clock(), min_interval_seconds=60)
                await mill.writer.apply(lambda session, new=new: feeds.add(session, new))
        return await run_round(mill, RoundPlan(poll_all=True))


async def test_a_first_round_learns_the_newspaper_s_own_line_and_leaves_it_in_no_text(world):
    report = await read_harbour(world)
    async with world.mill() as mill:
        found, texts = read_block(mill), stored(mill)

    assert found.host.startswith(HOST)
    assert (found.block.text, found.block.state, found.block.is_mended) == (LINE, BlockState.LEARNED, True)
    assert report.bugs == 0
    assert len(texts) >= 4
    assert [article["url"] for article in texts if LINE in (article["text"] or "")] == []
    assert {article["revision"] for article in texts} == {1}
    assert sum(any(removal["text"] == LINE for removal in article["removed"]) for article in texts) >= 3


async def test_the_next_round_knows_it_from_the_start_and_revises_nothing(world):
    await read_harbour(world)
    async with world.mill() as mill:
        before = {article["id"]: article for article in stored(mill)}
    world.clock.forward(hours=1)
    await read_harbour(world)
    async with world.mill() as mill:
        after = stored(mill)
        await queue_urls(mill, [article["url"] for article in after])
        report = await run_round(mill, RoundPlan())
        again = stored(mill)

    assert len(after) > len(before)
    assert [article for article in again if LINE in (article["text"] or "")] == []
    assert report.articles_revised == 0
    assert report.blocks_dropped["learned"] > 0


async def test_texts_that_a_killed_run_left_are_mended_by_the_next(world):
    await read_harbour(world)
    async with world.mill() as mill:
        texts = [article for article in stored(mill) if any(gone["text"] == LINE for gone in article["removed"])]

        def break_it(session):
            session.connection().execute(update(BLOCK).values(is_mended=False))
            for article in texts:
                broken = {"text": f"{article['text']}\n\n{LINE}", "removed": []}
                session.connection().execute(update(ARTICLE).where(ARTICLE.c.id == article["id"]).values(broken))

        await mill.writer.apply(break_it)
    world.clock.forward(hours=1)
    await read_harbour(world)
    async with world.mill() as mill:
        assert [article["url"] for article in stored(mill) if LINE in (article["text"] or "")] == []
        assert read_block(mill).block.is_mended
    assert texts != []


async def test_a_worker_that_fails_to_mend_costs_no_page(world, monkeypatch):
    async def fail(*_arguments):
        raise WorkerBugError("a bug")

    monkeypatch.setattr(Workers, "mend_texts", fail)
    report = await read_harbour(world)
    async with world.mill() as mill:
        found = read_block(mill)

    assert report.bugs == 0
    assert (found.block.state, found.block.is_mended) == (BlockState.LEARNED, False)


async def test_what_an_operator_keeps_is_in_the_texts_of_the_next_round(world):
    await read_harbour(world)
    async with world.mill() as mill:
        found = read_block(mill)
        await mill.writer.apply(lambda session: blocks.keep(session, found.host, found.block.key, world.clock()))
    world.clock.forward(hours=1)
    await read_harbour(world)
    async with world.mill() as mill:
        kept = read_block(mill).block
        late = [article for article in stored(mill) if LINE in (article["text"] or "")]

    assert kept.state is BlockState.KEPT
    assert late != []


async def test_a_template_that_is_gone_is_known_to_who_reads_old_pages_again(world):
    await read_harbour(world)
    async with world.mill() as mill:
        found = read_block(mill)
        gone = replace(found.block, state=BlockState.GONE)

        def give_up(session):
            session.connection().execute(update(BLOCK).values(state=gone.state.value))

        await mill.writer.apply(give_up)
        assert set(read_knowledge(mill.database, found.host).learned) == {found.block.key}
        assert read_knowledge(mill.database, "other.example").learned == {}
