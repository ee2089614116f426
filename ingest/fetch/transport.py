"""aiohttp set up for other people's servers: no cookies, no proxies, no silent retries, headers as raw bytes."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar
from weakref import WeakSet

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest, ClientResponse, ConnectionKey
from aiohttp.connector import Connection

from ingest.fetch.guard import AddressPolicy, guarded_sockets

_MAX_LINE_BYTES = 8_190
_MAX_FIELD_BYTES = 65_536  # policies and preload lists of real sites pass 8 KB
# Of one answer on the wire, interim ones and the frames of chunks included: twice the largest feed, and headers.
# Chunks of one byte and endless 103s cost CPU without end (1 s for 5 MB) while the body hardly grows.
MAX_ANSWER_BYTES = 24_000_000
_MAX_IDLE_HOSTS = 256  # a thousand hosts a minute would otherwise keep a file descriptor each

Handler = Callable[[ClientRequest], Awaitable[ClientResponse]]


class ConnectionBroken(aiohttp.ClientError):
    """The connection broke before an answer came."""


class AnswerTooLarge(aiohttp.ClientError):
    """An answer takes more bytes on the wire than any that is wanted."""


def open_session(
    timeout: aiohttp.ClientTimeout, policy: AddressPolicy, resolver: AbstractResolver, on_send: Callable[[str], None]
) -> aiohttp.ClientSession:
    """Give a session whose sockets pass the guard. ``on_send`` hears the host of each request as it goes out."""
    connector = _Connector(
        limit=0,  # the client's gates count; waiting here would use up deadlines
        resolver=resolver,
        use_dns_cache=False,  # GuardedResolver remembers; two memories would disagree
        socket_factory=guarded_sockets(policy),
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,  # aiohttp does not notice that a compressed stream ends early
        request_class=_request_class(on_send),
        middlewares=(_ask_once,),
        timeout=timeout,
        max_line_size=_MAX_LINE_BYTES,
        max_field_size=_MAX_FIELD_BYTES,
    )


class _Protocol(ResponseHandler):
    """Ends an answer that goes on and on, whatever it consists of."""

    answer_bytes = 0

    def set_response_params(self, **params: Any) -> None:
        self.answer_bytes = 0
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        self.answer_bytes += len(data)
        if self.answer_bytes <= MAX_ANSWER_BYTES:
            super().data_received(data)
            return
        error = AnswerTooLarge(f"the answer is larger than {MAX_ANSWER_BYTES:,} bytes")
        self.set_exception(error)
        if self._payload is not None:
            self._payload.set_exception(error)
        if self.transport is not None:
            self.transport.abort()


class _Connector(aiohttp.TCPConnector):
    """Keeps idle connections of the hosts asked last only; aiohttp bounds those in use, not those kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._factory = partial(_Protocol, loop=self._loop)  # type: ignore[assignment]  # declared without subclasses

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        super()._release(key, protocol, should_close=should_close)
        while len(self._conns) > _MAX_IDLE_HOSTS:
            for idle, _ in self._conns.pop(next(iter(self._conns))):
                idle.close()


class _Request(ClientRequest):
    """Sends header values as the bytes that their characters stand for, and knows whether its connection is fresh."""

    on_send: Callable[[str], None]
    is_on_used_connection = False
    _used: ClassVar[WeakSet[Any]] = WeakSet()

    async def send(self, conn: Connection) -> ClientResponse:
        protocol = conn.protocol
        assert protocol is not None
        self.is_on_used_connection = protocol in self._used
        self._used.add(protocol)
        type(self).on_send(self.url.host_port_subcomponent or "")
        if all(map(str.isascii, self.headers.values())):
            return await super().send(conn)
        transport = protocol.transport
        protocol.transport = _Latin1Transport(transport)  # type: ignore[assignment]  # what a writer asks for, no more
        try:
            return await super().send(conn)
        finally:
            protocol.transport = transport


class _Latin1Transport:
    """Turns the UTF-8 that aiohttp writes headers in back into one byte a character (rule 3: obs-text is echoed)."""

    def __init__(self, transport: asyncio.BaseTransport | None) -> None:
        self._transport: Any = transport

    def write(self, data: bytes) -> None:
        self._transport.write(data.decode("utf-8").encode("latin-1"))

    def is_closing(self) -> bool:
        return bool(self._transport.is_closing())


def _request_class(on_send: Callable[[str], None]) -> type[ClientRequest]:
    return type("_ReportingRequest", (_Request,), {"on_send": staticmethod(on_send)})


async def _ask_once(request: ClientRequest, handler: Handler, *, is_retry: bool = False) -> ClientResponse:
    """Replace aiohttp's own retry by the only one allowed: when a kept connection turns out to be closed (rule 34)."""
    assert isinstance(request, _Request)
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if is_retry or not request.is_on_used_connection:
            raise ConnectionBroken(str(error) or "closed without an answer") from error
    return await _ask_once(request, handler, is_retry=True)
