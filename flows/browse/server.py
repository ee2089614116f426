"""Datasette as a server of one file: what it may do, where it listens, and how it ends."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.browse import cells
from storage.browsing import DATABASE, read_guide

LOOPBACK = "127.0.0.1"
_SETTINGS = {
    "allow_download": False,
    "default_cache_ttl": 0,
    "facet_time_limit_ms": 2000,
    "num_sql_threads": 3,
    "sql_time_limit_ms": 5000,
    "suggest_facets": False,  # of columns that nobody groups by, at the cost of a scan each
    "truncate_cells_html": 160,
}
_STYLE = "feedmill-style"


class _Server(uvicorn.Server):
    """Says when it answers. Ctrl-C is an end like any other: uvicorn would raise the signal once more after it."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
        for number in numbers:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
        for number in numbers:
            loop.remove_signal_handler(number)


def listen(port: int) -> socket.socket:
    """The loopback port, 0 for any that is free. Raises OSError where it cannot be had."""
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener


def serve(file: Path, listener: socket.socket, announce: Callable[[str], None]) -> None:
    """Serve the file until SIGINT or SIGTERM; ``announce`` is told the address once it answers."""
    address = f"http://{LOOPBACK}:{listener.getsockname()[1]}/{DATABASE}"
    config = uvicorn.Config(application(file), log_level="warning", timeout_graceful_shutdown=2)
    server = _Server(config, lambda: announce(address))
    asyncio.run(server.serve(sockets=[listener]))


def application(file: Path) -> Any:
    """The ASGI application. It answers to loopback's names only: no web site can read it under a name of its own."""
    if not pm.is_registered(cells):
        pm.register(cells, name="feedmill")
    here = Path(__file__).parent
    datasette = Datasette(
        metadata=read_guide() | {"extra_css_urls": [f"/{_STYLE}/browse.css"]},
        settings=_SETTINGS,
        static_mounts=[(_STYLE, str(here / "static"))],
        template_dir=str(here / "templates"),
    )
    datasette.add_database(Database(datasette, path=str(file), is_mutable=can_follow(file)), name=DATABASE)
    return TrustedHostMiddleware(_reading(datasette.app()), allowed_hosts=[LOOPBACK, "localhost"])


def _reading(application: ASGIApp) -> ASGIApp:
    """The same for requests that only read: Datasette itself fails on others (500) where it should refuse them."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}:
            await PlainTextResponse("This is for reading only.\n", 405, {"Allow": "GET, HEAD"})(scope, receive, send)
        else:
            await application(scope, receive, send)

    return asked


def can_follow(file: Path) -> bool:
    """Whether SQLite can read beside a writer: its write-ahead log needs a folder to share; without, it reads a still.

    (sqlite.org/wal.html, "Read-Only Databases".) Either way the file is opened for reading alone.
    """
    return os.access(file.parent, os.W_OK) or file.with_name(f"{file.name}-shm").exists()
