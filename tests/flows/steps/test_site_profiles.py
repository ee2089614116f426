"""Rounds with site profiles: the same articles as without, less of each page looked at, and what is kept of it."""

from dataclasses import replace

import pytest
from profile_pages import paragraphs, sentences, template
from sqlalchemy import select

from flows.batches import RoundPlan, run_round
from flows.steps.learn_blocks import read_profile
from flows.steps.queue_urls import queue_urls
from flows.steps.reextract_page import reextract_page
from ingest.decide.site_profile import AGREEING, LEARNS_FROM, is_audit
from ingest.profiles import ProfileState
from ingest.urls import dedupe_key
from storage import articles, profiles, reextraction
from storage.articles import ExportQuery
from storage.tables import ARTICLE

pytestmark = pytest.mark.timeout(120)
PAGES = 66
ODD = (10, 11)
SAID = ("url", "title", "text", "authors", "published_at", "status", "language", "content_hash")


def page(number):
    """Most pages are the template's; on some a section stands outside, and on some the container has another name."""
    texts = sentences(number)
    if number % 12 == ODD[0]:
        behind = f"<section>{paragraphs(texts[6:])}</section>"
        return template(paragraphs(texts[:6]), behind=behind, number=number)
    html = template(paragraphs(texts), number=number)
    return html.replace("story-text", "tale") if number % 12 == ODD[1] else html


@pytest.fixture
def urls(web):
    for number in range(1, PAGES + 1):
        web.say(f"/water/{number}", page(number).encode(), Content_Type="text/html; charset=utf-8")
    return [web.url(f"/water/{number}", "water.localhost") for number in range(1, PAGES + 1)]


async def read_all(office, urls):
    """The stored articles after one round, the profiles, and what was read through them."""
    async with office.mill() as mill:
        await queue_urls(mill, urls)
        report = await run_round(mill, RoundPlan())
        assert report.bugs == 0
        with mill.database.read() as session:
            return list(articles.export(session, ExportQuery())), profiles.find(session), _list_through(session)


def _list_through(session):
    """The addresses of the articles that were read through the container."""
    rows = session.connection().execute(select(ARTICLE.c.url, ARTICLE.c.provenance))
    return {row.url for row in rows if "container" in row.provenance}


def number_of(url):
    return int(url.rpartition("/")[2])


def audited(urls):
    return {url for url in urls if is_audit(dedupe_key(url))}


def told(found):
    return {article["url"]: {name: article[name] for name in SAID} for article in found}


async def test_a_round_stores_the_same_articles_with_profiles_as_without(make_office, tmp_path, urls):
    plain, none, whole = await read_all(make_office(data_dir=tmp_path / "plain"), urls)
    profiled, [found], through = await read_all(make_office(data_dir=tmp_path / "profiled", site_profiles=True), urls)

    assert len(plain) == PAGES
    assert told(profiled) == told(plain)
    assert none == []
    assert (found.profile.state, found.profile.container) == (ProfileState.TRUSTED, "div.story-text")
    assert len(through) > (PAGES - LEARNS_FROM) // 2
    assert urls[0] not in through
    assert whole == set()


async def test_what_a_round_has_learned_the_next_one_uses_from_its_first_page(make_office, urls):
    office = make_office(site_profiles=True)
    early = urls[: LEARNS_FROM + 2 * AGREEING]
    await read_all(office, early)

    _, _, through = await read_all(office, urls)

    late = urls[len(early) :]
    odd = {url for url in late if number_of(url) % 12 in ODD}
    assert set(late) - through == odd | audited(late)
    assert odd != set()


async def test_a_page_that_is_extracted_again_is_read_through_the_container_where_that_is_wanted(make_office, urls):
    office = make_office(site_profiles=True)
    await read_all(office, urls)
    async with office.mill() as mill:
        with mill.database.read() as session:
            stored = next(reextraction.read(session, mill.archive, reextraction.ReextractQuery()))
        again = await reextract_page(mill, stored)
        plain = replace(mill, settings=mill.settings.model_copy(update={"site_profiles": False}))
        whole = await reextract_page(plain, stored)

        assert read_profile(plain, stored.site) is None
    assert again.article.provenance["container"] == "div.story-text"
    assert "container" not in whole.article.provenance
    assert (again.content_hash, again.observation) == (whole.content_hash, None)
