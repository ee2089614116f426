"""Serves a world on loopback, in a process of its own: ready-made answers, and a count of who asked for what.

python bench/speed/serving.py FOLDER PORT. What the bench wants of it goes to the host ``control``: /counts, /reset,
/step/N, /latency/MILLISECONDS.
"""

import asyncio
import gzip
import json
import mmap
import os
import resource
import socket
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from measuring import go_first
from webworld import Shape

_OK = (
    "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
    "{more}Content-Length: {length}\r\n\r\n"
)
_ROBOTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 24\r\n\r\nUser-agent: *\nDisallow:\n"
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nnothing"
_FEED = "/feed.xml"


class World:
    """The answers, and what was asked since the last reset."""

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "index.json").read_text())
        self.shape = Shape(**about["shape"])
        self._index: dict[str, tuple[int, int]] = about["index"]
        with (folder / "bodies.bin").open("rb") as bodies:
            self._bodies = mmap.mmap(bodies.fileno(), 0, access=mmap.ACCESS_READ)
        self._numbers = {host: number for number, host in enumerate(self.shape.hosts())}
        self.step = 0
        self.latency_seconds = 0.0
        self.reset()

    def reset(self) -> None:
        """Forget what was asked."""
        self.asked: Counter[str] = Counter()
        self.connections: Counter[str] = Counter()
        self.not_modified = 0
        self._cpu = _cpu_seconds()

    def answer(self, head: bytes) -> tuple[str, bytes]:
        """The host that is asked, and the answer."""
        lines = head.split(b"\r\n")
        method, path, _ = lines[0].decode("latin-1").split(" ", 2)
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        host = fields.get(b"host", b"").partition(b":")[0].decode("latin-1")
        if host == "control":
            return host, _json(self._control(path))
        self.asked[f"{host}{path}"] += 1
        found = self._found(host, path, fields)
        return host, found.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else found

    def _found(self, host: str, path: str, fields: dict[bytes, bytes]) -> bytes:
        if path == _FEED and host in self._numbers:
            return self._feed(host, fields)
        if path == "/robots.txt":
            return _ROBOTS
        return self._body(f"{host}{path}", "text/html", "", fields)

    def _feed(self, host: str, fields: dict[bytes, bytes]) -> bytes:
        version = self.shape.changes(self._numbers[host], self.step)
        mark = f'"v{version}"'
        if fields.get(b"if-none-match") == mark.encode():
            self.not_modified += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {mark}\r\n\r\n".encode()
        return self._body(f"{host}{_FEED} {version}", "application/rss+xml", f"ETag: {mark}\r\n", fields)

    def _body(self, address: str, kind: str, more: str, fields: dict[bytes, bytes]) -> bytes:
        place = self._index.get(address)
        if place is None:
            return _MISSING
        body = self._bodies[place[0] : sum(place)]
        head = _OK.format(kind=kind, more=more, length=len(body))
        if b"gzip" not in fields.get(b"accept-encoding", b""):
            body = gzip.decompress(body)
            head = _OK.format(kind=kind, more=more, length=len(body)).replace("Content-Encoding: gzip\r\n", "")
        return head.encode() + body

    def _control(self, path: str) -> dict[str, Any]:
        order, _, value = path.strip("/").partition("/")
        if order == "step":
            self.step = int(value)
        elif order == "latency":
            self.latency_seconds = float(value) / 1_000
        elif order == "reset":
            self.reset()
        return self._counts()

    def _counts(self) -> dict[str, Any]:
        pages = {address: count for address, count in self.asked.items() if "/story-" in address}
        return {
            "requests": self.asked.total(),
            "feeds": sum(count for address, count in self.asked.items() if address.endswith(_FEED)),
            "robots": sum(count for address, count in self.asked.items() if address.endswith("/robots.txt")),
            "pages": sum(pages.values()),
            "distinct_pages": len(pages),
            "not_modified": self.not_modified,
            "hosts": len({address.partition("/")[0] for address in self.asked}),
            "connections": self.connections.total(),
            "cpu_seconds": _cpu_seconds() - self._cpu,
        }


class Serving(asyncio.Protocol):
    """One connection."""

    world: World

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._waiting, self._is_counted = transport, b"", False

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            host, answer = self.world.answer(head)
            if not self._is_counted and host != "control":
                self._is_counted = True
                self.world.connections[host] += 1
            self._send(answer, ends=b"onnection: close" in head)

    def _send(self, answer: bytes, *, ends: bool) -> None:
        if self.world.latency_seconds:
            asyncio.get_running_loop().call_later(self.world.latency_seconds, self._write, answer, ends)
        else:
            self._write(answer, ends)

    def _write(self, answer: bytes, ends: bool) -> None:  # noqa: FBT001 - call_later passes by position
        self._transport.write(answer)
        if ends:
            self._transport.close()


def _json(told: dict[str, Any]) -> bytes:
    body = json.dumps(told).encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _listener(port: int) -> socket.socket:
    """Open to every loopback address, for each host has its own, and to nobody outside. Raises OSError."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listener.bind(("", port))
    listener.listen(4_096)
    return listener


async def _serve(folder: Path, port: int) -> None:
    Serving.world = World(folder)
    try:
        listener = _listener(port)
    except OSError as error:
        print(error.strerror, flush=True)
        return
    server = await asyncio.get_running_loop().create_server(Serving, sock=listener)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    os.setsid()
    go_first(os.getpid())
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
