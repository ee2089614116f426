"""The goals of the design note on performance, each beside what this run found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from report import Measured

Found = float | None


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure with its ``limit``, the least or the most as ``is_least`` says; ``found`` gives None if not measured."""

    words: str
    limit: float
    is_least: bool
    unit: str
    found: Callable[["Results"], Found]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that a run has measured.

    ``bare``: milliseconds of one bare trafilatura.extract of a page; ``beside``: of one while a second process does the
    same.
    """

    by_name: Mapping[str, Measured]
    bare: Found
    beside: Found = None

    def ratio(self, scenario: str, name: str) -> Found:
        """How many times feedmill's wall a contender takes."""
        one = self.by_name.get(scenario)
        return one.ratio(name) if one else None

    def of_feedmill(self, scenario: str, what: Callable[..., float], name: str = "feedmill") -> Found:
        """The least of a figure over feedmill's looks."""
        one = self.by_name.get(scenario)
        line = one.line(name) if one else None
        return min(map(what, line.looks)) if line else None

    def cpu_each(self, scenario: str, name: str = "feedmill") -> Found:
        """Milliseconds of CPU an article."""
        return self.of_feedmill(scenario, lambda look: look.cost.cpu / max(1, look.stored) * 1_000, name)

    def outside(self) -> Found:
        """Milliseconds of the main process for one article more; of each article, where only one size was measured."""
        small, large = (self.of_feedmill(name, lambda look: look.cost.main_cpu) for name in ("cold", "cold-large"))
        if small is not None and large is not None:
            counts = [self.by_name[name].scenario.expected for name in ("cold", "cold-large")]
            return (large - small) / (counts[1] - counts[0]) * 1_000 if counts[1] > counts[0] else None
        return self.of_feedmill("cold", lambda look: look.cost.main_cpu / max(1, look.stored) * 1_000)

    def flow_share(self) -> Found:
        """What the flow's CPU, server and worker included, is above the command's, in percent."""
        flow = self.of_feedmill("cold-large", lambda look: look.cost.cpu, "flow")
        plain = self.of_feedmill("cold-large", lambda look: look.cost.cpu)
        return (flow / plain - 1) * 100 if flow is not None and plain else None

    def polled(self, what: Callable[..., float]) -> Found:
        """A figure of the poll with nothing new, for 1,000 feeds; None where fewer were polled, for starting counts."""
        one = self.by_name.get("poll")
        found = self.of_feedmill("poll", what)
        feeds = one.scenario.shape.feeds if one else 0
        return found * 1_000 / feeds if found is not None and feeds >= 1_000 else None


def _times(scenario: str, name: str) -> Callable[[Results], Found]:
    return lambda results: results.ratio(scenario, name)


def _bare_ones(scenario: str, name: str = "feedmill") -> Callable[[Results], Found]:
    """How many bare extractions an article costs."""

    def found(results: Results) -> Found:
        each = results.cpu_each(scenario, name)
        return each / results.bare if each and results.bare else None

    return found


def _peak(scenario: str) -> Callable[[Results], Found]:
    return lambda results: results.of_feedmill(scenario, lambda look: look.cost.peak_mb)


GOALS = (
    Goal("cold ingest, wall, against the afternoon script", 4, True, "x", _times("cold", "afternoon")),
    Goal("... at 4,000 articles", 4, True, "x", _times("cold-large", "afternoon")),
    Goal("... one Prefect task an article", 5, True, "x", _times("cold", "tasks")),
    Goal("... Scrapy + trafilatura", 1.8, True, "x", _times("cold", "scrapy")),
    Goal("... at 4,000 articles", 1.8, True, "x", _times("cold-large", "scrapy")),
    Goal("... newspaper4k", 5, True, "x", _times("cold", "newspaper")),
    Goal("... news-please", 10, True, "x", _times("cold", "newsplease")),
    Goal(
        "CPU an article, all of feedmill, against one bare trafilatura.extract",
        1.1,
        False,
        "x",
        _bare_ones("cold"),
    ),
    Goal("... at 4,000 articles", 1.1, False, "x", _bare_ones("cold-large")),
    Goal("... with site profiles", 0.75, False, "x", _bare_ones("cold", "profiles")),
    Goal("CPU outside extraction, an article", 1, False, "ms", lambda results: results.outside()),
    Goal(
        "1,000 feeds with nothing new, CPU (2,000 measured, halved)",
        0.5,
        False,
        "s",
        lambda results: results.polled(lambda look: look.cost.cpu),
    ),
    Goal("... wall, against reader", 8, True, "x", _times("poll", "reader")),
    Goal(
        "peak memory, cold ingest",
        250,
        False,
        "MB",
        _peak("cold"),
    ),
    Goal("... of 4,000 articles", 250, False, "MB", _peak("cold-large")),
    Goal(
        "peak memory, poll with nothing new",
        60,
        False,
        "MB",
        _peak("poll"),
    ),
    Goal(
        "peak memory, 40,000 articles against 4,000",
        1.1,
        False,
        "x",
        lambda results: (
            large / small
            if (large := results.of_feedmill("growth-40000", lambda look: look.cost.peak_mb))
            and (small := results.of_feedmill("cold-large", lambda look: look.cost.peak_mb))
            else None
        ),
    ),
    Goal(
        "pages asked for an article",
        1.0,
        False,
        "",
        lambda results: results.of_feedmill("cold", lambda look: look.counts["pages"] / max(1, look.stored)),
    ),
    Goal(
        "look-ups a host",
        1.0,
        False,
        "",
        lambda results: results.of_feedmill("cold", lambda look: look.lookups / max(1, look.counts["hosts"])),
    ),
    Goal("what the flow adds, CPU, at 4,000 articles", 5, False, "%", lambda results: results.flow_share()),
    Goal(
        "task runs of the flow",
        200,
        False,
        "",
        lambda results: results.of_feedmill("cold-large", lambda look: look.flow.task_runs, "flow"),
    ),
)


def goals_table(results: Results) -> list[str]:
    """Each goal, what was found, and whether it is met."""
    return ["| goal | target | found | |", "|---|---:|---:|---|", *(_row(goal, results) for goal in GOALS)]


def _row(goal: Goal, results: Results) -> str:
    found = goal.found(results)
    target = f"{'>=' if goal.is_least else '<='} {goal.limit:g} {goal.unit}".strip()
    if found is None:
        return f"| {goal.words} | {target} | not measured | |"
    is_met = found >= goal.limit if goal.is_least else found <= goal.limit
    return f"| {goal.words} | {target} | {found:.2f} {goal.unit} | {'met' if is_met else '**missed**'} |"
