"""Where the CPU of `feedmill ingest` goes, by process, stage and function: PROFILE.md.

python bench/speed/profiling.py [--feeds N] [--write]. A cold run over feeds of 20 entries, and a poll of 25 times as
many feeds that have nothing new: each once as it is, for the CPU that the kernel counts, and once looked at
(spying.py), for the shares.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from contenders import COMMAND, Place
from spying import Sample, watch_ingest
from stages import MAIN, WORKER, Rule, stage_of
from webcontrol import served
from webworld import OUT, Shape

_TARGET = Path(__file__).with_name("PROFILE.md")
_PROJECT = str(Path(__file__).parents[2]) + "/"
_OURS = ("flows/", "ingest/", "storage/")
_POLLED = 25
_MOST_FUNCTIONS = 30
_SHARE = 0.004  # smaller stages are put together


@dataclass
class Part:
    """The processes of one kind: what was seen by stage and by function."""

    rules: tuple[Rule, ...]
    seen: float = 0.0
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample) -> None:
        """Count a stack."""
        places = [_short(place) for place in sample.stack]
        self.seen += sample.weight
        self.stages[_kind(sample.thread), stage_of(places, self.rules)] += sample.weight
        self.own[places[0] if places else "?"] += sample.weight
        for place in {place for place in places if place.startswith(_OURS)}:
            self.within[place] += sample.weight


@dataclass(frozen=True)
class Profile:
    """A run that was looked at.

    ``cpu``: milliseconds for one of the ``count`` articles or feeds, as the kernel counts them in a run that was not.
    """

    title: str
    noun: str
    count: int
    cpu: float
    how: str
    main: Part
    workers: Part

    @property
    def each(self) -> str:
        """For one of them."""
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    def lines(self) -> list[str]:
        """The page."""
        told = self._head()
        for title, part in (("The main process", self.main), ("The worker processes", self.workers)):
            if part.seen:
                told += ["", f"### {title}: {self._ms(part.seen):.2f} ms {self.each}", ""]
                told += [*self._stages(part), "", *self._functions(part)]
        return told

    def _ms(self, seen: float) -> float:
        return seen / ((self.main.seen + self.workers.seen) or 1.0) * self.cpu

    def _head(self) -> list[str]:
        return [
            "",
            f"## {self.title}",
            "",
            f"{self.count:,} {self.noun}s: **{self.cpu:.1f} ms of CPU {self.each}**. Looked at by {self.how}.",
        ]

    def _stages(self, part: Part) -> list[str]:
        lines = [f"| stage | thread | ms {self.each} | share |", "|---|---|---:|---:|"]
        small = 0.0
        for (thread, stage), seen in part.stages.most_common():
            if seen < _SHARE * part.seen:
                small += seen
            else:
                lines.append(f"| {stage} | {thread} | {self._ms(seen):.3f} | {seen / part.seen:.1%} |")
        return [*lines, f"| smaller ones | | {self._ms(small):.3f} | {small / (part.seen or 1.0):.1%} |"]

    def _functions(self, part: Part) -> list[str]:
        return [
            *self._table("function of ours, with all it calls", part.within),
            "",
            *self._table("function, its own lines and the C code that they call", part.own),
        ]

    def _table(self, title: str, counted: Counter[str]) -> list[str]:
        rows = [f"| `{place}` | {self._ms(seen):.3f} |" for place, seen in counted.most_common(_MOST_FUNCTIONS)]
        return [f"| {title} | ms {self.each} |", "|---|---:|", *rows]


def _short(place: str) -> str:
    """A path as it is in the project, or from the package's name on."""
    return place.removeprefix(_PROJECT).rpartition("/site-packages/")[2].rpartition("/lib/python3.")[2]


def _kind(thread: str) -> str:
    return "loop" if thread == "MainThread" else thread.rstrip("0123456789").rstrip("-_ ")


def profile_cold(shape: Shape) -> Profile:
    """A cold ingest."""
    place = Place(OUT / f"runs-{shape.port}" / "profile", shape)
    with served(shape):
        COMMAND.prepare(place)
        cost, articles = COMMAND.run(place), COMMAND.stored(place)
        COMMAND.prepare(place)
        how, samples = watch_ingest(place)
    cpu = cost.cpu / articles * 1_000
    return Profile("A cold ingest", "article", articles, cpu, how, *_parts(samples))


def profile_poll(shape: Shape) -> Profile:
    """A poll of feeds that have nothing new."""
    place = Place(OUT / f"runs-{shape.port}" / "profile", shape)
    with served(shape):
        COMMAND.prepare(place)
        COMMAND.run(place)
        cost = COMMAND.run(place)
        how, samples = watch_ingest(place)
    cpu = cost.cpu / shape.feeds * 1_000
    return Profile("A poll with nothing new", "feed", shape.feeds, cpu, how, *_parts(samples))


def _parts(samples: Iterable[Sample]) -> tuple[Part, Part]:
    main, workers = Part(MAIN), Part(WORKER)
    for sample in samples:
        (workers if sample.is_worker else main).add(sample)
    return main, workers


def _head() -> list[str]:
    return [
        "# Where the CPU goes",
        "",
        f"Written by `make profile`, {datetime.now(UTC):%Y-%m-%d}. The CPU is that of all processes in a run that",
        "nobody looks at, as the kernel counts it; the shares are those of a second one. A stage is the code that",
        "asked for the work: lxml under the cleaning is cleaning. SQL goes by the function of storage that was called.",
        "What runs once, as imports do, weighs the more the fewer there are.",
    ]


def main() -> None:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=40, help="of 20 entries each")
    parser.add_argument("--port", type=int, default=8791, help="of the web that is served")
    parser.add_argument("--write", action="store_true", help=f"to {_TARGET.name}")
    arguments = parser.parse_args()
    cold = profile_cold(Shape(arguments.feeds, port=arguments.port))
    poll = profile_poll(Shape(arguments.feeds * _POLLED, entries=1, brief=1, port=arguments.port))
    page = "\n".join([*_head(), *cold.lines(), *poll.lines()]) + "\n"
    if arguments.write:
        _TARGET.write_text(page)
    print(page)


if __name__ == "__main__":
    main()
