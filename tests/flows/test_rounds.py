"""What a first round over the sample newsroom leaves, and what the rounds after it do."""

import hashlib
from collections import Counter

import pytest
import pytest_asyncio

from storage import articles, feeds
from storage.articles import ExportQuery
from storage.tables import METADATA

pytestmark = pytest.mark.asyncio(loop_scope="module")
POLLED = {"feed", "site", "tally", "alembic_version"}  # what a quiet poll may write


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def settled(tmp_path_factory, world_at):
    """A world after its first round, shared by the tests of this module, and that round's report."""
    async with world_at(tmp_path_factory.mktemp("settled")) as world:
        first = await world.round()
        yield world, first


@pytest.fixture
def world(settled):
    settled[0].clock.forward(seconds=1)
    return settled[0]


@pytest.fixture
def first(settled):
    return settled[1]


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


async def test_a_first_round_stores_every_article_of_the_newsroom_once(world, first):
    async with world.mill() as mill:
        stored = exported(mill)
    assert first.articles_new == len(stored) > 60
    assert first.bugs == 0
    assert first.blocks_dropped.total() > 100
    twice = [url for url, count in Counter(a["canonical_url"] or a["url"] for a in stored).items() if count > 1]
    assert twice == []


async def test_every_bad_feed_ends_as_a_recorded_outcome_with_clear_words(world, first):
    async with world.mill() as mill:
        with mill.database.read() as session:
            failing = {row["url"]: row for row in feeds.failing(session)}
    kinds = {row["last_failure_kind"] for row in failing.values()}
    assert {"gone", "server-error", "not-a-feed"} <= kinds
    assert first.feeds_failed == len(failing)
    for url, row in failing.items():
        assert url in row["last_failure_detail"]
        assert row["poll_reason"].startswith("in ")


async def test_pages_that_are_given_up_leave_an_article_from_the_feed(world, first):
    async with world.mill() as mill:
        stored = {article["url"]: article for article in exported(mill)}
    truths = world.newsroom.truth(world.clock(), world.server.port)
    lost = [stored[truth.url] for truth in truths if truth.kind in {"missing", "disallowed"}]
    assert {"page not-found", "page robots"} <= first.failures.keys()
    assert len(lost) == 2
    for article in lost:
        assert (article["status"], bool(article["text"])) == ("partial", True), "what the feed itself said"
        assert "feed" in article["extractor"]


async def test_a_round_with_nothing_new_fetches_no_page_and_writes_only_the_polls(world):
    async with world.mill() as mill:
        before = hashes(mill)
    world.server.requests.clear()
    report = await world.round()
    async with world.mill() as mill:
        after = hashes(mill)
    assert report.is_quiet
    assert report.pages_fetched == 0
    assert report.feeds_not_modified > 10
    assert after == before
    feed_paths = {"/" + feed.url.split("/", 3)[3] for feed in world.newsroom.feeds(world.clock(), world.server.port)}
    others = {request.path for request in world.server.requests if request.status == 200} - feed_paths
    assert all(path.startswith("/feeds/") for path in others), "only the targets of redirected feeds"
    assert any(request.conditional and request.status == 304 for request in world.server.requests)


async def test_news_of_a_minute_is_stored_by_the_next_round(world):
    world.clock.forward(minutes=30)
    report = await world.round()
    assert report.articles_new > 0
    assert report.bugs == 0


async def test_an_edited_article_becomes_a_revision_not_an_article(world):
    async with world.mill() as mill:
        before = {article["id"]: article["revision"] for article in exported(mill)}
    revised = 0
    for _ in range(6):
        world.clock.forward(hours=4)
        revised += (await world.round()).articles_revised
        if revised:
            break
    async with world.mill() as mill:
        changed = [a["url"] for a in exported(mill) if a["revision"] == before.get(a["id"], 1) + 1]
    assert revised == len(changed) > 0
