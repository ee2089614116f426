"""Feeds that are not healthy, and sites that give less than they did."""

from collections.abc import Sequence
from typing import Any

from flows.reports.tables import day, minute, short
from ingest.decide.drift import Drift
from ingest.decide.health import Health, HealthState
from ingest.text import escape_markdown, strip_controls


def health_table(rows: Sequence[tuple[Any, Health]]) -> list[dict[str, str]]:
    """The feeds that are not healthy, as rows of a table artifact."""
    return [
        {
            "feed": escape_markdown(row.state.url),
            "state": str(verdict.state),
            "since": day(verdict.since),
            "why": escape_markdown(verdict.reason),
            "evidence": escape_markdown(short("; ".join(verdict.evidence), 200)),
            "what to do": escape_markdown(next(iter(verdict.advice), "")),
            "next poll": minute(row.next_poll_at),
            "why then": escape_markdown(row.poll_reason or ""),
        }
        for row, verdict in rows
        if verdict.state is not HealthState.HEALTHY
    ]


def drift_markdown(drifts: Sequence[Drift]) -> str:
    """The sites whose pages give less than they did: since when, by which numbers, and what to type."""
    parts = [f"## Sites whose template has probably changed: {len(drifts)}"]
    for drift in drifts:
        parts.append(f"### {escape_markdown(drift.site)}, since {day(drift.since)}")
        parts.append("\n".join(f"- {escape_markdown(fact)}" for fact in drift.evidence))
        parts.append("```\n" + "\n".join(strip_controls(line).replace("`", "") for line in drift.advice) + "\n```")
    return "\n\n".join(parts)
