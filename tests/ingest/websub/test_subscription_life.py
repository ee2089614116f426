"""A subscription's life: leases, renewals, denials, refusals, leaving; time is what the test says it is."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.model import HubOffer, SubscriptionState
from ingest.websub.subscription import (
    ask,
    deny,
    fail,
    is_awaited,
    is_live,
    leave,
    push,
    read_lease,
    retry_at,
    subscribe_to,
    verify,
    want_again,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WANTED = subscribe_to(HubOffer(hub_url="https://hub.example/", topic_url="https://news.example/f"), "t", "s", NOW)
REQUESTED = ask(WANTED, NOW)
ACTIVE = verify(REQUESTED, "864000", NOW)


def test_a_lease_is_renewed_at_80_percent_rule_99():
    assert ACTIVE.state is SubscriptionState.ACTIVE
    assert ACTIVE.lease_until == NOW + 10 * DAY
    assert ACTIVE.next_action_at == NOW + 8 * DAY


def test_the_lease_stays_live_while_it_is_renewed():
    renewing = ask(ACTIVE, NOW + 8 * DAY)

    assert renewing.state is SubscriptionState.REQUESTED
    assert is_live(renewing, NOW + 9 * DAY)
    assert verify(renewing, "864000", NOW + 8 * DAY).lease_until == NOW + 18 * DAY


def test_a_lease_that_nobody_renews_ends():
    assert not is_live(ask(ACTIVE, NOW + 8 * DAY), NOW + 10 * DAY)


@pytest.mark.parametrize(
    ("written", "lease"),
    [
        ("60", timedelta(seconds=60)),
        (" 3600 ", HOUR),
        ("0", timedelta()),
        ("99999999999", 30 * DAY),
        (None, DAY),
        ("", DAY),
        ("-5", DAY),
        ("1e9", DAY),
        ("٣", DAY),
        ("9" * 400, DAY),
    ],
)
def test_leases_as_hubs_write_them(written, lease):
    assert read_lease(written) == lease


def test_a_lease_of_nothing_does_not_make_us_ask_all_the_time():
    assert verify(REQUESTED, "0", NOW).next_action_at == NOW + timedelta(minutes=5)


def test_only_what_was_asked_for_is_awaited_rule_95():
    assert not is_awaited(WANTED, "subscribe", NOW)
    assert is_awaited(REQUESTED, "subscribe", NOW)
    assert not is_awaited(REQUESTED, "unsubscribe", NOW)
    assert not is_awaited(ACTIVE, "subscribe", NOW + 2 * HOUR)
    assert not is_awaited(deny(ACTIVE, None, NOW), "subscribe", NOW)


def test_a_hub_that_missed_our_answer_may_verify_once_more():
    assert is_awaited(ACTIVE, "subscribe", NOW + timedelta(minutes=5))


def test_a_request_that_timed_out_may_have_reached_the_hub():
    failed = fail(REQUESTED, "it took too long", NOW + HOUR)

    assert is_awaited(failed, "subscribe", NOW + timedelta(minutes=1))


def test_leaving_awaits_the_end_only():
    leaving = ask(leave(ACTIVE, NOW), NOW)

    assert is_awaited(leaving, "unsubscribe", NOW)
    assert not is_awaited(leaving, "subscribe", NOW)


def test_refusals_wait_longer_and_longer_up_to_a_day():
    subscription, waits = WANTED, []
    for _ in range(7):
        due_at = retry_at(subscription, None, NOW, 0.0)
        waits.append((due_at - NOW) / HOUR)
        subscription = fail(ask(subscription, NOW), "the server answered 500", due_at)

    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert subscription.detail == "the server answered 500"


def test_a_hubs_retry_after_is_obeyed_and_jitter_only_lengthens():
    assert retry_at(WANTED, 7200, NOW, 0.0) == NOW + 2 * HOUR
    assert NOW + HOUR < retry_at(WANTED, None, NOW, 0.5) < NOW + 1.1 * HOUR


def test_a_hub_that_never_verifies_is_asked_ever_more_rarely():
    subscription, moment, waits = REQUESTED, NOW, []
    for _ in range(6):
        waits.append((subscription.next_action_at - moment) / HOUR)
        moment = subscription.next_action_at
        subscription = ask(subscription, moment)

    assert waits == [1, 2, 4, 8, 16, 24]


def test_a_failed_answer_does_not_undo_a_verification_that_came_first():
    assert fail(ACTIVE, "it broke off", NOW + HOUR) == ACTIVE


def test_a_denial_ends_the_lease_and_is_asked_again_after_a_week_rule_99():
    denied = deny(ACTIVE, "over quota", NOW)

    assert denied.state is SubscriptionState.DENIED
    assert (denied.lease_until, denied.next_action_at) == (None, NOW + 7 * DAY)
    assert denied.detail == "the hub denied it: over quota"
    assert not is_live(denied, NOW)
    assert ask(denied, NOW + 7 * DAY).state is SubscriptionState.REQUESTED


def test_what_was_never_asked_for_is_left_without_a_word():
    assert leave(WANTED, NOW) is None
    assert leave(deny(ACTIVE, None, NOW), NOW) is None
    assert deny(leave(ACTIVE, NOW), None, NOW) is None


def test_a_hub_that_will_not_let_go_is_asked_three_times():
    leaving, asked = leave(ACTIVE, NOW), 0
    while (leaving := ask(leaving, NOW)) is not None:
        asked += 1

    assert asked == 3
    failing = leave(ACTIVE, NOW)
    assert fail(fail(failing, "500", NOW), "500", NOW) is not None
    assert fail(fail(fail(failing, "500", NOW), "500", NOW), "500", NOW) is None


def test_what_is_offered_again_is_wanted_again():
    again = want_again(leave(ACTIVE, NOW), NOW)

    assert (again.state, again.lease_until) == (SubscriptionState.WANTED, ACTIVE.lease_until)
    assert want_again(ACTIVE, NOW) == ACTIVE


def test_pushes_are_counted():
    assert push(push(ACTIVE, NOW), NOW + HOUR).pushes == 2
    assert push(ACTIVE, NOW + HOUR).last_push_at == NOW + HOUR
