"""How many requests a day all feeds together cost, and the constant of the square-root rule that a budget affords."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.decide.adaptive import posts_per_day, rate_interval_seconds
from ingest.decide.policy import DAY, PollPolicy
from ingest.model import FeedState

LEAST, MOST = 0.25, 500.0
_HALVINGS = 24


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What a feed's interval follows from: its rate in posts a day, the entries it shows, its bounds in seconds."""

    rate: float
    window: int | None
    least_seconds: float
    most_seconds: float


def rhythm_of(state: FeedState, policy: PollPolicy) -> Rhythm:
    """Give a feed's rhythm as the budget sees it."""
    least = policy.min_interval_seconds if state.min_interval_seconds is None else state.min_interval_seconds
    most = policy.max_interval_seconds if state.max_interval_seconds is None else state.max_interval_seconds
    return Rhythm(posts_per_day(state), state.window_entries, max(least, 1), max(most, least, 1))


def requests_per_day(rhythms: Sequence[Rhythm], constant: float) -> float:
    """Give how many polls a day the rhythms cost under a constant."""
    return sum(DAY / _interval(rhythm, constant) for rhythm in rhythms)


def solve_constant(rhythms: Sequence[Rhythm], budget: float) -> float:
    """Give the least constant whose polls stay within ``budget`` requests a day, from 0.25 to 500.

    Where even the rarest polls cost more, that is 500: no feed is given up for a budget. Cost falls as the constant
    rises, so it is found by halving, on a scale of ratios.
    """
    low, high = LEAST, MOST
    if requests_per_day(rhythms, low) <= budget:
        return low
    for _ in range(_HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if requests_per_day(rhythms, middle) <= budget else (middle, high)
    return high


def _interval(rhythm: Rhythm, constant: float) -> float:
    earned = rate_interval_seconds(rhythm.rate, rhythm.window, constant)
    return min(max(earned, rhythm.least_seconds), rhythm.most_seconds)
