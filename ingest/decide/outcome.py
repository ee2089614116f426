"""What a poll came to: usable, unchanged, or a failure of one kind."""

from dataclasses import dataclass

from ingest.errors import IngestError, NotAFeed
from ingest.model import (
    FailureKind,
    FeedState,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    ParsedFeed,
    Validators,
)


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll as it happened: the state before, the answer, and what parsing made of it.

    ``parsed`` is None where there is nothing to parse: no body, or one whose ``body_hash`` is the state's (rule 7).
    ``new_entries`` is how many entries the feed had not shown before; ``body_bytes`` how long a body was that the
    result holds no longer.
    """

    state: FeedState
    result: FetchResult
    parsed: ParsedFeed | IngestError | None = None
    body_hash: str | None = None
    new_entries: int | None = None
    body_bytes: int | None = None

    @property
    def document_bytes(self) -> int:
        """How long the answered document is; 0 where none came."""
        if self.body_bytes is not None:
            return self.body_bytes
        return len(self.result.body) if isinstance(self.result, Fetched) else 0


def failure_of(poll: Poll) -> FetchFailed | None:
    """Give the failure that the poll was, None where it was usable: a feed, the same body again, or a 304."""
    if isinstance(poll.result, FetchFailed):
        return poll.result
    if isinstance(poll.result, NotModified):
        return None if was_conditional(poll) else _failed(poll.result, FailureKind.PROTOCOL, _UNASKED_304)
    if isinstance(poll.parsed, ParsedFeed) or has_same_body(poll):
        return None
    if isinstance(poll.parsed, NotAFeed):
        return _failed(poll.result, FailureKind.NOT_A_FEED, str(poll.parsed))
    return _failed(poll.result, FailureKind.REJECTED, str(poll.parsed or "The document was not parsed."))


def was_conditional(poll: Poll) -> bool:
    """Whether the request carried a validator."""
    return poll.state.validators != Validators()


def has_same_body(poll: Poll) -> bool:
    """Whether the server sent again, byte for byte, the body that was parsed last (rule 7)."""
    return isinstance(poll.result, Fetched) and poll.body_hash is not None and poll.body_hash == poll.state.body_hash


_UNASKED_304 = "The server answered 304 to a request that carried no validator."


def _failed(result: Fetched | NotModified, kind: FailureKind, detail: str) -> FetchFailed:
    return FetchFailed(
        url=result.url,
        kind=kind,
        detail=detail,
        status=result.status if isinstance(result, Fetched) else 304,
        headers=result.headers,
        redirects=result.redirects,
    )
