"""A round as people read it on the dashboard: its report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.outcomes import RoundReport
from flows.reports.came import came_parts, late_words
from flows.reports.failing import failing_commands
from flows.reports.numbers import numbers
from flows.reports.shifts import shifts_markdown
from flows.reports.tables import command, lines_of, minute, shown, table
from flows.round_view import RoundView

RULES_SHOWN = 15
CELL = 100


def report_markdown(
    report: RoundReport,
    started_at: datetime,
    seen: RoundView | None = None,
    failing: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The run's report: what came in, how late, what was dropped and where that changed, what failed and what to do.

    ``seen``: what the store knows of it; None for a round that brought nothing. ``failing``: of ``feeds.failing``.
    """
    parts = [f"# Round of {minute(started_at)}", f"**{report.sentence()}**, in {report.seconds:.1f} s."]
    if seen is not None:
        picture = f"![New articles by hour and feed]({seen.picture})" if seen.picture else ""
        parts += [picture, late_words(report), *came_parts(report, seen)]
    parts += [
        _section("Boilerplate blocks dropped, by rule", report.blocks_dropped),
        shifts_markdown(seen.shifts, "yesterday and today") if seen is not None else "",
        _section("Articles kept out, by filter", report.articles_filtered),
        _section("Failures, by kind", report.failures),
        _what_to_do(report),
        failing_commands(failing),
        "## All numbers\n\n" + table(("", "count"), _all(report)),
    ]
    return "\n\n".join(part for part in parts if part)


def _all(report: RoundReport) -> list[tuple[str, Any]]:
    return [(shown(what, CELL), count) for what, count in lines_of(numbers(report))]


def _section(title: str, counts: Counter[str]) -> str:
    if not counts:
        return ""
    named = counts.most_common(RULES_SHOWN)
    rest = counts.total() - sum(count for _, count in named)
    rows = [(shown(name, CELL), count) for name, count in named]
    rows += [("all others", rest)] if rest else []
    return f"## {title}\n\n" + table((title.rpartition(" by ")[2], "count"), rows)


def _what_to_do(report: RoundReport) -> str:
    if not report.failures:
        return ""
    return (
        f"The artifact `failing-feeds` names each feed, since when and why; {command('feedmill', 'feeds', 'health')} "
        "says what to do. Pages are tried again by themselves; those that had to be given up keep what their feed said."
    )
