"""The bench of speed: feedmill and its alternatives in turns over one loopback web, and the goals (RESULTS.md).

python bench/speed/turns.py [--scenario NAME ...] [--feeds N] [--rounds N] [--who NAME ...] [--out FILE]
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from contenders import SHORT_NAMES
from goals import Results, goals_table
from measuring import go_first
from peering import PEERS, PeerMissingError, python_of
from report import Measured, tables
from scenarios import SCENARIOS, Progress, Scenario, run
from webworld import Shape, build

_TARGET = Path(__file__).with_name("RESULTS.md")
_FLOOR_PAGES = 200


@dataclass
class Clock(Progress):
    """Progress with the time that is left, by what the looks so far have taken."""

    looks: int
    began: float = field(default_factory=time.monotonic)
    over: int = 0

    def done(self, name: str) -> None:
        """Count a look."""
        self.over += 1
        spent = time.monotonic() - self.began
        left = spent / self.over * (self.looks - self.over)
        print(f"  {self.over}/{self.looks} {name}; {spent / 60:.1f} min gone, about {left / 60:.1f} to go", flush=True)


def bare_extraction(shape: Shape, processes: int = 1) -> float | None:
    """Milliseconds of CPU of one trafilatura.extract, in so many processes at once; None where it cannot be had."""
    script = str(PEERS / "bare_extract.py")
    try:
        command = [python_of("afternoon"), script, str(build(shape)), str(_FLOOR_PAGES)]
    except PeerMissingError as error:
        print(f"  no floor: {error}")
        return None
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) for _ in range(processes)]
    for process in started:
        go_first(process.pid)
    return sum(float(process.communicate()[0]) for process in started) / processes


def measure_all(scenarios: list[Scenario]) -> Iterator[Results]:
    """The results after each scenario; the floor before and after the cold one, of which the lower counts."""
    clock = Clock(sum(one.looks() for one in scenarios))
    found: dict[str, Measured] = {}
    floors: dict[int, list[float]] = {1: [], 2: []}

    def look_at_floor(shape: Shape) -> None:
        for processes, seen in floors.items():
            floor = bare_extraction(shape, processes)
            seen.extend(() if floor is None else (floor,))

    for scenario in scenarios:
        clock.say(f"{scenario.name}: {scenario.title}")
        is_cold = scenario.name == "cold"
        if is_cold:
            look_at_floor(scenario.shape)
        found[scenario.name] = Measured(scenario, run(scenario, clock))
        if is_cold:
            look_at_floor(scenario.shape)
        yield Results(dict(found), *(min(seen, default=None) for seen in floors.values()))


def page(results: Results, minutes: float) -> str:
    """The whole of RESULTS.md."""
    measured = list(results.by_name.values())
    floor = f"{results.bare:.1f} ms of CPU" if results.bare else "not measured"
    beside = f"; two processes at once take {results.beside:.1f} ms each" if results.beside else ""
    said = (
        f"`make bench`, {datetime.now(UTC):%Y-%m-%d}: {minutes:.0f} minutes on {os.cpu_count()} cores, Python",
        f"{platform.python_version()}, load at the end {os.getloadavg()[1]:.1f}. Everyone in turns, over loopback,",
        "without pauses between requests. CPU and memory are those of the whole tree of processes; with Prefect, its",
        "server and its worker count too, and wall is that of the run. The others' wall has the start of their process",
        f"in it. One bare trafilatura.extract of a page of `cold`: {floor}{beside}.",
    )
    head = [
        "# Speed, measured",
        "",
        *said,
        "",
        "## Goals",
        "",
        *goals_table(results),
        *tables(measured),
        "",
        *flow_lines(measured),
        *server_lines(measured),
    ]
    return "\n".join(head) + "\n"


def flow_lines(measured: list[Measured]) -> list[str]:
    """What the flow runs were made of."""
    lines = ["## The flow run", "", "| | run CPU s | server CPU s | worker CPU s | task runs | s until it began |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for one in measured:
        line = one.line("flow")
        lines += [
            f"| {one.scenario.name} | {flow.run_cpu:.1f} | {flow.server_cpu:.1f} | {flow.worker_cpu:.1f} "
            f"| {flow.task_runs} | {flow.wait:.1f} |"
            for flow in (look.flow for look in (line.looks if line else ()))
            if flow
        ]
    return [*lines, ""] if len(lines) > 4 else []


def server_lines(measured: list[Measured]) -> list[str]:
    """What the web server took, so that nobody is held up by it."""
    looks = [look for one in measured for line in one.lines for look in line.looks if look.counts["requests"]]
    cpu, requests = (sum(look.counts[name] for look in looks) for name in ("cpu_seconds", "requests"))
    return [f"The web's own server took {cpu / max(1, requests) * 1_000:.2f} ms of CPU a request, in no row above."]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [one.name for one in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=names, help="only this one; may be repeated")
    parser.add_argument("--who", action="append", choices=list(SHORT_NAMES), help="only this one; may be repeated")
    parser.add_argument("--feeds", type=int, help="another size of every scenario")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--small", action="store_true", help="half the feeds of every scenario, and one round")
    parser.add_argument("--port", type=int, help="of the web; the usual one is taken by something else, perhaps")
    parser.add_argument("--growth", action="store_true", help="the growth scenarios too: half an hour and some GB")
    parser.add_argument("--out", type=Path, help=f"where to write; {_TARGET.name} where all scenarios are run")
    options = parser.parse_args()
    who = tuple(options.who) if options.who else None
    chosen = [one for one in SCENARIOS if _is_wanted(one, options.scenario, growth=options.growth)]
    halved = [one.halved() if options.small else one for one in chosen]
    sized = [one.sized(options.feeds, options.rounds, who) for one in halved]
    scenarios = [replace(one, shape=replace(one.shape, port=options.port or one.shape.port)) for one in sized]
    began = time.monotonic()
    is_whole = not (options.scenario or options.who or options.feeds or options.rounds or options.small)
    target = options.out or (_TARGET if is_whole else None)
    text = ""
    for results in measure_all(scenarios):  # written after each, so that a run that is stopped has told what it found
        text = page(results, (time.monotonic() - began) / 60)
        if target:
            target.write_text(text)
    sys.stdout.write("\n" + text)


def _is_wanted(scenario: Scenario, names: list[str] | None, *, growth: bool) -> bool:
    return scenario.name in names if names else growth or not scenario.is_long


if __name__ == "__main__":
    main()
