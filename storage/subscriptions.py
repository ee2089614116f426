"""WebSub subscriptions as rows: found by feed, by token and by time. What happens to them is decided elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, or_, select, update
from sqlmodel import Session

from ingest.model import HubOffer, Subscription, SubscriptionState
from storage.dialects import take_turn
from storage.moments import iso
from storage.tables import FEED, SUBSCRIPTION

_PLAIN = (
    *("token", "secret", "requested_at", "lease_until", "next_action_at"),
    *("failures", "detail", "last_push_at", "pushes"),
)
_LISTED = ("hub_url", "topic_url", "state", "failures", "detail", "pushes")
_LISTED_TIMES = ("lease_until", "next_action_at", "last_push_at")


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """A subscription with its id and its feed's; ``feed_id`` None: the feed was removed."""

    subscription_id: int
    feed_id: int | None
    subscription: Subscription


def add(session: Session, feed_id: int, subscription: Subscription, now: datetime) -> bool:
    """Keep a new subscription; false where the feed was removed meanwhile."""
    connection = session.connection()
    if connection.scalar(select(FEED.c.id).where(FEED.c.id == feed_id)) is None:
        return False
    row = {**_columns(subscription), "feed_id": feed_id, "created_at": now}
    connection.execute(insert(SUBSCRIPTION).values(row))
    return True


def put(session: Session, subscription_id: int, subscription: Subscription | None) -> None:
    """Write what became of a subscription; None: nothing is left of it."""
    mine = SUBSCRIPTION.c.id == subscription_id
    connection = session.connection()
    if subscription is None:
        connection.execute(delete(SUBSCRIPTION).where(mine))
    else:
        connection.execute(update(SUBSCRIPTION).where(mine).values(_columns(subscription)))


def find(session: Session, token: str) -> StoredSubscription | None:
    """The subscription with this callback token; None where there is none."""
    return next(_read(session, select(SUBSCRIPTION).where(SUBSCRIPTION.c.token == token)), None)


def get(session: Session, subscription_id: int) -> StoredSubscription | None:
    """The subscription with this id, kept from other writers until the transaction ends; None where there is none."""
    statement = select(SUBSCRIPTION).where(SUBSCRIPTION.c.id == subscription_id).with_for_update()
    return next(_read(session, statement), None)


def of_feed(session: Session, feed_id: int) -> list[StoredSubscription]:
    """A feed's subscriptions: one, or several while it changes hubs; no other poll of it changes them meanwhile."""
    take_turn(session.connection())
    return list(_read(session, select(SUBSCRIPTION).where(SUBSCRIPTION.c.feed_id == feed_id).with_for_update()))


def due(session: Session, now: datetime, limit: int) -> list[StoredSubscription]:
    """The subscriptions whose hub is to be asked now, those waiting longest first; two callers never get the same."""
    statement = (
        select(SUBSCRIPTION)
        .where(SUBSCRIPTION.c.next_action_at <= now)
        .order_by(SUBSCRIPTION.c.next_action_at, SUBSCRIPTION.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(_read(session, statement))


def unread(session: Session, limit: int) -> list[StoredSubscription]:
    """The subscriptions that are kept although their feed was removed, or is paused or gone."""
    statement = (
        select(SUBSCRIPTION)
        .outerjoin(FEED, FEED.c.id == SUBSCRIPTION.c.feed_id)
        .where(SUBSCRIPTION.c.state != SubscriptionState.LEAVING.value)
        .where(or_(FEED.c.id.is_(None), FEED.c.status != "active"))
        .order_by(SUBSCRIPTION.c.id)
        .limit(limit)
        .with_for_update(of=SUBSCRIPTION, skip_locked=True)
    )
    return list(_read(session, statement))


def listing(session: Session) -> list[dict[str, Any]]:
    """Every subscription as ``websub list --json`` shows it, in the order of its feed's address. No secrets."""
    statement = (
        select(SUBSCRIPTION, FEED.c.url.label("feed_url"))
        .outerjoin(FEED, FEED.c.id == SUBSCRIPTION.c.feed_id)
        .order_by(FEED.c.url.asc().nulls_last(), SUBSCRIPTION.c.id)
    )
    return [
        {
            "feed_url": row.feed_url,
            **{name: getattr(row, name) for name in _LISTED},
            **{name: iso(getattr(row, name)) for name in _LISTED_TIMES},
        }
        for row in session.connection().execute(statement)
    ]


def _read(session: Session, statement: Select[Any]) -> Iterator[StoredSubscription]:
    return (
        StoredSubscription(row.id, row.feed_id, _subscription(row)) for row in session.connection().execute(statement)
    )


def _columns(subscription: Subscription) -> dict[str, Any]:
    return {
        "hub_url": subscription.offer.hub_url,
        "topic_url": subscription.offer.topic_url,
        "state": subscription.state.value,
        **{name: getattr(subscription, name) for name in _PLAIN},
    }


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        offer=HubOffer(hub_url=row.hub_url, topic_url=row.topic_url),
        state=SubscriptionState(row.state),
        **{name: getattr(row, name) for name in _PLAIN},
    )
