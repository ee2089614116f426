"""How long a feed that answers is left alone (rules 20-30)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.decide.pacing import next_open
from ingest.model import PacingHints, PollDecision, Validators

HOUR = timedelta(hours=1)


def wait(decision: PollDecision, now: datetime) -> timedelta:
    return decision.next_poll_at - now


@pytest.fixture
def poll(make: Any, decide: Any) -> Callable[..., PollDecision]:
    """Decide a poll that brought a changed document: ``poll(state, parsed, header=..., policy={...})``."""

    def run(state: Any = None, parsed: Any = None, jitter: float = 0.0, policy: Any = None, **headers: str) -> Any:
        answer = make.fetched(**headers), parsed or make.feed(), "new", 0
        return decide(state or make.state(), *answer, jitter=jitter, **(policy or {}))

    return run


def test_rule_25_the_floor_is_an_hour(poll: Any, now: datetime) -> None:
    assert wait(poll(), now) == HOUR


def test_rule_25_the_operator_may_lower_the_floor(poll: Any, make: Any, now: datetime) -> None:
    busy = make.state(post_count=4000.0, window_entries=500)
    assert wait(poll(busy, policy={"min_interval_seconds": 900}), now) == HOUR / 4


def test_a_feeds_own_interval_replaces_the_floor_in_both_directions(poll: Any, make: Any, now: datetime) -> None:
    busy = {"post_count": 4000.0, "window_entries": 500}
    assert wait(poll(make.state(min_interval_seconds=1200, **busy)), now) == HOUR / 3
    assert wait(poll(make.state(min_interval_seconds=3 * 86_400, **busy)), now) == 72 * HOUR


def test_rule_25_a_large_document_without_validators_waits_six_hours(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.fetched(body=b"x" * 300_000), make.feed(), "new", 0)
    assert wait(after, now) == 6 * HOUR
    assert "large" in after.reason


def test_rule_25_a_large_document_is_large_where_its_body_was_let_go(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.fetched(body=b""), make.feed(), "new", 0, 300_000)
    assert wait(after, now) == 6 * HOUR


def test_rule_25_a_large_document_with_validators_does_not(make: Any, decide: Any, now: datetime) -> None:
    after = decide(make.state(), make.fetched(body=b"x" * 300_000, etag='"e"'), make.feed(), "new", 0)
    assert wait(after, now) == HOUR


def test_rule_20_three_full_answers_double_the_floor(
    make: Any, decide: Any, now: datetime, conditional: Validators
) -> None:
    state, waits = make.state(validators=conditional), []
    for _ in range(4):
        after = decide(state, make.fetched(etag='"abc"'), None, "old")
        state = after.state
        waits.append(wait(after, now))
    assert waits == [HOUR, HOUR, 2 * HOUR, 2 * HOUR]


def test_rule_20_a_304_lifts_the_doubling_and_a_changed_body_does_not(
    make: Any, decide: Any, conditional: Validators
) -> None:
    flagged = make.state(validators=conditional, full_answers=3)
    assert decide(flagged, make.not_modified()).state.full_answers == 0
    assert decide(flagged, make.fetched(etag='"e"'), make.feed(), "new", 1).state.full_answers == 3


def test_rule_20_unconditional_requests_prove_nothing(make: Any, decide: Any) -> None:
    assert decide(make.state(), make.fetched(), None, "old").state.full_answers == 0


def test_rule_20_a_doubled_floor_ends_at_a_day(make: Any, decide: Any, now: datetime, conditional: Validators) -> None:
    state = make.state(validators=conditional, full_answers=3, min_interval_seconds=20 * 3600)
    assert wait(decide(state, make.not_modified()), now) == 20 * HOUR
    assert wait(decide(state, make.fetched(), None, "old"), now) == 24 * HOUR


def test_rule_21_max_age_of_a_200_holds(poll: Any, now: datetime) -> None:
    after = poll(cache_control="max-age=7200", age="600")
    assert wait(after, now) == timedelta(seconds=6600)
    assert after.reason == "in 110 min: the server's Cache-Control asks for it"


def test_rule_21_max_age_of_a_304_holds(make: Any, decide: Any, now: datetime, conditional: Validators) -> None:
    after = decide(make.state(validators=conditional), make.not_modified(cache_control="MAX-AGE=10800"))
    assert wait(after, now) == 3 * HOUR


def test_rule_21_a_max_age_of_the_floor_is_named_as_the_reason(poll: Any) -> None:
    assert poll(cache_control="max-age=3600").reason == "in 60 min: the server's Cache-Control asks for it"


def test_rule_21_freshness_is_capped_at_a_day_or_what_the_operator_set(poll: Any, now: datetime) -> None:
    assert wait(poll(cache_control="max-age=99999999999"), now) == 24 * HOUR
    capped = poll(cache_control="max-age=86400", policy={"max_interval_seconds": 6 * 3600})
    assert wait(capped, now) == 6 * HOUR


def test_rule_22_s_maxage_lengthens_nothing(poll: Any, now: datetime) -> None:
    assert wait(poll(cache_control="s-maxage=86400, immutable, max-age=0"), now) == HOUR


def test_rule_23_expires_counts_against_the_servers_own_date(poll: Any, now: datetime) -> None:
    after = poll(date="Mon, 01 Jan 2024 00:00:00 GMT", expires="Mon, 01 Jan 2024 05:00:00 GMT")
    assert wait(after, now) == 5 * HOUR
    assert "Expires" in after.reason


@pytest.mark.parametrize("expires", ["0", "-1", "soon"])
def test_rule_23_an_invalid_expires_is_no_floor(poll: Any, now: datetime, expires: str) -> None:
    assert wait(poll(expires=expires, date="Mon, 01 Jan 2024 00:00:00 GMT"), now) == HOUR


def test_rule_24_the_longest_wait_wins(poll: Any, make: Any, now: datetime) -> None:
    quiet = make.state(post_count=2.0)
    rhythm = wait(poll(quiet), now)
    assert rhythm > 8 * HOUR
    assert wait(poll(quiet, cache_control="max-age=7200"), now) == rhythm
    assert wait(poll(quiet, cache_control="max-age=80000"), now) == timedelta(seconds=80_000)


def test_rule_26_jitter_only_lengthens_and_by_a_tenth(poll: Any, now: datetime) -> None:
    assert wait(poll(jitter=0.0), now) == HOUR
    assert wait(poll(jitter=0.5), now) == 1.05 * HOUR
    assert HOUR < wait(poll(jitter=0.999), now) < 1.1 * HOUR


def test_caps_come_before_jitter(poll: Any, now: datetime) -> None:
    after = poll(cache_control="max-age=99999999999", jitter=0.5)
    assert wait(after, now) == 1.05 * 24 * HOUR


@pytest.mark.parametrize(("ttl", "hours"), [(7200, 1), (1800, 0.5), (0, 0.25), (-5, 0.25), (None, 0.25)])
def test_rule_29_ttl_is_a_soft_floor_of_an_hour_at_most(
    poll: Any, make: Any, now: datetime, ttl: int | None, hours: float
) -> None:
    busy = make.state(post_count=40_000.0, window_entries=5000, min_interval_seconds=900)
    assert wait(poll(busy, parsed=make.feed(ttl_seconds=ttl)), now) == hours * HOUR


def test_rule_29_update_period_is_a_soft_floor_of_an_hour_at_most(poll: Any, make: Any, now: datetime) -> None:
    busy = make.state(post_count=40_000.0, window_entries=5000, min_interval_seconds=900)
    after = poll(busy, parsed=make.feed(update_period_seconds=86_400))
    assert wait(after, now) == HOUR
    assert "updatePeriod" in after.reason


def test_rule_29_hints_are_remembered_for_answers_without_a_document(
    make: Any, decide: Any, now: datetime, conditional: Validators
) -> None:
    busy = make.state(
        post_count=40_000.0, min_interval_seconds=900, validators=conditional, hints=PacingHints(ttl_seconds=2400)
    )
    assert wait(decide(busy, make.not_modified()), now) == timedelta(seconds=2400)


def test_rule_30_a_skipped_hour_moves_the_poll_to_its_end(poll: Any, make: Any) -> None:
    after = poll(parsed=make.feed(skip_hours=frozenset({13, 14})), jitter=0.0)
    assert after.next_poll_at == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert after.reason == "in 3 h: the feed's skipHours and skipDays close the time before"


def test_rule_30_jitter_spreads_over_the_open_hour(poll: Any, make: Any) -> None:
    after = poll(parsed=make.feed(skip_hours=frozenset({13, 15})), jitter=0.5)
    assert after.next_poll_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def test_rule_30_skipped_days_move_the_poll_past_them(poll: Any, make: Any) -> None:
    friday_and_weekend = frozenset({4, 5, 6})
    after = poll(parsed=make.feed(skip_days=friday_and_weekend))
    assert after.next_poll_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_rule_30_all_hours_or_all_days_skipped_is_ignored(now: datetime) -> None:
    assert next_open(now, PacingHints(skip_hours=frozenset(range(24))), 0.0) == now
    assert next_open(now, PacingHints(skip_days=frozenset(range(7))), 0.0) == now
    between = PacingHints(skip_hours=frozenset(range(23)), skip_days=frozenset(range(6)))
    assert next_open(now, between, 0.0) == datetime(2026, 11, 22, 23, tzinfo=UTC)
