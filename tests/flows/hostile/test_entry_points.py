"""No address that the guard forbids is connected to, by whichever door it comes in (hostile-input A1 to A10)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver
from click.testing import CliRunner

from flows.batches import RoundPlan, run_round
from flows.cli.main import cli
from flows.mill import client_options
from flows.steps.queue_urls import queue_urls
from ingest.fetch.client import Client
from ingest.fetch.resolver import address_result

SPELLINGS = (Path(__file__).parents[2] / "samples" / "loopback_spellings.txt").read_text(encoding="utf-8").split()


@pytest.fixture
def spellings(hostile: Any) -> list[str]:
    """The address of the trap in 37 spellings."""
    return [spelling.replace("{port}", str(hostile.trap.port)) for spelling in SPELLINGS]


def environment(hostile: Any) -> dict[str, str]:
    return {
        "FEEDMILL_DATA_DIR": str(hostile.settings.data_dir),
        "FEEDMILL_DATABASE_URL": hostile.settings.database_url,
        "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{hostile.web.port}",
        "FEEDMILL_HOST_DELAY_SECONDS": "0",
    }


async def test_entry_links_redirects_and_robots_lead_to_no_forbidden_address(
    hostile: Any, spellings: list[str]
) -> None:
    """Feeds, pages, robots.txt, hubs, archives, enclosures and canonicals that name the trap."""
    web, urls = hostile.web, []
    links = "".join(
        f"<item><title>{number}</title><link>{escape(url)}</link><guid>{number}</guid><comments>{escape(url)}</comments>"
        f'<enclosure url="{escape(url)}" type="image/png" length="1"/><description>text {number}</description></item>'
        for number, url in enumerate(spellings)
    )
    rels = ("next", "prev-archive", "hub", "self", "alternate", "first")
    more = "".join(
        f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="{rel}" href="{escape(url)}"/>'
        for rel in rels
        for url in spellings
    )
    urls.append(web.feed("links", f"{more}<link>{escape(spellings[0])}</link>{links}"))
    for number, url in enumerate(spellings):
        moved = {"status": 301, "headers": {"Location": url.encode().decode("latin-1")}}
        urls.append(web.say(f"feed{number}", "/feed", **moved))
        urls.append(web.articles(f"page{number}", **moved))
        web.say(f"robots{number}", "/robots.txt", **moved)
        urls.append(web.articles(f"robots{number}", web.page("robots", head=f'<link rel="canonical" href="{url}">')))

    report = await hostile.round(*urls)

    assert hostile.trap.hits == 0
    assert report.bugs == 0
    assert report.failures["feed forbidden-address"] + report.failures["feed redirect"] == len(spellings)
    assert any(article["url"] == spellings[0] for article in await hostile.stored()), "from the feed's own content"


@pytest.mark.usefixtures("each_database")
async def test_addresses_given_by_hand_or_by_list_lead_to_no_forbidden_address(
    hostile: Any, spellings: list[str]
) -> None:
    """ingest-urls, subscriptions that came in untested, and OPML."""
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{escape(url)}"/>' for url in spellings)
    listing = hostile.settings.data_dir / "list.opml"
    listing.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', encoding="utf-8")

    imported = CliRunner().invoke(cli, ["feeds", "import", str(listing)], env=environment(hostile))
    async with hostile.mill() as mill:
        for url in spellings:
            await hostile.subscribe_as_is(mill, url)
        queued = await queue_urls(mill, spellings)
        pages = await run_round(mill, RoundPlan(page_keys=queued.keys))
        feeds = await run_round(mill, RoundPlan(poll_all=True))

    assert imported.exit_code == 1
    assert "is not subscribed to" in imported.output
    assert hostile.trap.hits == 0
    assert (pages.bugs, feeds.bugs) == (0, 0)
    assert feeds.feeds_polled == feeds.feeds_failed == len(spellings)


def add(hostile: Any, *urls: str) -> Any:
    return CliRunner().invoke(cli, ["feeds", "add", *urls], env=environment(hostile))


async def test_discovery_asks_no_forbidden_address(hostile: Any, spellings: list[str], monkeypatch: Any) -> None:
    """`feeds add`: the address itself, and the candidates that a page names."""
    web = hostile.web
    sites = []
    for number in range(0, len(spellings), 6):
        links = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{escape(url)}">' for url in spellings[number:][:6]
        )
        sites.append(web.say(f"site{number}", "/", web.page("site", head=links)))

    added = await asyncio.to_thread(add, hostile, *spellings, *sites)

    assert added.exit_code == 1
    assert hostile.trap.hits == 0
    assert "Traceback" not in added.output
    assert not await hostile.rows("SELECT * FROM feed")


class Rebinding(AbstractResolver):
    """A name server that gives the web's address first and the trap's from then on, with no time to live."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> Any:  # noqa: ARG002 - the interface has it
        self.asked[host] = self.asked.get(host, 0) + 1
        return [address_result(host, "127.0.0.1" if self.asked[host] == 1 else "127.0.0.2", port)]

    async def close(self) -> None:
        """Nothing to close."""


async def test_a_name_that_is_rebound_between_feed_and_page_reaches_no_other_address(hostile: Any) -> None:
    """A6, through a round: one answer is remembered, and every socket is checked again."""
    web, hits = hostile.web, []
    inside = await asyncio.start_server(lambda _, writer: (hits.append(1), writer.close()), "127.0.0.2", web.port)
    link = f"http://rebound.example:{web.port}/page"
    web.sites["rebound.example:" + str(web.port)] = {}
    item = f"<item><title>x</title><link>{link}</link><description>said by the feed</description></item>"
    resolver = Rebinding()
    async with (
        hostile.mill() as opened,
        Client(client_options(hostile.settings), resolver=resolver) as client,
    ):
        mill = replace(opened, client=client)
        await hostile.subscribe(mill, web.feed("local", item), f"http://rebound.example:{web.port}/feed")
        first = await run_round(mill, RoundPlan(poll_all=True))
        client._resolver._memory.clear()  # the minute is over
        hostile.now += timedelta(hours=1)
        second = await run_round(mill, RoundPlan(poll_all=True))
    inside.close()

    assert resolver.asked["rebound.example"] >= 2
    assert (first.bugs, second.bugs, hits) == (0, 0, [])
    assert second.failures["feed forbidden-address"] == 1
