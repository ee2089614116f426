"""Names to addresses: localhost without DNS, everything else in threads, with a short memory, and only allowed ones."""

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from ingest.fetch.guard import AddressPolicy, ForbiddenAddress, check_address, literal_addresses

_THREADS = 16  # getaddrinfo blocks; dead name servers must not hold up the living
_MEMORY_SECONDS = 300.0  # of a minute, a round of some minutes asked for a busy host three times
_MEMORY_ENTRIES = 4_096


class SystemResolver(AbstractResolver):
    """The operating system's resolver, in threads of its own so that slow names delay nothing else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the addresses of a name, in the system's order of preference; raises OSError where there are none."""
        infos = await asyncio.get_running_loop().run_in_executor(
            self._threads,
            lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG),
        )
        return [address_result(host, str(sockaddr[0]), port) for *_, sockaddr in infos]

    async def close(self) -> None:
        """Let the threads go without waiting for the names that are still being looked up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """A resolver that gives only addresses that the policy allows, and remembers answers for five minutes."""

    def __init__(
        self, inner: AbstractResolver, policy: AddressPolicy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._inner = inner
        self._policy = policy
        self._clock = clock
        self._memory: OrderedDict[tuple[str, int], tuple[float, list[ResolveResult]]] = OrderedDict()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the allowed addresses of a name; raises ForbiddenAddress where it has addresses but none is allowed."""
        remembered = self._memory.get((host, port))
        if remembered and remembered[0] > self._clock():
            return remembered[1]
        answer = self._allowed(host, await self._answer(host, port, family))
        self._memory[host, port] = (self._clock() + _MEMORY_SECONDS, answer)
        self._memory.move_to_end((host, port))
        if len(self._memory) > _MEMORY_ENTRIES:
            self._memory.popitem(last=False)
        return answer

    async def close(self) -> None:
        """Close the resolver inside."""
        await self._inner.close()

    async def _answer(self, host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
        if addresses := literal_addresses(host):
            return [address_result(host, ip, port) for ip in addresses]
        return await self._inner.resolve(host, port, family)

    def _allowed(self, host: str, answer: list[ResolveResult]) -> list[ResolveResult]:
        allowed, refusal = [], None
        for result in answer:
            try:
                check_address(result["host"], result["port"], self._policy)
            except ForbiddenAddress as error:
                refusal = error
            else:
                allowed.append(result)
        if not allowed:
            raise refusal or OSError(f"{host} has no address")
        return allowed


def address_result(host: str, ip: str, port: int) -> ResolveResult:
    """Give one address of a host in the shape that aiohttp's connector takes."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=ip, port=port, family=family, proto=0, flags=flags)
