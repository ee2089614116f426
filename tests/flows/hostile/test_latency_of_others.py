"""One hostile host among a hundred leaves the others' latency alone: measured with it and without it, in virtual time.

The clock moves only where everyone waits, so the machine's speed is nothing to it. The network and the CPU take as
long as the script of the host says; claims, gates, lanes, worker slots, steps and the database are the product's.
"""

import asyncio
import pickle
import selectors
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.batches import RoundPlan, run_round
from flows.children import Child, WorkerLimits
from flows.mill import Mill, client_options
from flows.settings import Settings
from flows.store import poll_policy, ready_database
from flows.workers import Workers
from flows.writer import Writer
from ingest.fetch.client import Client, Clocks
from ingest.jobs import PageJob, PageReading, read_feed
from ingest.model import Article, ArticleStatus, FailureKind, Fetched, FetchFailed
from ingest.urls import dedupe_key, host_of
from storage import articles, feeds
from storage.articles import ExportQuery
from storage.feeds import NewFeed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLITE = [f"polite{number}.example" for number in range(99)]
EVIL = "evil.example"
FOR_EVER = 1e6


@dataclass(frozen=True)
class Host:
    """How many entries a host's feed has, and how long it takes: seconds of network and of CPU, by feed and page."""

    entries: int = 1
    feed_wait: float = 0.1
    page_wait: float = 0.1
    feed_cpu: float = 0.05
    page_cpu: float = 0.2

    def wait(self, path: str) -> float:
        return self.feed_wait if path == "/feed" else 0.1 if path == "/robots.txt" else self.page_wait


class _Jumps(selectors.SelectSelector):
    """Waits for nobody: where nothing is ready, time jumps to when something is."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everyone waits, and nothing will come"
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is virtual."""

    def __init__(self) -> None:
        self.jumps = _Jumps()
        super().__init__(self.jumps)

    def time(self) -> float:
        return self.jumps.now


class ScriptedClient(Client):
    """The client up to the network: that answers after the script's time. Each host has an address of its own."""

    def __init__(self, settings: Settings, hosts: Mapping[str, Host]) -> None:
        super().__init__(client_options(settings), clocks=Clocks(monotonic=asyncio.get_running_loop().time))
        self._script = hosts

    async def _address_of(self, endpoint: Any) -> str:
        return str(endpoint.host)

    async def _ask(self, walk: Any, host: str) -> Any:
        script, path = self._script[host], walk.url.removeprefix(f"http://{host}")
        await asyncio.sleep(script.wait(path))
        if path == "/robots.txt":
            return FetchFailed(url=walk.url, kind=FailureKind.NOT_FOUND, detail="none", status=404)
        body = feed_of(host, script.entries) if path == "/feed" else b"a page"
        return Fetched(url=walk.request.url, final_url=walk.url, status=200, headers={}, body=body)


class ScriptedChild(Child):
    """A worker process that takes the script's time, up to the limit."""

    def __init__(self, hosts: Mapping[str, Host], limits: WorkerLimits, settled: Any) -> None:
        super().__init__(Ended(), limits, settled, is_for_pages=True)  # type: ignore[arg-type]  # there is no process
        self._script, self._sent = hosts, deque[bytes]()

    def _send(self, job: bytes) -> None:
        self._sent.append(job)

    async def _receive(self) -> Any:
        name, [what] = pickle.loads(self._sent.popleft())
        script = self._script[host_of(what.url)]
        is_page = name == "read_page" and what.page is not None
        seconds = script.feed_cpu if name == "read_feed" else script.page_cpu if is_page else 0.05
        await asyncio.sleep(min(seconds, self._limits.timeout_seconds))
        if seconds > self._limits.timeout_seconds:
            return "memory", f"took more than {self._limits.timeout_seconds:g} s of CPU"
        return "done", read_feed(what) if name == "read_feed" else reading_of(what)


class Ended:
    """A process that is over when it is told to be."""

    async def kill(self) -> None:
        """Nothing to end."""


class ScriptedWorkers(Workers):
    """The pool with its lanes and slots; its processes are scripted."""

    def __init__(self, limits: WorkerLimits, hosts: Mapping[str, Host]) -> None:
        super().__init__(limits)
        self._script = hosts

    async def _start(self, **_: Any) -> Any:
        child = ScriptedChild(self._script, self._limits, self._settle)
        self._all.add(child)
        return child


class InlineWriter(Writer):
    """Commits at once, in the loop: a thread would take real time."""

    async def _queue_up(self, change: Any, item: Any, **_: Any) -> Any:
        with self._database.begin() as session:
            return change(session, [item])[0]


def feed_of(host: str, entries: int) -> bytes:
    items = "".join(f"<item><title>{n}</title><link>http://{host}/page{n}</link></item>" for n in range(entries))
    return f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode()


def reading_of(job: PageJob) -> PageReading:
    article = Article(url=job.url, title=job.url, text="The gauge was read.", status=ArticleStatus.OK)
    return PageReading(article, (dedupe_key(job.url or ""),), content_hash=job.url or "")


async def latencies(folder: Path, hosts: Mapping[str, Host], workers: int = 2) -> dict[str, float]:
    """Seconds from the moment when all feeds are due to the storing of each polite host's article."""
    loop = asyncio.get_running_loop()
    settings = Settings(data_dir=folder, database_url="", host_delay_seconds=0, workers=workers)
    database = ready_database(settings)
    mill = Mill(
        settings=settings,
        database=database,
        writer=InlineWriter(database),
        client=ScriptedClient(settings, hosts),
        workers=ScriptedWorkers(WorkerLimits(count=workers), hosts),
        policy=poll_policy(settings, None),
        holder="test",
        clock=lambda: NOW + timedelta(seconds=loop.time()),
    )
    for host in hosts:
        new = NewFeed(url=f"http://{host}/feed", host=host, created_at=NOW)
        await mill.writer.apply(lambda session, new=new: feeds.add(session, new))
    report = await run_round(mill, RoundPlan(poll_all=True))
    with database.read() as session:
        stored = {article["site"]: article["fetched_at"] for article in articles.export(session, ExportQuery())}
    database.dispose()
    assert report.bugs == 0
    return {host: (datetime.fromisoformat(stored[host]) - NOW).total_seconds() for host in POLITE}


def measure(folder: Path, evil: Host | None = None, workers: int = 2) -> dict[str, float]:
    """Latencies of the polite hosts, beside a hostile one or without it."""
    # No two answer at one moment, for who comes first would be chance.
    hosts = {host: Host(feed_wait=0.1 + at / 1000, page_wait=0.1 + at / 1000) for at, host in enumerate(POLITE)}
    if evil:  # in the middle: some are claimed before it and some after
        hosts = dict([*list(hosts.items())[:50], (EVIL, evil), *list(hosts.items())[50:]])
    with asyncio.Runner(loop_factory=VirtualLoop) as runner, pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.monotonic", runner.get_loop().time)
        return runner.run(latencies(folder, hosts, workers))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """How long the polite hosts wait where nobody is hostile."""
    return measure(tmp_path_factory.mktemp("alone"))


@pytest.fixture(scope="module")
def alone_with_one_worker_less(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The same where one of the two workers is missing."""
    return measure(tmp_path_factory.mktemp("one less"), workers=1)


@pytest.mark.parametrize(
    "evil",
    [
        pytest.param(Host(entries=8, page_wait=FOR_EVER), id="pages that drip"),
        pytest.param(Host(feed_wait=FOR_EVER), id="a feed that hangs"),
        pytest.param(Host(entries=100), id="a hundred pages at once"),
    ],
)
def test_a_host_that_keeps_the_network_waiting_delays_nobody_by_more_than_its_own_jobs(
    tmp_path: Path, alone: dict[str, float], evil: Host
) -> None:
    """Its feed and two of its pages may come before anyone's, as any other host's may; no wait of its own does."""
    beside = measure(tmp_path, evil)

    own_jobs = evil.feed_cpu + 2 * evil.page_cpu
    assert [host for host in POLITE if beside[host] > alone[host] + own_jobs] == []


@pytest.mark.parametrize(
    "evil",
    [
        pytest.param(Host(entries=8, page_cpu=FOR_EVER), id="pages that never end"),
        pytest.param(Host(feed_cpu=FOR_EVER), id="a feed that never ends"),
    ],
)
def test_a_host_that_burns_cpu_costs_the_others_one_worker_at_most(
    tmp_path: Path, alone_with_one_worker_less: dict[str, float], evil: Host
) -> None:
    """The one whose job stood behind its first is moved to another worker, and loses its place in the line."""
    beside = measure(tmp_path, evil)

    late = [host for host in POLITE if beside[host] > alone_with_one_worker_less[host] + 1e-6]
    assert len(late) <= 1
    assert max(map(beside.__getitem__, POLITE)) <= max(alone_with_one_worker_less.values()) + 1e-6
