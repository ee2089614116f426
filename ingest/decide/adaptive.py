"""How often a feed posts, and the interval that its rhythm earns: the square-root rule.

Polls that minimise the mean delay of all entries under one budget of requests are spread as the square root of the
posting rate (Sia, Cho, Cho: Efficient Monitoring Algorithm for Fast News Alerts, TKDE 2007).
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from ingest.decide.policy import DAY, HOUR, PollPolicy
from ingest.model import Entry, FeedState

HALF_LIFE_DAYS = 14.0
DEAD_AFTER = timedelta(days=90)
DEAD_MAX_SECONDS = 3 * DAY

# A feed that was never seen counts as half a post in three days, so that the first polls are neither rare nor rash.
_PRIOR_POSTS = 0.5
_PRIOR_DAYS = 3.0
_WINDOW_SHARE = 0.5
_MEAN_LIFE_DAYS = HALF_LIFE_DAYS / math.log(2)
_LEAST_DATES = 3
_FORGOTTEN = 1e-9  # 420 days: what is left carries no rate any more


def decay(days: float) -> float:
    """What is left of an observation after so many days."""
    return math.pow(0.5, max(days, 0.0) / HALF_LIFE_DAYS)


def observe(count: float, days: float, elapsed_days: float, new_entries: int) -> tuple[float, float]:
    """Move the decayed (posts, days) on by the time since the last poll, and add what this poll brought."""
    left = decay(elapsed_days)
    return count * left + new_entries, days * left + _MEAN_LIFE_DAYS * (1.0 - left)


def seed(entries: Sequence[Entry], now: datetime) -> tuple[float, float]:
    """Read (posts, days) from the dates of the first document, as if it had been watched since its oldest entry.

    The very oldest date only opens the span where there are few: a pinned entry of years ago says nothing about the
    rhythm. Equal dates count once: an import stamps a whole archive with one.
    """
    dates = entry_dates(entries, now)
    if not dates:
        return 0.0, 0.0
    watched = dates[1:] if len(dates) >= _LEAST_DATES else dates
    ages = [(now - date).total_seconds() / DAY for date in watched]
    return sum(decay(age) for age in ages), _MEAN_LIFE_DAYS * (1.0 - decay(max(ages)))


def entry_dates(entries: Sequence[Entry], now: datetime) -> list[datetime]:
    """Give the different dates of the entries that are not in the future, oldest first."""
    dates = {entry.published_at or entry.updated_at for entry in entries}
    return sorted(date for date in dates if date is not None and date <= now)


def posts_per_day(state: FeedState) -> float:
    """Give the feed's rate as estimated now, prior included: never 0."""
    return (state.post_count + _PRIOR_POSTS) / (state.post_days + _PRIOR_DAYS)


def rate_interval_seconds(rate: float, window: int | None, budget_constant: float) -> float:
    """Give the interval for a rate in posts a day: C hours over its square root, and half a full window at most.

    ``window`` is how many entries the document shows: polled later, entries would fall out of it unseen.
    """
    interval = budget_constant * HOUR / math.sqrt(rate)
    return min(interval, _WINDOW_SHARE * window / rate * DAY) if window else interval


def adaptive_seconds(state: FeedState, now: datetime, policy: PollPolicy) -> float:
    """Give the interval that the feed's own rhythm earns, in seconds, at most the policy's maximum.

    A feed with no post for 90 days waits longer and longer, up to 72 hours.
    """
    earned = rate_interval_seconds(posts_per_day(state), state.window_entries, policy.budget_constant)
    silence = silent_for(state, now)
    if silence > DEAD_AFTER:
        longest = max(policy.max_interval_seconds, DEAD_MAX_SECONDS)
        return min(policy.max_interval_seconds * (silence / DEAD_AFTER), longest)
    return min(earned, policy.max_interval_seconds)


def silent_for(state: FeedState, now: datetime) -> timedelta:
    """Give how long the feed has shown no new entry; since it was added where it never did."""
    return now - (state.last_changed_at or state.created_at or now)


def rate_before_silence(state: FeedState) -> float:
    """Give the rate in posts a day as it stood at the last new entry, before the silence since wore it down."""
    if state.last_polled_at is None or state.last_changed_at is None:
        return posts_per_day(state)
    left = decay((state.last_polled_at - state.last_changed_at).total_seconds() / DAY)
    if left < _FORGOTTEN:
        return posts_per_day(state)
    days = (state.post_days - _MEAN_LIFE_DAYS * (1.0 - left)) / left
    return (state.post_count / left + _PRIOR_POSTS) / (max(days, 0.0) + _PRIOR_DAYS)
