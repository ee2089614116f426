"""What a hub is answered at the callback: its verifications and denials, and whether a push is its own."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from flows.mill import Mill
from flows.steps.take_push import Delivery
from ingest.decide.push import extend_trust
from ingest.model import Subscription
from ingest.websub.request import HubQuestion, is_signed, read_question
from ingest.websub.subscription import deny, is_awaited, verify
from storage import feeds, pushes, subscriptions
from storage.subscriptions import StoredSubscription


async def answer_question(mill: Mill, token: str, query: Mapping[str, str]) -> str | None:
    """The body that a hub's GET is answered with; None: 404, for what we did not ask for (rule 95, WebSub 5.3.1)."""
    question = read_question(query)
    if question is None or find_subscription(mill, token) is None:  # strangers cost no transaction
        return None
    return await mill.writer.apply(lambda session: _answer(session, token, question, mill.clock()))


def find_subscription(mill: Mill, token: str) -> StoredSubscription | None:
    """The subscription that a callback address belongs to; None where it is nobody's."""
    with mill.database.read() as session:
        return subscriptions.find(session, token)


def accept(stored: StoredSubscription, body: bytes, signed: bytes, headers: Mapping[str, str]) -> Delivery | None:
    """The push to store; None where the signature over ``signed`` is wrong or missing (rules 97, 98).

    ``signed`` is the body as it was sent, which with a content coding is not what it says; hubs sign either.
    """
    signature, secret = headers.get("X-Hub-Signature"), stored.subscription.secret
    is_genuine = is_signed(signed, signature, secret) or (signed != body and is_signed(body, signature, secret))
    if stored.feed_id is None or not is_genuine:
        return None
    return Delivery(stored.subscription_id, stored.feed_id, body, headers.get("Content-Type", ""))


def _answer(session: Session, token: str, question: HubQuestion, now: datetime) -> str | None:
    stored = subscriptions.find(session, token)
    if stored is None or stored.subscription.offer.topic_url != question.topic:
        return None
    if question.mode != "denied" and not is_awaited(stored.subscription, question.mode, now):
        return None
    changed = _changed(stored.subscription, question, now)
    subscriptions.put(session, stored.subscription_id, changed)
    if stored.feed_id is not None and changed is not None:
        _trust(session, stored.feed_id, changed, now)
    return question.challenge or ""


def _changed(subscription: Subscription, question: HubQuestion, now: datetime) -> Subscription | None:
    if question.mode == "denied":
        return deny(subscription, question.reason, now)
    return verify(subscription, question.lease_seconds, now) if question.mode == "subscribe" else None


def _trust(session: Session, feed_id: int, subscription: Subscription, now: datetime) -> None:
    """A denial ends the trust in the feed's pushes, a renewed lease lets it go on (rule 100)."""
    schedule = feeds.schedule(session, feed_id)
    if schedule is not None and schedule.state.push_until is not None:
        until = extend_trust(schedule.state, subscription.last_push_at, subscription.lease_until, now)
        pushes.trust(session, feed_id, until)
