"""One GET, or a POST for hubs and webhooks: guarded, polite, bounded. The world's failures come back as values."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver

from ingest.errors import BadUrl
from ingest.fetch.body import headers_of, skip_body
from ingest.fetch.budget import Share
from ingest.fetch.conditional import conditional_headers
from ingest.fetch.credentials import Credentials
from ingest.fetch.decode import ACCEPT_ENCODING
from ingest.fetch.failures import Failure, RequestFailed, failure_of_exception
from ingest.fetch.guard import (
    AddressPolicy,
    Endpoint,
    ForbiddenAddress,
    check_url,
    endpoint_of,
)
from ingest.fetch.politeness import GateOptions, HostGate, Turn
from ingest.fetch.resolver import GuardedResolver, SystemResolver
from ingest.fetch.transport import open_session
from ingest.fetch.walk import Slot, Walk, conclusion, failed, form_conclusion, is_wanted_part, whole_body
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, FetchFailed, FetchRequest, FetchResult, Redirect

MAX_HOPS = 5
_WHOLE = frozenset({200, 203, 226})  # 226 without "IM: feed" is a 200 (rule 19); 203 is one that a proxy changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Time as the client sees it; tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """How the client behaves. ``user_agent`` is ``name/version (+https://about)``, sent unchanged always (rule 44)."""

    user_agent: str
    policy: AddressPolicy = field(default_factory=AddressPolicy)
    deadline_seconds: float = 30.0  # of requests that name none
    host_delay_seconds: float = 1.0
    history_delay_seconds: float = 2.0  # between a host's requests of a backfill, where that is longer
    connections: int = 200
    per_host: int = 2
    per_address: int = 4
    connect_timeout: float = 10.0
    read_timeout: float = 10.0
    credentials: Credentials = field(default_factory=Credentials)

    @property
    def robots_token(self) -> str:
        """The name before the slash of the user agent: what robots.txt calls us (interface decision 11)."""
        return robots_token(self.user_agent)


def robots_token(user_agent: str) -> str:
    """The same of a user agent."""
    return user_agent.partition("/")[0].strip()


class Client:
    """The only door to the network. One for each event loop; use it as an async context manager."""

    def __init__(
        self, options: ClientOptions, *, resolver: AbstractResolver | None = None, clocks: Clocks | None = None
    ) -> None:
        self._options = options
        self._clocks = clocks or Clocks()
        self._inner_resolver = resolver
        self.sent = 0  # requests so far, redirects and robots.txt among them
        delay, history = options.host_delay_seconds, options.history_delay_seconds
        self._hosts = self._gate(
            GateOptions(delay, options.per_host, history_delay_seconds=history, hears_what_is_sent=True)
        )
        self._addresses = self._gate(GateOptions(0.0, options.per_address))
        self._network = self._gate(GateOptions(0.0, options.connections))

    async def __aenter__(self) -> Self:
        self._resolver = GuardedResolver(self._inner_resolver or SystemResolver(), self._options.policy)
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self._options.connect_timeout, sock_read=self._options.read_timeout
        )
        self._session = open_session(timeout, self._options.policy, self._resolver, self._hosts.mark_sent)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hosts.close()
        self._addresses.close()
        self._network.close()
        await self._session.close()
        await self._resolver.close()

    async def fetch(self, request: FetchRequest, share: Share | None = None) -> FetchResult:
        """Give what the server has, or why it could not be had; raises for our own bugs and cancellation only.

        The deadline counts the network's time, redirects included, not the waiting for a turn that politeness asks, nor
        for room for the body in ``share``, which then holds it.
        """
        try:
            url = check_url(request.url)
        except BadUrl as error:
            return FetchFailed(url=request.url, kind=FailureKind.BAD_URL, detail=f"{error}.")
        turn = Turn.BACKFILL if request.is_backfill else Turn.LIVE
        given = request.deadline_seconds
        walk = Walk(request, url, turn, self._options.deadline_seconds if given is None else given, share)
        try:
            async with walk.deadline:
                return await self._follow(walk)
        except Exception as error:
            failure = failure_of_exception(error)
            if failure is None:
                raise
            if share is not None:
                share.give_back()
            return failed(walk, failure)

    def hold(self, host: str, seconds: float) -> None:
        """Send nothing to the host ("name" or "name:port") for so long: Retry-After and its kin (rule 31)."""
        self._hosts.hold(host, self._clocks.monotonic() + seconds)

    def set_host_delay(self, host: str, seconds: float) -> None:
        """Space the host's requests by its Crawl-delay where that is longer than the setting, up to 60 seconds."""
        self._hosts.set_delay(host, seconds)

    def _gate(self, options: GateOptions) -> HostGate:
        return HostGate(options, self._clocks.monotonic, self._clocks.sleep)

    async def _follow(self, walk: Walk) -> FetchResult:
        """Ask, and follow redirects by hand so that each hop passes the guard and the gate (rule 37)."""
        while True:
            result = await self._ask_politely(walk)
            if not isinstance(result, Redirect):
                return result
            seen = {walk.url, *(hop.url for hop in walk.redirects)}
            walk.redirects.append(result)
            if result.target in seen:
                raise RequestFailed(Failure(FailureKind.REDIRECT, "its redirects go round in a circle", result.status))
            if len(walk.redirects) > MAX_HOPS:
                reason = f"it redirects more than {MAX_HOPS} times"
                raise RequestFailed(Failure(FailureKind.REDIRECT, reason, result.status))
            walk.url, walk.turn = result.target, Turn.NEXT_HOP

    async def _ask_politely(self, walk: Walk) -> FetchResult | Redirect:
        """Ask once the host and the address it lives at have room."""
        endpoint = endpoint_of(walk.url)
        async with Slot(self._hosts, endpoint.host, walk):
            address = await self._address_of(endpoint)
            async with Slot(self._addresses, address, walk), Slot(self._network, "", walk):
                await walk.begin()
                return await self._ask(walk, endpoint.host)

    async def _address_of(self, endpoint: Endpoint) -> str:
        """The address that a request connects to first; raises ForbiddenAddress where none is allowed."""
        try:
            return (await self._resolver.resolve(endpoint.name, endpoint.port))[0]["host"]
        except ForbiddenAddress:
            raise
        except (OSError, UnicodeError) as error:
            reason = f"its name has no address: {getattr(error, 'strerror', None) or error}"
            raise RequestFailed(Failure(FailureKind.DNS, reason)) from error

    async def _ask(self, walk: Walk, host: str) -> FetchResult | Redirect:
        url = yarl.URL(walk.url, encoded=True)
        headers = self._headers(walk)
        form = walk.form_body
        method = "GET" if form is None else "POST"
        self.sent += 1
        async with self._session.request(method, url, headers=headers, data=form, allow_redirects=False) as response:
            self._heed_retry_after(host, response)
            if form is not None:
                await skip_body(response)
                return form_conclusion(walk, response)
            if response.status in _WHOLE or is_wanted_part(walk.request, response):
                return await whole_body(walk, response)
            await skip_body(response)
            is_conditional = not headers.keys().isdisjoint(("If-None-Match", "If-Modified-Since"))
            return conclusion(walk, response, is_conditional=is_conditional)

    def _headers(self, walk: Walk) -> dict[str, str]:
        headers = {
            "User-Agent": self._options.user_agent,
            "Accept": walk.request.accept,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        if walk.request.posted is not None:
            return headers | dict(walk.request.posted.headers)
        if walk.request.form is None:
            headers |= self._options.credentials.headers(walk.url, [hop.url for hop in walk.redirects])
        if walk.request.form is not None:
            return headers | {"Content-Type": "application/x-www-form-urlencoded"}
        if walk.request.byte_range is not None:
            first, last = walk.request.byte_range
            return headers | {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
        if walk.may_send_validators:
            headers |= conditional_headers(walk.request.validators)
        if walk.request.accepts_delta and "If-None-Match" in headers:
            headers["A-IM"] = "feed"  # RFC 3229: what differs from that very version (rule 19)
        return headers

    def _heed_retry_after(self, host: str, response: aiohttp.ClientResponse) -> None:
        """Hold the host for everyone at once; how long it is remembered after this client is the decider's matter."""
        if response.status >= 300 and "Retry-After" in response.headers:  # noqa: PLR2004  RFC 9110 10.2.3: 3xx, 4xx, 5xx
            seconds = retry_after_seconds(headers_of(response), self._clocks.now())
            if seconds:
                self.hold(host, seconds)
