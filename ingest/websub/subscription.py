"""A WebSub subscription's life as values: asked for, verified, renewed, denied, left. Times come in as arguments."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.model import HubOffer, Subscription, SubscriptionState

LEASE_SECONDS = 10 * 86_400  # what is asked for; the hub decides
MAX_LEASE_SECONDS = 30 * 86_400  # a longer one counts as this: renewing proves that the hub still knows us
RENEW_SHARE = 0.8  # of the lease (rule 99)
VERIFY_WITHIN = timedelta(hours=1)  # a request that no verification followed by then came to nothing
DENIED_FOR = timedelta(days=7)
LEAVE_ATTEMPTS = 3  # a lease that the hub will not end ends by itself

_LEAST_RENEWAL = timedelta(minutes=5)  # whatever lease a hub grants: it is not asked more often
_LAST_RETRY = timedelta(days=1)
_DOUBLINGS = 10
_JITTER_SHARE = 0.1


def subscribe_to(offer: HubOffer, token: str, secret: str, now: datetime) -> Subscription:
    """A subscription to be; ``token`` and ``secret`` are random text of the caller, one for each (rule 99)."""
    return Subscription(offer=offer, token=token, secret=secret, next_action_at=now)


def ask(subscription: Subscription, now: datetime) -> Subscription | None:
    """The hub is about to be asked; None where there is no point in it any more.

    Recorded before the request: hubs may verify before they answer it.
    """
    failures = subscription.failures + _was_ignored(subscription)
    is_leaving = subscription.state is SubscriptionState.LEAVING
    if is_leaving and failures >= LEAVE_ATTEMPTS:
        return None
    return replace(
        subscription,
        state=subscription.state if is_leaving else SubscriptionState.REQUESTED,
        requested_at=now,
        next_action_at=now + _patience(failures),
        failures=failures,
    )


def fail(subscription: Subscription, detail: str, retry_at: datetime) -> Subscription | None:
    """The request came to nothing; None where there is no point in another. A verified one is not undone by it."""
    if subscription.state is SubscriptionState.REQUESTED:
        state, failures = SubscriptionState.WANTED, subscription.failures + 1
        return replace(subscription, state=state, failures=failures, detail=detail, next_action_at=retry_at)
    if subscription.state is SubscriptionState.LEAVING:
        failures = subscription.failures + 1
        is_worth_it = failures < LEAVE_ATTEMPTS
        return replace(subscription, failures=failures, detail=detail, next_action_at=retry_at) if is_worth_it else None
    return subscription


def retry_at(subscription: Subscription, asked_seconds: float | None, now: datetime, jitter: float) -> datetime:
    """When to ask a hub again: after 1, 2, 4 ... 24 hours, and not before its Retry-After; jitter in [0, 1)."""
    wait = max(_patience(subscription.failures), timedelta(seconds=asked_seconds or 0))
    return now + wait * (1 + _JITTER_SHARE * jitter)


def is_awaited(subscription: Subscription, mode: str, now: datetime) -> bool:
    """Whether a verification of "subscribe" or "unsubscribe" answers a request of ours (WebSub 5.3.1).

    For an hour also one that we took to have failed, or that was verified before: a hub whose verification we
    answered may have missed the answer.
    """
    asked_at, state = subscription.requested_at, subscription.state
    if asked_at is None or state is SubscriptionState.DENIED:
        return False
    if state is SubscriptionState.LEAVING:
        return mode == "unsubscribe"
    is_pending = state is SubscriptionState.REQUESTED or now - asked_at <= VERIFY_WITHIN
    return mode == "subscribe" and is_pending


def verify(subscription: Subscription, lease_seconds: str | None, now: datetime) -> Subscription:
    """The hub verified the subscription; ``lease_seconds`` as it wrote them (WebSub 5.3)."""
    lease = read_lease(lease_seconds)
    return replace(
        subscription,
        state=SubscriptionState.ACTIVE,
        lease_until=now + lease,
        next_action_at=now + max(lease * RENEW_SHARE, _LEAST_RENEWAL),
        failures=0,
        detail=None,
    )


def read_lease(written: str | None) -> timedelta:
    """The lease that a hub grants; one that it does not name, or not as a number, is taken to be a day."""
    text = (written or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 18:  # noqa: PLR2004  digits of a 64-bit number
        return timedelta(days=1)
    return timedelta(seconds=min(int(text), MAX_LEASE_SECONDS))


def deny(subscription: Subscription, reason: str | None, now: datetime) -> Subscription | None:
    """The hub will not, or will no longer (WebSub 5.2): the lease is over, and it is asked again after a week.

    None where it was being left anyway.
    """
    if subscription.state is SubscriptionState.LEAVING:
        return None
    detail = f"the hub denied it: {reason}" if reason else "the hub denied it"
    return replace(
        subscription,
        state=SubscriptionState.DENIED,
        lease_until=None,
        requested_at=None,
        next_action_at=now + DENIED_FOR,
        failures=0,
        detail=detail,
    )


def leave(subscription: Subscription, now: datetime) -> Subscription | None:
    """The feed offers it no longer, or is no longer read: the hub is told; None where it has nothing to end."""
    if subscription.state is SubscriptionState.LEAVING:
        return subscription
    if subscription.state is SubscriptionState.DENIED or subscription.requested_at is None:
        return None
    state = SubscriptionState.LEAVING
    return replace(subscription, state=state, requested_at=None, next_action_at=now, failures=0)


def want_again(subscription: Subscription, now: datetime) -> Subscription:
    """The feed offers again what was being left."""
    if subscription.state is not SubscriptionState.LEAVING:
        return subscription
    return replace(subscription, state=SubscriptionState.WANTED, next_action_at=now, failures=0)


def push(subscription: Subscription, now: datetime) -> Subscription:
    """A push was verified."""
    return replace(subscription, last_push_at=now, pushes=subscription.pushes + 1)


def is_live(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub is bound to push now."""
    is_over = subscription.state in {SubscriptionState.DENIED, SubscriptionState.LEAVING}
    return not is_over and subscription.lease_until is not None and now < subscription.lease_until


def _patience(failures: int) -> timedelta:
    """1, 2, 4 ... 24 hours."""
    return min(VERIFY_WITHIN * math.ldexp(1.0, min(failures, _DOUBLINGS)), _LAST_RETRY)


def _was_ignored(subscription: Subscription) -> bool:
    """Whether the request before this one was never verified."""
    is_waiting = subscription.state in {SubscriptionState.REQUESTED, SubscriptionState.LEAVING}
    return is_waiting and subscription.requested_at is not None
