"""`feedmill rules profiles`: where the articles of each site stand on its pages, as far as that was learned."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import counted, minute
from flows.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.profiles import HostProfile


@click.command()
@click.argument("host", required=False)
@as_json
@with_settings
def profiles(settings: Settings, host: str | None, is_json: bool) -> None:
    """List the site profiles, of one HOST (with its port, if it has one) or of all: see FEEDMILL_SITE_PROFILES.

    Each with its container, its state - learning, trusted (pages are read through it) or dropped (an audit found a
    difference, or no container would do) -, why and since when, the pages that were read both ways to learn it, the
    audits since, and the pages in a row that did not fit it.
    """
    from storage import blocks
    from storage import profiles as stored

    with open_database(settings) as database, database.read() as session:
        if host is not None and blocks.find_site(session, host) is None:
            raise CommandError(f"nothing is known of {host}; `feedmill rules profiles` lists the hosts with a profile")
        found = stored.find(session, host)
    if is_json:
        print_json([{"host": one.host, **asdict(one.profile)} for one in found])
    elif found:
        say("\n".join(line for one in found for line in _tell(one)))
    else:
        say("No profiles. They are learned while FEEDMILL_SITE_PROFILES is true.")


def _tell(one: "HostProfile") -> "Iterator[str]":
    profile = one.profile
    since = f" since {minute(profile.changed_at)}" if profile.changed_at is not None else ""
    yield f"{one.host}  {profile.container or '(no container yet)'}"
    yield f"  {profile.state}{since}: {profile.reason}"
    read = f"{counted(profile.tries, 'page')} read both ways to learn it, {counted(profile.audits, 'audit')} since"
    yield f"  {read}; {counted(profile.misses, 'page')} in a row did not fit"
