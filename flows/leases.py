"""The hosts that a round holds: their leases are renewed while they are in hand, and what is lost is let go of."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from flows.mill import Mill
from storage import sites

LEASE_SECONDS = 120


@asynccontextmanager
async def leases_kept(mill: Mill, held: dict[int, int]) -> AsyncIterator[None]:
    """Renew the leases of the hosts in hand, by site and batch. One that was lost leaves ``held``: its work stops."""
    task = asyncio.create_task(_keep_leases(mill, held))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def let_go(held: dict[int, int], sites_of: Mapping[int, int]) -> None:
    """Drop sites that these batches have; one that was done and claimed again is another batch's meanwhile."""
    for site_id, batch in sites_of.items():
        if held.get(site_id) == batch:
            del held[site_id]


async def _keep_leases(mill: Mill, held: dict[int, int]) -> None:
    while True:
        await asyncio.sleep(LEASE_SECONDS / 4)
        if asked := dict(held):
            renewed = await _renew(mill, frozenset(asked))
            let_go(held, {site_id: batch for site_id, batch in asked.items() if site_id not in renewed})


async def _renew(mill: Mill, site_ids: frozenset[int]) -> frozenset[int]:
    until = mill.clock() + timedelta(seconds=LEASE_SECONDS)
    return await mill.writer.apply(lambda session: sites.renew(session, mill.holder, site_ids, until))
