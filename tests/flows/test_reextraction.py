"""Re-extraction on the sample newsroom: the archive gives the same articles again, and better rules mend old ones."""

import pytest
import pytest_asyncio
from sqlalchemy import text

from flows.reextraction import ReextractPlan, Verdict, reextract
from ingest.extract.version import extraction_version
from storage import articles, tables
from storage.articles import ExportQuery
from storage.reextraction import ReextractQuery

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def archived(tmp_path_factory, world_at):
    """A world whose newsroom is down after the first round."""
    async with world_at(tmp_path_factory.mktemp("archived")) as world:
        await world.round()
        await world.server.stop()
        yield world


def exported(mill):
    with mill.database.read() as session:
        return {article["id"]: article for article in articles.export(session, ExportQuery())}


def spoil(mill, article_id, words):
    with mill.database.begin() as session:
        values = {"words": words, "id": article_id}
        statement = "UPDATE article SET text = :words, content_hash = 'other', rules = 'old' WHERE id = :id"
        session.connection().execute(text(statement), values)


async def test_every_page_that_was_fetched_is_kept_packed(archived):
    async with archived.mill() as mill:
        with mill.database.read() as session:
            connection = session.connection()
            kept = connection.scalar(text("SELECT count(*) FROM capture WHERE part = 0"))
            fetched = connection.scalar(text("SELECT count(*) FROM page WHERE state = 'done' AND url IS NOT NULL"))
            share = connection.scalar(text("SELECT sum(length(packed)) * 1.0 / sum(size) FROM blob"))
    assert kept >= 0.9 * fetched > 50
    assert share < 0.35


async def test_the_same_rules_make_the_same_articles_without_the_network(archived):
    async with archived.mill() as mill:
        before = exported(mill)
        report = await reextract(mill, ReextractPlan(query=ReextractQuery()))
        assert (report.count(Verdict.CHANGED), report.count(Verdict.WORSE)) == (0, 0)
        assert report.pages == report.planned > 50
        assert exported(mill) == before


async def test_what_todays_rules_have_seen_is_passed_over(archived):
    async with archived.mill() as mill:
        report = await reextract(mill, ReextractPlan(query=ReextractQuery(rules=extraction_version())))
    assert report.planned == 0


async def test_a_dry_run_shows_what_would_change_and_writes_nothing(archived):
    async with archived.mill() as mill:
        [(first, article), *_] = [item for item in exported(mill).items() if len(item[1]["text"] or "") > 500]
        spoil(mill, first, f"{article['text']}\n\nShare this with your friends!")
        plan = ReextractPlan(query=ReextractQuery(rules=extraction_version()), is_dry_run=True, wants_diff=True)

        report = await reextract(mill, plan)

        [difference] = report.differences
        assert (report.planned, difference.article_id, difference.verdict) == (1, first, Verdict.CHANGED)
        assert [change.before for change in difference.changes] == ["Share this with your friends!"]
        assert exported(mill)[first]["text"].endswith("friends!")

        replaced = await reextract(mill, ReextractPlan(query=plan.query))
        assert replaced.replaced == 1
        assert exported(mill)[first]["text"] == article["text"]
        assert exported(mill)[first]["revision"] == article["revision"]


async def test_a_text_that_would_lose_much_is_kept_unless_asked_for(archived):
    async with archived.mill() as mill:
        [(first, article), *_] = [item for item in exported(mill).items() if len(item[1]["text"] or "") > 500]
        long = f"{article['text']}\n\n{article['text'].upper()}"
        spoil(mill, first, long)
        query = ReextractQuery(rules=extraction_version())

        kept = await reextract(mill, ReextractPlan(query=query))
        assert (kept.count(Verdict.WORSE), kept.replaced, exported(mill)[first]["text"]) == (1, 0, long)
        assert (await reextract(mill, ReextractPlan(query=query))).planned == 0

        taken = await reextract(mill, ReextractPlan(query=ReextractQuery(), takes_worse=True))
        assert (taken.replaced, exported(mill)[first]["text"]) == (1, article["text"])


async def test_a_users_new_rule_reads_its_sites_stored_pages_again_and_no_others(archived):
    query = ReextractQuery(rules=extraction_version())
    async with archived.mill() as mill:
        await reextract(mill, ReextractPlan(query=query))
        [(site, before), *_] = [(one["site"], one["title"]) for one in exported(mill).values() if one["text"]]
        mill.settings.site_rules.mkdir()
        rule = mill.settings.site_rules / f"{site.partition(':')[0]}.txt"
        rule.write_text("title: //body//p[1]")

        report = await reextract(mill, ReextractPlan(query=query))
        assert list(report.sites) == [site]
        assert report.replaced > 0
        assert before not in [one["title"] for one in exported(mill).values() if one["site"] == site]
        assert (await reextract(mill, ReextractPlan(query=query))).planned == 0

        rule.unlink()
        assert (await reextract(mill, ReextractPlan(query=query))).planned == report.planned
        assert before in [one["title"] for one in exported(mill).values() if one["site"] == site]


async def test_a_run_that_is_cut_off_goes_on_where_it_was(archived):
    async with archived.mill() as mill:
        with mill.database.begin() as session:
            session.connection().execute(tables.ARTICLE.update().values(rules="old"))
        query = ReextractQuery(rules=extraction_version())

        async def cut(report):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await reextract(mill, ReextractPlan(query=query), cut)
        with mill.database.read() as session:
            left = session.connection().scalar(text("SELECT count(*) FROM article WHERE rules = 'old'"))
        report = await reextract(mill, ReextractPlan(query=query))
    assert 0 < report.planned < left + 1
    assert report.planned == report.pages
