"""Letting old articles go beside a running ingest: nothing fails, and nothing comes back."""

import threading

import pytest

from flows import retention
from flows.retention import let_go
from flows.store import ready_database
from storage import articles, tombstones
from storage.articles import ExportQuery
from storage.retention import RetentionPolicy
from storage.stats import archive_stats

POLICY = RetentionPolicy(articles=2, counts_from="published")


@pytest.fixture
def store(world):
    """The world's database, opened once more, as another process has it."""
    opened = ready_database(world.settings)
    yield opened
    opened.dispose()


def exported(store):
    with store.read() as session:
        return list(articles.export(session, ExportQuery()))


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(retention, "PORTION", 3)
    monkeypatch.setattr(retention, "_PLANNED", 7)


async def test_a_round_after_it_fetches_and_stores_nothing_again(world, store):
    first = await world.round()
    before = {article["id"] for article in exported(store)}
    removed = let_go(store, POLICY, world.clock())
    kept = {article["id"] for article in exported(store)}
    world.clock.forward(minutes=5)
    await world.round()

    assert removed.articles == len(before) - len(kept) > 7
    assert first.articles_new == len(before)
    assert {article["id"] for article in exported(store)} >= kept
    with store.read() as session:
        gone = {one.article_id: one.url for one in tombstones.read_gone(session, 0, 10**9)}
    assert not set(gone.values()) & {article["url"] for article in exported(store)}
    assert gone.keys() == before - kept


async def test_beside_a_running_round_nothing_fails_and_nothing_comes_back(world, store):
    ended = threading.Event()
    took = []

    def go_on():
        while not ended.is_set():
            took.append(let_go(store, POLICY, world.clock()).articles)
            ended.wait(0.05)

    beside = threading.Thread(target=go_on)
    beside.start()
    try:
        report = await world.round()
    finally:
        ended.set()
        beside.join()
    took.append(let_go(store, POLICY, world.clock()).articles)

    assert report.bugs == 0
    assert sum(took) == report.articles_new - len(exported(store)) > 0
    with store.read() as session:
        assert archive_stats(session)["pages"] <= len(exported(store))
