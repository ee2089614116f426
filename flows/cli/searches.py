"""`feedmill searches`: searches that call a webhook on new articles."""

import re
from typing import Any
from urllib.parse import urlsplit

import click

from flows.cli.failure import CommandError
from flows.cli.options import WEB_URL, as_json, open_database, print_json, say, with_settings
from flows.cli.words import counted, minute
from flows.mill import utc_now
from flows.settings import Settings
from ingest.errors import BadUrl
from storage import searches as stored

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@click.group()
def searches() -> None:
    """Saved searches: a webhook is called with every new article that matches."""


@searches.command()
@click.argument("name")
@click.argument("query")
@click.option("--site", metavar="HOST", help="Only articles of this host.")
@click.option("--webhook", "webhook_url", type=WEB_URL, metavar="URL", help="Where new articles are sent as JSON.")
@as_json
@with_settings
def add(settings: Settings, name: str, query: str, site: str | None, webhook_url: str | None, is_json: bool) -> None:
    """Save a search under a name, for what is stored from now on.

    QUERY as for `feedmill articles search`; empty with --site: all that is new there. FEEDMILL_WEBHOOK_SECRET signs.
    """
    _check(settings, name, query, site, webhook_url)
    new = stored.NewSearch(name=name, query=query, site=site and site.lower(), webhook_url=webhook_url)
    with open_database(settings) as database, database.begin() as session:
        is_new = stored.add(session, new, utc_now())
    if not is_new:
        raise CommandError(f"there is a search {name} already: `feedmill searches remove {name}` takes it away")
    if is_json:
        print_json({"name": name, "query": query, "site": new.site, "webhook": shown(webhook_url)})
    else:
        say(f"saved: {name}" + (f", new articles go to {shown(webhook_url)}" if webhook_url else ""))


def _check(settings: Settings, name: str, query: str, site: str | None, webhook_url: str | None) -> None:
    from storage.words import phrases

    if not _NAME.fullmatch(name):
        raise click.UsageError("a name has letters, digits, dots, dashes and underscores, at most 80")
    if not phrases(query) and (site is None or query.strip()):
        raise click.UsageError("the query has no word to look for")
    if webhook_url is not None:
        _check_webhook(settings, webhook_url)


def _check_webhook(settings: Settings, url: str) -> None:
    from flows.mill import address_policy
    from ingest.fetch.guard import ForbiddenAddress, check_host, check_url

    if "@" in urlsplit(url).netloc:
        raise CommandError("a webhook's address has no username or password: its receiver knows us by the signature")
    try:
        check_host(check_url(url), address_policy(settings))
    except BadUrl as error:
        raise CommandError(str(error)) from error
    except ForbiddenAddress as error:
        raise CommandError(f"{shown(url)} is never called: {error}; FEEDMILL_ALLOW_NETWORKS lets it through") from error


@searches.command("list")
@as_json
@with_settings
def list_(settings: Settings, is_json: bool) -> None:
    """List the searches, and how their deliveries fare."""
    with open_database(settings) as database, database.read() as session:
        rows = [_document(row) for row in stored.listing(session)]
    if is_json:
        print_json(rows)
    else:
        say("\n".join(map(_line, rows)) or "No searches yet. Save one with `feedmill searches add NAME QUERY`.")


@searches.command()
@click.argument("name")
@with_settings
def remove(settings: Settings, name: str) -> None:
    """Forget a search."""
    with open_database(settings) as database, database.begin() as session:
        is_gone = stored.remove(session, name)
    if not is_gone:
        raise CommandError(f"there is no search {name}; `feedmill searches list` shows them")
    say(f"removed: {name}")


def shown(url: str | None) -> str | None:
    """A webhook's address for people: many have their secret in the path."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}/…"


def _document(row: dict[str, Any]) -> dict[str, Any]:
    url = row.pop("webhook_url")
    return row | {"webhook": shown(url)}


def _line(row: dict[str, Any]) -> str:
    where = f" on {row['site']}" if row["site"] else ""
    told = f"{counted(row['delivered'], 'article')} delivered to {row['webhook']}" if row["webhook"] else "no webhook"
    line = f"{row['name']}: {row['query']}{where}\n        {told}"
    if row["failures"]:
        line += (
            f"; {row['detail']}, {counted(row['failures'], 'time')} in a row, again {minute(row['next_attempt_at'])}"
        )
    return line
