"""Fifty feeds that are due on one host, through the real client (rule 33)."""

import asyncio
from collections import defaultdict
from itertools import pairwise

import pytest

from flows.batches import RoundPlan, run_round
from flows.mill import open_mill
from flows.settings import Settings
from ingest.urls import host_of
from storage import feeds
from storage.feeds import NewFeed

DELAY = 0.03
BODY = b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>'


@pytest.fixture
async def log():
    """A loopback server for any host name: when each request came, and how many were open at once."""
    asked = {"at": defaultdict(list), "open": defaultdict(int), "most": defaultdict(int), "port": 0}

    async def handle(reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                host = (
                    next(line for line in head.split("\r\n") if line.lower().startswith("host:")).split(":")[1].strip()
                )
                asked["at"][host].append(asyncio.get_running_loop().time())
                for key in (host, "all"):
                    asked["open"][key] += 1
                    asked["most"][key] = max(asked["most"][key], asked["open"][key])
                await asyncio.sleep(0.01)
                for key in (host, "all"):
                    asked["open"][key] -= 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    asked["port"] = server.sockets[0].getsockname()[1]
    yield asked
    server.close()


async def test_rule_33_fifty_feeds_on_one_host_are_asked_one_after_another_and_no_other_host_waits(log, tmp_path):
    port = log["port"]
    urls = [f"http://busy.localhost:{port}/{number}" for number in range(50)]
    urls += [f"http://other{number}.localhost:{port}/feed" for number in range(8)]
    settings = Settings(
        data_dir=tmp_path,
        database_url="",
        host_delay_seconds=DELAY,
        allow_endpoints=frozenset({f"127.0.0.1:{port}"}),
        workers=1,
    )
    async with open_mill(settings) as mill:
        for url in urls:
            new = NewFeed(url=url, host=host_of(url), created_at=mill.clock())
            await mill.writer.apply(lambda session, new=new: feeds.add(session, new))
        report = await run_round(mill, RoundPlan())
    starts = log["at"]["busy.localhost"]
    assert report.feeds_polled == 58
    gaps = sorted(after - before for before, after in pairwise(starts))
    # Requests leave so far apart; one that needs longer to arrive comes closer to the next, at whose expense alone.
    assert gaps[len(gaps) // 4] >= DELAY * 0.9
    assert starts[-1] - starts[0] >= DELAY * 40
    assert log["most"]["busy.localhost"] <= 2
    assert log["most"]["all"] <= 4
    assert max(max(log["at"][f"other{number}.localhost"]) for number in range(8)) < starts[25]
