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

# Of a backfill, which somebody waits for: what may pass is asked for again soon, twice.
SOON_SECONDS = (5.0, 20.0)
SOON_THROTTLED_SECONDS = (30.0, 60.0)

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


def next_soon(failure: FetchFailed, attempts: int, now: datetime) -> datetime | None:
    """Give when a backfill tries a page again sooner than others would: when the server says, else in seconds.

    None where that changes nothing, or has been tried: then ``next_attempt`` has the word.
    """
    asked = retry_after_seconds(failure.headers, now)
    if failure.kind in _PERMANENT or attempts + 1 >= PATIENT_ATTEMPTS:
        return None
    if asked is not None:
        return now + timedelta(seconds=max(0.0, asked))
    gaps = SOON_THROTTLED_SECONDS if failure.kind in THROTTLES else SOON_SECONDS
    return now + timedelta(seconds=gaps[attempts]) if attempts < len(gaps) else None
