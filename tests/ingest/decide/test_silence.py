"""A feed is silent against its own rhythm: bursts have rests, and what was not asked is not silent."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.decide.adaptive import observe
from ingest.decide.health import HealthState, health, is_silent
from ingest.model import FeedState, FeedStatus

DAY = timedelta(days=1)


def polled(state: FeedState, now: datetime, new: int) -> FeedState:
    """The feed after a day's poll."""
    count, days = observe(state.post_count, state.post_days, 1.0, new)
    changed_at = now if new else state.last_changed_at
    return replace(state, post_count=count, post_days=days, last_polled_at=now, last_changed_at=changed_at)


@pytest.mark.parametrize("seed", range(6))
def test_a_bursty_feed_is_not_silent_between_its_bursts_once_one_rest_was_seen(make: Any, seed: int) -> None:
    chance = random.Random(seed)
    now = datetime.fromisoformat("2025-11-20T12:00:00Z")
    state = make.state(post_count=0.0, post_days=0.0, last_polled_at=now, last_changed_at=now, created_at=now)
    posted: list[datetime] = []
    alarms, next_burst = [], now + 3 * DAY
    for number in range(365):
        now += DAY
        new = 0
        if now >= next_burst:
            new, next_burst = chance.randint(5, 20), now + chance.randint(6, 16) * DAY
            posted += [now] * new
        state = polled(state, now, new)
        if number > 45 and is_silent(state, posted[-100:]):
            alarms.append(number)
    assert alarms == []
    for _ in range(60):
        now += DAY
        state = polled(state, now, 0)
    assert is_silent(state, posted[-100:]), "and it is, once it truly ends"


def test_a_silent_feed_says_what_was_usual_how_long_it_lasts_and_what_was_expected(make: Any, now: datetime) -> None:
    posted = [now - 9 * DAY - n * timedelta(hours=30) for n in range(24)]
    state = make.state(post_count=16.0, post_days=20.0, last_changed_at=now - 9 * DAY, last_polled_at=now)
    verdict = health(state, now, posted)
    assert (verdict.state, verdict.since) == (HealthState.SILENT, now - 9 * DAY)
    assert verdict.evidence[0] == "24 posts in the 30 days before that"
    assert verdict.evidence[1] == "nothing new for 9 d, expected within 7.2 d"
    assert verdict.advice[0] == f"feedmill feeds explain {state.url}"


def test_a_feed_that_we_did_not_ask_is_not_silent(make: Any, now: datetime) -> None:
    state = make.state(post_count=13.0, post_days=13.0, last_changed_at=now - 40 * DAY, last_polled_at=now - 39 * DAY)
    assert health(state, now).state is HealthState.HEALTHY


def test_a_paused_feed_is_not_judged(make: Any, now: datetime) -> None:
    state = make.state(status=FeedStatus.PAUSED, last_changed_at=now - 400 * DAY, last_polled_at=now - 1 * DAY)
    assert health(state, now).reason == "paused: nothing is asked until it is resumed"


def test_an_article_of_years_ago_makes_no_rest(make: Any, now: datetime) -> None:
    posted = [now - 2000 * DAY, *(now - n * DAY for n in range(20, 9, -1))]
    state = make.state(post_count=10.0, post_days=13.0, last_changed_at=now - 12 * DAY, last_polled_at=now)
    assert health(state, now, posted).state is HealthState.SILENT
