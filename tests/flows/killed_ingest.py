"""One ingest in a process of its own that dies, as by kill -9, before or after one of its commits."""

import asyncio
from datetime import datetime

from dying import dying_at

from flows.batches import RoundPlan, run_round
from flows.mill import open_mill
from flows.settings import Settings


def ingest(settings, now, commit, *, is_before):
    """A round at a moment, killed around a commit."""

    async def run():
        async with open_mill(Settings(**settings), lambda: datetime.fromisoformat(now)) as mill:
            await run_round(mill, RoundPlan(poll_all=True))

    with dying_at(commit, is_before=is_before):
        asyncio.run(run())
