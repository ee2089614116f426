"""A backfill's report turned into what people and programs read: one line, a document, markdown. No Prefect."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flows.backfill_words import Report, SourceReport
from ingest.backfill.source import End
from ingest.text import escape_markdown

WHY_STOPPED: Mapping[str, str] = {
    End.COMPLETE: "all of it was seen",
    End.WINDOW: "the rest is older than asked for",
    End.REPEATS: "it repeats what it showed before",
    End.NOTHING_NEW: "page after page had nothing new",
    End.LIMIT: "a limit was reached",
    End.UNSUITABLE: "the site has no such listing",
    End.BLOCKED: "refused on the way",
}
UNNEEDED = "unneeded"  # the engine's own word for a source that had nothing to add
_NO_LISTING = frozenset({End.UNSUITABLE, End.BLOCKED})
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WIDTH = 56  # the dashboard cuts off what does not fit beside the other columns


def document(report: Report) -> dict[str, Any]:
    """The report as ``feedmill backfill --json`` prints it."""
    return {
        "id": report.id,
        "site": report.site,
        "state": report.state,
        "since": report.since,
        "until": report.until,
        "sources": [_source(source) for source in report.sources],
        "found": report.found,
        "already_stored": report.already_stored,
        "new": report.new,
        "stored": report.stored,
        "refused": dict(report.refused),
        "requests": report.requests,
        "estimate": {"requests": report.estimate.requests, "seconds": report.estimate.seconds},
        "next_at": report.next_at,
        "coverage": report.coverage,
        "months": [
            {"month": month.month, "before": month.before, "after": month.after, "found": month.found}
            for month in report.months
        ],
        "why": report.why,
    }


def _source(source: SourceReport) -> dict[str, Any]:
    return {
        "name": source.name,
        "found": source.found,
        "oldest": source.oldest,
        "newest": source.newest,
        "requests": source.requests,
        "stopped_because": source.stopped_because,
        "detail": source.detail,
    }


def why_stopped(source: SourceReport) -> str:
    """Why a source's walk ended, for people, with what it said of it."""
    if source.stopped_because is None:
        return "not yet at its end" if source.requests or source.found else "not asked yet"
    reason = WHY_STOPPED.get(source.stopped_because, source.stopped_because)
    return f"{reason}: {source.detail}" if source.detail else reason


def asked(report: Report) -> tuple[SourceReport, ...]:
    """The sources that were walked, or are still to be."""
    return tuple(source for source in report.sources if source.stopped_because != UNNEEDED)


def unneeded(report: Report) -> str:
    """Which sources were left out because others told all that they could tell; empty where none was."""
    names = [source.name for source in report.sources if source.stopped_because == UNNEEDED]
    return f"Left out, for the listings above were seen to their end: {', '.join(names)}." if names else ""


def has_no_listing(report: Report) -> bool:
    """Whether nothing was found because none of the sources that were tried has a listing of this site."""
    ends = [source.stopped_because for source in asked(report)]
    is_open = report.state in {"running", "waiting"}
    return not report.found and not is_open and all(end in _NO_LISTING for end in ends)


def share(report: Report) -> float:
    """How much of the work is done, 0 to 1, by what the sources say there is."""
    if report.state == "done":
        return 1.0
    expected = report.found / report.coverage if report.coverage else report.found
    return min(1.0, (report.found - report.left) / expected) if expected else 0.0


def sentence(report: Report) -> str:
    """What came of it, in one line."""
    if report.id is None:
        return f"{report.site} has {outcome(report)}"
    return f"Backfill {report.id} of {report.site} {_standing(report)}: {outcome(report)}"


def outcome(report: Report) -> str:
    """The same without its name: beside it, as an artifact stands, there is room for numbers only."""
    if report.id is None:
        return (
            f"{_articles(report.found)}{_dated(report)}: {report.already_stored:,} stored already, "
            f"{report.new:,} to fetch with {cost(report)}"
        )
    return (
        f"{_articles(report.stored)} stored of {report.found:,} found, {report.already_stored:,} there already, "
        f"{sum(report.refused.values()):,} refused"
    )


def progress_sentence(report: Report) -> str:
    """How far a running one is, and what is left."""
    covered = f" ({report.coverage:.0%} of what the sources name)" if report.coverage is not None else ""
    told = f"{report.stored:,} stored, {report.left:,} left of {_articles(report.found)} found{covered}"
    if report.id is None:
        told = f"{_articles(report.found)} found{covered}"
    return told + (f", {cost(report)}" if report.left and report.estimate.requests else "")


def _standing(report: Report) -> str:
    if report.state == "waiting":
        return f"waits until {moment(report.next_at)}" if report.next_at else "waits"
    return {"done": "is done", "running": "goes on"}.get(report.state, report.state)


def how_to_go_on(report: Report) -> str:
    """What people do next with a job that is not at its end; empty where nothing is left to do."""
    if not _is_resumable(report):
        return ""
    reason = f"{report.why.rstrip('.')}. " if report.why else ""
    return f"{reason}{_resume_words(report)}"


def _is_resumable(report: Report) -> bool:
    return report.id is not None and report.state not in {"done", "running"}


def _resume_words(report: Report) -> str:
    return f"`feedmill backfill resume {report.id}` goes on with it, as does a run with resume_id {report.id}."


def cost(report: Report) -> str:
    """What is left to do, in requests and time."""
    requests, seconds = report.estimate
    return f"about {requests:,} request{'' if requests == 1 else 's'} in {duration(seconds)}"


def duration(seconds: float) -> str:
    """A length of time as people say it."""
    for unit, size, most in (("s", 1, 90), ("min", _MINUTE, 90 * _MINUTE), ("h", _HOUR, 2 * _DAY)):
        if seconds < most:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / _DAY:.0f} days"


def dates(source: SourceReport | Report) -> tuple[date | None, date | None]:
    """The oldest and the newest date that is known of what was found."""
    sources = source.sources if isinstance(source, Report) else (source,)
    oldest = min((one.oldest for one in sources if one.oldest), default=None)
    newest = max((one.newest for one in sources if one.newest), default=None)
    return (oldest.date() if oldest else None), (newest.date() if newest else None)


def moment(at: datetime | None) -> str:
    """A moment in UTC to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"


def _dated(report: Report) -> str:
    oldest, newest = dates(report)
    return f" from {oldest} to {newest}" if oldest and newest else ""


def markdown(report: Report, picture: str | None = None) -> str:
    """The whole report for the dashboard; whatever came from the world shows as it is.

    ``picture``: the articles a month, as a data address (``flows.plots``).
    """
    head = "What a backfill would bring" if report.id is None else f"Backfill {report.id}"
    parts = [
        f"# {head}: {escape_markdown(report.site)}",
        f"**{escape_markdown(sentence(report))}.**",
        escape_markdown(report.why),
        _resume_words(report) if _is_resumable(report) else "",
        _table(("", "count"), _numbers(report)),
        "## By source",
        _table(("source", "found", "oldest", "newest", "requests", "stopped because"), map(_row, asked(report))),
        escape_markdown(unneeded(report)),
        _section("Refused, by reason", ("reason", "articles"), sorted(report.refused.items())),
        f"## Articles a month\n\n![Articles a month, before and after]({picture})" if picture else "",
        _section("By month", *_months(report)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def stopped_markdown(report: Report) -> str:
    """What a run that was cancelled leaves: how far it came, and how to go on."""
    how = f"A run with resume_id {report.id} goes on from here, as does `feedmill backfill resume {report.id}`."
    head = f"# Backfill {report.id} of {escape_markdown(report.site)} was stopped"
    return f"{head}\n\n**{escape_markdown(progress_sentence(report))}.**\n\n{how}\n"


def nothing_found(report: Report) -> str:
    """That no source has a listing of the site, which were tried, and what to do."""
    if report.next_at is not None and not report.sources:
        reason = report.why.rstrip(".") or f"{report.site} gives no answer"
        return f"{reason}. Nothing can be said of its history yet: ask again after {moment(report.next_at)}"
    tried = "; ".join(f"{source.name}: {why_stopped(source)}" for source in report.sources)
    reason = f" ({report.why.rstrip('.')})" if report.why else ""
    what = f"Tried: {tried}" if tried else "No source fits it"
    return (
        f"no listing of what {report.site} has published was found{reason}. {what}. Give the site's home page or its "
        "feed, name another source, or the addresses themselves: `feedmill backfill --help` says how"
    )


def _numbers(report: Report) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("articles found", report.found), ("stored already", report.already_stored)]
    rows.append(("to fetch" if report.id is None else "new", report.new))
    if report.id is not None:
        rows += [("stored", report.stored), ("refused", sum(report.refused.values())), ("left", report.left)]
    return [*rows, ("requests sent", report.requests)]


def _row(source: SourceReport) -> tuple[Any, ...]:
    oldest, newest = dates(source)
    return (source.name, source.found, oldest or "", newest or "", source.requests, _short(why_stopped(source)))


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _months(report: Report) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    if report.id is None:
        return ("month", "stored", "found"), [(month.month, month.before, month.found) for month in report.months]
    head = ("month", "stored before", "stored now", "found")
    return head, [(month.month, month.before, month.after, month.found) for month in report.months]


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    return f"## {title}\n\n{_table(head, rows)}" if rows else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    body = list(rows)
    sides = ["---:" if all(isinstance(row[at], int) for row in body) else "---" for at in range(len(head))]
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(sides)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in body)])


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else escape_markdown(str(value))
