"""One backfill in a process of its own that dies, as by kill -9, before or after one of its commits."""

import asyncio

from dying import dying_at

from flows.backfilling import Order, run
from flows.mill import open_mill
from flows.settings import Settings


def backfill(settings, order, commit, *, is_before):
    """A backfill from its beginning, or from where it was killed last time, killed around a commit."""

    async def go_on():
        async with open_mill(Settings(**settings)) as mill:
            report = await run(mill, Order(**order))
        assert report.state == "done", report

    with dying_at(commit, is_before=is_before):
        asyncio.run(go_on())
