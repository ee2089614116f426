"""WebSub subscriptions as rows, and what a push writes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.model import FeedState, HubOffer, Subscription, SubscriptionState, Validators
from storage import feeds, pushes, subscriptions, tables
from storage.pushes import PushRecord

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFER = HubOffer(hub_url="https://hub.example/", topic_url="https://news.example/topic")


def wanted(token: str = "t", **changes: Any) -> Subscription:
    return replace(Subscription(offer=OFFER, token=token, secret="s", next_action_at=NOW), **changes)


@pytest.fixture
def kept(newsroom: Any) -> Any:
    """Add a subscription to a feed; gives it as stored."""

    def keep(feed_id: int, subscription: Subscription) -> subscriptions.StoredSubscription:
        with newsroom.database.begin() as session:
            assert subscriptions.add(session, feed_id, subscription, NOW)
            stored = subscriptions.find(session, subscription.token)
            assert stored is not None
            return stored

    return keep


def test_everything_of_a_subscription_comes_back(newsroom: Any, kept: Any) -> None:
    feed_id = newsroom.subscribe()
    stored = kept(feed_id, wanted())
    full = wanted(
        state=SubscriptionState.ACTIVE,
        requested_at=NOW,
        lease_until=NOW + HOUR,
        next_action_at=NOW + HOUR / 2,
        failures=3,
        detail="the hub\x00 denied it",
        last_push_at=NOW,
        pushes=7,
    )

    with newsroom.database.begin() as session:
        subscriptions.put(session, stored.subscription_id, full)
        found = subscriptions.get(session, stored.subscription_id)

    assert found is not None
    assert found.feed_id == feed_id
    assert found.subscription == replace(full, detail="the hub denied it")


def test_a_feed_removed_meanwhile_gets_no_subscription(newsroom: Any) -> None:
    with newsroom.database.begin() as session:
        assert not subscriptions.add(session, 4711, wanted(), NOW)
        assert subscriptions.find(session, "t") is None


def test_what_is_due_comes_longest_waiting_first(newsroom: Any, kept: Any) -> None:
    kept(newsroom.subscribe("a"), wanted("late", next_action_at=NOW))
    kept(newsroom.subscribe("b"), wanted("early", next_action_at=NOW - HOUR))
    kept(newsroom.subscribe("c"), wanted("later", next_action_at=NOW + HOUR))

    with newsroom.database.begin() as session:
        assert [stored.subscription.token for stored in subscriptions.due(session, NOW, 10)] == ["early", "late"]
        assert len(subscriptions.due(session, NOW, 1)) == 1


def test_a_removed_feed_leaves_its_subscription_to_be_ended(newsroom: Any, kept: Any) -> None:
    newsroom.subscribe("active")
    kept(newsroom.subscribe("removed"), wanted("removed"))
    kept(newsroom.subscribe("paused"), wanted("paused"))
    kept(newsroom.subscribe("read"), wanted("read"))
    kept(newsroom.subscribe("left"), wanted("left", state=SubscriptionState.LEAVING))

    with newsroom.database.begin() as session:
        for name in ("removed", "left"):
            feeds.remove(session, f"https://news.example/{name}.xml")
        feeds.pause(session, "https://news.example/paused.xml")
        unread = {stored.subscription.token: stored.feed_id for stored in subscriptions.unread(session, 10)}

    assert unread.keys() == {"removed", "paused"}
    assert unread["removed"] is None


def test_nothing_is_left_of_what_ended(newsroom: Any, kept: Any) -> None:
    stored = kept(newsroom.subscribe(), wanted())

    with newsroom.database.begin() as session:
        subscriptions.put(session, stored.subscription_id, None)

        assert subscriptions.of_feed(session, stored.feed_id) == []
        assert subscriptions.listing(session) == []


def test_the_listing_tells_no_secrets(newsroom: Any, kept: Any) -> None:
    kept(newsroom.subscribe(), wanted("guess-me", secret="hush"))

    with newsroom.database.read() as session:
        listed = subscriptions.listing(session)

    assert listed[0]["feed_url"] == "https://news.example/a.xml"
    assert (listed[0]["hub_url"], listed[0]["state"]) == ("https://hub.example/", "wanted")
    assert "guess-me" not in str(listed)
    assert "hush" not in str(listed)


def test_a_push_adds_entries_and_pages_and_leaves_the_polls_columns_alone(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    state = FeedState(url="https://news.example/a.xml", validators=Validators('"v"', "yesterday", "u"), body_hash="b")
    newsroom.poll(feed_id, newsroom.seen("old"), state=state)
    pushed = replace(state, validators=Validators(), body_hash=None, post_count=2.5, push_until=NOW + HOUR)
    record = PushRecord(
        feed_id=feed_id,
        state=pushed,
        next_poll_at=NOW + 24 * HOUR,
        poll_reason="in 24 h: pushes",
        now=NOW,
        seen=(newsroom.seen("new"), newsroom.seen("old")),
    )

    with newsroom.database.begin() as session:
        counts = pushes.record_push(session, record)
        schedule = feeds.schedule(session, feed_id)

    assert counts == feeds.PollCounts(entries_new=1, entries_changed=0, pages_new=1)
    assert [page.url for page in newsroom.waiting()] == ["https://news.example/old", "https://news.example/new"]
    assert schedule is not None
    assert (schedule.state.validators, schedule.state.body_hash) == (state.validators, "b")
    assert (schedule.state.push_until, schedule.state.post_count) == (NOW + HOUR, 2.5)
    assert (schedule.next_poll_at, schedule.poll_reason) == (NOW + 24 * HOUR, "in 24 h: pushes")


def test_the_same_push_twice_stores_nothing_twice(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    record = PushRecord(
        feed_id=feed_id,
        state=FeedState(url="https://news.example/a.xml"),
        next_poll_at=None,
        poll_reason=None,
        now=NOW,
        seen=(newsroom.seen("new"),),
    )

    for expected in (1, 0):
        with newsroom.database.begin() as session:
            assert pushes.record_push(session, record).entries_new == expected

    assert len(newsroom.rows(tables.PAGE)) == 1


def test_a_poll_in_flight_does_not_undo_a_push_that_came_meanwhile(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    with newsroom.database.begin() as session:
        pushes.trust(session, feed_id, NOW + 2 * HOUR)

    newsroom.poll(feed_id, state=FeedState(url="https://news.example/a.xml", push_until=NOW + HOUR))

    with newsroom.database.read() as session:
        schedule = feeds.schedule(session, feed_id)
    assert schedule is not None
    assert schedule.state.push_until == NOW + 2 * HOUR


def test_a_poll_that_doubts_the_pushes_says_so_rule_100(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    with newsroom.database.begin() as session:
        pushes.trust(session, feed_id, NOW + 2 * HOUR)

    newsroom.poll(feed_id, state=FeedState(url="https://news.example/a.xml", push_until=None))

    with newsroom.database.read() as session:
        schedule = feeds.schedule(session, feed_id)
        assert feeds.schedule(session, 4711) is None
    assert schedule is not None
    assert schedule.state.push_until is None
