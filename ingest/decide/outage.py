"""When it is our own network that is down: then no feed has failed, and none is punished."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from ingest.decide.outcome import Poll
from ingest.decide.policy import MINUTE
from ingest.decide.reason import sentence
from ingest.model import FailureKind, FetchFailed, FetchResult, PollDecision

LEAST_SITES = 5
FAILED_SHARE = 0.9
RETRY_SECONDS = 15 * MINUTE

_UNREACHED = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
_LOOPBACK = "localhost"


def is_our_network_down(outcomes: Sequence[FetchResult]) -> bool:
    """Whether these answers of one time say that nothing can be reached: five unrelated sites, and nine in ten.

    One site is a host's last two labels, so that one provider's outage is no outage of ours. Loopback says nothing.
    """
    reached = {_site(outcome.url) for outcome in outcomes if not _is_unreached(outcome)} - {_LOOPBACK}
    unreached = {_site(outcome.url) for outcome in outcomes if _is_unreached(outcome)} - {_LOOPBACK} - reached
    return len(unreached) >= max(LEAST_SITES, FAILED_SHARE * len(unreached | reached))


def forgive(poll: Poll, now: datetime, jitter: float) -> PollDecision:
    """Give the decision for a poll that failed for our own sake: the state as it was, another try in 15 minutes."""
    return PollDecision(
        state=poll.state,
        next_poll_at=now + timedelta(seconds=RETRY_SECONDS * (1 + jitter)),
        reason=sentence(RETRY_SECONDS, "our own network seems to be down; this counts against no feed"),
        failure=poll.state.failure,
        failure_detail=poll.state.failure_detail,
    )


def _is_unreached(outcome: FetchResult) -> bool:
    return isinstance(outcome, FetchFailed) and outcome.kind in _UNREACHED


def _site(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return url
    labels = host.split(".")
    if labels[-1] == _LOOPBACK:
        return _LOOPBACK
    try:
        return _LOOPBACK if ip_address(host).is_loopback else host
    except ValueError:
        return ".".join(labels[-2:])
