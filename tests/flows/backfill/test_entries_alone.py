"""Entries without a page of their own: what a backfill reads of a feed is what a poll of that feed reads."""

from datetime import timedelta

import pytest
from backfill_world.server import Fake, text_answer

from flows.backfilling import Order, run
from flows.batches import RoundPlan, run_round
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed

WORDS = "The tide came in at seven, the ferry left at eight, and nobody on the quay knew why it had waited so long."


class Notes(Fake):
    """A site whose feed has all there is, without a link in it."""

    def _answer(self, asked):
        if asked.path == "/":
            link = '<link rel="alternate" type="application/rss+xml" href="/notes.xml">'
            return text_answer(f"<html><head>{link}</head><body>Notes</body></html>", "text/html", "home")
        if asked.path != "/notes.xml":
            return text_answer("", "text/plain", "other", 404)
        items = (
            f"<item><guid isPermaLink='false'>note-{day}</guid><title>Note {day}</title>"
            f"<pubDate>0{day} Nov 2026 08:00:00 GMT</pubDate><description>{WORDS} Day {day}.</description></item>"
            for day in (3, 2, 1)
        )
        feed = f"<rss version='2.0'><channel><title>Notes</title>{''.join(items)}</channel></rss>"
        return text_answer(feed, "application/rss+xml", "feed")


async def poll(mill, site):
    url = f"{site.url}/notes.xml"
    new = NewFeed(url=url, host=host_of(url), created_at=mill.clock() - timedelta(days=1))
    await mill.writer.apply(lambda session: feeds.add(session, new))
    return await run_round(mill, RoundPlan(poll_all=True))


@pytest.mark.parametrize("is_polled_first", [True, False])
async def test_an_entry_without_an_address_is_one_article_however_it_is_found(store, is_polled_first):
    async with Notes() as site, store.mill() as mill:
        if is_polled_first:
            await poll(mill, site)
        report = await run(mill, Order(site=f"{site.url}/"))
        if not is_polled_first:
            await poll(mill, site)

    assert report.found == 3
    assert report.already_stored == (3 if is_polled_first else 0)
    assert sorted(one["title"] for one in store.exported()) == ["Note 1", "Note 2", "Note 3"]
