"""Feeds that are not healthy, and sites that give less than they did."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flows.reports.tables import day, fact, folded, minute, minute_below_day, shown, without_scheme
from ingest.decide.drift import Drift
from ingest.decide.health import Health, HealthState
from ingest.redact import redact
from ingest.text import escape_markdown, strip_controls

FEEDS_SHOWN = 20
WIDTH, FACT_WIDTH = 34, 200
Judged = Sequence[tuple[Any, Health]]


def health_table(rows: Judged) -> list[dict[str, str]]:
    """The feeds that are not healthy, as rows of a table artifact, narrow enough to be read without scrolling.

    ``ill_feeds_markdown`` has what each verdict rests on and what to do.
    """
    return [
        {
            "feed": folded(without_scheme(row.state.url), WIDTH),
            "state": str(verdict.state),
            "since": day(verdict.since),
            "why": folded(verdict.reason, WIDTH, lines=3),
            "next poll": minute_below_day(row.next_poll_at),
        }
        for row, verdict in _ill(rows)
    ]


def _ill(rows: Judged) -> list[tuple[Any, Health]]:
    return [(row, verdict) for row, verdict in rows if verdict.state is not HealthState.HEALTHY]


def ill_feeds_markdown(rows: Judged) -> str:
    """The feeds that are not healthy, one by one: why, what says so, when each is asked again, and what to type."""
    ill = _ill(rows)
    if not ill:
        return ""
    parts = [f"## Feeds that are not healthy: {len(ill):,}"]
    for row, verdict in ill[:FEEDS_SHOWN]:
        parts += [f"### {shown(without_scheme(row.state.url), FACT_WIDTH)}", _facts(row, verdict), _advice(verdict)]
    rest = len(ill) - FEEDS_SHOWN
    return "\n\n".join([*parts, *([f"and {rest:,} more: `feedmill feeds health`"] if rest > 0 else [])])


def _facts(row: Any, verdict: Health) -> str:
    since = f" since {day(verdict.since)}" if verdict.since else ""
    asked = f"asked again: {minute(row.next_poll_at)}{_because(row.poll_reason or '')}"
    facts = (f"{verdict.state}{since}: {verdict.reason}", *verdict.evidence, asked)
    return "\n".join(f"- {fact(line, FACT_WIDTH)}" for line in facts)


def _because(poll_reason: str) -> str:
    """Why then, without the span before it: who reads it later would be misled."""
    why = _SPAN.sub("", poll_reason)
    return f", as {why}" if why else ""


_SPAN = re.compile(r"^in [\d.]+ \w+: ")


def _advice(verdict: Health) -> str:
    return "```\n" + "\n".join(_typed(verdict.advice)) + "\n```" if verdict.advice else ""


def _typed(advice: Sequence[str]) -> Iterator[str]:
    """Commands whose words are quoted already, with nothing in them that ends the block."""
    return (" ".join(redact(strip_controls(line).replace("`", "")).split()) for line in advice)


def drift_markdown(drifts: Sequence[Drift]) -> str:
    """The sites whose pages give less than they did: since when, by which numbers, and what to type."""
    parts = [f"## Sites whose template has probably changed: {len(drifts)}"]
    for drift in drifts:
        parts.append(f"### {escape_markdown(drift.site)}, since {day(drift.since)}")
        parts.append("\n".join(f"- {fact(line, FACT_WIDTH)}" for line in drift.evidence))
        parts.append("```\n" + "\n".join(_typed(drift.advice)) + "\n```")
    return "\n\n".join(parts)
