"""Stacks of a program and all its children, from py-spy where it can be had, else from a sampler of our own."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contenders import COMMAND, Feedmill, Place
from measuring import Order, measure
from peering import PeerMissingError, python_of

_RATE = 100
_FRAME = re.compile(r"(.+) \((.+?)(?::\d+)?\)$")


@dataclass(frozen=True, slots=True)
class Sample:
    """A thread's stack, the innermost function first as path:function, and what was seen of it."""

    is_worker: bool
    thread: str
    stack: tuple[str, ...]
    weight: float


def watch_ingest(place: Place) -> tuple[str, list[Sample]]:
    """A round of feedmill that is looked at; gives by what, and what was seen."""
    try:
        spy = Path(python_of("pyspy")).with_name("py-spy")
    except PeerMissingError as error:
        return f"a sampler in each process, for py-spy cannot be had ({error})", list(_from_within(place))
    target = place.folder / "stacks.txt"
    command = [str(spy), "record", "--subprocesses", "--threads", "--nonblocking", "--rate", str(_RATE)]
    command += ["--format", "raw", "--output", str(target), "--", *COMMAND.command()]
    measure(Order(command, COMMAND.environment(place), place.folder / "run.log", place.folder))
    return f"py-spy, {_RATE} times a second", list(map(_read, target.read_text().splitlines()))


def _read(line: str) -> Sample:
    places, _, count = line.rpartition(" ")
    pieces = places.split(";")
    threads = [piece.partition(": ")[2] for piece in pieces if piece.startswith("thread (")]
    frames = [found for piece in pieces if (found := _FRAME.match(piece)) and not piece.startswith("thread (")]
    stack = tuple(f"{found[2]}:{found[1]}" for found in reversed(frames))
    return Sample("-m ingest.worker" in places, (threads or [""])[0] or "MainThread", stack, float(count))


def _from_within(place: Place) -> Iterator[Sample]:
    samples = place.folder / "samples"
    Feedmill("feedmill ingest", settings={"BENCH_PROFILE": str(samples)}).run(place)
    for file in samples.glob("*.json"):
        told = json.loads(file.read_text())
        for thread, stack, seconds in told["rows"]:
            yield Sample("ingest.worker" in told["command"], thread, tuple(stack), seconds)
    shutil.rmtree(samples)
