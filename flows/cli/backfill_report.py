"""What `feedmill backfill` tells: its sources as a table, sums, and what to do where it came to nothing."""

from typing import TYPE_CHECKING

from flows.backfill_reports import (
    asked,
    cost,
    dates,
    duration,
    has_no_listing,
    how_to_go_on,
    nothing_found,
    sentence,
    unneeded,
    why_stopped,
)
from flows.cli.words import counted

if TYPE_CHECKING:
    from flows.backfill_words import Report, SourceReport
    from storage.backfills import Job

_WIDTHS = "{:<16} {:>8} {:<10}  {:<10} {:>9}  {}"


def lines(report: "Report") -> str:
    """The report for people."""
    parts = [f"{sentence(report)}.", _sources(report), unneeded(report), _sums(report)]
    if report.id is None:
        parts.append("This was a dry run: no article was fetched, nothing is stored.")
    return "\n\n".join(part for part in (*parts, how_to_go_on(report) or report.why) if part)


def _sources(report: "Report") -> str:
    sources = asked(report)
    if not sources:
        return ""
    head = _WIDTHS.format("source", "found", "oldest", "newest", "requests", "stopped because")
    rows = [_row(source) for source in sources]
    requests = sum(source.requests for source in sources)
    oldest, newest = dates(report)
    total = _WIDTHS.format(
        "together", f"{report.found:,}", str(oldest or ""), str(newest or ""), f"{requests:,}", "each article once"
    )
    return "\n".join([head, *rows, *([total] if len(rows) > 1 else [])])


def _row(source: "SourceReport") -> str:
    oldest, newest = dates(source)
    return _WIDTHS.format(
        source.name,
        f"{source.found:,}",
        str(oldest or ""),
        str(newest or ""),
        f"{source.requests:,}",
        why_stopped(source),
    )


def _sums(report: "Report") -> str:
    rows = [("found", f"{report.found:,}"), ("stored already", f"{report.already_stored:,}")]
    if report.id is None:
        seconds = report.estimate.seconds
        rows += [("to fetch", f"{report.new:,}"), ("still to ask", counted(report.estimate.requests, "request"))]
        rows += [("about how long", duration(seconds))]
    else:
        rows += [("stored", f"{report.stored:,}"), ("refused", _refused(report))]
        ahead = f"  ({cost(report)})" if report.estimate.requests else ""
        rows += [("left", f"{report.left:,}{ahead}")] if report.left else []
    rows.append(("requests sent", f"{report.requests:,}"))
    return "\n".join(f"  {name:<15} {value}" for name, value in rows)


def _refused(report: "Report") -> str:
    by_reason = sorted(report.refused.items(), key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{reason} {count:,}" for reason, count in by_reason)
    return f"{sum(report.refused.values()):,}" + (f"  ({told})" if told else "")


def failure(report: "Report") -> str | None:
    """What is to be said where the backfill came to nothing, and what to do; None where it did what it could."""
    if has_no_listing(report):
        return nothing_found(report)
    if report.state in {"failed", "cancelled"}:
        if report.state == "cancelled":
            return f"backfill {report.id} of {report.site} was cancelled"
        reason = f": {report.why.rstrip('.')}" if report.why else ""
        return f"backfill {report.id} of {report.site} failed{reason}"
    return None


def job_line(job: "Job") -> str:
    """A job in the list."""
    days = f"{job.since or 'the beginning'} to {job.until or 'now'}"
    first = f"{job.id:>5}  {job.state:<9}  {job.site}  {days}  ({', '.join(job.sources) or 'auto'})"
    when = f"goes on from {job.next_at:%Y-%m-%d %H:%M} UTC" if job.next_at and job.state == "waiting" else ""
    told = ", ".join(part for part in (job.why.rstrip("."), when, counted(job.requests, "request")) if part)
    return f"{first}\n       {told}"
