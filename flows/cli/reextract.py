"""`feedmill reextract`: today's rules over stored pages, without the network."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, print_json, say, with_settings
from flows.differences import render
from flows.reextraction import Difference, ReextractPlan, ReextractReport, Verdict
from flows.settings import Settings
from storage.reextraction import ReextractQuery


@click.command()
@click.option("--site", metavar="HOST", help="Only articles of this host.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First seen on this day or later, in UTC.")
@click.option("--all", "is_all", is_flag=True, help="Also what today's rules have seen already.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--diff", "wants_diff", is_flag=True, help="Show the paragraphs that differ.")
@click.option("--take-worse", is_flag=True, help="Replace texts by ones that lost more than a fifth, too.")
@as_json
@with_settings
def reextract(
    settings: Settings,
    site: str | None,
    since: datetime | None,
    is_all: bool,
    dry_run: bool,
    wants_diff: bool,
    take_worse: bool,
    is_json: bool,
) -> None:
    """Extract stored articles again from their archived pages, with the extractor and the rules of today.

    No page is fetched. A text that comes out different takes the place of the stored one; it is no revision, for the
    publisher changed nothing. One that would lose more than a fifth is named and kept. A run that was cut off goes on
    where it was: what today's rules have seen is passed over.
    """
    plan = ReextractPlan(
        query=_query(site, since, is_all=is_all),
        is_dry_run=dry_run,
        takes_worse=take_worse,
        wants_diff=wants_diff,
    )
    report = asyncio.run(_run(settings, plan))
    if not report.planned and site is not None:
        _explain_nothing(settings, site)
    if is_json:
        print_json(as_document(report, plan))
    else:
        say("\n".join(_lines(report, plan)))


def _query(site: str | None, since: datetime | None, *, is_all: bool) -> ReextractQuery:
    from ingest.extract.version import extraction_version

    moment = since.replace(tzinfo=UTC) if since else None
    return ReextractQuery(site=site, since=moment, rules=None if is_all else extraction_version())


async def _run(settings: Settings, plan: ReextractPlan) -> ReextractReport:
    from flows.mill import open_mill
    from flows.reextraction import reextract as run

    async with open_mill(settings) as mill:
        return await run(mill, plan, _show_progress)


async def _show_progress(report: ReextractReport) -> None:
    if sys.stderr.isatty():
        print(f"\r{report.sentence()}\x1b[K", end="", file=sys.stderr, flush=True)


def _explain_nothing(settings: Settings, site: str) -> None:
    """A host that nobody knows is a slip of the pen, not an empty result."""
    from flows.cli.options import open_database
    from storage import sites

    with open_database(settings) as database, database.read() as session:
        if not sites.is_known(session, site):
            raise CommandError(f"no page of {site} was ever fetched; hosts are written as in an address: news.example")


def as_document(report: ReextractReport, plan: ReextractPlan) -> dict[str, Any]:
    """The report as ``--json`` prints it."""
    document: dict[str, Any] = {
        "pages": report.pages,
        **{str(verdict): report.count(verdict) for verdict in Verdict},
        "replaced": report.replaced,
        "dry_run": plan.is_dry_run,
        "sites": {
            site: {str(verdict): counts.get(verdict, 0) for verdict in Verdict} for site, counts in report.sites.items()
        },
    }
    if plan.wants_diff:
        document["differences"] = [_as_row(difference) for difference in report.differences]
    return document


def _as_row(difference: Difference) -> dict[str, Any]:
    return {
        "article_id": difference.article_id,
        "site": difference.site,
        "title": difference.title,
        "verdict": str(difference.verdict),
        "characters_before": difference.characters[0],
        "characters_after": difference.characters[1],
        "changes": [{"before": change.before, "after": change.after} for change in difference.changes],
    }


def _lines(report: ReextractReport, plan: ReextractPlan) -> list[str]:
    if not report.planned:
        return ["Nothing to do: today's rules have seen every page in the archive (--all extracts them again)."]
    lines = [line for difference in report.differences for line in _told(difference)]
    for site, counts in sorted(report.sites.items()):
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts.get(verdict))
        lines.append(f"{site:<40} {told}")
    lines.append(report.sentence())
    if plan.is_dry_run:
        lines.append("This was a dry run: nothing was written.")
    elif report.count(Verdict.WORSE) and not plan.takes_worse:
        lines.append("Texts that came out worse are kept; --take-worse --all replaces them.")
    return lines


def _told(difference: Difference) -> list[str]:
    before, after = difference.characters
    head = f"article {difference.article_id}, {difference.site}: {difference.title or '(no title)'}"
    return [head, f"  {difference.verdict}, {before} -> {after} characters", *_indented(difference), ""]


def _indented(difference: Difference) -> list[str]:
    return [f"  {render(change)}" for change in difference.changes]
