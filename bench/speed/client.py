"""What one request costs the client: CPU milliseconds, against a server in another process on 100 loopback addresses.

python bench/speed/client.py [--requests N] [--delay-milliseconds MS]
"""

import argparse
import asyncio
import gzip
import multiprocessing
import random
import resource
import time
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import ip_network
from multiprocessing.connection import Connection

import aiohttp

from ingest.fetch.client import Client, ClientOptions
from ingest.fetch.guard import AddressPolicy
from ingest.model import Fetched, FetchRequest

_ADDRESSES = tuple(f"127.0.1.{number}" for number in range(1, 101))
_POLICY = AddressPolicy(allow_networks=(ip_network("127.0.0.0/8"),))


def _page() -> bytes:
    """A page of 85 KB, 21 KB gzipped: the mean of the real templates in the design note on performance."""
    words = [f"word{number:04d}" for number in range(2_000)]
    chance = random.Random(7)
    text = " ".join(chance.choices(words, k=6_000))
    return gzip.compress(f"<html><body><p>{text}</p></body></html>".encode())


class _Server(asyncio.Protocol):
    answer = b""
    delay_seconds = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        for _ in range(data.count(b"\r\n\r\n")):
            asyncio.get_running_loop().call_later(self.delay_seconds, self.transport.write, self.answer)


def _serve(pipe: Connection, delay_seconds: float) -> None:
    body = _page()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _Server.answer, _Server.delay_seconds = head.encode() + body, delay_seconds

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Server, "0.0.0.0", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def _measure(port: int, requests: int) -> tuple[float, float]:
    """CPU and wall seconds of so many requests through the client."""
    options = ClientOptions(user_agent="feedmill-bench/1.0", policy=_POLICY, host_delay_seconds=0.0)
    async with Client(options) as client:

        async def ask(address: str) -> None:
            result = await client.fetch(FetchRequest(url=f"http://{address}:{port}/article/some-slug?page=1"))
            assert isinstance(result, Fetched), result

        return await _time(ask, requests)


async def _measure_floor(port: int, requests: int) -> tuple[float, float]:
    """The same through aiohttp as it comes, which checks nothing."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:

        async def ask(address: str) -> None:
            async with session.get(f"http://{address}:{port}/article/some-slug?page=1") as response:
                await response.read()

        return await _time(ask, requests)


async def _time(ask: Callable[[str], Awaitable[None]], requests: int) -> tuple[float, float]:
    """Ask 100 at once; the first 1,000 warm up and do not count."""
    for count in (1_000, requests):
        todo = iter(range(count))

        async def work(address: str, todo: Iterator[int] = todo) -> None:
            for _ in todo:
                await ask(address)

        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.gather(*(work(address) for address in _ADDRESSES))
    return time.process_time() - cpu, time.perf_counter() - wall


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--delay-milliseconds", type=float, default=0.0, help="how long the server takes to answer")
    arguments = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs, arguments.delay_milliseconds / 1_000), daemon=True)
    server.start()
    port = ours.recv()
    for name, measure in (("aiohttp alone", _measure_floor), ("the client", _measure)):
        cpu, wall = asyncio.run(measure(port, arguments.requests))
        cost, rate = cpu / arguments.requests * 1_000, arguments.requests / wall
        print(f"{name:14} {cost:8.3f} ms of CPU a request {rate:8.0f} requests a second")
    server.terminate()
    print(f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:8.0f} MB at most")


if __name__ == "__main__":
    main()
