"""The sample newsroom with a clock that runs faster: at pace 10 it publishes ten articles a minute.

    .venv/bin/python bench/fast_newsroom.py --port 8801 --pace 10 --began 2026-11-21T10:00:00+00:00 --hours 2

Its time is behind the machine's and reaches it after ``--hours`` of ours: no article is ever dated ahead.
"""

import argparse
import asyncio
import signal
from datetime import UTC, datetime, timedelta

from flows.sample.server import serve
from flows.sample.world import Newsroom


class FastClock:
    """A world's time: ``pace`` times as fast as ours from ``began_at`` on, and level with it after ``hours``."""

    def __init__(self, began_at: datetime, pace: float, hours: float) -> None:
        self._level_at = began_at + timedelta(hours=hours)
        self._pace = pace
        self.world_began_at = self._level_at - timedelta(hours=hours) * pace

    def __call__(self) -> datetime:
        """The world's moment now."""
        return self.at(datetime.now(UTC))

    def at(self, moment: datetime) -> datetime:
        """The world's moment at one of ours."""
        return min(moment, self._level_at - (self._level_at - moment) * self._pace)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pace", type=float, default=10.0)
    parser.add_argument("--began", type=datetime.fromisoformat, required=True)
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--scale", type=int, default=1)
    words = parser.parse_args()
    clock = FastClock(words.began, words.pace, words.hours)
    newsroom = Newsroom(clock.world_began_at, scale=words.scale)
    asyncio.run(_serve(newsroom, words.port, clock))


async def _serve(newsroom: Newsroom, port: int, clock: FastClock) -> None:
    running = await serve(newsroom, port, clock)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await running.stop()


if __name__ == "__main__":
    main()
