"""What all polls together may cost, and the constant that affords it."""

import pytest

from ingest.decide.budget import LEAST, MOST, Rhythm, requests_per_day, rhythm_of, solve_constant
from ingest.decide.policy import DAY, HOUR, PollPolicy


def rhythms(*rates):
    return [Rhythm(rate, None, HOUR, DAY) for rate in rates]


@pytest.mark.parametrize("budget", [30, 100, 250])
def test_the_polls_of_a_day_stay_within_the_budget_and_use_it(budget):
    feeds = rhythms(*(0.1 * number for number in range(1, 30)))
    solved = solve_constant(feeds, budget)
    assert budget * 0.99 < requests_per_day(feeds, solved) <= budget


def test_a_larger_budget_means_a_smaller_constant():
    feeds = rhythms(0.5, 1, 4, 20)
    assert solve_constant(feeds, 20) > solve_constant(feeds, 40)


def test_no_budget_makes_polls_more_frequent_than_the_floor():
    feeds = rhythms(50, 50)
    assert solve_constant(feeds, 10_000) == LEAST
    assert requests_per_day(feeds, LEAST) == 48


def test_a_budget_below_a_poll_a_day_gives_no_feed_up():
    feeds = rhythms(1, 1, 1)
    assert solve_constant(feeds, 1) == pytest.approx(MOST)
    assert requests_per_day(feeds, MOST) == 3


def test_a_feeds_own_bounds_count(make):
    state = make.state(min_interval_seconds=7200, max_interval_seconds=10_800)
    assert (rhythm_of(state, PollPolicy()).least_seconds, rhythm_of(state, PollPolicy()).most_seconds) == (7200, 10_800)
