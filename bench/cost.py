"""What a feed and an article cost on Postgres: CPU of feedmill and of the server, rows, bytes, connections; and health.

    .venv/bin/python bench/cost.py --hosts 500

Three rounds over one world of small sites: the first stores every article, in the second no feed has anything new.
The figures of docs/how-to/scale.md. Then `feedmill feeds health` over 10,000 feeds with 300,000 articles.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "worlds"))

from postgres_cluster import Cluster  # noqa: E402
from processes import TICKS  # noqa: E402
from scale import described, serving, subscribe  # noqa: E402

from storage.database import Database  # noqa: E402

FEEDS, ARTICLES = 10_000, 30  # of health; articles of each
_N = "FROM generate_series(1, {feeds}) n"
FILL = (
    f"INSERT INTO site (id, host, is_hold_asked) SELECT n, 'h' || n || '.example', false {_N}",
    (
        "INSERT INTO feed (id, url, site_id, tags, created_at, status, last_polled_at, interval_seconds, failures, "
        "post_count, post_days, full_answers, moved_count, hints, next_poll_at) "
        "SELECT n, 'https://h' || n || '.example/feed', n, '[]', now() - interval '90 days', 'active', now(), 10800, "
        f"CASE WHEN n % 20 = 0 THEN 4 ELSE 0 END, 30, 30, 0, 0, '{{{{}}}}', now() {_N}"
    ),
    (
        "INSERT INTO article (id, cursor, url, site, title, authors, published_at, published_source, first_seen_at, "
        "fetched_at, text, tags, word_count, status, extractor, removed, content_hash, provenance, revision, feed_id) "
        "SELECT n, n, 'https://h' || (n % {feeds} + 1) || '.example/' || n, 'h' || (n % {feeds} + 1) || '.example', "
        "'T', "
        "'[]', now() - n * interval '8 seconds', 'feed', now() - n * interval '8 seconds', now(), "
        "repeat('a few words ', 200), '[]', 500 + n % 97, 'ok', '', '[]', md5(n::text), '{{}}', 1, n % {feeds} + 1 "
        "FROM generate_series(1, {articles}) n"
    ),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One round's sums. CPU in seconds."""

    report: dict[str, object]
    own_cpu: float
    server_cpu: float
    seconds: float
    connections: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--pages", type=int, default=2)
    parser.add_argument("--latency", type=float, default=0.02)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, Cluster() as cluster:
        os.environ["PGPASSWORD"] = cluster.password
        with serving(Path(folder), words) as port:
            cluster.sql("CREATE DATABASE cost")
            subscribe(cluster.url("cost"), described(words, port))
            environment = os.environ | {
                "FEEDMILL_DATA_DIR": folder,
                "FEEDMILL_DATABASE_URL": cluster.url("cost"),
                "FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{port}",
                "FEEDMILL_HOST_DELAY_SECONDS": "0",
                "FEEDMILL_MIN_INTERVAL_SECONDS": "0",
                "FEEDMILL_WORKERS": "1",
            }
            nothing = ingest(cluster, environment, "--feed", "http://nobody.example/")
            before = size(cluster, "cost")
            first = ingest(cluster, environment, "--all")
            after = size(cluster, "cost")
            second = ingest(cluster, environment, "--all")
        print(f"first: {first}\nsecond: {second}\nstart alone: {nothing.own_cpu:.2f} s")
        show(words, nothing, (first, second), after - before)
        health(cluster)


def show(words: argparse.Namespace, nothing: Round, rounds: tuple[Round, Round], grown: int) -> None:
    """By feed and article."""
    first, second = rounds
    stored = words.hosts * words.pages
    poll = 1000 * (second.own_cpu - nothing.own_cpu) / words.hosts
    article = 1000 * (first.own_cpu - second.own_cpu) / stored
    print("| | feedmill, ms of CPU | Postgres, ms of CPU |\n|---|---:|---:|")
    print(f"| a poll with nothing new | {poll:.1f} | {1000 * second.server_cpu / words.hosts:.1f} |")
    served = 1000 * (first.server_cpu - second.server_cpu) / stored
    print(f"| an article, its page fetched | {article:.1f} | {served:.1f} |")
    print(f"\n{grown / stored:,.0f} bytes an article of 250 words; {first.connections} connections a process at most.")


def ingest(cluster: Cluster, environment: dict[str, str], *words: str) -> Round:
    """`feedmill ingest`, with what it cost here and in the server."""
    own, server, began = children_cpu(), server_cpu(cluster), time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "ingest", "--json", *words],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    most: list[int] = [0]
    watcher = threading.Thread(target=_count_connections, args=(cluster, process, most))
    watcher.start()
    out, _ = process.communicate()
    watcher.join()
    return Round(
        json.loads(out or b"{}"), children_cpu() - own, server_cpu(cluster) - server, time.monotonic() - began, most[0]
    )


def _count_connections(cluster: Cluster, process: "subprocess.Popen[bytes]", most: list[int]) -> None:
    while process.poll() is None:
        found = cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'cost'")
        most[0] = max(most[0], int(found))
        time.sleep(2)


def children_cpu() -> float:
    """CPU seconds of our ended children and theirs; the few psql calls are among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server_cpu(cluster: Cluster) -> float:
    """CPU seconds of Postgres, its ended backends' among them."""
    assert cluster.process is not None
    pid = cluster.process.pid
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    total = 0
    for one in (str(pid), *below):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(value) for value in fields[11:15])
    return total / TICKS


def size(cluster: Cluster, database: str) -> int:
    """Bytes of a database."""
    return int(cluster.sql(f"SELECT pg_database_size('{database}')"))


def health(cluster: Cluster) -> None:
    """`feedmill feeds health` over many feeds."""
    cluster.sql("CREATE DATABASE health")
    with Database(cluster.url("health")) as database:
        database.upgrade()
    for statement in FILL:
        cluster.sql(statement.format(feeds=FEEDS, articles=FEEDS * ARTICLES), "health")
    cluster.sql("VACUUM ANALYZE", "health")
    for _ in range(2):
        own, server, began = children_cpu(), server_cpu(cluster), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "flows.cli.main", "feeds", "health", "--json"],
            cwd=PROJECT,
            env=os.environ | {"FEEDMILL_DATABASE_URL": cluster.url("health")},
            check=True,
            capture_output=True,
        )
        print(
            f"feeds health: {len(json.loads(done.stdout)):,} feeds, {FEEDS * ARTICLES:,} articles: "
            f"{children_cpu() - own:.1f} s of CPU here, {server_cpu(cluster) - server:.1f} s in Postgres, "
            f"{time.monotonic() - began:.1f} s in all"
        )


if __name__ == "__main__":
    main()
