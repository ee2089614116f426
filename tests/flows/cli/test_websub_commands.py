"""`feedmill websub` as a process of its own."""

import asyncio
import os
import signal
import sys

import aiohttp
import pytest
from aiohttp import web

from flows.cli.stack import Stack
from flows.cli.up import _serve_websub
from flows.cli.websub import _line
from flows.settings import PROJECT_DIR, Settings

FEED = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>N</title>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://news.example/f"/>
</channel></rss>"""
PAGE = b'<html><head><link rel="hub" href="https://hub.example/"><link rel="self" href="https://news.example/f"></head>'


@pytest.fixture
async def site():
    """A server with a feed, a page and something without a hub; gives its address."""

    async def answer(request):
        bodies = {"/feed": FEED, "/page": PAGE}
        return web.Response(body=bodies.get(request.path, b"<html>plain</html>"), content_type="text/html")

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("path", [pytest.param("/feed", id="feed, rule 88"), pytest.param("/page", id="html, rule 86")])
async def test_discover_names_hub_and_topic(feedmill, site, path):
    ended = await feedmill("websub", "discover", site + path, "--json", FEEDMILL_ALLOW_NETWORKS="127.0.0.0/8")

    assert ended.json == {"hub_url": "https://hub.example/", "topic_url": "https://news.example/f"}


async def test_discover_says_where_there_is_no_hub(feedmill, site):
    ended = await feedmill("websub", "discover", f"{site}/plain", FEEDMILL_ALLOW_NETWORKS="127.0.0.0/8")

    assert ended.code == 1
    assert ended.err.strip() == f"feedmill: {site}/plain names no hub: it can only be polled"


async def test_an_empty_list_says_why(feedmill):
    ended = await feedmill("websub", "list")

    assert (ended.code, ended.out.strip()) == (
        0,
        "No subscriptions. Feeds are subscribed to when a poll finds a hub.",
    )
    assert (await feedmill("websub", "list", "--json")).json == []


def test_a_subscription_is_told_to_the_minute_and_its_pushes_are_counted():
    row = {
        "feed_url": "https://a.example/f",
        "state": "active",
        "detail": None,
        "hub_url": "https://hub.example/",
        "lease_until": "2026-11-20T12:05:59.123456Z",
        "pushes": 1,
    }
    assert _line(row) == (
        "https://a.example/f\n    active at https://hub.example/, lease until 2026-11-20 12:05 UTC, 1 push"
    )
    assert _line(row | {"lease_until": None, "pushes": 2}).endswith("hub.example/, 2 pushes")


async def test_serve_is_off_without_the_setting(feedmill):
    ended = await feedmill("websub", "serve")

    assert ended.code == 1
    assert "FEEDMILL_WEBSUB_CALLBACK_URL" in ended.err


async def test_serve_listens_until_it_is_told_to_stop(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "flows.cli.main", "websub", "serve"),
        env=os.environ
        | {
            "FEEDMILL_DATA_DIR": str(tmp_path),
            "FEEDMILL_WEBSUB_CALLBACK_URL": "https://me.example/websub",
            "FEEDMILL_WEBSUB_PORT": "0",
        },
        stdout=asyncio.subprocess.PIPE,
    )
    said = (await process.stdout.readline()).decode()
    address = said.split()[2]

    async with aiohttp.ClientSession() as session, session.get(f"{address}websub/nobody") as response:
        assert response.status == 404

    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    assert "https://me.example/websub" in said


@pytest.mark.parametrize("callback", ["https://me.example/websub", ""])
async def test_up_listens_for_pushes_where_the_setting_says_so(tmp_path, callback):
    settings = Settings(data_dir=tmp_path, websub_callback_url=callback, websub_port=0)
    environment = {"FEEDMILL_DATA_DIR": str(tmp_path), "FEEDMILL_WEBSUB_CALLBACK_URL": callback}
    with Stack(PROJECT_DIR, tmp_path / "logs", os.environ | environment | {"FEEDMILL_WEBSUB_PORT": "0"}) as stack:
        _serve_websub(stack, settings)

        assert [child.name for child in stack.children] == (["websub"] if callback else [])
        for child in stack.children:
            while "Listening" not in child.log.read_text():
                child.require_alive()
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("url", ["https://me.example/websub", "http://127.0.0.1:8710/", "http://me.localhost/w", ""])
def test_callbacks_that_hubs_can_be_told_rule_99(url):
    assert Settings(websub_callback_url=url).websub_callback_url == url


@pytest.mark.parametrize(
    "url", ["http://me.example/websub", "me.example", "https://", "ftp://me.example/", "https://m.e/?a=1"]
)
def test_other_callbacks_are_refused_rule_99(url):
    with pytest.raises(ValueError, match="https"):
        Settings(websub_callback_url=url)
