"""kill -9 of flow, worker, worker with flow, Prefect server and database, in turn, under load, and what comes of it.

    .venv/bin/python bench/faults.py --folder /tmp/faults

`feedmill up` on a Postgres of its own polls many small sites. After each fault it says for how long nothing was
stored; nobody helps, but for starting Postgres again, as its own supervisor would. At the end the store is compared
with one that was filled without faults.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "worlds"))

from many_hosts import ManyHosts  # noqa: E402
from postgres_cluster import Cluster  # noqa: E402
from processes import below, children, command, kind_of  # noqa: E402
from scale import described, serving, subscribe  # noqa: E402
from system import Up  # noqa: E402

from storage import articles, pages  # noqa: E402
from storage.articles import ExportQuery  # noqa: E402
from storage.database import Database  # noqa: E402

LOAD = 40  # articles between two faults
STILL_SECONDS = 900
OUTAGE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """What was done, when, and how long it took until articles came again."""

    what: str
    at_articles: int
    seconds: float


def main() -> None:
    """Do it and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--hosts", type=int, default=60)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--only", action="append", help="one of the faults by its name; may be repeated")
    words = parser.parse_args()
    words.folder.mkdir(parents=True)
    with Cluster() as cluster, serving(words.folder, words) as port:
        os.environ["PGPASSWORD"] = cluster.password
        for name in ("disturbed", "calm"):
            cluster.sql(f"CREATE DATABASE {name}")
        environment = {
            "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{port}",
            "FEEDMILL_DATABASE_URL": cluster.url("disturbed"),
            "FEEDMILL_CONCURRENCY": "4",
            "FEEDMILL_WORKERS": "1",
        }
        world = described(words, port)
        faults, states = disturbed(words, environment, cluster, world)
        subscribe(cluster.url("calm"), world)
        calm(words.folder, environment | {"FEEDMILL_DATABASE_URL": cluster.url("calm")})
        report(faults, states, contents(cluster.url("disturbed")), contents(cluster.url("calm")))


def disturbed(
    words: argparse.Namespace, environment: dict[str, str], cluster: Cluster, world: ManyHosts
) -> tuple[list[Fault], Counter[str]]:
    """One `feedmill up` through all the faults, until everything is stored."""
    faults: list[Fault] = []
    expected = len(world.articles())
    with Up(words.folder / "data", environment) as up:
        subscribe(cluster.url("disturbed"), world)
        up.run_every(60)
        kinds: dict[str, Callable[[], None]] = {
            "the flow": lambda: kill(runs(up)[:1]),
            "the worker": lambda: kill(named(up, "worker")),
            "the worker and its flow": lambda: kill([*runs(up), *named(up, "worker")]),
            "the Prefect server": lambda: kill(named(up, "server")),
            "the database": lambda: outage(cluster),
        }
        for name, act in ((name, act) for name, act in kinds.items() if name in (words.only or kinds)):
            before = wait_for_load(cluster, expected)
            wait_for(lambda: bool(runs(up)), "a flow to disturb")
            print(f"{datetime.now(UTC):%H:%M:%S} kill -9 of {name}, {before} articles", flush=True)
            began = time.monotonic()
            act()
            wait_for(lambda before=before: count(cluster) > before + 4, f"articles after {name}")
            faults.append(Fault(name, before, time.monotonic() - began))
            print(faults[-1], flush=True)
        wait_for(lambda: count(cluster) >= expected and not waiting(cluster), "the rest")
        time.sleep(90)  # what a dead run left is told of
        states = Counter(
            f"{run['state_name']}: {(run.get('state') or {}).get('message') or ''}"[:160]
            for run in up.api._call("POST", "/flow_runs/filter", {"sort": "START_TIME_ASC"})  # noqa: SLF001
            if run["state_type"] != "SCHEDULED"
        )
        print(up.printed.read_text())
    return faults, states


def calm(folder: Path, environment: dict[str, str]) -> None:
    """The same without a fault: rounds until nothing is left."""
    told = os.environ | environment | {"FEEDMILL_DATA_DIR": str(folder / "calm")}
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-m", "flows.cli.main", "ingest"],
            cwd=PROJECT,
            env=told,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def runs(up: Up) -> list[int]:
    """The flow runs' processes, wherever they hang."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = str(up.folder).encode() in (entry / "environ").read_bytes()
        except OSError:
            continue
        if is_ours and "prefect.engine" in command(int(entry.name)):
            found.append(int(entry.name))
    return found


def named(up: Up, kind: str) -> list[int]:
    """A process that `up` started."""
    return [child for child in children(up.pid) if kind_of(child) == kind]


def kill(pids: list[int]) -> None:
    """Kill -9, of what they started for themselves as well where that is no flow."""
    for pid in pids:
        own = [child for child in below(pid) if "ingest.worker" in command(child)]
        for victim in (pid, *own):
            os.kill(victim, signal.SIGKILL)


def outage(cluster: Cluster) -> None:
    """The database is gone for a while."""
    cluster.kill()
    time.sleep(OUTAGE_SECONDS)
    cluster.start()


def count(cluster: Cluster) -> int:
    """Articles stored; 0 while nobody answers."""
    try:
        return int(cluster.sql("SELECT count(*) FROM article", "disturbed"))
    except RuntimeError:
        return 0


def waiting(cluster: Cluster) -> int:
    """Pages that wait."""
    with Database(cluster.url("disturbed")) as database, database.read() as session:
        return pages.counts(session)["pending"]


def wait_for_load(cluster: Cluster, expected: int) -> int:
    """Wait until enough has been stored since; gives how many there are."""
    wanted = count(cluster) + LOAD
    if wanted > expected:
        raise SystemExit("the world is too small for all faults")
    wait_for(lambda: count(cluster) >= wanted, f"{wanted} articles")
    return count(cluster)


def wait_for(is_true: Callable[[], bool], what: str, seconds: float = STILL_SECONDS) -> None:
    """Wait, not for ever."""
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come")
        time.sleep(0.25)


def contents(url: str) -> Counter[tuple[str, str, str]]:
    """What is stored, as a reader sees it."""
    with Database(url) as database, database.read() as session:
        rows = list(articles.export(session, ExportQuery()))
    return Counter((str(row["url"]), str(row["title"]), str(row["content_hash"])) for row in rows)


def report(
    faults: list[Fault],
    states: Counter[str],
    disturbed_store: Counter[tuple[str, str, str]],
    calm_store: Counter[tuple[str, str, str]],
) -> None:
    """The tables."""
    print("| kill -9 of | articles then | until articles came again, s |\n|---|---:|---:|")
    for fault in faults:
        print(f"| {fault.what} | {fault.at_articles} | {fault.seconds:.0f} |")
    print("\n| runs | ended as |\n|---:|---|")
    for state, times in states.most_common():
        print(f"| {times} | {state} |")
    lost, more = calm_store - disturbed_store, disturbed_store - calm_store
    print(
        f"\nArticles: {sum(disturbed_store.values())} after the faults, {sum(calm_store.values())} without. "
        f"Lost: {sum(lost.values())}. Doubled or different: {sum(more.values())}."
    )


if __name__ == "__main__":
    main()
