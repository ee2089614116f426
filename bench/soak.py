"""A soak: `feedmill up` on the sample newsroom at ten times its pace, for as long as is asked.

    .venv/bin/python bench/soak.py --minutes 60 --every 60 --folder /tmp/soak --write

Every ten seconds it reads each process's memory, the server's database, and which runs are late, stuck or failed. At
the end it compares the store with what the newsroom has published: nothing may be missing, nothing doubled.
"""

import argparse
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean

from matplotlib.figure import Figure
from processes import Reading, below, children, command, kind_of, read
from sqlalchemy import select
from system import Up, World

from flows.sample.articles import Truth
from ingest.urls import host_of
from storage import articles
from storage.articles import ExportQuery
from storage.database import Database
from storage.tables import FEED

HERE = Path(__file__).resolve().parent
SAMPLE_SECONDS = 10.0
WARM_UP = 0.2  # of the time: imports, caches, first rounds; slopes are of what comes after
SLOPES = (
    "Memory is what a process shares with no other, looked at every ten seconds. The slope is a least-squares line "
    "through all looks after the first fifth, and one through the least of each tenth of them, which peaks do not move."
)
GRACE_SECONDS = 180  # of the world: what was published so lately may not be stored yet


@dataclass(frozen=True, slots=True)
class Sample:
    """One look at everything: memory in MB by process, the server's database in bytes, and the runs."""

    seconds: float
    memory: dict[str, float]
    cpu: dict[str, float]
    server_bytes: int
    articles: int
    late: int
    pending: int
    running: int
    failed: int
    completed: int


def main() -> None:
    """Soak, then write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--pace", type=float, default=10.0)
    parser.add_argument("--every", type=int, default=300, help="seconds from round to round; shipped: 300")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write bench/SOAK.md and its plot")
    words = parser.parse_args()
    words.folder.mkdir(parents=True, exist_ok=True)
    hours = words.minutes / 60 + 0.25
    with World(pace=words.pace, hours=hours) as world:
        environment = {"FEEDMILL_ALLOW_ENDPOINTS": f"127.0.0.1:{world.port}", "FEEDMILL_WEBSUB_CALLBACK_URL": ""}
        with Up(words.folder / "data", environment) as up:
            feeds = world.subscribe(up.database_url)
            if words.every != 300:
                up.run_every(words.every)
            samples = list(watch(up, world, words.minutes * 60, words.folder / "samples.jsonl"))
            verdict = compare(up.database_url, world)
    text = report(samples, words, feeds, verdict)
    (words.folder / "SOAK.md").write_text(text)
    plot(samples, words.folder / "soak.png")
    if words.write:
        (HERE / "SOAK.md").write_text(text)
        plot(samples, HERE / "soak.png")
    print(text)


def watch(up: Up, world: World, seconds: float, log: Path) -> Iterable[Sample]:
    """Look again and again, and keep each look on disk."""
    began = time.monotonic()
    with log.open("w") as sink:
        while (now := time.monotonic() - began) < seconds:
            sample = look(up, world, now)
            sink.write(json.dumps(asdict(sample)) + "\n")
            sink.flush()
            yield sample
            time.sleep(max(0.0, SAMPLE_SECONDS - (time.monotonic() - began - now)))


def look(up: Up, world: World, seconds: float) -> Sample:
    """One look; processes of a flow run are told apart from the worker that started them."""
    seen: dict[str, Reading] = {"up": read([up.pid])}
    for child in children(up.pid):
        if (kind := kind_of(child)) is None:
            continue
        runs = [pid for pid in below(child) if "prefect.engine" in command(pid) or "flow-run" in command(pid)]
        own = {below_run for run in runs for below_run in [run, *below(run)]}
        seen[kind] = read([pid for pid in [child, *below(child)] if pid not in own])
        if own:
            seen["flow run"] = read(sorted(own))
    assert world.process is not None
    seen["newsroom"] = read([world.process.pid])
    return Sample(
        seconds=round(seconds, 1),
        memory={name: round(one.own_mb, 1) for name, one in seen.items()},
        cpu={name: round(one.cpu_seconds, 2) for name, one in seen.items()},
        server_bytes=used_bytes(up.folder / "prefect" / "prefect.db"),
        articles=count_articles(up.folder / "feedmill.db"),
        late=up.count_runs(name={"any_": ["Late"]}),
        pending=up.count_runs(type={"any_": ["PENDING"]}),
        running=up.count_runs(type={"any_": ["RUNNING"]}),
        failed=up.count_runs(type={"any_": ["FAILED", "CRASHED"]}),
        completed=up.count_runs(type={"any_": ["COMPLETED"]}),
    )


def used_bytes(database: Path) -> int:
    """Pages in use, those of the write-ahead log among them."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        numbers = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")]
        size = int(connection.execute("PRAGMA page_size").fetchone()[0])
    return int(numbers[0] - numbers[1]) * size


def count_articles(database: Path) -> int:
    """How many are stored."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM article").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """The store beside the newsroom's own list."""

    expected: int
    missing: list[str]
    doubled: list[str]


def compare(database_url: str, world: World) -> Verdict:
    """What a feed has shown long enough ago must be there; nothing may be there twice."""
    moment = world.clock()
    calm = hourly_hosts(database_url)
    due = [one for one in world.newsroom().truth(moment, world.port) if is_due(one, world, moment.timestamp())]
    due = [one for one in due if host_of(one.url) not in calm]
    with Database(database_url) as database, database.read() as session:
        rows = list(articles.export(session, ExportQuery()))
    stored = Counter(str(row["canonical_url"] or row["url"]) for row in rows)
    known = {str(row["url"]) for row in rows} | set(stored)
    doubled = sorted(url for url, count in stored.items() if count > 1)
    return Verdict(len(due), [one.url for one in due if one.url not in known], doubled)


def hourly_hosts(database_url: str) -> set[str]:
    """The sites whose feeds ask to be polled once an hour: at ten times the pace their 15 entries are soon too few."""
    with Database(database_url) as database, database.read() as session:
        rows = session.connection().execute(select(FEED.c.url, FEED.c.poll_reason)).all()
    return {host_of(row.url) for row in rows if "updatePeriod" in (row.poll_reason or "")}


def is_due(truth: Truth, world: World, now: float) -> bool:
    """Whether it was published while we watched, and not a moment ago."""
    published = truth.published_at.timestamp()
    return world.clock.at(world.began_at).timestamp() < published < now - GRACE_SECONDS * world.pace


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares: what one hour adds."""
    if len(points) < 3:
        return float("nan")
    x, y = mean(p[0] for p in points), mean(p[1] for p in points)
    below_line = sum((p[0] - x) ** 2 for p in points)
    return 3600 * sum((p[0] - x) * (p[1] - y) for p in points) / below_line if below_line else float("nan")


def slopes(samples: Sequence[Sample], name: str) -> tuple[float, float]:
    """What a process's memory gains in an hour, by all looks after the warm-up, and by the least of each tenth."""
    late = [(one.seconds, one.memory[name]) for one in after_warm_up(samples) if name in one.memory]
    size = max(1, len(late) // 10)
    least = [min(late[start : start + size], key=lambda point: point[1]) for start in range(0, len(late), size)]
    return slope(late), slope(least)


def after_warm_up(samples: Sequence[Sample]) -> list[Sample]:
    """The looks that slopes are drawn through."""
    return [one for one in samples if one.seconds >= samples[-1].seconds * WARM_UP]


def growth(samples: Sequence[Sample]) -> tuple[float, float]:
    """What the server's database gains: bytes an hour between runs, and bytes for each run."""
    quiet_bytes, quiet_seconds, busy_bytes = 0.0, 0.0, 0.0
    for one, following in pairwise(samples):
        gained = following.server_bytes - one.server_bytes
        if one.running or following.running or following.completed != one.completed:
            busy_bytes += gained
        else:
            quiet_bytes += gained
            quiet_seconds += following.seconds - one.seconds
    return 3600 * quiet_bytes / max(1.0, quiet_seconds), busy_bytes / max(
        1, samples[-1].completed - samples[0].completed
    )


def stuck_runs(samples: Sequence[Sample]) -> int:
    """The most looks in a row at which a run was pending, in seconds."""
    longest = current = 0.0
    for one, following in pairwise(samples):
        current = current + following.seconds - one.seconds if one.pending and following.pending else 0.0
        longest = max(longest, current)
    return int(longest)


def report(samples: Sequence[Sample], words: argparse.Namespace, feeds: int, verdict: Verdict) -> str:
    """The page: what was run, memory by process, runs, the server's database, the store."""
    what = (
        f"`feedmill up` on the sample newsroom at {words.pace:g} times its pace ({words.pace:g} articles a minute, "
        f"{feeds} feeds), a round every {words.every} s, for {samples[-1].seconds / 60:.0f} minutes, on two cores "
        "shared with other work:"
    )
    asked = f"--minutes {words.minutes:g} --pace {words.pace:g} --every {words.every} --folder /tmp/soak --write"
    parts = (
        "# A soak",
        what,
        f"    .venv/bin/python bench/soak.py {asked}",
        SLOPES,
        memory_table(samples),
        "A flow run is a process of its own that ends with its round: its line is of all of them, one after the other.",
        runs_table(samples),
        server_words(samples),
        store_words(samples[-1], verdict),
        "![memory and articles over time](soak.png)",
    )
    return "\n\n".join(parts) + "\n"


def memory_table(samples: Sequence[Sample]) -> str:
    """By process: then, now, most, slopes, CPU."""
    first, last, settled = samples[0], samples[-1], after_warm_up(samples)
    minutes = (last.seconds - first.seconds) / 60
    heads = (
        "process",
        "after a fifth, MB",
        "at the end, MB",
        "most, MB",
        "slope, MB/h",
        "of the least, MB/h",
        "CPU s a minute",
    )
    lines = [f"| {' | '.join(heads)} |", f"|---{'|---:' * (len(heads) - 1)}|"]
    for name in sorted({name for one in samples for name in one.memory}):
        later = [one.memory[name] for one in settled if name in one.memory]
        most = max(one.memory[name] for one in samples if name in one.memory)
        every, least = slopes(samples, name)
        cpu = "" if name == "flow run" else f"{(last.cpu.get(name, 0) - first.cpu.get(name, 0)) / minutes:.2f}"
        cells = (name, f"{later[0]:.0f}", f"{later[-1]:.0f}", f"{most:.0f}", f"{every:+.1f}", f"{least:+.1f}", cpu)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def runs_table(samples: Sequence[Sample]) -> str:
    """How runs fared."""
    last = samples[-1]
    rows = {
        "completed": last.completed,
        "failed or crashed": last.failed,
        "looks at which one was late": f"{sum(1 for one in samples if one.late)} of {len(samples)}",
        "longest pending, s": stuck_runs(samples),
        "running at the end": last.running,
    }
    return "\n".join(["| runs | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in rows.items())])


def server_words(samples: Sequence[Sample]) -> str:
    """How the server's database grows."""
    settled, last = after_warm_up(samples), samples[-1]
    idle, a_run = growth(settled)
    measured = (last.server_bytes - settled[0].server_bytes) / (last.seconds - settled[0].seconds) * 86400
    return (
        f"**The server's database** ended at {last.server_bytes / 1e6:.1f} MB, and grew by {measured / 1e6:.0f} MB a "
        f"day after the first fifth: {idle / 1e6:.2f} MB an hour while no run was under way, and {a_run / 1000:.0f} kB "
        f"for each run. At the shipped rhythm of 288 rounds a day that is {(idle * 24 + a_run * 288) / 1e6:.0f} MB a "
        "day. Events go after two days, runs after fourteen, so it levels off."
    )


def store_words(last: Sample, verdict: Verdict) -> str:
    """What the store has, beside what it should."""
    named = [f"- missing: {url}" for url in verdict.missing[:20]] + [f"- twice: {url}" for url in verdict.doubled[:20]]
    told = (
        f"**The store** had {last.articles} articles. Of {verdict.expected} that the newsroom published in this time, "
        f"more than {GRACE_SECONDS} s before its end, {len(verdict.missing)} are missing; {len(verdict.doubled)} are "
        "there twice."
    )
    return "\n".join([told, *named])


def plot(samples: Sequence[Sample], file: Path) -> None:
    """Memory by process above, the server's database and the articles below."""
    figure = Figure(figsize=(9, 6))
    above, below_it = figure.subplots(2, 1, sharex=True)
    for name in sorted({name for one in samples for name in one.memory}):
        points = [(one.seconds / 60, one.memory[name]) for one in samples if name in one.memory]
        style = "." if name == "flow run" else "-"
        above.plot(*zip(*points, strict=True), style, markersize=3, label=name)
    above.set_ylabel("own memory, MB")
    above.legend(loc="upper left", ncols=3, fontsize="small")
    minutes = [one.seconds / 60 for one in samples]
    below_it.plot(minutes, [one.server_bytes / 1e6 for one in samples], label="server's database, MB")
    below_it.plot(minutes, [one.articles / 10 for one in samples], label="articles, tens")
    below_it.set_xlabel("minutes")
    below_it.legend(loc="upper left", fontsize="small")
    figure.tight_layout()
    figure.savefig(file, dpi=90)


if __name__ == "__main__":
    main()
