"""When a page that could not be had is tried again, and when it is given up."""

from datetime import datetime, timedelta

from ingest.decide.backoff import REFUSALS, THROTTLES
from ingest.decide.policy import HOUR, MINUTE
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, FetchFailed

# Five attempts in two days outlast a restart, a bad night and a day of repairs.
GAPS_SECONDS = (30 * MINUTE, 3 * HOUR, 12 * HOUR, 32 * HOUR)
# A server that asks for patience has not failed: a longer outage costs no article.
PATIENT_ATTEMPTS = 10

_JITTER_SHARE = 0.1
_PERMANENT = REFUSALS | {FailureKind.GONE}


def next_attempt(failure: FetchFailed, attempts: int, now: datetime, jitter: float) -> datetime | None:
    """Give when to try a page again, None to give it up; ``attempts`` were made before the one that failed.

    What asking again cannot change (404, 410, 403, robots, too large ...) is given up at once, unless the server
    names a time in Retry-After (rule 31).
    """
    asked = retry_after_seconds(failure.headers, now)
    if failure.kind in _PERMANENT and (failure.kind is not FailureKind.DENIED or asked is None):
        return None
    is_patient = failure.kind in THROTTLES or asked is not None
    if attempts + 1 >= (PATIENT_ATTEMPTS if is_patient else len(GAPS_SECONDS) + 1):
        return None
    gap = max(GAPS_SECONDS[min(attempts, len(GAPS_SECONDS) - 1)], asked or 0.0)
    return now + timedelta(seconds=gap * (1 + _JITTER_SHARE * jitter))
