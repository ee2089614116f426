"""The sample newsroom over a real socket: virtual hosts, behaviours, validators, the log."""

import asyncio
import re
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flows.sample.server import RunningNewsroom, serve
from flows.sample.world import Newsroom

REPOSITORY = Path(__file__).parents[3]
Get = Callable[..., Awaitable[tuple[int, dict[str, str], bytes]]]


async def test_a_feed_answers_304_to_its_own_etag_and_200_after_something_new(get: Get, clock: Any) -> None:
    status, headers, _ = await get("harbour.localhost", "/feed.xml")
    same, _, body = await get("harbour.localhost", "/feed.xml", If_None_Match=headers["etag"])
    clock.forward(minutes=15)
    changed, newer, _ = await get("harbour.localhost", "/feed.xml", If_None_Match=headers["etag"])

    assert (status, same, body, changed) == (200, 304, b"", 200)
    assert newer["etag"] != headers["etag"]
    assert headers["cache-control"] == "max-age=60"


async def test_a_feed_answers_304_to_its_own_last_modified(get: Get, clock: Any) -> None:
    _, headers, _ = await get("kitchen.localhost", "/feeds/posts/default")
    same, _, _ = await get("kitchen.localhost", "/feeds/posts/default", If_Modified_Since=headers["last-modified"])
    clock.forward(minutes=15)
    changed, _, _ = await get("kitchen.localhost", "/feeds/posts/default", If_Modified_Since=headers["last-modified"])

    assert (same, changed) == (304, 200)


async def test_an_etag_that_does_not_match_goes_before_a_date_that_does(get: Get) -> None:
    """RFC 9110 13.2.2."""
    _, headers, _ = await get("harbour.localhost", "/feed.xml")

    status, _, _ = await get(
        "harbour.localhost", "/feed.xml", If_None_Match='"other"', If_Modified_Since=headers["last-modified"]
    )

    assert status == 200


@pytest.mark.parametrize("date", ["yesterday", "Fri, 99 Nov 2026 09:00:00 GMT", "-1"])
async def test_a_date_that_is_none_is_passed_over(get: Get, date: str) -> None:
    status, _, _ = await get("harbour.localhost", "/feed.xml", If_Modified_Since=date)

    assert status == 200


async def test_one_feed_gives_validators_and_always_answers_200(get: Get) -> None:
    _, headers, first = await get("tagebuch.localhost", "/feeds/posts/default")
    status, _, second = await get("tagebuch.localhost", "/feeds/posts/default", If_None_Match=headers["etag"])

    assert (status, second) == (200, first)


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("wire", "/markets.xml", (500, None)),
        ("harbour", "/sport.xml", (410, None)),
        ("carsi", "/rss", (301, "/feeds/posts/default")),
        ("warung", "/umpan", (302, "/feeds/posts/default")),
        ("forum", "/t/moorings-list-withdrawn/600", (404, None)),
        ("forum", "/robots.txt", (404, None)),
        ("harbour", "/nowhere", (404, None)),
    ],
)
async def test_an_address_fails_or_redirects_as_its_note_says(
    get: Get, running: RunningNewsroom, host: str, path: str, expected: tuple[int, str | None]
) -> None:
    status, location = expected
    answered, headers, _ = await get(f"{host}.localhost", path)

    assert answered == status
    assert headers.get("location") == (location and f"http://{host}.localhost:{running.port}{location}")


async def test_an_html_page_stands_where_a_feed_should_be_and_names_the_true_one(get: Get) -> None:
    status, headers, body = await get("gazette.localhost", "/rss")

    assert status == 200
    assert headers["content-type"].startswith("text/html")
    assert b'type="application/rss+xml"' in body
    assert b"/feed/" in body


async def test_robots_keeps_one_page_back(get: Get) -> None:
    _, _, body = await get("harbour.localhost", "/robots.txt")

    assert b"Disallow: /news/2026/11/10/letters-of-the-harbour-clerk.html\n" in body


async def test_the_slow_host_takes_its_time(get: Get) -> None:
    before = time.monotonic()
    await get("chaguan.localhost", "/feed/")

    assert time.monotonic() - before >= 0.3


async def test_an_unknown_host_gets_an_index_of_all_sites(
    get: Get, newsroom: Newsroom, running: RunningNewsroom
) -> None:
    status, _, body = await get("127.0.0.1", "/")

    assert status == 200
    assert all(site.url("/", running.port).encode() in body for site in newsroom.sites)


async def test_every_listed_page_is_served_on_its_virtual_host(get: Get, newsroom: Newsroom, clock: Any) -> None:
    for article in newsroom.articles(clock())[:12]:
        status, _, _ = await get(article.site.host, article.path)
        assert status == (404 if article.story.kind == "missing" else 200)


async def test_the_log_tells_who_asked_for_what(get: Get, running: RunningNewsroom) -> None:
    _, headers, _ = await get("harbour.localhost", "/feed.xml")
    await get("harbour.localhost", "/feed.xml", If_None_Match=headers["etag"])

    assert running.requests == [
        ("harbour.localhost", "/feed.xml", 200, False),
        ("harbour.localhost", "/feed.xml", 304, True),
    ]


async def test_only_get_and_head_are_answered(running: RunningNewsroom, session: aiohttp.ClientSession) -> None:
    url = f"http://127.0.0.1:{running.port}/"
    async with session.post(url) as posted, session.head(url) as head:
        assert (posted.status, head.status) == (405, 200)
        assert await head.read() == b""


async def test_a_port_that_is_taken_is_an_error_and_the_first_server_goes_on(
    get: Get, running: RunningNewsroom, newsroom: Newsroom, clock: Any
) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await serve(newsroom, running.port, clock)

    status, _, _ = await get("harbour.localhost", "/")
    assert status == 200


async def test_the_program_prints_its_feeds_and_ends_on_sigterm() -> None:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "flows.sample", "--port", "0", stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    printed = [(await program.stdout.readline()).decode() for _ in range(2)]
    program.terminate()

    assert await program.wait() == 0
    assert printed[0].startswith("The sample newsroom: http://127.0.0.1:")
    assert re.fullmatch(r"http://harbour\.localhost:\d+/feed\.xml\n", printed[1])


async def test_russian_pages_come_in_windows_1251(get: Get, newsroom: Newsroom, clock: Any) -> None:
    article = next(iter(newsroom.newest(newsroom.site("vesti.localhost"), clock())))
    _, headers, body = await get("vesti.localhost", article.path)

    assert headers["content-type"] == "text/html; charset=windows-1251"
    assert article.story.title in body.decode("windows-1251")
