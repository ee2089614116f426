"""`feedmill websub`: the subscriber of WebSub pushes, its subscriptions, and what a page says of its hub."""

import asyncio
import logging
import signal
import sys
from typing import Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import minute
from flows.logs import guard_logs
from flows.settings import Settings


@click.group()
def websub() -> None:
    """Pushes instead of polls, for feeds that name a hub (WebSub). Off unless FEEDMILL_WEBSUB_CALLBACK_URL is set."""


@websub.command()
@with_settings
def serve(settings: Settings) -> None:
    """Listen for pushes until Ctrl-C; subscribe, renew and unsubscribe in time.

    Feeds whose polls name a hub are subscribed to by themselves. What a push brings is stored at once and its pages
    are fetched, without waiting for the next poll; while pushes come in time, such a feed is polled once a day.
    """
    if not settings.websub_callback_url:
        raise CommandError("WebSub is off: set FEEDMILL_WEBSUB_CALLBACK_URL to the address that hubs reach us under")
    guard_logs()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    asyncio.run(_serve(settings))


@websub.command("list")
@as_json
@with_settings
def list_subscriptions(settings: Settings, is_json: bool) -> None:
    """Every subscription: its hub, how it stands, until when its lease lasts, what it has brought."""
    from storage import subscriptions

    with open_database(settings) as database, database.read() as session:
        rows = subscriptions.listing(session)
    if is_json:
        print_json(rows)
    else:
        say("\n".join(map(_line, rows)) or "No subscriptions. Feeds are subscribed to when a poll finds a hub.")


@websub.command()
@click.argument("url")
@as_json
@with_settings
def discover(settings: Settings, url: str, is_json: bool) -> None:
    """Which hub and topic a feed or page names: Link header, then its own links. Subscribes to nothing."""
    offer = asyncio.run(_discover(settings, url))
    if offer is None:
        raise CommandError(f"{url} names no hub: it can only be polled")
    if is_json:
        print_json(offer)
    else:
        say(f"hub    {offer['hub_url']}\ntopic  {offer['topic_url']}")


async def _serve(settings: Settings) -> None:
    from flows.mill import open_mill
    from flows.websub import WebSub

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with open_mill(settings) as mill, WebSub(mill) as running:
            address = f"http://{settings.websub_host}:{running.port}/"
            print(f"Listening on {address} for pushes to {settings.websub_callback_url} (Ctrl-C ends it)", flush=True)
            await stopped.wait()
    except OSError as error:
        raise CommandError(f"port {settings.websub_port} cannot be had: {error.strerror or error}") from error


async def _discover(settings: Settings, url: str) -> dict[str, str] | None:
    from dataclasses import asdict

    from flows.mill import open_client
    from ingest.errors import IngestError
    from ingest.feeds.parse import parse_feed
    from ingest.model import Fetched, FetchRequest
    from ingest.websub.discovery import feed_offer, page_offer

    async with open_client(settings) as client:
        result = await client.fetch(FetchRequest(url=url, accept="*/*"))
    if not isinstance(result, Fetched):
        raise CommandError(getattr(result, "detail", f"{url} could not be had"))
    try:
        parsed = parse_feed(result.body, url=result.final_url, content_type=result.headers.get("content-type"))
        offer = feed_offer(result, parsed.links)
    except IngestError:
        offer = page_offer(result)
    return asdict(offer) if offer else None


def _line(row: dict[str, Any]) -> str:
    until = f", lease until {minute(row['lease_until'])}" if row["lease_until"] else ""
    detail = f" ({row['detail']})" if row["detail"] else ""
    pushes = f"{row['pushes']} push{'' if row['pushes'] == 1 else 'es'}"
    feed = row["feed_url"] or f"{row['topic_url']} (feed removed)"
    return f"{feed}\n    {row['state']}{detail} at {row['hub_url']}{until}, {pushes}"
