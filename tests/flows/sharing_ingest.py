"""Rounds in a process that shares a store with others: small batches, short leases, another machine's name."""

import asyncio
import socket
from unittest.mock import patch

from flows import batches, leases
from flows.batches import RoundPlan, run_round
from flows.mill import open_mill
from flows.settings import Settings

HOSTS_PER_BATCH = 3
LEASE_SECONDS = 4


def ingest(settings, machine, rounds, together):
    """So many rounds, as a machine of that name would run them; each begins with the others."""

    async def run():
        async with open_mill(Settings(**settings)) as mill:
            for _ in range(rounds):
                await asyncio.to_thread(together.wait)
                report = await run_round(mill, RoundPlan(poll_all=True))
                assert not report.bugs

    with (
        patch.object(socket, "gethostname", lambda: machine),
        patch.multiple(batches, HOSTS_PER_BATCH=HOSTS_PER_BATCH, LEASE_SECONDS=LEASE_SECONDS),
        patch.object(leases, "LEASE_SECONDS", LEASE_SECONDS),
    ):
        asyncio.run(run())
