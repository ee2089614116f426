"""``PYTHONPATH=tests/worlds python -m backfill_world wordpress drift``: serve a world by hand, until Ctrl-C.

Its archives are served beside it. What is printed are settings for feedmill, and the addresses.
"""

import argparse
import asyncio
import signal
import sys

from .archives.common_crawl import common_crawl
from .archives.keeping import keep
from .archives.wayback import wayback
from .personalities import Personality
from .platforms.registry import PLATFORMS
from .world import cms


def main() -> None:
    """Read the words of the call, then serve."""
    parser = argparse.ArgumentParser(prog="python -m backfill_world", description=__doc__)
    parser.add_argument("platform", choices=sorted(PLATFORMS))
    parser.add_argument("personality", nargs="?", choices=sorted(Personality), default="normal")
    parser.add_argument("--posts", type=int, default=350)
    parser.add_argument("--gone", type=int, default=10, help="so many pages are no more (default: %(default)s)")
    parser.add_argument("--surface", default="", help="the listing that has the personality")
    parser.add_argument("--host", default="blog.localhost", help="what the site is called (default: %(default)s)")
    asyncio.run(_serve(parser.parse_args()))


async def _serve(words: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    fields = {name: getattr(words, name) for name in ("posts", "gone", "surface", "host")}
    async with cms(words.platform, words.personality, **fields) as world:
        kept = keep(world)
        async with wayback(kept.archive) as machine, common_crawl(kept.archive) as crawl:
            lines = [
                f"FEEDMILL_WAYBACK_URL={machine.url}",
                f"FEEDMILL_COMMON_CRAWL_URL={crawl.url}",
                f"{world.home_url} has {len(world.reachable)} posts to be found",
            ]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
            await stopped.wait()
        sys.stdout.write(f"{len(world.requests)} requests: {dict(world.requests.counts())}\n")


if __name__ == "__main__":
    main()
