"""Many small sites on one loopback port, each with a feed and some pages, that answer late and note who asked when.

    .venv/bin/python tests/worlds/many_hosts.py --port 8900 --hosts 400 --pages 2 --latency 0.2 --log asked.jsonl

Who asked is told by the user agent. The log has a line for each request: host, path, agent, its begin and end.
"""

import argparse
import asyncio
import json
import random
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TextIO

from aiohttp import web

WORDS = (
    *("harbour", "lantern", "ferry", "tide", "winter", "council", "bread", "window", "garden", "letter", "river"),
    *("market", "stone", "voice", "evening", "paper", "bridge", "clock", "teacher", "weather", "summer", "kitchen"),
    *("engine", "horse", "island", "valley", "road", "story", "morning", "field"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as its server saw it; seconds of the machine's clock."""

    host: str
    path: str
    agent: str
    began: float
    ended: float


class ManyHosts:
    """The sites ``s000.localhost`` and on; ``latency`` is an answer's mean delay, from half to one and a half."""

    def __init__(self, hosts: int, pages: int, latency: float, log: TextIO | None = None) -> None:
        self.hosts = tuple(f"s{number:03d}.localhost" for number in range(hosts))
        self.asked: list[Asked] = []
        self.port = 0
        self._pages = pages
        self._latency = latency
        self._log = log
        self._runner: web.ServerRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Bind the port; 0 picks a free one."""
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close it."""
        assert self._runner is not None
        await self._runner.cleanup()

    def feeds(self) -> list[str]:
        """What to subscribe to."""
        return [f"http://{host}:{self.port}/feed.xml" for host in self.hosts]

    def articles(self) -> set[str]:
        """The addresses of all articles."""
        return {f"http://{host}:{self.port}/{page}.html" for host in self.hosts for page in range(self._pages)}

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        began = time.time()
        host = request.host.partition(":")[0]
        await asyncio.sleep(self._latency * random.uniform(0.5, 1.5))
        response = self._response(host, request.path)
        self._note(Asked(host, request.path, request.headers.get("User-Agent", ""), began, time.time()))
        return response

    def _note(self, asked: Asked) -> None:
        self.asked.append(asked)
        if self._log is not None:
            self._log.write(json.dumps(asdict(asked)) + "\n")
            self._log.flush()

    def _response(self, host: str, path: str) -> web.Response:
        if host not in self.hosts:
            return web.Response(status=404)
        if path == "/feed.xml":
            return web.Response(text=self._feed(host), content_type="application/rss+xml")
        if path.endswith(".html"):
            return web.Response(text=_page(host, path), content_type="text/html")
        return web.Response(status=404)

    def _feed(self, host: str) -> str:
        items = "".join(
            f"<item><title>{_title(host, f'/{page}.html')}</title><link>http://{host}:{self.port}/{page}.html</link>"
            f"<guid>http://{host}:{self.port}/{page}.html</guid></item>"
            for page in range(self._pages)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'


def _title(host: str, path: str) -> str:
    chance = random.Random(host + path)
    return " ".join(chance.sample(WORDS, 5)).capitalize()


def _page(host: str, path: str) -> str:
    chance = random.Random(host + path)
    title = _title(host, path)
    body = "".join(f"<p>{_sentence(chance)} {_sentence(chance)} {_sentence(chance)}</p>" for _ in range(6))
    article = f"<article><h1>{title}</h1>{body}</article>"
    return f"<html lang=en><head><title>{title}</title></head><body>{article}</body></html>"


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=14)).capitalize() + "."


@dataclass(frozen=True, slots=True)
class Manners:
    """What a log says: hosts asked by two at once, the shortest gaps between starts, addresses asked twice."""

    overlapping: list[str]
    shortest_gap: float
    shortest_gap_between_agents: float
    doubled: int
    agents: dict[str, int]


def manners(asked: Iterable[Asked]) -> Manners:
    """Judge a log. Requests of one agent may overlap (two connections to a host); those of two never may."""
    hosts: dict[str, list[Asked]] = {}
    for one in asked:
        hosts.setdefault(one.host, []).append(one)
    every: list[float] = []
    between: list[float] = []
    overlapping: list[str] = []
    for host, rows in hosts.items():
        rows.sort(key=lambda one: one.began)
        for earlier, later in pairwise(rows):
            every.append(later.began - earlier.began)
            if earlier.agent != later.agent:
                between.append(later.began - earlier.began)
                if later.began < earlier.ended:
                    overlapping.append(host)
    paths = [(one.host, one.path) for rows in hosts.values() for one in rows]
    agents: dict[str, int] = {}
    for rows in hosts.values():
        for one in rows:
            agents[one.agent] = agents.get(one.agent, 0) + 1
    nothing = float("inf")
    return Manners(
        overlapping, min(every, default=nothing), min(between, default=nothing), len(paths) - len(set(paths)), agents
    )


def read_log(file: Path) -> Sequence[Asked]:
    """The requests of a log, whole lines alone."""
    return [Asked(**json.loads(line)) for line in file.read_text().splitlines() if line.endswith("}")]


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--hosts", type=int, default=400)
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--log", type=Path, required=True)
    words = parser.parse_args()
    with words.log.open("a") as log:
        asyncio.run(_serve(ManyHosts(words.hosts, words.pages, words.latency, log), words.port))


async def _serve(world: ManyHosts, port: int) -> None:
    await world.start(port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await world.stop()


if __name__ == "__main__":
    main()
