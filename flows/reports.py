"""Outcomes turned into what people read: table rows and markdown for artifacts, lines for the terminal. No Prefect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows.differences import render
from flows.outcomes import Lessons, RoundReport
from flows.reextraction import ReextractPlan, ReextractReport, Verdict
from ingest.decide.drift import Drift
from ingest.decide.health import Health, HealthState
from ingest.decide.schedule import NEVER
from ingest.text import escape_markdown, strip_controls
from storage.blocks import SiteBlock
from storage.removing import Removed

RULES_SHOWN = 15
BLOCKS_SHOWN, BLOCK_WIDTH = 50, 80
DIFFERENCES_SHOWN = 50
DIFFERENCE_CHARS = 300


def numbers(report: RoundReport) -> dict[str, Any]:
    """The round as ``ingest --json`` prints it."""
    return {
        "feeds_polled": report.feeds_polled,
        "feeds_not_modified": report.feeds_not_modified,
        "feeds_failed": report.feeds_failed,
        "feeds_put_off": report.feeds_put_off,
        "entries_new": report.entries_new,
        "pages_fetched": report.pages_fetched,
        "pages_waiting": report.pages_waiting,
        "articles_new": report.articles_new,
        "articles_revised": report.articles_revised,
        "articles_kept_out": report.articles_kept_out,
        "articles_filtered": report.articles_filtered.total(),
        "articles_skipped": dict(report.articles_skipped),
        "blocks_dropped": report.blocks_dropped.total(),
        "failures": dict(report.failures),
        "internal_errors": report.bugs,
        "seconds": round(report.seconds, 2),
    }


def numbers_table(report: RoundReport) -> list[dict[str, Any]]:
    """The round as rows of a table artifact: what, how many."""
    return [{"what": what, "count": count} for what, count in _lines(numbers(report))]


def _lines(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = []
    for name, value in values.items():
        label = name.replace("_", " ")
        if isinstance(value, Mapping):
            lines += [(f"{label}: {kind}", count) for kind, count in sorted(value.items())]
        else:
            lines.append((label, value))
    return lines


def terminal_summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """The numbers table in a few lines for a terminal."""
    counts = {str(row["what"]): row["count"] for row in rows}
    failures = [f"{name.removeprefix('failures: ')} {n}" for name, n in counts.items() if name.startswith("failures: ")]
    feeds = f"{counts['feeds not modified']} not modified, {counts['feeds failed']} failing"
    lines = {
        "feeds polled": f"{counts['feeds polled']}  ({feeds})",
        "articles stored": f"{counts['articles new']}  ({counts['articles revised']} revised)",
        "blocks dropped": f"{counts['blocks dropped']}  (comment tails, share and author boxes, repeats)",
        "failures by kind": ", ".join(failures) or "none",
    }
    return "\n".join(f"  {name:<17} {value}" for name, value in lines.items())


def failing_table(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The failing feeds as rows of a table artifact, narrow enough to be read, escaped for the dashboard's markdown.

    ``feedmill feeds health`` has the whole addresses and reasons.
    """
    return [
        {
            "feed": escape_markdown(_short(row["url"].partition("://")[2] or row["url"], 60)),
            "failing since": _since(row),
            "why": escape_markdown(_short(_why(row), 80)),
            "next poll": _minute(row["next_poll_at"]),
        }
        for row in rows
    ]


def _since(row: Mapping[str, Any]) -> str:
    return f"{_day(row['failing_since'])}, {row['failures']} poll{'' if row['failures'] == 1 else 's'}"


def _why(row: Mapping[str, Any]) -> str:
    return _without_url(row["url"], row["last_failure_detail"] or row["last_failure_kind"] or "")


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _without_url(url: str, words: str) -> str:
    """The reason alone: the column beside it names the feed."""
    return words.removeprefix(url).lstrip(": ")


def report_markdown(report: RoundReport, started_at: datetime) -> str:
    """The run's report: what came in, what was dropped, what failed."""
    parts = [
        f"# Round of {_minute(started_at)}",
        f"**{report.sentence()}**, in {report.seconds:.1f} s.",
        _table(("", "count"), _lines(numbers(report))),
        _section("Boilerplate blocks dropped, by rule", report.blocks_dropped),
        _section("Articles kept out, by filter", report.articles_filtered),
        _section("Failures, by kind", report.failures),
    ]
    return "\n\n".join(part for part in parts if part)


def _section(title: str, counts: Counter[str]) -> str:
    if not counts:
        return ""
    shown = counts.most_common(RULES_SHOWN)
    rest = counts.total() - sum(count for _, count in shown)
    rows = [*shown, ("all others", rest)] if rest else shown
    return f"## {title}\n\n" + _table((title.rpartition(" by ")[2], "count"), rows)


def _table(head: tuple[str, str], rows: Sequence[tuple[str, Any]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---:|"]
    return "\n".join(lines + [f"| {escape_markdown(str(name))} | {value} |" for name, value in rows])


def _day(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d}" if value else ""


def _minute(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value and value < NEVER else "never"


def health_table(rows: Sequence[tuple[Any, Health]]) -> list[dict[str, str]]:
    """The feeds that are not healthy, as rows of a table artifact."""
    return [
        {
            "feed": escape_markdown(row.state.url),
            "state": str(verdict.state),
            "since": _day(verdict.since),
            "why": escape_markdown(verdict.reason),
            "evidence": escape_markdown(_short("; ".join(verdict.evidence), 200)),
            "what to do": escape_markdown(next(iter(verdict.advice), "")),
            "next poll": _minute(row.next_poll_at),
            "why then": escape_markdown(row.poll_reason or ""),
        }
        for row, verdict in rows
        if verdict.state is not HealthState.HEALTHY
    ]


def drift_markdown(drifts: Sequence[Drift]) -> str:
    """The sites whose pages give less than they did: since when, by which numbers, and what to type."""
    parts = [f"## Sites whose template has probably changed: {len(drifts)}"]
    for drift in drifts:
        parts.append(f"### {escape_markdown(drift.site)}, since {_day(drift.since)}")
        parts.append("\n".join(f"- {escape_markdown(fact)}" for fact in drift.evidence))
        parts.append("```\n" + "\n".join(strip_controls(line).replace("`", "") for line in drift.advice) + "\n```")
    return "\n\n".join(parts)


def lessons_markdown(changed: Sequence[SiteBlock], lessons: Lessons) -> str:
    """What sites taught since yesterday: the blocks that were learned, gone, doubted or kept, site by site."""
    head = f"## Learned blocks that changed since yesterday: {len(changed)}"
    if lessons.sites or lessons.texts:
        head += f"\n\n{lessons.sites} site(s) learned from for the first time, {lessons.texts} stored text(s) changed."
    if not changed:
        return head
    lines = ["| site | now | block | why |", "|---|---|---|---|"]
    for found in changed[:BLOCKS_SHOWN]:
        cells = (found.host, str(found.block.state), found.block.text[:BLOCK_WIDTH], found.block.reason)
        lines.append(f"| {' | '.join(map(escape_markdown, cells))} |")
    rest = len(changed) - BLOCKS_SHOWN
    return f"{head}\n\n" + "\n".join(lines) + (f"\n\nand {rest} more: `feedmill rules learned`" if rest > 0 else "")


def retention_sentence(removed: Removed, *, is_foretold: bool = False) -> str:
    """What went, or would go, in one line."""
    verb = "would go" if is_foretold else "went"
    bytes_told = "" if is_foretold else f" ({removed.bytes_packed:,} bytes)"
    return (
        f"{removed.articles:,} articles {verb}, and {removed.revisions:,} earlier versions; with them "
        f"{removed.captures:,} captures of the archive{bytes_told}"
    )


def retention_markdown(removed: Removed) -> str:
    """What the night's retention took away."""
    return f"## Retention\n\n{retention_sentence(removed)}."


def signing_markdown(joined: int) -> str:
    """What became of texts that were stored before there were stories."""
    return f"## Stories\n\n{joined:,} articles that were stored before there were stories joined one."


def upkeep_sentence(sizes: Mapping[str, Any], states: Mapping[str, int]) -> str:
    """The nightly run in one line."""
    fares = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "no feeds"
    return f"{sizes['articles']} articles in {sizes['database_bytes'] / 1e6:.1f} MB; feeds: {fares}"


def upkeep_markdown(sizes: Mapping[str, Any], states: Mapping[str, int], now: datetime) -> str:
    """The nightly run's report: sizes, and how many feeds are in which state."""
    return "\n\n".join(
        (
            f"# Upkeep of {_minute(now)}",
            f"**{upkeep_sentence(sizes, states)}**",
            _table(("", "count"), _lines(sizes)),
            "## Feeds, by health",
            _table(("state", "feeds"), sorted(states.items())),
        )
    )


def reextraction_markdown(report: ReextractReport, plan: ReextractPlan) -> str:
    """What extracting again would change, or changed: by site, and the first differences."""
    lines = [f"## {'What would change' if plan.is_dry_run else 'What changed'}", "", report.sentence(), ""]
    lines += ["| site | unchanged | changed | worse |", "|---|---:|---:|---:|"]
    for site, counts in sorted(report.sites.items()):
        numbers_ = " | ".join(str(counts.get(verdict, 0)) for verdict in Verdict)
        lines.append(f"| {escape_markdown(site)} | {numbers_} |")
    for difference in report.differences[:DIFFERENCES_SHOWN]:
        before, after = difference.characters
        title = escape_markdown(difference.title or "(no title)")
        lines += ["", f"### {title}", "", f"Article {difference.article_id}, {difference.verdict}: {before} to {after}"]
        shown = (_short(render(change), DIFFERENCE_CHARS) for change in difference.changes[:10])
        lines += ["", *(f"- {escape_markdown(line)}" for line in shown)]
    return "\n".join(lines) + "\n"
