"""What `ingest` and `ingest-urls` tell of a round: its numbers, and what to do where there was nothing to do."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flows.cli.words import NO_FEEDS, counted, minute
from flows.outcomes import RoundReport
from ingest.model import FeedStatus

if TYPE_CHECKING:
    from flows.batches import RoundPlan
    from storage.feeds import FeedSchedule

_OF_PAGES = ("pages_fetched", "pages_waiting", "articles_new", "articles_revised", "articles_skipped", "blocks_dropped")


def idle_hint(plan: "RoundPlan", rows: "list[FeedSchedule]", now: datetime) -> str:
    """Why a round polled nothing, and what to do; ``rows``: the feeds that it was about."""
    if not rows:
        return NO_FEEDS
    active = [row for row in rows if row.state.status is FeedStatus.ACTIVE]
    if not active:
        return "No feed is active, all are paused or gone: `feedmill feeds resume URL` polls one again."
    if plan.poll_all:
        return "Nothing was polled: no feed is asked twice within five minutes, nor before a server's Retry-After."
    following = min(active, key=lambda row: row.next_poll_at or now)
    due_at = following.next_poll_at or now
    if due_at <= now:
        return "Nothing was polled: another run has the hosts that are due, or they asked to be left alone for now."
    return f"Nothing is due before {minute(due_at)} ({following.state.url}); `feedmill ingest --all` polls them now."


def page_numbers(asked: int, report: RoundReport) -> dict[str, Any]:
    """A round over pages that were asked for, as ``ingest-urls --json`` prints it; refused addresses are no pages."""
    from flows.reports.numbers import numbers

    told = numbers(report)
    return {
        "pages_asked": asked,
        "pages_failed": _failed(report),
        "pages_not_tried": not_tried(asked, report),
        **{name: told[name] for name in _OF_PAGES},
        "failures": told["failures"],
        "internal_errors": report.bugs,
        "seconds": told["seconds"],
    }


def page_lines(asked: int, report: RoundReport) -> str:
    """The same for people."""
    lines = {
        "pages": f"{report.pages_fetched} fetched of {asked}, {_failed(report)} failed",
        "articles": f"{report.articles_new} new, {report.articles_revised} revised",
        "blocks dropped": f"{report.blocks_dropped.total()}  (comment tails, share and author boxes, repeats)",
        "failures by kind": ", ".join(_kinds(report)) or "none",
    }
    head = f"{counted(report.articles_new, 'new article')} from {counted(asked, 'page')}, in {report.seconds:.1f} s"
    return f"{head}\n\n" + "\n".join(f"  {name:<17} {value}" for name, value in lines.items())


def page_failures(asked: int, report: RoundReport) -> list[str]:
    """What of the pages asked for was not done; which they are, the log's lines above have said."""
    failed, waits = _failed(report), not_tried(asked, report)
    told = [f"{counted(failed, 'page')} of {asked} could not be had: see above"] if failed else []
    if waits:
        told.append(
            f"{counted(waits, 'page')} of {asked} not tried: the host asked to be left alone, or another run has it; "
            "the next round goes on with what waits"
        )
    return told


def _kinds(report: RoundReport) -> list[str]:
    return [f"{kind.removeprefix('page ')} {count}" for kind, count in sorted(report.failures.items())]


def _failed(report: RoundReport) -> int:
    return report.failures.total()


def not_tried(asked: int, report: RoundReport) -> int:
    """The pages that no attempt was made for."""
    return max(0, asked - report.pages_fetched - _failed(report) - report.bugs)
