"""`feedmill ingest` and `feedmill ingest-urls`: a round here and now, without a server."""

import sys
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from flows.cli.failure import CommandError, complain
from flows.cli.options import as_json, print_json, with_settings
from flows.cli.stopping import Done, end_progress, run_stoppable, show_progress
from flows.outcomes import RoundReport
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.batches import RoundPlan
    from flows.steps.queue_urls import Queued


@click.command()
@click.option("--all", "poll_all", is_flag=True, help="Poll every active feed now, not only those that are due.")
@click.option("--feed", "feed_urls", multiple=True, metavar="URL", help="Only this feed. May be repeated.")
@click.option("--tag", "tags", multiple=True, help="Only feeds with this tag, or a folder below it. May be repeated.")
@click.option("--max-seconds", type=click.FloatRange(min=0), help="A soft end: no new work after it.")
@as_json
@with_settings
def ingest(
    settings: Settings,
    poll_all: bool,
    feed_urls: tuple[str, ...],
    tags: tuple[str, ...],
    max_seconds: float | None,
    is_json: bool,
) -> None:
    """One round here and now: poll the feeds that are due, fetch what is new, extract, clean and store it.

    --all never asks before a server's Retry-After and no feed twice within five minutes. The exit code is 0 when the
    round was done, whatever single feeds did.
    """
    from flows.batches import RoundPlan
    from flows.reports.numbers import numbers, numbers_table, terminal_summary

    plan = RoundPlan(poll_all=poll_all, feed_urls=feed_urls or None, tags=tags or None, max_seconds=max_seconds)
    report, hint = _run(_round(settings, plan))
    if is_json:
        print_json(numbers(report))
    else:
        print(f"{report.sentence()}, in {report.seconds:.1f} s\n\n{terminal_summary(numbers_table(report))}")
    if hint:
        complain(hint)
    _require_no_bugs(report)


@click.command("ingest-urls")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--file", "file", metavar="F", help="A file with one URL a line; - for standard input.")
@as_json
@with_settings
def ingest_urls(settings: Settings, urls: tuple[str, ...], file: str | None, is_json: bool) -> None:
    """Fetch, extract and store these pages now, whether a feed names them or not.

    A page that is stored already is fetched again; what changed becomes a revision. URLs that cannot be fetched, now or
    ever, are named, and the exit code is 1; the others are done.
    """
    from flows.cli.round_report import page_failures, page_lines, page_numbers

    lines = click.open_file(file, encoding="utf-8").read().splitlines() if file else []
    wanted = [url for url in (*urls, *map(str.strip, lines)) if url and not url.startswith("#")]
    if not wanted:
        raise click.UsageError("name at least one URL, or a file with --file")
    report, queued = _run(_urls_round(settings, wanted))
    asked, failed = len(queued.keys), [*queued.refused, *page_failures(len(queued.keys), report)]
    if is_json:
        print_json(page_numbers(asked, report) | ({"error": "; ".join(failed)} if failed else {}))
    else:
        print(page_lines(asked, report))
    for message in failed:
        complain(message)
    _require_no_bugs(report)
    if failed:
        sys.exit(1)


async def _round(settings: Settings, plan: "RoundPlan") -> tuple[RoundReport, str]:
    """A round, and a hint where it had nothing to do. Raises CommandError for a feed that there is not."""
    from flows.batches import run_round
    from flows.cli.round_report import idle_hint
    from flows.cli.words import require_feeds, require_tags
    from flows.mill import open_mill
    from storage.feeds import states

    async with open_mill(settings) as mill:
        with mill.database.read() as session:
            require_feeds(session, plan.feed_urls or ())
            require_tags(session, plan.tags or ())
        report = await run_round(mill, plan, progress=_show_progress)
        end_progress()
        if report.feeds_polled or report.feeds_put_off or report.pages_fetched:
            return report, ""
        with mill.database.read() as session:
            rows = [row for row in states(session) if row.state.url in (plan.feed_urls or {row.state.url})]
        return report, idle_hint(plan, rows, mill.clock())


async def _urls_round(settings: Settings, urls: list[str]) -> "tuple[RoundReport, Queued]":
    from flows.batches import RoundPlan, run_round
    from flows.cli.words import missing_scheme
    from flows.mill import open_mill
    from flows.steps.queue_urls import queue_urls

    refused = {url: words for url in urls if (words := missing_scheme(url))}
    async with open_mill(settings) as mill:
        queued = await queue_urls(mill, [url for url in urls if url not in refused])
        report = await run_round(mill, RoundPlan(page_keys=queued.keys, is_asked=True), progress=_show_progress)
        end_progress()
        return report, replace(queued, refused=(*refused.values(), *queued.refused))


async def _show_progress(report: RoundReport, share: float) -> None:
    show_progress(f"{share:>4.0%} of the hosts: {report.sentence()}")


def _run(work: Coroutine[Any, Any, Done]) -> Done:
    return run_stoppable(work, lambda: "stopped; what was done is stored, and the next round goes on from there")


def _require_no_bugs(report: RoundReport) -> None:
    if report.bugs:
        raise CommandError(f"{report.bugs} internal error(s): the tracebacks stand above; please report them")
