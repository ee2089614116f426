"""The tables of a run in words: RESULTS.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from scenarios import Line, Look, Scenario

_HEAD = (
    "| | wall s | wall, feedmill = 1 | CPU s | CPU, feedmill = 1 | ms CPU an article | peak MB "
    "| pages asked for an article | requests | look-ups a host | stored |"
)
_RULE = "|---|" + "---:|" * 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A scenario with its lines; ``bare``: milliseconds of one trafilatura.extract of its pages, where measured."""

    scenario: Scenario
    lines: Sequence[Line]

    def line(self, name: str) -> Line | None:
        """The line of a contender by its short name, if it has looks."""
        found = dict(zip(self.scenario.who, self.lines, strict=True)).get(name)
        return found if found is not None and found.looks else None

    def ratio(self, name: str, of: str = "wall") -> float | None:
        """How many times feedmill's it takes: the median over the rounds that both were in."""
        one, ours = self.line(name), self.line("feedmill")
        if one is None or ours is None:
            return None
        pairs = zip(one.looks, ours.looks, strict=False)
        return median(getattr(theirs.cost, of) / getattr(own.cost, of) for theirs, own in pairs)


def tables(measured: Sequence[Measured]) -> list[str]:
    """A table for each scenario."""
    return [line for one in measured for line in _table(one)]


def _table(measured: Measured) -> list[str]:
    scenario = measured.scenario
    news = f"{scenario.expected:,} new articles" if scenario.expected else "no new article"
    told = f"{scenario.title} ({scenario.shape.feeds:,} feeds, {news})"
    rounds = f"Rounds in turns: {scenario.rounds}; medians, in brackets the least. Ratios are medians over rounds."
    rows = [_row(name, line, measured) for name, line in zip(scenario.who, measured.lines, strict=True)]
    notes = [f"- {line.name}: {_short(trouble)}" for line in measured.lines for trouble in line.troubles]
    return ["", f"## {scenario.name}: {told}", "", rounds, "", _HEAD, _RULE, *rows, *([""] if notes else []), *notes]


def _row(name: str, line: Line, measured: Measured) -> str:
    if not line.looks:
        return f"| {line.name} | not measured: {_short(line.troubles[-1]) if line.troubles else ''} |" + " |" * 9
    looks = line.looks
    cells = [
        line.name,
        _both([look.cost.wall for look in looks]),
        _times(measured.ratio(name)),
        _both([look.cost.cpu for look in looks]),
        _times(measured.ratio(name, "cpu")),
        _each(looks, lambda look: look.cost.cpu * 1_000),
        f"{max(look.cost.peak_mb for look in looks):.0f}",
        _each(looks, lambda look: look.counts["pages"]),
        f"{median(look.counts['requests'] for look in looks):,.0f}",
        f"{median(look.lookups / max(1, look.counts['hosts']) for look in looks):.2f}",
        _stored(looks, measured.scenario.expected),
    ]
    return "| " + " | ".join(cells) + " |"


def _short(trouble: str) -> str:
    """The first and the last line of what was said."""
    lines = trouble.splitlines()
    return " ... ".join(dict.fromkeys((lines[0][:100], lines[-1][:150])))


def _both(found: list[float]) -> str:
    return f"{median(found):.1f} ({min(found):.1f})"


def _times(found: float | None) -> str:
    return "" if found is None else f"{found:.2f}"


def _each(looks: list[Look], of: "object") -> str:
    assert callable(of)
    found = [of(look) / look.stored for look in looks if look.stored]
    return f"{median(found):.2f}" if found else ""


def _stored(looks: list[Look], expected: int) -> str:
    fewest = min(look.stored for look in looks)
    return f"{fewest:,}" if fewest == expected else f"{fewest:,} of {expected:,}"
