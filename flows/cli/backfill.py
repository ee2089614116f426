"""`feedmill backfill`: a site's history, planned, fetched and stored, and the jobs that do it."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.cli.days import DAY_OR_SPAN
from flows.cli.default_command import DefaultCommand, DefaultCommandGroup
from flows.cli.failure import CommandError, complain
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.stopping import end_progress, run_stoppable, show_progress
from flows.cli.words import missing_scheme
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.backfill_words import Order, Report

AUTO = "auto"


class _Site(click.ParamType[str]):
    """The address of a site or of its feed."""

    name = "site"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ingest.urls import is_web_url

        if is_web_url(value):
            return value
        words = missing_scheme(value) if "." in value or ":" in value or value == "localhost" else None
        return self.fail(words or f"{value!r} is neither an address nor one of list, resume and cancel", param, ctx)


class _SourceName(click.ParamType[str]):
    """``auto`` or a source of the registry."""

    name = "source"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ingest.backfill.registry import source_named
        from ingest.errors import UnknownSource

        try:
            return value if value == AUTO else source_named(value).name
        except UnknownSource as error:
            return self.fail(str(error), param, ctx)


class _WithSources(DefaultCommand):
    """A command whose help names every source."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The sources, best first, a line each."""
        from ingest.backfill.registry import SOURCES

        with formatter.section("Sources, best first"):
            formatter.write_dl([(source.name, source.summary) for source in SOURCES])


@click.command("backfill", cls=_WithSources)
@click.argument("site", type=_Site())
@click.option("--since", type=DAY_OR_SPAN, metavar="D", help="From this day on, in UTC: 2024-05-01, 90d, 6m, 2y.")
@click.option("--until", type=DAY_OR_SPAN, metavar="D", help="Up to and with this day, in UTC.")
@click.option(
    "--source",
    "sources",
    type=_SourceName(),
    multiple=True,
    metavar="auto|NAME",
    help="Where to look; may be repeated. auto, the default: all that fit, each article once.",
)
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="F",
    help="A list of addresses, or a WARC file, for url_list and cc_news; may be repeated.",
)
@click.option("--max-pages", type=click.IntRange(1), metavar="N", help="Fetch at most N articles, then wait.")
@click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Send at most N requests of any kind.")
@click.option(
    "--copies/--no-copies", default=False, show_default=True, help="Take pages that are gone from the Wayback Machine."
)
@click.option("--dry-run", is_flag=True, help="Only say what there is, what it would cost, and from where.")
@as_json
@with_settings
def start(
    settings: Settings,
    site: str,
    since: date | None,
    until: date | None,
    sources: tuple[str, ...],
    files: tuple[str, ...],
    max_pages: int | None,
    max_requests: int | None,
    copies: bool,
    dry_run: bool,
    is_json: bool,
) -> None:
    """Fetch what SITE has published before: find its listings, walk them, and store the articles they name.

    SITE is the address of a home page or of a feed. Look first, with --dry-run: it reads listings, never articles, and
    says how many there are, over which dates, what is stored already, and what the rest would cost. The run itself
    goes at the site's pace, beside the polls and behind them; what was cut off goes on with `resume`. Fetching the
    same history again adds nothing.

    \b
    feedmill backfill https://example.org --dry-run
    feedmill backfill https://example.org --since 90d
    feedmill backfill https://example.org --since 2020-01-01 --until 2020-12-31 --source wordpress
    feedmill backfill https://example.org --source url_list --file addresses.txt
    feedmill backfill resume 7

    The exit code is 0 also where the job waits (for the site, or for its next budget): the report says until when.
    """  # noqa: D301 - click's own mark
    check_days(since, until)
    _check_files(sources, files)
    from flows.backfill_words import Order

    order = Order(
        site=site,
        since=since,
        until=until,
        sources=sources or (AUTO,),
        files=tuple(map(_readable, files)),
        max_pages=max_pages,
        max_requests=max_requests,
        uses_copies=copies,
    )
    tell(carry_out(settings, [order], is_dry_run=dry_run), is_json=is_json)


@click.group("backfill", cls=DefaultCommandGroup, default=start)
def backfill() -> None:
    """A site's history."""


@backfill.command("list", short_help="The backfills, the newest first.")
@as_json
@with_settings
def list_(settings: Settings, is_json: bool) -> None:
    """List the backfills, the newest first: where each stands, and when one that waits may go on."""
    from flows.cli.backfill_report import job_line
    from storage import backfills

    with open_database(settings) as database, database.read() as session:
        jobs = backfills.list_jobs(session)
    if is_json:
        print_json([asdict(job) for job in jobs])
    else:
        say(
            "\n".join(map(job_line, jobs))
            or "No backfills yet. `feedmill backfill SITE --dry-run` shows what one finds."
        )


@backfill.command(short_help="Go on with one.")
@click.argument("job_id", metavar="ID", type=click.IntRange(1))
@click.option("--max-pages", type=click.IntRange(1), metavar="N", help="Fetch at most N more articles.")
@click.option("--max-requests", type=click.IntRange(1), metavar="N", help="Send at most N more requests of any kind.")
@as_json
@with_settings
def resume(settings: Settings, job_id: int, max_pages: int | None, max_requests: int | None, is_json: bool) -> None:
    """Go on with a backfill that was cut off, cancelled, or waits; one that is done stays as it is.

    A pause of our own is passed over, a server's Retry-After never.
    """
    from flows import backfilling
    from flows.mill import open_mill

    async def work() -> "Report":
        async with open_mill(settings) as mill:
            budget = backfilling.Budget(max_pages, max_requests)
            return await backfilling.resume(mill, job_id, budget, progress=_show)

    said = f"stopped; `feedmill backfill resume {job_id}` goes on from there"
    report = run_stoppable(work(), lambda: said)
    end_progress()
    tell([report], is_json=is_json)


@backfill.command(short_help="Stop one.")
@click.argument("job_id", metavar="ID", type=click.IntRange(1))
@as_json
@with_settings
def cancel(settings: Settings, job_id: int, is_json: bool) -> None:
    """Stop a backfill: what is in hand ends, what it stored stays, and `resume` goes on with it."""
    from flows.mill import utc_now
    from storage import backfills

    with open_database(settings) as database, database.begin() as session:
        before = backfills.get(session, job_id)
        job = backfills.cancel(session, job_id, utc_now())
    if job is None or before is None:
        raise CommandError(f"there is no backfill {job_id}; `feedmill backfill list` shows them")
    if is_json:
        print_json(asdict(job))
    elif job.state != "cancelled" or before.state == "cancelled":
        say(f"backfill {job_id} of {job.site} had ended already: {job.state}")
    else:
        say(f"cancelled: backfill {job_id} of {job.site}; `feedmill backfill resume {job_id}` goes on with it")


def check_days(since: date | None, until: date | None = None) -> None:
    """Raise UsageError for a window that cannot be meant."""
    from flows.mill import utc_now

    if since and until and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}: the other way round?")
    if since and since > utc_now().date():
        raise click.UsageError(f"--since {since} is still to come: a backfill fetches what was")


def _check_files(sources: tuple[str, ...], files: tuple[str, ...]) -> None:
    """Raise UsageError for a source of files without any."""
    from ingest.backfill.registry import NAMED_BY_USER

    needy = sorted(NAMED_BY_USER.intersection(sources))
    if needy and not files:
        raise click.UsageError(f"--source {needy[0]} reads files: name one with --file")


def _readable(name: str) -> str:
    """A file by its whole path, for the job outlives this folder; an address stays one. Raises OSError."""
    from ingest.urls import is_web_url

    if is_web_url(name):
        return name
    with open(name, "rb"):  # noqa: PTH123 - a path as typed, and errors that name it so
        return str(Path(name).resolve())


def carry_out(settings: Settings, orders: "Sequence[Order]", *, is_dry_run: bool = False) -> "list[Report]":
    """Plan or run one after the other."""
    from flows import backfilling
    from flows.mill import open_mill

    latest: list[Report] = []

    async def show(report: "Report") -> None:
        latest[:] = [report]
        await _show(report)

    async def work() -> "list[Report]":
        async with open_mill(settings) as mill:
            if is_dry_run:
                return [await backfilling.plan(mill, order, show) for order in orders]
            return [await backfilling.run(mill, order, progress=show) for order in orders]

    def when_stopped() -> str:
        number = next((report.id for report in latest if report.id is not None), None)
        return f"stopped; `feedmill backfill resume {number}` goes on from there" if number else "stopped"

    reports = run_stoppable(work(), when_stopped)
    end_progress()
    return reports


async def _show(report: "Report") -> None:
    from flows.backfill_reports import progress_sentence

    show_progress(f"{report.site}: {progress_sentence(report)}")


def tell(reports: "Sequence[Report]", *, is_json: bool) -> None:
    """Print one report, and exit with 1 where it came to nothing."""
    from flows.backfill_reports import document
    from flows.cli.backfill_report import lines

    failed = failures(reports)
    if is_json:
        print_json(document(reports[0]) | ({"error": "; ".join(failed)} if failed else {}))
    else:
        say("\n\n".join(map(lines, reports)))
    for message in failed:
        complain(message)
    if failed:
        sys.exit(1)


def failures(reports: "Sequence[Report]") -> list[str]:
    """What is to be said of those that came to nothing."""
    from flows.cli.backfill_report import failure

    return [message for report in reports if (message := failure(report)) is not None]
