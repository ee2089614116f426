"""What is measured, one scenario after the other: a world, who takes part, and what happens before each look."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import contenders as of
from contenders import SHORT_NAMES, Contender, Place
from filling import fill_in_bulk
from measuring import CommandFailedError, Cost
from peering import PeerMissingError
from prefect_stack import FlowCost, PrefectStack, prefect_up
from webcontrol import Web, served
from webworld import OUT, Shape

from storage.database import Database


@dataclass(frozen=True, slots=True)
class Look:
    """One contender's run: what it cost, what the server saw of it, and what its store gained."""

    cost: Cost
    stored: int
    counts: dict[str, Any]
    lookups: int
    flow: FlowCost | None = None


@dataclass
class Line:
    """A contender's looks, and why there are not as many as there should be."""

    name: str
    looks: list[Look] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """``is_kept``: the store lives on, so that each look finds what has changed since the one before.

    ``slow``: contenders that take one look only. ``moves``: whether the world moves on before each look. ``is_long``:
    only where it is asked for. ``filled``: so many articles of other hosts are in feedmill's store before.
    """

    name: str
    title: str
    shape: Shape
    who: tuple[str, ...]
    rounds: int = 3
    is_kept: bool = False
    moves: bool = False
    latency_milliseconds: int = 0
    slow: tuple[str, ...] = ()
    is_long: bool = False
    filled: int = 0

    @property
    def expected(self) -> int:
        """How many articles a look should find."""
        if not self.is_kept:
            return self.shape.articles_at(0)
        return (self.shape.articles_at(1) - self.shape.articles_at(0)) if self.moves else 0

    def sized(self, feeds: int | None, rounds: int | None, who: tuple[str, ...] | None) -> "Scenario":
        """The same in another size."""
        rounds = rounds or self.rounds
        shape = replace(self.shape, feeds=feeds or self.shape.feeds, steps=rounds + 1 if self.moves else 0)
        chosen = tuple(name for name in self.who if who is None or name in who)
        return replace(self, shape=shape, rounds=rounds, who=chosen)

    def halved(self) -> "Scenario":
        """The same with half the feeds, once."""
        return replace(self, shape=replace(self.shape, feeds=self.shape.feeds // 2), rounds=1)

    def looks(self) -> int:
        """How many there will be."""
        return sum(1 if name in self.slow else self.rounds for name in self.who)


SCENARIOS = (
    Scenario(
        "cold",
        "Cold ingest",
        Shape(40),
        ("feedmill", "profiles", "flow", "afternoon", "threads", "scrapy", "tasks", "newspaper", "newsplease"),
        rounds=2,
        slow=("newspaper", "newsplease"),
    ),
    Scenario(
        "cold-large",
        "Cold ingest",
        Shape(200),
        ("feedmill", "flow", "afternoon", "scrapy"),
        rounds=1,
    ),
    Scenario(
        "poll",
        "Feeds with nothing new",
        Shape(2_000, entries=1, brief=1),
        ("feedmill", "flow", "afternoon", "threads", "scrapy", "reader"),
        is_kept=True,
    ),
    Scenario(
        "increment",
        "5 % of the feeds have 2 new entries",
        Shape(2_000, entries=1, brief=1, steps=4),
        ("feedmill", "afternoon", "threads", "scrapy"),
        is_kept=True,
        moves=True,
    ),
    Scenario(
        "latency",
        "Cold ingest, each answer after 100 ms",
        Shape(20),
        ("feedmill", "afternoon", "threads", "scrapy"),
        latency_milliseconds=100,
        rounds=1,
    ),
    Scenario(
        "syndication",
        "Cold ingest, 30 % of the articles tell what another host's tell",
        Shape(40, copies=3),
        ("feedmill", "threads"),
        rounds=1,
    ),
    Scenario("growth-40000", "Cold ingest, 40,000 articles", Shape(2_000), ("feedmill",), rounds=1, is_long=True),
    Scenario(
        "growth-million",
        "Cold ingest, a million articles in the store",
        Shape(40),
        ("feedmill",),
        rounds=1,
        is_long=True,
        filled=1_000_000,
    ),
)


class Progress:
    """Says what is being done, and how long it will still take."""

    def say(self, words: str) -> None:
        """One line."""
        print(words, flush=True)

    def done(self, name: str) -> None:
        """A look is done."""


def run(scenario: Scenario, progress: Progress) -> list[Line]:
    """All looks of a scenario, the contenders in turns."""
    lines = {name: Line(SHORT_NAMES[name].name) for name in scenario.who}
    with ExitStack() as stack:
        web = stack.enter_context(served(scenario.shape))
        prefect = _prefect(stack, scenario, progress)
        home = OUT / f"runs-{scenario.shape.port}"  # two benches at once have two ports
        places = {name: Place(home / f"{scenario.name}-{name}", scenario.shape, prefect) for name in lines}
        if scenario.is_kept:
            for name, line in lines.items():
                _try(line, lambda name=name: _fill(name, places[name], progress))
        web.tell(f"latency/{scenario.latency_milliseconds}")
        for number, name in _turns(scenario):
            if scenario.moves:
                web.tell(f"step/{number + 1}")
            _try(lines[name], lambda name=name: _look(scenario, lines[name], name, places[name], web))
            progress.done(lines[name].name)
    return list(lines.values())


def _turns(scenario: Scenario) -> Iterator[tuple[int, str]]:
    for number in range(scenario.rounds):
        order = scenario.who if number % 2 == 0 else tuple(reversed(scenario.who))
        yield from ((number, name) for name in order if number == 0 or name not in scenario.slow)


def _prefect(stack: ExitStack, scenario: Scenario, progress: Progress) -> PrefectStack | None:
    if not any(SHORT_NAMES[name].needs_prefect for name in scenario.who):
        return None
    progress.say("starting a Prefect server and a worker ...")
    folder = OUT / f"prefect-{scenario.shape.port}"
    return stack.enter_context(prefect_up(folder, Place(folder, scenario.shape).environment()))


def _try(line: Line, work: Any) -> None:
    """Do it, unless the contender cannot be had; a run that fails is noted, and the next one is tried."""
    if line.is_missing:
        return
    try:
        work()
    except PeerMissingError as error:
        line.is_missing, line.troubles = True, [f"cannot be installed: {error}"]
    except CommandFailedError as error:
        line.troubles.append(str(error))


def _fill(name: str, place: Place, progress: Progress) -> None:
    progress.say(f"  filling the store of {SHORT_NAMES[name].name} ...")
    contender = SHORT_NAMES["feedmill"] if name == "flow" else SHORT_NAMES[name]
    contender.prepare(place)
    contender.run(place)


def _look(scenario: Scenario, line: Line, name: str, place: Place, web: Web) -> None:
    contender: Contender = SHORT_NAMES[name]
    if not scenario.is_kept:
        contender.prepare(place)
    if scenario.filled:
        database = Database(f"sqlite:///{place.folder / 'feedmill.db'}")
        fill_in_bulk(database, 0, scenario.filled)
        database.engine.dispose()
    before = contender.stored(place)
    place.lookups.unlink(missing_ok=True)
    web.tell("reset")
    cost = contender.run(place)
    lookups = len(place.lookups.read_text().split()) if place.lookups.exists() else 0
    flow = place.stack.last if place.stack is not None and contender is of.FLOW else None
    line.looks.append(Look(cost, contender.stored(place) - before, web.tell("counts"), lookups, flow))
