"""The memory for names: one look-up a host in a round, and none that outlives the host's move for long."""

import pytest
from aiohttp.abc import AbstractResolver

from ingest.fetch.guard import AddressPolicy, ForbiddenAddress
from ingest.fetch.resolver import GuardedResolver, address_result


class Names(AbstractResolver):
    """Says where a host is, and counts how often it was asked."""

    def __init__(self, address):
        self.address, self.asked = address, 0

    async def resolve(self, host, port=0, *_, **__):
        self.asked += 1
        return [address_result(host, self.address, port)]

    async def close(self):
        """Nothing to close."""


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


async def addresses(resolver):
    return [one["host"] for one in await resolver.resolve("news.example", 80)]


async def test_a_name_is_looked_up_once_in_a_round_of_some_minutes():
    names, clock = Names("93.184.216.34"), Clock()
    resolver = GuardedResolver(names, AddressPolicy(), clock)

    for clock.now in (0.0, 61.0, 299.0):
        assert await addresses(resolver) == ["93.184.216.34"]

    assert names.asked == 1


async def test_a_host_that_has_moved_is_found_after_five_minutes():
    names, clock = Names("93.184.216.34"), Clock()
    resolver = GuardedResolver(names, AddressPolicy(), clock)
    await addresses(resolver)

    names.address, clock.now = "93.184.216.35", 301.0

    assert await addresses(resolver) == ["93.184.216.35"]


async def test_an_address_that_is_not_allowed_is_never_remembered():
    names, clock = Names("10.0.0.1"), Clock()
    resolver = GuardedResolver(names, AddressPolicy(), clock)

    for _ in range(2):
        with pytest.raises(ForbiddenAddress):
            await addresses(resolver)

    assert names.asked == 2
