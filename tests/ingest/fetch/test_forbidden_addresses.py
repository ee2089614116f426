"""However loopback is spelt, resolved or rebound, nothing connects to it (hostile-input A4 to A8, A11)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from ingest.fetch.client import Client
from ingest.fetch.guard import AddressPolicy, ForbiddenAddress, guarded_sockets
from ingest.fetch.resolver import address_result
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest

Make = Callable[..., Awaitable[Client]]
PUBLIC_ONLY = AddressPolicy()

SPELLINGS = (Path(__file__).parents[2] / "samples" / "loopback_spellings.txt").read_text(encoding="utf-8")


def test_there_are_as_many_spellings_as_were_measured() -> None:
    assert len(set(SPELLINGS.split())) == 37


@pytest.mark.parametrize("spelling", SPELLINGS.split())
async def test_no_spelling_of_loopback_is_connected_to(server: Any, make_client: Make, spelling: str) -> None:
    server.reply("/")
    client = await make_client(policy=PUBLIC_ONLY)

    result = await client.fetch(FetchRequest(url=spelling.replace("{port}", str(server.port))))

    assert isinstance(result, FetchFailed)
    assert result.kind in (FailureKind.FORBIDDEN_ADDRESS, FailureKind.BAD_URL)
    assert server.connections == 0


@pytest.mark.parametrize("spelling", SPELLINGS.split())
async def test_no_redirect_to_a_spelling_of_loopback_is_followed(server: Any, make_client: Make, spelling: str) -> None:
    inside = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    target = spelling.replace("{port}", str(inside.sockets[0].getsockname()[1]))
    url = server.reply("/", 302, headers=b"Location: %s\r\n" % target.encode())
    policy = AddressPolicy(allow_endpoints=frozenset({("127.0.0.1", server.port)}))

    result = await (await make_client(policy=policy)).fetch(FetchRequest(url=url))

    assert isinstance(result, FetchFailed)
    assert result.kind in (FailureKind.FORBIDDEN_ADDRESS, FailureKind.REDIRECT)
    assert server.connections == 1
    inside.close()


class FakeResolver(AbstractResolver):
    """Gives prepared answers in turn, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  the interface has it
    ) -> list[ResolveResult]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [address_result(host, ip, port) for ip in answer]

    async def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["127.0.0.1", "::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["fd00:ec2::254"],
        ["0.0.0.0"],
        ["10.0.0.1", "192.168.0.1"],
    ],
)
async def test_a_name_that_leads_to_forbidden_addresses_is_not_connected_to(
    server: Any, make_client: Make, answer: list[str]
) -> None:
    """Hostile input A6 and A8: metadata names and CNAMEs to localhost look like this."""
    client = await make_client(policy=PUBLIC_ONLY, resolver=FakeResolver(answer))

    result = await client.fetch(FetchRequest(url=f"http://metadata.google.internal:{server.port}/"))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.FORBIDDEN_ADDRESS
    assert server.connections == 0


async def test_of_a_mixed_answer_only_the_allowed_addresses_are_used(server: Any, make_client: Make) -> None:
    """Hostile input A6: the listener on the forbidden address is never reached."""
    forbidden = await asyncio.start_server(server.handle, "127.0.0.2", server.port)
    policy = AddressPolicy(allow_endpoints=frozenset({("127.0.0.1", server.port)}))
    client = await make_client(policy=policy, resolver=FakeResolver(["127.0.0.2", "::1", "127.0.0.1"]))
    server.reply("/")

    result = await client.fetch(FetchRequest(url=f"http://mixed.example:{server.port}/"))

    assert isinstance(result, Fetched)
    assert server.connections == 1
    forbidden.close()


async def test_a_name_that_is_rebound_is_not_connected_to(server: Any, make_client: Make) -> None:
    """Hostile input A6: allowed when asked first, forbidden from then on; answers are remembered, and checked."""
    policy = AddressPolicy(allow_endpoints=frozenset({("127.0.0.3", server.port)}))
    rebound = FakeResolver(["127.0.0.3"], ["127.0.0.1"])
    client = await make_client(policy=policy, resolver=rebound)

    first = await client.fetch(FetchRequest(url=f"http://rebound.example:{server.port}/"))
    second = await client.fetch(FetchRequest(url=f"http://rebound.example:{server.port}/"))

    assert isinstance(first, FetchFailed)
    assert isinstance(second, FetchFailed)
    assert first.kind is second.kind is FailureKind.CONNECT
    assert rebound.asked == 1
    assert server.connections == 0


async def test_the_socket_is_the_last_word_even_where_the_resolver_lies(server: Any) -> None:
    connector = aiohttp.TCPConnector(resolver=FakeResolver(["127.0.0.1"]), socket_factory=guarded_sockets(PUBLIC_ONLY))
    async with aiohttp.ClientSession(connector=connector) as session:
        for host in ("liar.example", "127.0.0.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(aiohttp.ClientConnectorError) as caught:
                await session.get(f"http://{host}:{server.port}/")
            assert isinstance(caught.value.os_error, ForbiddenAddress)

    assert server.connections == 0


async def test_localhost_names_need_no_dns(server: Any, make_client: Make) -> None:
    """RFC 6761 6.3."""
    resolver = FakeResolver([])
    client = await make_client(resolver=resolver)
    server.reply("/")

    for host in ("localhost", "news.localhost", "a.b.LOCALHOST."):
        assert isinstance(await client.fetch(FetchRequest(url=server.url("/", host))), Fetched)
    assert resolver.asked == 0


async def test_a_name_without_addresses_is_a_dns_failure(make_client: Make) -> None:
    client = await make_client(resolver=FakeResolver([]))

    result = await client.fetch(FetchRequest(url="http://empty.example/"))

    assert isinstance(result, FetchFailed)
    assert result.kind is FailureKind.DNS
