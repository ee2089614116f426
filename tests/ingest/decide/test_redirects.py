"""When a feed's address follows its redirects (rules 11, 35, 36, 37)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ingest.decide.redirects import permanent_target
from ingest.model import FailureKind, FeedState, Validators

DAY = timedelta(days=1)
NEW = "https://new.example/feed"


def observe(make: Any, decide: Any, state: FeedState, *hops: tuple[int, str], at: datetime) -> FeedState:
    return decide(state, make.redirected(*hops), make.feed(), "same", 0, at=at).state


@pytest.mark.parametrize("status", [301, 308])
def test_rule_35_the_third_observation_a_day_apart_changes_the_address(
    make: Any, decide: Any, now: datetime, status: int
) -> None:
    state, addresses = make.state(), []
    for day in range(3):
        state = observe(make, decide, state, (status, NEW), at=now + day * DAY)
        addresses.append(state.url)
    assert addresses == [make.url, make.url, NEW]
    assert (state.moved_to, state.moved_count, state.moved_seen_at) == (None, 0, None)


def test_rule_35_observations_within_a_day_count_once(make: Any, decide: Any, now: datetime) -> None:
    state = make.state()
    for hour in range(23):
        state = observe(make, decide, state, (301, NEW), at=now + timedelta(hours=hour))
    assert (state.url, state.moved_count) == (make.url, 1)


def test_rule_35_another_target_starts_anew(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(moved_to="https://other.example/", moved_count=2, moved_seen_at=now - 2 * DAY)
    after = observe(make, decide, state, (301, NEW), at=now)
    assert (after.moved_to, after.moved_count) == (NEW, 1)


def test_rule_35_an_answer_without_the_redirect_forgets_it(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(moved_to=NEW, moved_count=2, moved_seen_at=now - 2 * DAY)
    assert decide(state, make.fetched(), make.feed(), "same", 0).state.moved_to is None


def test_rule_35_a_target_that_is_no_feed_does_not_count(make: Any, decide: Any, now: datetime) -> None:
    state = make.state(moved_to=NEW, moved_count=2, moved_seen_at=now - 2 * DAY)
    after = decide(state, make.failed(FailureKind.NOT_A_FEED)).state
    assert (after.url, after.moved_count) == (make.url, 2)


def test_rule_11_with_the_address_go_the_validators(
    make: Any, decide: Any, now: datetime, conditional: Validators
) -> None:
    state = make.state(moved_to=NEW, moved_count=2, moved_seen_at=now - DAY, validators=conditional, full_answers=5)
    after = observe(make, decide, state, (301, NEW), at=now)
    assert (after.url, after.validators, after.full_answers) == (NEW, Validators(), 0)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_rule_36_a_temporary_redirect_never_changes_the_address(
    make: Any, decide: Any, now: datetime, status: int
) -> None:
    state = make.state()
    for day in range(5):
        state = observe(make, decide, state, (status, NEW), at=now + day * DAY)
    assert (state.url, state.moved_to) == (make.url, None)


def test_rule_36_of_a_mixed_chain_only_the_leading_permanent_run_counts(make: Any) -> None:
    chain = make.redirected((301, "https://a.example/"), (308, "https://b.example/"), (302, "https://c.example/"))
    assert permanent_target(make.url, chain.redirects) == "https://b.example/"
    later = make.redirected((302, "https://a.example/"), (301, "https://b.example/"))
    assert permanent_target(make.url, later.redirects) is None


def test_a_relative_target_is_resolved(make: Any) -> None:
    assert permanent_target(make.url, make.redirected((301, "/rss.xml")).redirects) == "https://news.example/rss.xml"


def test_rule_37_a_step_down_to_http_is_never_stored(make: Any) -> None:
    assert permanent_target(make.url, make.redirected((301, "http://new.example/feed")).redirects) is None
