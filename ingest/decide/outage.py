"""When it is our own network that is down: then no feed has failed, and none is punished."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from ingest.decide.policy import MINUTE
from ingest.decide.reason import sentence
from ingest.model import FailureKind, FeedState, FetchFailed, FetchResult, PollDecision

LEAST_SITES = 5
FAILED_SHARE = 0.9
RETRY_SECONDS = 15 * MINUTE

_UNREACHED = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
_LOOPBACK = "localhost"


@dataclass(frozen=True, slots=True)
class Contact:
    """One request as far as the network is concerned: the site, and whether anything answered."""

    site: str
    is_reached: bool

    @property
    def says_nothing(self) -> bool:
        """Whether it was loopback, which needs no network."""
        return self.site == _LOOPBACK


def contact_of(outcome: FetchResult) -> Contact:
    """Give what an outcome says about the network: any answer, even a refusal, came through it.

    One site is a host's last two labels, so that one provider's outage is no outage of ours.
    """
    is_unreached = isinstance(outcome, FetchFailed) and outcome.kind in _UNREACHED
    return Contact(_site(outcome.url), not is_unreached)


def may_be_down(contacts: Iterable[Contact], undecided: int = 0) -> bool:
    """Whether these contacts of one time may mean that nothing can be reached: five unrelated sites, nine in ten.

    ``undecided`` further hosts are still being asked: with 0 the answer is final.
    """
    telling = [contact for contact in contacts if not contact.says_nothing]
    reached = {contact.site for contact in telling if contact.is_reached}
    unreached = {contact.site for contact in telling} - reached
    failed = len(unreached) + undecided
    return failed >= max(LEAST_SITES, FAILED_SHARE * (failed + len(reached)))


def is_our_network_down(outcomes: Sequence[FetchResult]) -> bool:
    """Whether these answers of one time say that nothing can be reached."""
    return may_be_down(map(contact_of, outcomes))


def forgive(state: FeedState, now: datetime, jitter: float) -> PollDecision:
    """Give the decision for a poll that failed for our own sake: the state as it was, another try in 15 minutes."""
    return PollDecision(
        state=state,
        next_poll_at=now + timedelta(seconds=RETRY_SECONDS * (1 + jitter)),
        reason=sentence(RETRY_SECONDS, "our own network seems to be down; this counts against no feed"),
        failure=state.failure,
        failure_detail=state.failure_detail,
    )


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
