"""The host that asks for patience is left alone, and no other (rule 31)."""

import pytest
from sqlalchemy import text

from flows.batches import RoundPlan, run_round
from flows.steps.queue_urls import queue_urls
from flows.steps.subscribe import ask_hubs


@pytest.fixture
def office(make_office):
    return make_office()


def held_hosts(mill):
    with mill.database.read() as session:
        rows = session.connection().execute(text("SELECT host, is_hold_asked FROM site WHERE hold_reason IS NOT NULL"))
        return {row.host.partition(":")[0]: bool(row.is_hold_asked) for row in rows}


def redirect(web, path, target):
    return web.say(path, status=302, Location=target)


@pytest.mark.parametrize(("status", "asked"), [(429, {"Retry_After": "7200"}), (503, {"Retry_After": "60"}), (503, {})])
async def test_behind_a_redirect_the_host_that_answered_is_held_and_not_the_pages_own(web, office, status, asked):
    redirect(web, "/moved", web.url("/busy", "busy.localhost"))
    web.say("/busy", status=status, **asked)
    web.say("/fine", b"<html><body><p>Ships came in.</p></body></html>")
    async with office.mill() as mill:
        await queue_urls(mill, [web.url("/moved"), web.url("/fine")])
        report = await run_round(mill, RoundPlan())

        assert held_hosts(mill) == {"busy.localhost": bool(asked)}
    assert (report.pages_fetched, report.pages_waiting) == (1, 1)


async def test_without_a_redirect_the_pages_own_host_is_held(web, office):
    web.say("/busy", status=429, Retry_After="7200")
    async with office.mill() as mill:
        await queue_urls(mill, [web.url("/busy")])
        await run_round(mill, RoundPlan())

        assert held_hosts(mill) == {"news.localhost": True}


async def test_a_page_that_is_given_up_has_its_host_held_too(web, office, rss):
    web.say("/gone", status=404, Retry_After="7200")
    feed = web.say("/feed", rss(web.url("/gone", "other.localhost")))
    async with office.mill(feed) as mill:
        report = await run_round(mill, RoundPlan())

        assert held_hosts(mill) == {"other.localhost": True}
    assert report.failures == {"page not-found": 1}


async def test_robots_txt_behind_a_redirect_holds_the_host_that_answered(web, office):
    redirect(web, "/robots.txt", web.url("/busy", "busy.localhost"))
    web.say("/busy", status=503, Retry_After="7200")
    async with office.mill() as mill:
        await queue_urls(mill, [web.url("/a")])
        await run_round(mill, RoundPlan())

        assert held_hosts(mill) == {"busy.localhost": True}


async def test_a_hub_that_asks_for_patience_has_its_host_held(web, make_office, rss):
    links = f'<atom:link rel="hub" href="{web.say("/hub", status=429, Retry_After="7200").replace("news", "hub")}"/>'
    links += f'<atom:link rel="self" href="{web.url("/feed")}"/>'
    feed = web.say("/feed", rss(extra=links))
    async with make_office(websub_callback_url="http://127.0.0.1:1/").mill(feed) as mill:
        await run_round(mill, RoundPlan())
        assert await ask_hubs(mill) == 1

        assert held_hosts(mill) == {"hub.localhost": True}


async def test_an_older_document_behind_a_redirect_holds_the_host_that_answered(web, office, rss):
    feed = web.say("/feed", rss(web.url("/robots.txt?1")))
    async with office.mill(feed) as mill:
        await run_round(mill, RoundPlan())
        redirect(web, "/older", web.url("/busy", "busy.localhost"))
        web.say("/busy", status=429, Retry_After="7200")
        web.say("/feed", rss(web.url("/robots.txt?2"), extra=f'<atom:link rel="next" href="{web.url("/older")}"/>'))
        await run_round(mill, RoundPlan(poll_all=True))

        assert held_hosts(mill) == {"busy.localhost": True}
