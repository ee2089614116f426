"""WebSub subscriptions: noted where a poll finds a hub, asked for, renewed, and ended, each at its time."""

import asyncio
import logging
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from flows.mill import Mill
from ingest.decide.redirects import answered_at
from ingest.headers import retry_after_seconds
from ingest.model import Fetched, FetchFailed, FetchRequest, FetchResult, HubOffer, ParsedFeed, Subscription
from ingest.urls import host_of
from ingest.websub.discovery import feed_offer, header_offer
from ingest.websub.request import hub_form
from ingest.websub.subscription import ask, fail, leave, retry_at, subscribe_to, want_again
from storage import sites, subscriptions
from storage.sites import Hold
from storage.subscriptions import StoredSubscription

log = logging.getLogger(__name__)

AT_ONCE = 50
_TOKEN_BYTES = 32


def note_hub(session: Session, feed_id: int, result: FetchResult, parsed: ParsedFeed | None, now: datetime) -> None:
    """Keep what a usable answer says of the feed's hub; in the transaction of its poll.

    A body that was not read, as of a 304, takes nothing back: only its Link header can speak.
    """
    if isinstance(result, FetchFailed):
        return
    if isinstance(result, Fetched) and parsed is not None:
        _heed(session, feed_id, feed_offer(result, parsed.links), now)
    elif offer := header_offer(result.headers, result.final_url):
        _heed(session, feed_id, offer, now)


def _heed(session: Session, feed_id: int, offer: HubOffer | None, now: datetime) -> None:
    """Subscribe to what is offered, and leave what is offered no longer."""
    known = subscriptions.of_feed(session, feed_id)
    for stored in known:
        step = want_again if stored.subscription.offer == offer else leave
        _put(session, stored, step(stored.subscription, now))
    if offer is not None and not any(stored.subscription.offer == offer for stored in known):
        token, secret = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
        subscriptions.add(session, feed_id, subscribe_to(offer, token, secret, now), now)


async def ask_hubs(mill: Mill) -> int:
    """Ask every hub whose time has come: to subscribe, to renew, to end. Gives how many were asked."""
    due = await mill.writer.apply(lambda session: _take_due(session, mill.clock()))
    await asyncio.gather(*(_ask(mill, stored) for stored in due))
    return len(due)


def _take_due(session: Session, now: datetime) -> list[StoredSubscription]:
    """What is due, as it stands once asked: a hub may verify before it answers the request."""
    for stored in subscriptions.unread(session, AT_ONCE):
        _put(session, stored, leave(stored.subscription, now))
    due = subscriptions.due(session, now, AT_ONCE)
    taken = [_put(session, stored, ask(stored.subscription, now)) for stored in due]
    return [stored for stored in taken if stored is not None]


async def _ask(mill: Mill, stored: StoredSubscription) -> None:
    form = hub_form(stored.subscription, mill.settings.websub_callback_url)
    result = await mill.client.fetch(FetchRequest(url=stored.subscription.offer.hub_url, accept="*/*", form=form))
    if isinstance(result, FetchFailed):
        log.warning("hub %s", result.detail)
        await mill.writer.apply(lambda session: _record_failure(session, mill, stored.subscription_id, result))


def _record_failure(session: Session, mill: Mill, subscription_id: int, failure: FetchFailed) -> None:
    """From where the subscription stands now: its hub may have verified it and failed after that."""
    stored, now = subscriptions.get(session, subscription_id), mill.clock()
    if stored is not None:
        asked = retry_after_seconds(failure.headers, now)
        again_at = retry_at(stored.subscription, asked, now, mill.jitter())
        _put(session, stored, fail(stored.subscription, failure.detail, again_at))
        if asked:  # of the whole host (rule 31), which may have feeds and pages too
            host = host_of(answered_at(failure))
            hold = Hold(now + timedelta(seconds=asked), failure.detail, is_asked=True)
            sites.hold(session, sites.ensure(session, [host])[host], hold)


def _put(session: Session, stored: StoredSubscription, changed: Subscription | None) -> StoredSubscription | None:
    if changed != stored.subscription:
        subscriptions.put(session, stored.subscription_id, changed)
    return None if changed is None else StoredSubscription(stored.subscription_id, stored.feed_id, changed)
