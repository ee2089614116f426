"""A round's numbers: for programs, as a table, in the few lines of a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.outcomes import RoundReport
from flows.reports.tables import lines_of


def numbers(report: RoundReport) -> dict[str, Any]:
    """The round as ``ingest --json`` prints it."""
    return {
        "requests": report.requests,
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
    return [{"what": what, "count": count} for what, count in lines_of(numbers(report))]


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
