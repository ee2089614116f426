"""`feedmill archive`: the pages as they were fetched, how much they take, and what of them may go."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import DAY, as_json, open_database, print_json, say, utc, with_settings
from flows.cli.words import counted
from flows.settings import Settings
from storage import archive as stored
from storage import sites
from storage.archive import ArchivePolicy, Pruned
from storage.stats import archive_stats


@click.group()
def archive() -> None:
    """The pages as they were fetched: how much they take, and letting go of old ones."""


@archive.command()
@as_json
@with_settings
def stats(settings: Settings, is_json: bool) -> None:
    """How many pages the archive holds, and how many bytes they take, unpacked and packed, site by site."""
    with open_database(settings) as database, database.read() as session:
        found = archive_stats(session)
    if is_json:
        print_json(found)
        return
    if not found["sites"]:
        say("The archive is empty." if settings.archive_pages else "The archive is empty, and turned off.")
        return
    say(f"{'site':<32} {'captures':>9} {'pages':>9} {'bytes':>15} {'packed':>15} {'share':>6}")
    for row in (*found["sites"], {"site": "all", **found}):
        say(_line(row))


def _line(row: dict[str, Any]) -> str:
    counts = f"{row['captures']:>9,} {row['pages']:>9,} {row['bytes_unpacked']:>15,} {row['bytes_packed']:>15,}"
    return f"{row['site']:<32} {counts} {row['share'] or 0:>6.1%}"


@archive.command()
@click.option("--before", type=DAY, help="Let go of what was fetched before this day, in UTC.")
@click.option("--keep", type=click.IntRange(0), metavar="N", help="Let go of all but the N latest of each page.")
@click.option("--site", metavar="HOST", help="Only pages of this host.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
@as_json
@with_settings
def prune(
    settings: Settings, before: datetime | None, keep: int | None, site: str | None, dry_run: bool, is_json: bool
) -> None:
    """Let go of old captures. Articles, their texts and their versions stay.

    With both limits, what either of them lets go of goes. A page that is gone from the archive cannot be extracted
    again. Bytes stay while another capture holds them, or another page is packed beside them.
    """
    if before is None and keep is None:
        raise click.UsageError("say what may go: --before DAY, --keep N, or both")
    policy = ArchivePolicy(before=utc(before), keep=keep, host=site)
    with open_database(settings) as database, database.begin() as session:
        if site is not None and not sites.is_known(session, site):
            raise CommandError(f"no page of {site} was ever fetched; hosts are written as in an address: news.example")
        gone = stored.preview(session, policy) if dry_run else stored.prune(session, policy)
    if is_json:
        print_json({**asdict(gone), "dry_run": dry_run})
    else:
        say(_sentence(gone, is_dry_run=dry_run))


def _sentence(gone: Pruned, *, is_dry_run: bool) -> str:
    verb = "would go" if is_dry_run else "went"
    what = f"{counted(gone.captures, 'capture')} {verb}, and with them the bytes of {counted(gone.pages, 'page')}"
    sentence = f"{what}: {gone.bytes_packed:,} packed, {gone.bytes_unpacked:,} unpacked."
    return f"{sentence} This was a dry run: nothing was taken away." if is_dry_run else sentence
