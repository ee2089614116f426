"""`feedmill feeds`: subscriptions."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from flows.cli.backfill import carry_out, check_days
from flows.cli.backfill import failures as failures_of
from flows.cli.days import DAY_OR_SPAN
from flows.cli.failure import complain
from flows.cli.feed_views import explain, health, list_
from flows.cli.options import as_json, open_database, print_json, read_input, say, with_settings
from flows.cli.words import counted, missing_scheme
from flows.mill import utc_now
from flows.settings import Settings
from ingest.errors import IngestError
from ingest.urls import host_of
from storage import feeds as stored
from storage.feeds import NewFeed

if TYPE_CHECKING:
    from sqlmodel import Session

    from flows.steps.find_feeds import FoundFeed
    from ingest.opml import Subscription


@dataclass(frozen=True, slots=True)
class _History:
    """What became of the backfills that were asked for together with feeds."""

    documents: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


@click.group()
def feeds() -> None:
    """Subscriptions: what is polled, how often, and how it fares."""


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--tag", "tags", multiple=True, help="A folder for the feed, as in OPML: News/World. May be repeated.")
@click.option(
    "--every",
    metavar="MINUTES",
    type=click.IntRange(1),
    help="Poll it so often, whatever its rhythm is; never before a server's own hints.",
)
@click.option("--all", "take_all", is_flag=True, help="Subscribe to all feeds of a site, not only to its first.")
@click.option("--no-discover", is_flag=True, help="Take the URL as a feed, untested.")
@click.option(
    "--backfill", "since", type=DAY_OR_SPAN, metavar="D", help="Fetch its history, too: since 2024-05-01, or 90d, 2y."
)
@as_json
@with_settings
def add(
    settings: Settings,
    urls: tuple[str, ...],
    tags: tuple[str, ...],
    every: int | None,
    take_all: bool,
    no_discover: bool,
    since: date | None,
    is_json: bool,
) -> None:
    """Subscribe to feeds, or to the feeds of sites.

    A URL that is no feed is searched for its feeds: the first that is no comment feed is taken, the others are named
    (--all takes them). Good URLs are kept where others fail; then the exit code is 1.

    With --backfill what the sites published since that day is fetched as well, as `feedmill backfill` does it.
    """
    check_days(since)
    found, failures = asyncio.run(_find(settings, urls, no_discover=no_discover))
    chosen = [feed for group in found for feed in (group if take_all else group[:1])]
    interval = every * 60 if every else None
    with open_database(settings) as database, database.begin() as session:
        added = [_subscribe(session, feed, tags, interval) for feed in chosen]
    others = [] if take_all else [feed.url for group in found for feed in group[1:]]
    if not is_json:
        _tell_added(added, others)
    history = _backfill(settings, chosen, since, is_json=is_json) if since and chosen else _History()
    failures += history.failures
    if is_json:
        print_json({"feeds": added, "others": others} | history.documents | _error_of(failures))
    _fail_with(failures)


def _backfill(settings: Settings, feeds_: "list[FoundFeed]", since: date, *, is_json: bool) -> _History:
    """Fetch the history of these feeds, one after the other."""
    from flows.backfill_reports import document
    from flows.backfill_words import Order
    from flows.cli.backfill_report import lines

    reports = carry_out(settings, [Order(site=feed.url, since=since) for feed in feeds_])
    if not is_json:
        say("\n" + "\n\n".join(map(lines, reports)))
    return _History({"backfills": list(map(document, reports))}, failures_of(reports))


async def _find(
    settings: Settings, urls: tuple[str, ...], *, no_discover: bool
) -> tuple[list[tuple["FoundFeed", ...]], list[str]]:
    from flows.mill import address_policy, open_client
    from flows.steps.find_feeds import find_feeds, untested

    policy = address_policy(settings)
    found: list[tuple[FoundFeed, ...]] = []
    failures: list[str] = []
    async with open_client(settings) as client:
        for url in urls:
            if words := missing_scheme(url):
                failures.append(words)
                continue
            try:
                found.append((untested(url, policy),) if no_discover else await find_feeds(client, url, policy))
            except IngestError as error:
                failures.append(str(error))
    return found, failures


def _subscribe(
    session: "Session", feed: "FoundFeed", tags: tuple[str, ...], interval_seconds: int | None
) -> dict[str, Any]:
    new = NewFeed(
        url=feed.url,
        host=host_of(feed.url),
        created_at=utc_now(),
        title=feed.title,
        site_url=feed.site_url,
        tags=tags,
        min_interval_seconds=interval_seconds,
        max_interval_seconds=interval_seconds,
    )
    _, is_new = stored.add(session, new)
    return {"url": feed.url, "title": feed.title, "added": is_new}


def _tell_added(added: list[dict[str, Any]], others: list[str]) -> None:
    for feed in added:
        say(f"{'added' if feed['added'] else 'already there'}: {feed['url']}  {feed['title'] or ''}".rstrip())
    for url in others:
        say(f"also there: {url}  (--all takes it too)")


def _error_of(failures: list[str]) -> dict[str, str]:
    """What a JSON document says where something failed."""
    return {"error": "; ".join(failures)} if failures else {}


def _fail_with(failures: list[str]) -> None:
    for failure in failures:
        complain(failure)
    if failures:
        sys.exit(1)


@feeds.command("import")
@click.argument("file", metavar="FILE.opml")
@as_json
@with_settings
def import_(settings: Settings, file: str, is_json: bool) -> None:
    """Subscribe to every feed of an OPML file (- for standard input); its folders become tags.

    Addresses that can never be polled are named, and the exit code is 1; the others are subscribed to.
    """
    from ingest.opml import read_opml

    wanted, refused = _allowed(settings, read_opml(read_input(file)))
    now = utc_now()
    with open_database(settings) as database, database.begin() as session:
        created = [stored.add(session, _new_feed(subscription, now))[1] for subscription in wanted]
    counts = {"feeds": len(created), "added": sum(created), "already_there": len(created) - sum(created)}
    if is_json:
        print_json(counts | _error_of(refused))
    else:
        added, there = counted(counts["added"], "feed"), counts["already_there"]
        say(f"{added} added, {there} {'was' if there == 1 else 'were'} there already")
    _fail_with(refused)


def _allowed(settings: Settings, subscriptions: "tuple[Subscription, ...]") -> "tuple[list[Subscription], list[str]]":
    """The subscriptions that can be polled, and a sentence for each that never can."""
    from flows.mill import address_policy
    from flows.steps.find_feeds import untested

    policy = address_policy(settings)
    wanted: list[Subscription] = []
    refused: list[str] = []
    for subscription in subscriptions:
        try:
            wanted.append(replace(subscription, url=untested(subscription.url, policy).url))
        except IngestError as error:
            refused.append(str(error))
    return wanted, refused


def _new_feed(subscription: Any, now: Any) -> NewFeed:
    return NewFeed(
        url=subscription.url,
        host=host_of(subscription.url),
        created_at=now,
        title=subscription.title,
        site_url=subscription.site_url,
        tags=subscription.tags,
    )


@feeds.command()
@click.argument("file", default="-")
@with_settings
def export(settings: Settings, file: str) -> None:
    """Write the subscriptions as OPML to FILE, or to standard output."""
    from ingest.opml import Subscription, write_opml

    with open_database(settings) as database, database.read() as session:
        rows = stored.listing(session)
    document = write_opml(
        [
            Subscription(url=row["url"], title=row["title"], site_url=row["site_url"], tags=tuple(row["tags"]))
            for row in rows
        ]
    )
    with click.open_file(file, "wb") as sink:
        sink.write(document)


def _each(settings: Settings, urls: tuple[str, ...], change: Callable[["Session", str], bool], done: str) -> None:
    with open_database(settings) as database, database.begin() as session:
        known = [url for url in urls if change(session, url)]
    for url in known:
        say(f"{done}: {url}")
    _fail_with([f"no feed has the address {url}; `feedmill feeds list` shows them" for url in urls if url not in known])


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@with_settings
def remove(settings: Settings, urls: tuple[str, ...]) -> None:
    """Unsubscribe. The articles stay; pages that still wait are dropped."""
    _each(settings, urls, stored.remove, "removed")


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@with_settings
def pause(settings: Settings, urls: tuple[str, ...]) -> None:
    """Poll these feeds no more until they are resumed."""
    _each(settings, urls, stored.pause, "paused")


@feeds.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@with_settings
def resume(settings: Settings, urls: tuple[str, ...]) -> None:
    """Poll these feeds again; one that was gone, at once."""
    now = utc_now()
    _each(settings, urls, lambda session, url: stored.resume(session, url, now), "resumed")


@feeds.command(context_settings={"help_option_names": ["--help"], "ignore_unknown_options": True})
@click.argument("url")
@click.argument("changes", nargs=-1, required=True, metavar="+TAG|-TAG...")
@as_json
@with_settings
def tag(settings: Settings, url: str, changes: tuple[str, ...], is_json: bool) -> None:
    """Change the tags of a feed: +News/World puts it into that folder, -Old takes it out of one.

    A tag without a sign is put on. `feeds list --tag`, `ingest --tag` and `filters add --tag` go by them.
    """
    from storage.tags import retag

    names = {change: change.lstrip("+-").strip().strip("/") for change in changes}
    if not all(names.values()):
        raise click.UsageError("a tag has a name: +News, -Old")
    drop = {name for change, name in names.items() if change.startswith("-")}
    with open_database(settings) as database, database.begin() as session:
        tags = retag(session, url, [name for name in names.values() if name not in drop], drop)
    if tags is None:
        _fail_with([f"no feed has the address {url}; `feedmill feeds list` shows them"])
    elif is_json:
        print_json({"url": url, "tags": tags})
    else:
        say(f"{url}: {', '.join(tags) or 'no tags'}")


for view in (list_, health, explain):
    feeds.add_command(view)
