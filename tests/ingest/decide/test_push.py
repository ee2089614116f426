"""Rule 100: pushes that can be trusted leave one poll a day; a lease's end, silence or a missed push undo that."""

from datetime import timedelta

import pytest

from ingest.decide.explain import explain
from ingest.decide.push import Push, decide_push, trust_until
from ingest.decide.schedule import PollPolicy
from ingest.model import FailureKind, PacingHints, Validators

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RATE = 2000.5 / 23  # posts a day of the state in make.state, prior included


@pytest.fixture
def slow(make, now):
    """A feed that posts about once in five days."""
    return make.state(post_count=4.0, post_days=20.0, last_polled_at=now - HOUR, last_changed_at=now - 5 * DAY)


def test_trust_lasts_two_mean_gaps_after_the_push_rule_100(make, now):
    assert trust_until(make.state(), now, now + 10 * DAY) - now == pytest.approx(
        2 * DAY / RATE, abs=timedelta(seconds=1)
    )


def test_trust_ends_with_the_lease_rule_100(slow, now):
    assert trust_until(slow, now, now + 3 * HOUR) == now + 3 * HOUR
    assert trust_until(slow, now, None) is None


def test_a_push_puts_the_next_poll_off_to_a_day_after_the_last_one_rule_100(slow, now):
    push = Push(slow, now + HOUR, "in 60 min: no feed is asked more often", 1, now + 10 * DAY)

    decision = decide_push(push, now, 0.0)

    assert decision.next_poll_at == slow.last_polled_at + DAY
    assert decision.reason == "in 24 h: its hub pushes what is new, so this is only the daily check"
    assert decision.state.last_changed_at == now


def test_a_push_brings_no_poll_nearer_rule_21(slow, now):
    far = now + 3 * DAY  # Retry-After, for one

    decision = decide_push(Push(slow, far, "in 3 d: its Retry-After asks for it", 1, now + 10 * DAY), now, 0.0)

    assert (decision.next_poll_at, decision.reason) == (far, "in 3 d: its Retry-After asks for it")


def test_a_busy_feed_is_polled_when_its_next_push_is_overdue_rule_100(make, now):
    state = make.state(last_polled_at=now - timedelta(minutes=5))

    decision = decide_push(Push(state, now, "soon", 1, now + 10 * DAY), now, 0.0)

    assert decision.next_poll_at == decision.state.push_until
    assert decision.next_poll_at - now == pytest.approx(2 * DAY / RATE, abs=timedelta(minutes=1))


def test_a_push_touches_no_validator_and_counts_its_entries_once(make, now):
    state = make.state(validators=Validators('"a"', None), post_count=10.0, last_polled_at=now - 14 * DAY)

    after = decide_push(Push(state, None, None, 3, now + DAY), now, 0.0).state

    assert (after.validators, after.body_hash, after.last_polled_at) == (
        state.validators,
        state.body_hash,
        state.last_polled_at,
    )
    assert after.post_count == pytest.approx(10.0 + 3 * 2)  # halved by the next poll, fourteen days after the last


def test_pushes_respect_closed_hours_rule_30(slow, now, make):
    state = make.state(post_count=4.0, hints=PacingHints(skip_hours=frozenset(range(10, 14))))

    decision = decide_push(Push(state, now, "soon", 1, now + 10 * DAY), now, 0.0)

    assert decision.next_poll_at.hour == 14


def test_a_poll_under_trust_waits_a_day_and_says_why_rule_100(decide, make, slow, now):
    state = make.state(post_count=40.0, push_until=now + 2 * DAY, validators=Validators('"a"', None))

    decision = decide(state, make.not_modified())

    assert decision.next_poll_at == now + DAY
    assert decision.reason == "in 24 h: its hub pushes what is new, so this is only the daily check"
    assert "trusted to push" in explain(decision.state, decision.next_poll_at, decision.reason, PollPolicy())


def test_when_trust_has_run_out_polling_is_as_before_rule_100(decide, make, conditional, now):
    plain = make.state(validators=conditional)
    lapsed = make.state(validators=conditional, push_until=now - timedelta(seconds=1))

    assert decide(lapsed, make.not_modified()).next_poll_at == decide(plain, make.not_modified()).next_poll_at


def test_trust_that_ends_within_the_day_ends_the_wait_rule_100(decide, make, conditional, now):
    state = make.state(validators=conditional, push_until=now + 5 * HOUR)

    assert decide(state, make.not_modified()).next_poll_at == now + 5 * HOUR


def test_a_missed_push_found_by_a_poll_brings_back_the_usual_rhythm_rule_100(decide, make, now):
    usual = decide(make.state(), make.fetched(), make.feed(make.entries(0.1)), "new", 1)
    missed = decide(make.state(push_until=now + DAY), make.fetched(), make.feed(make.entries(0.1)), "new", 1)

    assert missed.state.push_until is None
    assert missed.next_poll_at == usual.next_poll_at
    assert missed.reason == f"{usual.reason}; this poll found what no push had brought"


def test_a_poll_that_finds_only_what_was_pushed_keeps_the_trust_rule_100(decide, make, now):
    decision = decide(make.state(push_until=now + 2 * DAY), make.fetched(), make.feed(make.entries(0.1)), "new", 0)

    assert decision.next_poll_at == now + DAY


def test_the_operators_ceiling_holds_under_pushes_too(decide, make, conditional, now):
    state = make.state(validators=conditional, push_until=now + 2 * DAY, max_interval_seconds=7200)

    assert decide(state, make.not_modified()).next_poll_at == now + 2 * HOUR


def test_a_failing_feed_backs_off_whatever_its_hub_does(decide, make, now):
    state = make.state(push_until=now + 2 * DAY)

    assert decide(state, make.failed(FailureKind.SERVER_ERROR, 500)).next_poll_at < now + DAY
