"""What the night does for learning: old stores are learned from, texts follow their blocks, and the report says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flows.children import WorkerLimits
from flows.maintain import changed_since_yesterday
from flows.outcomes import Lessons
from flows.reports.upkeep import lessons_markdown
from flows.settings import Settings
from flows.steps.learn_site import learn_from_stored, learn_sites, mend_now
from flows.store import ready_database
from flows.workers import Workers
from ingest.blocks import BlockState
from ingest.model import Article, ArticleRecord, ArticleStatus
from ingest.urls import signed_hash
from storage import articles, blocks, pages
from storage.articles import ExportQuery
from storage.blocks import SiteBlock
from storage.due import Wanted
from storage.pages import NewPage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = "harbour.example"
PITCH = "Odoberajte náš list z prístavu a každý piatok dostanete všetky správy týždňa do svojej schránky."
SUBJECTS = ("crane", "baker", "ferry", "school", "bridge", "market", "mill", "tower")
SAYINGS = ("was seen by the clerk", "is said to be older than the wall", "has a new owner", "was painted in the spring")


@pytest.fixture
def database(tmp_path):
    found = ready_database(Settings(data_dir=tmp_path, database_url=""))
    yield found
    found.dispose()


def store(database, count, *tail, first=0):
    """Articles as a feedmill without a memory stored them."""
    with database.begin() as session:
        urls = [f"https://{HOST}/{number}" for number in range(first, first + count)]
        pages.add_urls(session, [NewPage(url, signed_hash(url), HOST) for url in urls], NOW)
        site_id = blocks.find_site(session, HOST)
        for page in pages.waiting(session, site_id, Wanted(now=NOW), limit=5_000):
            number = int(page.url.rpartition("/")[2])
            subject, saying = SUBJECTS[number % 8], SAYINGS[number // 8 % 4]
            body = [
                f"The {subject} of ward {number} {saying}, and {other} {number} knows why." for other in SAYINGS[:3]
            ]
            article = Article(
                url=page.url, title=f"The {subject} {saying}", text="\n\n".join([*body, *tail]), status=ArticleStatus.OK
            )
            record = ArticleRecord(
                page_id=page.page_id, article=article, alias_keys=(), fetched_at=NOW, content_hash=str(number)
            )
            articles.save(session, record, NOW)
    return site_id


def read_texts(database):
    with database.read() as session:
        return [found["text"] for found in articles.export(session, ExportQuery())]


def read_blocks(database):
    with database.read() as session:
        return [found.block for found in blocks.find(session)]


async def learn(database):
    async with Workers(WorkerLimits(count=1)) as workers:
        return await learn_sites(database, workers, NOW)


async def test_a_store_from_before_is_learned_from_and_its_old_texts_follow(database):
    store(database, 150, PITCH)
    assert all(PITCH in text for text in read_texts(database))

    lessons = await learn(database)

    [block] = read_blocks(database)
    assert (block.text, block.state, block.is_mended) == (PITCH, BlockState.LEARNED, True)
    assert not any(PITCH in text for text in read_texts(database))
    assert lessons == Lessons(sites=1, texts=150)


async def test_the_next_night_has_nothing_to_do(database):
    store(database, 30, PITCH)
    await learn(database)

    assert await learn(database) == Lessons()


async def test_what_stays_of_a_site_without_furniture_is_all_of_it(database):
    store(database, 60)
    before = read_texts(database)

    assert await learn(database) == Lessons(sites=1)
    assert read_texts(database) == before
    assert read_blocks(database) == []


async def test_a_site_of_four_texts_waits_for_a_fifth(database):
    store(database, 4, PITCH)
    assert await learn(database) == Lessons()
    store(database, 1, PITCH, first=4)
    assert (await learn(database)).sites == 1


async def test_what_an_operator_keeps_comes_back_into_old_texts_too(database):
    site_id = store(database, 150, PITCH)
    await learn(database)
    with database.begin() as session:
        blocks.keep(session, HOST, read_blocks(database)[0].key, NOW)

    assert mend_now(database, site_id, HOST) == 150
    assert all(text.endswith(PITCH) for text in read_texts(database))
    assert read_blocks(database)[0].is_mended


async def test_the_report_says_per_site_what_was_learned_and_why(database):
    store(database, 30, PITCH)
    lessons = await learn(database)
    with database.read() as session:
        told = lessons_markdown(blocks.find(session), lessons)

    assert "## Learned blocks that changed since yesterday: 1" in told
    assert "1 site learned from for the first time, 30 stored texts changed." in told
    assert "- harbour.example, **learned**: “Odoberajte náš list z prístavu" in told
    assert "12 of 12 texts, behind the text)" in told


@pytest.mark.parametrize(("later", "is_told"), [(timedelta(hours=24, minutes=5), True), (timedelta(hours=48), False)])
async def test_a_night_that_begins_later_than_the_one_before_misses_nothing(database, later, is_told):
    store(database, 30, PITCH)
    await learn(database)
    with database.begin() as session:
        blocks.keep(session, HOST, read_blocks(database)[0].key, NOW)
    with database.read() as session:
        assert bool(changed_since_yesterday(session, NOW + later)) == is_told


def test_a_report_of_many_blocks_shows_the_first_and_counts_the_rest(database):
    store(database, 30, PITCH)
    with database.read() as session:
        site_id = blocks.find_site(session, HOST)
    learn_from_stored(database, site_id, HOST, NOW)
    [block] = read_blocks(database)
    told = lessons_markdown([SiteBlock(HOST, replace(block, key=key)) for key in range(60)], Lessons())

    assert told.count("- harbour.example,") == 50
    assert told.endswith("and 10 more: `feedmill rules learned`")


def test_a_night_without_news_says_so():
    assert lessons_markdown([], Lessons()) == "## Learned blocks that changed since yesterday: 0"
