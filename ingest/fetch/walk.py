"""One fetch under way: where it stands, where it has been, and what its last answer amounts to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp

from ingest.errors import BadUrl
from ingest.fetch.body import headers_of, read_body
from ingest.fetch.budget import Share
from ingest.fetch.failures import Failure, RequestFailed, failure_of_exception, failure_of_status
from ingest.fetch.guard import Endpoint, check_url, endpoint_of, loggable_url
from ingest.fetch.politeness import HostGate, Turn
from ingest.model import FailureKind, Fetched, FetchFailed, FetchRequest, NotModified, Redirect

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SAME_METHOD = frozenset({307, 308})


@dataclass(slots=True)
class Walk:
    """One fetch under way: where it stands, where it has been, its deadline, and its share of the bytes held."""

    request: FetchRequest
    url: str
    turn: Turn
    seconds: float
    share: Share | None = None
    redirects: list[Redirect] = field(default_factory=list)
    deadline: asyncio.Timeout = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = asyncio.timeout(self.seconds)

    @property
    def form_body(self) -> bytes | None:
        """What is posted, as it is sent; None for a GET."""
        form = self.request.form
        if self.request.posted is not None:
            return self.request.posted.body
        return None if form is None else urlencode(form).encode("ascii")

    @property
    def may_send_validators(self) -> bool:
        """Whether this address gave them; where that is unknown, whether it is of the first origin (rule 11)."""
        given_by = self.request.validators.url
        if given_by is not None:
            return given_by == self.url or check_url(given_by) == self.url
        return not self.redirects or _origin(self.url) == _origin(self.redirects[0].url)

    async def begin(self) -> None:
        """Wait until there is room for a body; the wait is not the deadline's."""
        if self.share is not None and not self.share.may_begin:
            with _paused(self.deadline):
                await self.share.begin()

    async def hold(self, size: int) -> None:
        """Wait until there is room for so many bytes more; the wait is not the deadline's."""
        if self.share is not None and not self.share.try_take(size):
            with _paused(self.deadline):
                await self.share.take(size)


class Slot:
    """A place in a gate for as long as a request lasts; the time spent waiting for it is not the deadline's."""

    def __init__(self, gate: HostGate, key: str, walk: Walk) -> None:
        self._gate = gate
        self._key = key
        self._walk = walk
        self._number = 0

    async def __aenter__(self) -> None:
        self._number = self._gate.try_enter(self._key, self._walk.turn)
        if not self._number:
            with _paused(self._walk.deadline):
                self._number = await self._gate.enter(self._key, self._walk.turn)

    async def __aexit__(self, *_: object) -> None:
        self._gate.leave(self._key, self._number)


@contextmanager
def _paused(deadline: asyncio.Timeout) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    remaining = (deadline.when() or loop.time()) - loop.time()
    deadline.reschedule(None)
    try:
        yield
    finally:
        deadline.reschedule(loop.time() + remaining)


async def whole_body(walk: Walk, response: aiohttp.ClientResponse) -> Fetched:
    """Give the answer with its whole body; raises RequestFailed with status and headers where that cannot be had."""
    headers = headers_of(response)
    try:
        body = await read_body(response, headers.get("content-encoding", ""), walk.request.max_bytes, walk.hold)
    except Exception as error:
        if failure := failure_of_exception(error):
            raise RequestFailed(replace(failure, status=response.status, headers=headers)) from error
        raise
    if not body:
        raise RequestFailed(Failure(FailureKind.EMPTY, "the body is empty", response.status, headers))
    return Fetched(
        url=walk.request.url,
        final_url=walk.url,
        status=response.status,
        headers=headers,
        body=body,
        redirects=tuple(walk.redirects),
    )


def is_wanted_part(request: FetchRequest, response: aiohttp.ClientResponse) -> bool:
    """Whether the answer is the range of bytes that was asked for, and begins where that does (RFC 9110 15.3.7)."""
    if request.byte_range is None or response.status != HTTPStatus.PARTIAL_CONTENT:
        return False
    told = response.headers.get("Content-Range", "").strip().lower()
    return told.startswith(f"bytes {request.byte_range[0]}-")


def conclusion(walk: Walk, response: aiohttp.ClientResponse, *, is_conditional: bool) -> NotModified | Redirect:
    """Give what an answer without a wanted body means; raises RequestFailed where it means failure."""
    headers = headers_of(response)
    if response.status == HTTPStatus.NOT_MODIFIED and is_conditional:
        redirects = tuple(walk.redirects)
        return NotModified(url=walk.request.url, final_url=walk.url, headers=headers, redirects=redirects)
    if response.status in _REDIRECTS:
        return Redirect(walk.url, response.status, _target(walk.url, response))
    raise RequestFailed(failure_of_status(response.status, headers))


def form_conclusion(walk: Walk, response: aiohttp.ClientResponse) -> Fetched | Redirect:
    """Give what an answer to a form means: any 2xx is a yes, and only 307 and 308 keep method and body.

    The other redirects ask for a GET elsewhere (RFC 9110 15.4), which subscribes to nothing: RequestFailed, as for
    every other answer.
    """
    headers = headers_of(response)
    if response.ok and response.status < HTTPStatus.MULTIPLE_CHOICES:
        return Fetched(
            url=walk.request.url,
            final_url=walk.url,
            status=response.status,
            headers=headers,
            body=b"",
            redirects=tuple(walk.redirects),
        )
    if response.status in _SAME_METHOD:
        target = _target(walk.url, response)
        if target.startswith("https:") or walk.url.startswith("http:"):
            return Redirect(walk.url, response.status, target)
        reason = "it redirects a form from https to http, where its secret could be read"
        raise RequestFailed(Failure(FailureKind.REDIRECT, reason, response.status, headers))
    if response.status in _REDIRECTS:
        reason = f"it answers a form with a redirect that drops it ({response.status})"
        raise RequestFailed(Failure(FailureKind.REDIRECT, reason, response.status, headers))
    raise RequestFailed(failure_of_status(response.status, headers))


def _target(url: str, response: aiohttp.ClientResponse) -> str:
    """Where a redirect points. A raw Location is read as UTF-8, and as Latin-1 where it is none."""
    raw = response.headers.get("Location", "").strip().encode("utf-8", "surrogateescape")
    try:
        return check_url(_decoded(raw), url)
    except BadUrl as error:
        reason = f"its redirect cannot be followed: {error}" if raw else "it redirects, but to nowhere"
        failure = Failure(FailureKind.REDIRECT, reason, response.status, headers_of(response))
        raise RequestFailed(failure) from error


def _origin(url: str) -> tuple[str, Endpoint]:
    return url.partition(":")[0], endpoint_of(url)


def _decoded(location: bytes) -> str:
    if not location:
        raise BadUrl("an empty address")
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return location.decode("latin-1")


def failed(walk: Walk, failure: Failure) -> FetchFailed:
    """Give the result of a fetch that failed, with one sentence that names the address without credentials."""
    if failure.kind is FailureKind.TIMEOUT and walk.deadline.expired():
        failure = replace(failure, reason=f"it was not done within {walk.seconds:g} seconds")
    asked, stands = loggable_url(walk.request.url), loggable_url(walk.url)
    place = f"{asked} (now at {stands})" if walk.redirects else asked
    return FetchFailed(
        url=walk.request.url,
        kind=failure.kind,
        detail=f"{place}: {failure.reason}.",
        status=failure.status,
        headers=failure.headers,
        redirects=tuple(walk.redirects),
    )
