"""When a feed's stored address follows its permanent redirects (rules 35, 36), and when it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

from ingest.model import FeedState, FetchFailed, Redirect, Validators

OBSERVATIONS = 3
OBSERVATION_GAP = timedelta(hours=24)

_PERMANENT = frozenset({301, 308})


def permanent_target(url: str, redirects: Sequence[Redirect]) -> str | None:
    """Give where the leading run of permanent redirects ends; None where the first hop is not permanent (rule 36).

    A step from https down to http ends the run: the address stays the safer one.
    """
    target = url
    for hop in redirects:
        following = target_of(hop)
        is_safe = following.startswith("https:" if target.startswith("https:") else "http")
        if hop.status not in _PERMANENT or not is_safe:
            break
        target = following
    return None if target == url else target


def target_of(hop: Redirect) -> str:
    """Give the whole address that a hop points to; the hop's own where it points to none."""
    try:
        return urljoin(hop.url, hop.target)
    except ValueError:
        return hop.url


def answered_at(failure: FetchFailed) -> str:
    """Give the address that a failed request stood at: behind redirects the one that the last of them points to."""
    return target_of(failure.redirects[-1]) if failure.redirects else failure.url


def observe_move(state: FeedState, redirects: Sequence[Redirect], now: datetime) -> FeedState:
    """Count a usable answer's permanent redirect; the third, each a day after the one before, changes the address.

    With the address go the validators and what was learnt of the old server (rule 11).
    """
    target = permanent_target(state.url, redirects)
    if target is None:
        return replace(state, moved_to=None, moved_count=0, moved_seen_at=None)
    if target != state.moved_to or state.moved_seen_at is None:
        return replace(state, moved_to=target, moved_count=1, moved_seen_at=now)
    if now - state.moved_seen_at < OBSERVATION_GAP:
        return state
    if state.moved_count + 1 < OBSERVATIONS:
        return replace(state, moved_count=state.moved_count + 1, moved_seen_at=now)
    return replace(
        state,
        url=target,
        validators=Validators(),
        full_answers=0,
        moved_to=None,
        moved_count=0,
        moved_seen_at=None,
    )
