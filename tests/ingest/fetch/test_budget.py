"""A process holds so many bytes of bodies and no more, and nobody waits for ever."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from ingest.fetch.budget import ByteBudget, Share
from ingest.fetch.client import Client
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest

Make = Callable[..., Awaitable[Client]]
MB = 1_000_000


@pytest.fixture
def shares() -> Any:
    with ExitStack() as stack:
        budget = ByteBudget(10)
        yield budget, [stack.enter_context(budget.share()) for _ in range(3)]


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def is_waiting(share: Share, size: int) -> bool:
    task = asyncio.create_task(share.take(size))
    await settle()
    is_done = task.done()
    task.cancel()
    return not is_done


async def test_shares_take_up_to_the_limit_together_and_then_wait(shares: Any) -> None:
    budget, (first, second, third) = shares

    assert first.try_take(4)
    assert second.try_take(6)

    assert not third.try_take(1)
    assert not second.try_take(1)
    assert await is_waiting(third, 1)
    assert budget.held_bytes == 10


async def test_the_first_share_may_finish_its_body_beyond_the_limit(shares: Any) -> None:
    budget, (first, second, _) = shares
    first.try_take(4)
    second.try_take(6)

    assert first.try_take(5)
    assert budget.held_bytes == 15
    assert not second.try_take(1)


async def test_one_body_is_let_in_however_large(shares: Any) -> None:
    _, (first, *_) = shares

    assert first.try_take(1_000)


async def test_who_waits_goes_on_when_a_share_is_given_back_and_the_next_is_then_the_first(shares: Any) -> None:
    budget, (first, second, third) = shares
    first.try_take(4)
    second.try_take(6)
    waiting = asyncio.create_task(second.take(8)), asyncio.create_task(third.take(1))
    await settle()

    first.give_back()
    await settle()

    assert [task.done() for task in waiting] == [True, False]
    assert budget.held_bytes == 14
    second.give_back()
    await waiting[1]
    assert budget.held_bytes == 1


async def test_who_is_cancelled_while_it_waits_holds_nothing_more(shares: Any) -> None:
    budget, (first, second, _) = shares
    first.try_take(10)

    assert await is_waiting(second, 1)
    first.give_back()
    await settle()

    assert budget.held_bytes == 0


async def test_a_share_that_is_left_gives_everything_back() -> None:
    budget = ByteBudget(10)
    with suppress(ZeroDivisionError), budget.share() as share:
        share.try_take(7)
        _ = 1 / 0

    assert budget.held_bytes == 0


async def test_a_fetch_holds_its_decoded_body_and_one_that_failed_nothing(server: Any, client: Client) -> None:
    budget = ByteBudget(10 * MB)
    server.reply("/", body=b"a" * MB)
    with budget.share() as share, budget.share() as other:
        assert isinstance(await client.fetch(FetchRequest(url=server.url("/")), share), Fetched)
        assert budget.held_bytes == MB

        request = FetchRequest(url=server.url("/"), max_bytes=MB - 1)
        assert isinstance(await client.fetch(request, other), FetchFailed)
        assert budget.held_bytes == MB


async def test_a_fetch_that_finds_no_room_is_not_sent_and_its_wait_is_not_the_deadlines(
    server: Any, client: Client
) -> None:
    budget = ByteBudget(MB)
    request = FetchRequest(url=server.reply("/", body=b"a" * MB), deadline_seconds=0.3)
    with budget.share() as full, budget.share() as share:
        await client.fetch(request, full)
        waiting = asyncio.create_task(client.fetch(request, share))
        await asyncio.sleep(0.5)
        assert (len(server.requests), waiting.done()) == (1, False)

        full.give_back()

        assert isinstance(await waiting, Fetched)
        assert budget.held_bytes == MB


async def test_bodies_that_do_not_fit_together_are_read_one_after_the_other(server: Any, make_client: Make) -> None:
    """All are asked for while there is room; then the first is read whole, whatever the others have."""
    budget, limit = ByteBudget(2 * MB), 2 * MB
    client = await make_client()
    urls = [server.reply(f"/{number}", body=b"a" * (2 * MB)) for number in range(6)]
    most = 0

    async def read(url: str) -> FailureKind | None:
        nonlocal most
        with budget.share() as share:
            result = await client.fetch(FetchRequest(url=url.replace("127.0.0.1", f"a{url[-1]}.localhost")), share)
            most = max(most, budget.held_bytes)
            await asyncio.sleep(0.01)
            return result.kind if isinstance(result, FetchFailed) else None

    assert await asyncio.gather(*map(read, urls)) == [None] * 6
    assert 2 * MB <= most <= limit + 2 * MB
    assert budget.held_bytes == 0


async def test_a_body_that_waits_for_room_in_the_middle_outlasts_the_read_timeout(
    server: Any, make_client: Make
) -> None:
    budget = ByteBudget(MB)
    client = await make_client(read_timeout=0.2)
    request = FetchRequest(url=server.reply("/", body=b"a" * (3 * MB)), deadline_seconds=0.4)
    with budget.share() as first, budget.share() as share:
        first.try_take(MB - 200_000)
        waiting = asyncio.create_task(client.fetch(request, share))
        await asyncio.sleep(0.8)
        assert not waiting.done()

        first.give_back()

        assert isinstance(await waiting, Fetched)
