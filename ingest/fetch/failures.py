"""What went wrong, in stored words: statuses and exceptions of the wire become kinds of failure. Pure."""

import errno
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

from ingest.fetch.decode import UndecodableBody, UnknownCoding
from ingest.fetch.guard import ForbiddenAddress
from ingest.fetch.politeness import HostHeld
from ingest.fetch.transport import AnswerTooLarge
from ingest.model import FailureKind

_OF_STATUS = {
    304: FailureKind.PROTOCOL,
    401: FailureKind.DENIED,
    403: FailureKind.DENIED,
    404: FailureKind.NOT_FOUND,
    410: FailureKind.GONE,
    429: FailureKind.RATE_LIMITED,
    451: FailureKind.DENIED,
    503: FailureKind.UNAVAILABLE,
    204: FailureKind.EMPTY,
    205: FailureKind.EMPTY,
    206: FailureKind.PROTOCOL,
}
_OF_EXCEPTION: tuple[tuple[type[BaseException], FailureKind, str], ...] = (
    (ForbiddenAddress, FailureKind.FORBIDDEN_ADDRESS, "it leads to a forbidden address: {error}"),
    (HostHeld, FailureKind.RATE_LIMITED, "{error}"),
    (UnknownCoding, FailureKind.PROTOCOL, "{error}"),
    (UndecodableBody, FailureKind.TRUNCATED, "{error}"),
    (aiohttp.ClientConnectorDNSError, FailureKind.DNS, "its name has no address: {cause}"),
    (ssl.SSLError, FailureKind.TLS, "no secure connection: {cause}"),
    (aiohttp.ClientSSLError, FailureKind.TLS, "no secure connection: {cause}"),
    (TimeoutError, FailureKind.TIMEOUT, "the server was silent for too long"),
    (aiohttp.ClientConnectorError, FailureKind.CONNECT, "no connection: {cause}"),
    (AnswerTooLarge, FailureKind.TOO_LARGE, "{error}"),
    (aiohttp.ClientPayloadError, FailureKind.TRUNCATED, "the body ends early or is damaged"),
    (aiohttp.ClientResponseError, FailureKind.PROTOCOL, "the answer is no valid HTTP"),
    (aiohttp.ServerDisconnectedError, FailureKind.CONNECT, "the server closed the connection without an answer"),
    (aiohttp.InvalidURL, FailureKind.BAD_URL, "the address cannot be asked for"),
    (aiohttp.ClientError, FailureKind.CONNECT, "the connection broke: {cause}"),
    (OSError, FailureKind.CONNECT, "the connection broke: {cause}"),
)

_KNOWN_STATUSES = frozenset(HTTPStatus)
_OUR_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})  # no server's fault


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind and what to say about it; ``status`` and ``headers`` where an answer came."""

    kind: FailureKind
    reason: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestFailed(Exception):
    """Carries a failure from where it is noticed to where the result is made."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def failure_of_status(status: int, headers: Mapping[str, str]) -> Failure:
    """Give the failure that a final status stands for; only for statuses that are one."""
    kind = _OF_STATUS.get(status) or (FailureKind.SERVER_ERROR if status >= 500 else FailureKind.HTTP_ERROR)  # noqa: PLR2004  5xx
    phrase = HTTPStatus(status).phrase if status in _KNOWN_STATUSES else ""
    reason = f"the server answered {status} {phrase}".rstrip()
    if status == HTTPStatus.NOT_MODIFIED:
        reason += " to a request that did not ask whether anything changed"
    return Failure(kind, reason, status, headers)


def failure_of_exception(error: BaseException) -> Failure | None:
    """Give the failure that an exception of the wire stands for; None for what is our own bug or our own shortage."""
    if isinstance(error, RequestFailed):
        return error.failure
    chain = _chain(error)
    if any(isinstance(link, OSError) and link.errno in _OUR_SHORTAGES for link in chain):
        return None
    error = next((link for link in chain if isinstance(link, ForbiddenAddress)), error)
    if isinstance(error, aiohttp.ClientResponseError) and "chunk" in error.message.partition("\n")[0]:
        error = aiohttp.ClientPayloadError()  # a broken chunk that came in one piece with the headers
    for cause, kind, reason in _OF_EXCEPTION:
        if isinstance(error, cause):
            return _failure(kind, reason, error)
    return None


def _failure(kind: FailureKind, reason: str, error: BaseException) -> Failure:
    headers = {"retry-after": str(max(1, round(error.seconds)))} if isinstance(error, HostHeld) else {}
    return Failure(kind, reason.format(error=error, cause=_cause(error)), headers=headers)


def _chain(error: BaseException | None) -> list[BaseException]:
    links: list[BaseException] = []
    while error is not None and error not in links:
        links.append(error)
        error = error.__cause__ or error.__context__
    return links


def _cause(error: BaseException) -> str:
    """The operating system's own words where there are some: aiohttp's message repeats host and options."""
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    text = getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
    return str(text)[:200]
