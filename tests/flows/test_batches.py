"""Rounds over the sample newsroom, with the real client, workers and database."""

import asyncio
import hashlib
from collections import Counter

from sqlalchemy import text

from flows.batches import RoundPlan, run_round
from flows.steps import work_host
from storage import articles, feeds, pages
from storage.articles import ExportQuery
from storage.tables import METADATA

POLLED = {"feed", "site", "alembic_version"}  # what a quiet poll may write


def exported(mill):
    with mill.database.read() as session:
        return list(articles.export(session, ExportQuery()))


def hashes(mill):
    with mill.database.read() as session:
        return {
            table.name: hashlib.sha256(repr(session.connection().execute(table.select()).all()).encode()).hexdigest()
            for table in METADATA.sorted_tables
            if table.name not in POLLED
        }


async def test_a_first_round_stores_every_article_of_the_newsroom_once(world):
    report = await world.round()
    async with world.mill() as mill:
        stored = exported(mill)
    assert report.articles_new == len(stored) > 20
    assert report.bugs == 0
    twice = [url for url, count in Counter(a["canonical_url"] or a["url"] for a in stored).items() if count > 1]
    assert twice == []


async def test_a_second_round_with_nothing_new_fetches_no_page_and_writes_only_the_polls(world):
    await world.round()
    async with world.mill() as mill:
        before = hashes(mill)
    world.server.requests.clear()
    world.clock.forward(seconds=1)
    report = await world.round()
    async with world.mill() as mill:
        after = hashes(mill)
    assert report.is_quiet
    assert report.feeds_polled > 10
    assert after == before
    feed_paths = {"/" + feed.url.split("/", 3)[3] for feed in world.newsroom.feeds(world.clock(), world.server.port)}
    others = {request.path for request in world.server.requests if request.status == 200} - feed_paths
    assert report.pages_fetched == 0
    assert all(path.startswith("/feeds/") for path in others), "only the targets of redirected feeds"


async def test_a_poll_asks_with_the_validators_it_was_given(world):
    await world.round()
    world.server.requests.clear()
    world.clock.forward(seconds=1)
    report = await world.round()
    assert report.feeds_not_modified > 10
    assert any(request.conditional and request.status == 304 for request in world.server.requests)


async def test_every_bad_feed_ends_as_a_recorded_outcome_with_clear_words(world):
    report = await world.round()
    async with world.mill() as mill:
        with mill.database.read() as session:
            failing = {row["url"]: row for row in feeds.failing(session)}
    kinds = {row["last_failure_kind"] for row in failing.values()}
    assert {"gone", "server-error", "not-a-feed"} <= kinds
    assert report.feeds_failed == len(failing)
    for url, row in failing.items():
        assert url in row["last_failure_detail"]
        assert row["poll_reason"].startswith("in ")


async def test_news_of_a_minute_is_stored_by_the_next_round(world):
    await world.round()
    world.clock.forward(minutes=30)
    report = await world.round()
    assert report.articles_new > 0
    assert report.bugs == 0


async def test_an_edited_article_becomes_a_revision_not_an_article(world):
    await world.round()
    revised = 0
    for _ in range(6):
        world.clock.forward(hours=4)
        report = await world.round()
        revised += report.articles_revised
        if revised:
            break
    async with world.mill() as mill:
        changed = [a for a in exported(mill) if a["revision"] > 1]
    assert revised == len(changed) > 0


async def test_a_soft_end_takes_up_no_new_work_and_gives_the_hosts_back(world):
    report = await world.round(RoundPlan(max_seconds=0))
    async with world.mill() as mill:
        with mill.database.read() as session:
            held = (
                session.connection().execute(text("SELECT count(*) FROM site WHERE lease_holder IS NOT NULL")).scalar()
            )
    assert report.feeds_polled == 0
    assert held == 0


async def test_a_bug_in_one_page_costs_that_page_alone_and_is_counted(world, monkeypatch):
    real = work_host.fetch_page
    hit = []

    async def broken(mill, pending, robots):
        if not hit:
            hit.append(pending.url)
            raise AssertionError("ours")
        return await real(mill, pending, robots)

    monkeypatch.setattr(work_host, "fetch_page", broken)
    report = await world.round()
    async with world.mill() as mill:
        with mill.database.read() as session:
            waiting, why = pages.counts(session)["pending"], pages.failures(session)
    assert report.bugs == 1
    assert report.articles_new > 20
    assert waiting == 1
    assert [(row["kind"], row["pages"]) for row in why if row["kind"] == "internal"] == [("internal", 1)]


async def test_pages_that_are_given_up_leave_an_article_from_the_feed(world):
    report = await world.round()
    async with world.mill() as mill:
        stored = {article["url"]: article for article in exported(mill)}
    truths = world.newsroom.truth(world.clock(), world.server.port)
    lost = [stored[truth.url] for truth in truths if truth.kind in {"missing", "disallowed"}]
    assert {"page not-found", "page robots"} <= report.failures.keys()
    assert len(lost) == 2
    for article in lost:
        assert (article["status"], bool(article["text"])) == ("partial", True), "what the feed itself said"
        assert "feed" in article["extractor"]


async def test_two_rounds_at_once_share_the_hosts(world):
    async with world.mill() as one, world.mill() as two:
        await world.subscribe(one)
        first, second = await asyncio.gather(run_round(one, RoundPlan()), run_round(two, RoundPlan()))
        stored = exported(one)
    assert first.articles_new + second.articles_new == len(stored)
    assert first.feeds_polled + second.feeds_polled == len(world.newsroom.feeds(world.clock(), world.server.port))
