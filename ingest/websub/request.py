"""What is said to a hub and what a hub says to us, as names and values (WebSub sections 5 and 7)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.model import Subscription, SubscriptionState
from ingest.websub.subscription import LEASE_SECONDS

# WebSub section 7: the methods a hub may sign with.
_METHODS = {
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}
_MAX_CHALLENGE = 4_096
_MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class HubQuestion:
    """What a hub asks at the callback: to verify a mode for a topic, or to hear of a denial."""

    mode: str
    topic: str
    challenge: str | None = None
    lease_seconds: str | None = None
    reason: str | None = None


def hub_form(subscription: Subscription, callback_base: str) -> dict[str, str]:
    """The form that asks the hub to subscribe, or to unsubscribe, ``callback_base``/token (WebSub 5.1).

    The secret goes to hubs without TLS too, where the spec would leave it out: who only knows the callback is kept
    out all the same, and the secret protects nothing else.
    """
    form = {
        "hub.callback": callback_url(callback_base, subscription.token),
        "hub.topic": subscription.offer.topic_url,
    }
    if subscription.state is SubscriptionState.LEAVING:
        return form | {"hub.mode": "unsubscribe"}
    return form | {
        "hub.mode": "subscribe",
        "hub.lease_seconds": str(LEASE_SECONDS),
        "hub.secret": subscription.secret,
    }


def callback_url(base: str, token: str) -> str:
    """Where this subscription's hub reaches us."""
    return f"{base.rstrip('/')}/{token}"


def read_question(query: Mapping[str, str]) -> HubQuestion | None:
    """What the query of a hub's GET asks; None where it is no question of a hub (WebSub 5.2, 5.3)."""
    mode, topic, challenge = (query.get(f"hub.{name}") for name in ("mode", "topic", "challenge"))
    if mode not in {"subscribe", "unsubscribe", "denied"} or not topic:
        return None
    if mode != "denied" and not (challenge and len(challenge) <= _MAX_CHALLENGE):
        return None
    reason = "".join(filter(str.isprintable, query.get("hub.reason", "")[:_MAX_REASON]))
    return HubQuestion(mode, topic, challenge, query.get("hub.lease_seconds"), reason or None)


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Whether ``X-Hub-Signature`` (method=hex) is the body's under the secret (WebSub 7.1); a missing one is not."""
    method, _, written = (header or "").strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    expected = hmac.new(secret.encode(), body, _METHODS[method.lower()]).hexdigest()
    return hmac.compare_digest(expected.encode(), written.strip().lower().encode("utf-8", "replace"))
