"""`feedmill sample`: the sample newsroom on this machine."""

import asyncio
import signal
from datetime import UTC, datetime

import click

from flows.cli.options import as_json, print_json, with_settings
from flows.settings import Settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8700, show_default=True, help="0 picks a free one.")
@click.option("--opml", metavar="FILE", help="Also write the feeds to FILE as OPML, for `feedmill feeds import`.")
@as_json
@with_settings
def sample(settings: Settings, port: int, opml: str | None, is_json: bool) -> None:
    """Serve the sample newsroom on loopback until Ctrl-C, and print its feeds.

    A small world of invented sites on several platforms and in twelve languages, with what real ones get wrong. While
    it runs, the address guard of every feedmill with the same data folder lets its one address through.
    """
    asyncio.run(_serve(settings, port, opml, is_json=is_json))


async def _serve(settings: Settings, port: int, opml: str | None, *, is_json: bool) -> None:
    from flows.newsroom import announced
    from flows.sample.opml import opml as opml_of
    from flows.sample.server import serve
    from flows.sample.world import Newsroom

    newsroom = Newsroom(datetime.now(UTC))
    running = await serve(newsroom, port)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        with announced(settings, running.port):
            feeds = newsroom.feeds(datetime.now(UTC), running.port)
            if opml:
                with click.open_file(opml, "w", encoding="utf-8") as sink:
                    sink.write(opml_of(feeds))
            if is_json:
                print_json(
                    {"port": running.port, "feeds": [{"url": f.url, "title": f.title, "note": f.note} for f in feeds]}
                )
            else:
                print(f"The sample newsroom is at http://127.0.0.1:{running.port}/ (Ctrl-C ends it). Its feeds:\n")
                print("\n".join(f"  {feed.url}\n      {feed.note}" for feed in feeds), flush=True)
            await stop.wait()
    finally:
        await running.stop()
