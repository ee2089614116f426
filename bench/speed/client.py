"""What one request costs the client: CPU milliseconds, against a server in another process on 100 loopback addresses.

python bench/speed/client.py [--requests N] [--repeats N] [--delay-milliseconds MS]
"""

import argparse
import asyncio
import gzip
import multiprocessing
import random
import resource
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from ipaddress import ip_network
from multiprocessing.connection import Connection
from operator import truediv

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
    text = " ".join(chance.choices(words, k=9_600))
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


async def _measure(port: int, requests: int) -> float:
    """CPU milliseconds of one request through the client."""
    options = ClientOptions(user_agent="feedmill-bench/1.0", policy=_POLICY, host_delay_seconds=0.0)
    async with Client(options) as client:

        async def ask(url: str) -> None:
            result = await client.fetch(FetchRequest(url=url))
            assert isinstance(result, Fetched), result

        return await _time(ask, port, requests)


async def _measure_floor(port: int, requests: int) -> float:
    """The same through aiohttp as it comes, which inflates too and checks nothing."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as session:

        async def ask(url: str) -> None:
            async with session.get(url) as response:
                await response.read()

        return await _time(ask, port, requests)


async def _time(ask: Callable[[str], Awaitable[None]], port: int, requests: int) -> float:
    """Ask 100 at once, each for a page of its own; the first 300 open the connections and do not count."""
    for count in (300, requests):
        todo = iter(range(count))

        async def work(address: str, todo: Iterator[int] = todo) -> None:
            for number in todo:
                await ask(f"http://{address}:{port}/article/some-slug?page={number}")

        cpu = time.process_time()
        await asyncio.gather(*(work(address) for address in _ADDRESSES))
    return (time.process_time() - cpu) / requests * 1_000


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000, help="in each repeat")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--delay-milliseconds", type=float, default=0.0, help="how long the server takes to answer")
    arguments = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(theirs, arguments.delay_milliseconds / 1_000), daemon=True)
    server.start()
    port = ours.recv()
    costs: dict[str, list[float]] = {"aiohttp alone": [], "the client": []}
    for _ in range(arguments.repeats):  # in turns, so that what else the machine does falls on both
        costs["aiohttp alone"].append(asyncio.run(_measure_floor(port, arguments.requests)))
        costs["the client"].append(asyncio.run(_measure(port, arguments.requests)))
    for name, found in costs.items():
        print(f"{name:14} {min(found):6.3f} least {statistics.median(found):6.3f} median, ms of CPU a request")
    print(f"ratio          {statistics.median(map(truediv, *reversed(costs.values()))):6.3f} median, of the pairs")
    server.terminate()
    print(f"memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024:8.0f} MB at most")


if __name__ == "__main__":
    main()
