"""What one worker process keeps of a thousand pages: its resident memory after every hundred, and its highest.

python bench/quality/memory.py [--pages N] [--write-floor MB]
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice, zip_longest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from corpora import Sample, list_sets, load_set  # noqa: E402 - a program finds its neighbours only after the line above

from flows.children import WorkerLimits  # noqa: E402 - as above
from flows.workers import Workers  # noqa: E402 - as above
from ingest.jobs import PageJob  # noqa: E402 - as above
from ingest.model import Page  # noqa: E402 - as above

NOW = datetime(2026, 11, 1, tzinfo=UTC)
STEP = 100
GOAL_MB = 190


def main() -> int:
    """Run, print, and exit with 1 when the worker holds more than the goal at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--generated", action="store_true", help="pages made here, not those of the corpora")
    call = parser.parse_args()
    pages = generate_pages() if call.generated or not list_sets() else read_pages()
    rows = asyncio.run(measure(list(islice(pages, call.pages))))
    print("| pages | resident, MB | highest, MB |\n|---:|---:|---:|")
    for count, resident, highest in rows:
        print(f"| {count:,} | {resident:.0f} | {highest:.0f} |")
    return 1 if rows[-1][1] > GOAL_MB else 0


def read_pages() -> Iterator[Page]:
    """The pages of all sets in turn, so that no set stands alone at the end; again from the first when all are read."""
    sets = [load_set(path) for path in list_sets().values()]
    turns: list[Sample] = [sample for turn in zip_longest(*sets) for sample in turn if sample is not None]
    for sample in chain(turns, turns):
        yield Page(url=sample.url or f"http://bench.example/{sample.id}", html=sample.html)


def generate_pages() -> Iterator[Page]:
    """Pages whose every word is new: what is remembered of one is of no use for the next."""
    number = 0
    while True:
        words = [f"w{number}x{place}" for place in range(1_200)]
        body = "".join(f"<p class='c{number}'>{' '.join(words[at : at + 40])}.</p>" for at in range(0, len(words), 40))
        links = "".join(f"<li><a href='/{number}/{place}'>Link {number} {place}</a></li>" for place in range(150))
        html = f"<html><body><nav><ul>{links}</ul></nav><article><h1>Page {number}</h1>{body}</article></body></html>"
        yield Page(url=f"http://bench.example/{number}", html=html)
        number += 1


async def measure(pages: list[Page]) -> list[tuple[int, float, float]]:
    """Pages read so far, resident memory, and its highest, after the first page and after every hundred."""
    rows: list[tuple[int, float, float]] = []
    async with Workers(WorkerLimits(count=1, timeout_seconds=60, jobs_per_process=len(pages) + 1)) as workers:
        for count, page in enumerate(pages, 1):
            await workers.read_page(PageJob(url=page.url, page=page, entry=None, feed_title=None, now=NOW))
            if count == 1 or count % STEP == 0:
                rows.append((count, *read_memory(find_worker())))
        assert workers.started == 1, "the worker was replaced: its limits are in the way"
    return rows


def find_worker() -> int:
    """The process id of this program's only child."""
    (child,) = Path("/proc/self/task").joinpath(Path("/proc/self").resolve().name, "children").read_text().split()
    return int(child)


def read_memory(process: int) -> tuple[float, float]:
    """Resident memory and its highest, in MB (proc(5), VmRSS and VmHWM)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    told = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return int(told["VmRSS"].split()[0]) / 1024, int(told["VmHWM"].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
