"""``python -m flows.sample``: serve the sample newsroom and print its feeds, until Ctrl-C."""

import argparse
import asyncio
import sys

from flows.sample.opml import opml
from flows.sample.server import PortTaken, RunningNewsroom, serve_until_stopped, system_clock
from flows.sample.world import Newsroom, SampleFeed


def main() -> None:
    """Read the words of the call, then serve."""
    parser = argparse.ArgumentParser(prog="python -m flows.sample", description=__doc__)
    parser.add_argument("--port", type=int, default=8700, help="0 picks a free one (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=int, default=1, help="how many times every site stands there")
    parser.add_argument("--opml", action="store_true", help="print the feeds as OPML")
    words = parser.parse_args()
    newsroom = Newsroom(system_clock(), words.seed, scale=words.scale)
    show = print_opml if words.opml else print_feeds
    try:
        asyncio.run(serve_until_stopped(newsroom, words.port, show))
    except PortTaken as error:
        sys.exit(str(error))


def print_feeds(running: RunningNewsroom) -> None:
    """The newsroom's address, and every feed with a note on how it behaves."""
    lines = [f"{feed.url}\n    {feed.title}: {feed.note}" for feed in _feeds(running)]
    sys.stdout.write("\n".join([f"The sample newsroom: http://127.0.0.1:{running.port}/", *lines]) + "\n")
    sys.stdout.flush()


def print_opml(running: RunningNewsroom) -> None:
    """The feeds as a subscription list."""
    sys.stdout.write(opml(_feeds(running)))
    sys.stdout.flush()


def _feeds(running: RunningNewsroom) -> list[SampleFeed]:
    return running.newsroom.feeds(system_clock(), running.port)


if __name__ == "__main__":
    main()
