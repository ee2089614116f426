"""Filters in rounds over the sample newsroom: what they keep out costs no request, is counted, and can be asked for."""

import pytest

from flows.batches import RoundPlan, run_round
from flows.reports.round import report_markdown
from flows.steps.queue_urls import queue_urls
from ingest.filters import FilterAction, FilterField, FilterRule
from ingest.urls import clean_url, dedupe_key, host_of
from storage import articles, feeds, filters
from storage.articles import ExportQuery
from storage.feeds import NewFeed


def rule(words, value, **scope):
    action, field = words.split()
    return FilterRule(action=FilterAction(action), field=FilterField(field), value=value, **scope)


def feed_url(world):
    return f"http://harbour.localhost:{world.server.port}/feed.xml"


async def round_of(world, *rules, plan=None, tags=()):
    async with world.mill() as mill:
        new = NewFeed(url=feed_url(world), host=host_of(feed_url(world)), created_at=world.clock(), tags=tags)
        with mill.database.begin() as session:
            feeds.add(session, new)
            for each in rules:
                filters.add(session, each, world.clock())
        return await run_round(mill, plan or RoundPlan(poll_all=True))


async def stored(world):
    async with world.mill() as mill:
        with mill.database.read() as session:
            return list(articles.export(session, ExportQuery()))


async def outsiders(world):
    async with world.mill() as mill:
        with mill.database.read() as session:
            return filters.latest_outsiders(session, 100)


async def test_what_the_entry_tells_is_kept_out_without_a_request(world):
    report = await round_of(world, rule("exclude title", "herring"))
    kept = await outsiders(world)
    assert report.articles_filtered.total() == len(kept) == report.entries_new - report.articles_new > 0
    assert 0 < report.pages_fetched <= report.articles_new
    assert all("herring" not in article["title"].lower() for article in await stored(world))
    assert f"{len(kept)} kept out by filters" in report.sentence()
    assert "## Articles kept out, by filter" in report_markdown(report, world.clock())
    world.clock.forward(hours=2)
    again = await round_of(world)
    assert again.articles_filtered.total() == again.pages_fetched - again.articles_new == 0


async def test_what_only_the_text_tells_is_kept_out_after_it_and_not_fetched_again(world):
    report = await round_of(world, rule("include language", "ja"))
    assert report.articles_new == 0
    assert report.pages_fetched > 0
    assert set(report.articles_filtered) == {'include language "ja"'}
    world.clock.forward(hours=2)
    again = await round_of(world)
    assert again.pages_fetched == again.entries_new, "new ones alone"


async def test_a_removed_filter_lets_in_what_comes_from_then_on(world):
    first = await round_of(world, rule("include language", "ja"))
    async with world.mill() as mill:
        with mill.database.begin() as session:
            filters.remove(session, [one.rule.id for one in filters.listing(session)])
    world.clock.forward(days=3)
    later = await round_of(world)
    assert later.articles_new == later.entries_new > 0
    assert len(await outsiders(world)) == first.articles_filtered.total()


async def test_a_person_who_asks_for_an_address_gets_it_all_the_same(world):
    await round_of(world, rule("include language", "ja"))
    url = (await outsiders(world))[0].url
    async with world.mill() as mill:
        queued = await queue_urls(mill, [url])
        report = await run_round(mill, RoundPlan(page_keys=queued.keys, is_asked=True))
        with mill.database.read() as session:
            assert filters.find_outsider(session, {dedupe_key(clean_url(url))}) is None
    assert report.articles_new == 1
    world.clock.forward(days=1)
    assert [article["url"] for article in await stored(world)] == [url]


@pytest.mark.parametrize(("wanted", "polled"), [("News", 1), ("Sport", 0)])
async def test_a_round_of_a_group_leaves_the_others_alone(world, wanted, polled):
    report = await round_of(world, tags=("News/Local",), plan=RoundPlan(tags=(wanted,)))
    assert report.feeds_polled == polled
    assert (report.articles_new > 0) is bool(polled)


async def test_a_filter_of_a_tag_speaks_of_its_feeds(world):
    report = await round_of(world, rule("include language", "ja", tag="News"), tags=("News/Local",))
    assert set(report.articles_filtered) == {'include language "ja" for the tag News'}
