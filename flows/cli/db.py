"""`feedmill db`: the database itself."""

import sys

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, with_settings
from flows.settings import Settings
from storage.database import Database
from storage.stats import stats as database_stats


@click.group()
def db() -> None:
    """The database: bring its schema up to date, check it, see its size."""


@db.command()
@with_settings
def upgrade(settings: Settings) -> None:
    """Create the schema, or bring it to this feedmill's. Does nothing where it is current."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with Database(settings.database) as database:
        before = database.revision()
        database.upgrade()
        after = database.revision()
        print(f"{database.shown_url}: {'already at' if before == after else 'now at'} {after}")


@db.command()
@with_settings
def check(settings: Settings) -> None:
    """Compare the tables with what this feedmill expects; exits 1 where they differ."""
    with Database(settings.database) as database:
        database.require_current()
        differences = database.check()
        shown = database.shown_url
    for difference in differences:
        print(difference, file=sys.stderr)
    if differences:
        raise CommandError(f"{shown} differs from this feedmill's schema in {len(differences)} place(s)")
    print(f"{shown}: the schema is current")


@db.command()
@as_json
@with_settings
def stats(settings: Settings, is_json: bool) -> None:
    """How many feeds, pages and articles there are, and how many bytes they take."""
    with open_database(settings) as database, database.read() as session:
        found = database_stats(session)
    if is_json:
        print_json(found)
        return
    by_state = found.pop("pages_by_state")
    for name, value in found.items():
        print(f"{name.replace('_', ' '):<20} {value:>12,}")
    print(f"{'pages by state':<20} " + ", ".join(f"{count:,} {state}" for state, count in by_state.items()))
