"""`feedmill sample`: the sample newsroom on this machine."""

import asyncio
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, print_json, with_settings
from flows.settings import Settings

if TYPE_CHECKING:
    from flows.sample.world import Newsroom, SampleFeed


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8700, show_default=True, help="0 picks a free one.")
@click.option("--opml", metavar="FILE", help="Also write the feeds to FILE as OPML, for `feedmill feeds import`.")
@click.option("--syndicated", "is_syndicated", is_flag=True, help="With stories that several of the sites tell.")
@as_json
@with_settings
def sample(settings: Settings, port: int, opml: str | None, is_syndicated: bool, is_json: bool) -> None:
    """Serve the sample newsroom on loopback until Ctrl-C, and print its feeds.

    A small world of invented sites on several platforms and in twelve languages, with what real ones get wrong. While
    it runs, the address guard of every feedmill with the same data folder lets its one address through.
    """
    from flows.newsroom import world_started_at
    from flows.sample.world import Newsroom

    newsroom = Newsroom(world_started_at(settings, datetime.now(UTC)), syndicated=is_syndicated)
    asyncio.run(_serve(settings, newsroom, (port, opml), is_json=is_json))


async def _serve(settings: Settings, newsroom: "Newsroom", at: tuple[int, str | None], *, is_json: bool) -> None:
    from flows.newsroom import announced
    from flows.sample.server import PortTaken, RunningNewsroom, serve_until_stopped

    port, opml = at
    with ExitStack() as stack:

        def announce(running: RunningNewsroom) -> None:
            stack.enter_context(announced(settings, running.port))
            feeds = running.newsroom.feeds(datetime.now(UTC), running.port)
            if opml:
                _write_opml(opml, feeds)
            _print_feeds(running.port, feeds, is_json=is_json)

        try:
            await serve_until_stopped(newsroom, port, announce)
        except PortTaken as error:
            raise CommandError(f"{error} (--port)") from error


def _write_opml(file: str, feeds: "list[SampleFeed]") -> None:
    from flows.sample.opml import opml

    with click.open_file(file, "w", encoding="utf-8") as sink:
        sink.write(opml(feeds))


def _print_feeds(port: int, feeds: "list[SampleFeed]", *, is_json: bool) -> None:
    if is_json:
        print_json({"port": port, "feeds": [{"url": f.url, "title": f.title, "note": f.note} for f in feeds]})
    else:
        print(f"The sample newsroom is at http://127.0.0.1:{port}/ (Ctrl-C ends it). Its feeds:\n")
        print("\n".join(f"  {feed.url}\n      {feed.note}" for feed in feeds))
    sys.stdout.flush()
