"""Deliver the new hits of saved searches to their webhooks: at least once, in order, signed, a few at a time."""

import asyncio
import hashlib
import hmac
import json
import logging
from datetime import datetime, timedelta
from typing import Any

from flows.mill import Mill
from ingest.headers import retry_after_seconds
from ingest.model import FailureKind, FetchFailed, FetchRequest, Posted
from storage import searches
from storage.searches import Claimed, Hits

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=120)
ARTICLES_AT_ONCE = 20
POSTS_A_ROUND = 5  # of one search: what is left comes with the next round
DEADLINE_SECONDS = 10.0
TURN_SECONDS = 20.0
_AT_ONCE = 4
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_DOUBLINGS = 10
SIGNATURE = "Feedmill-Signature"
DELIVERY = "Feedmill-Delivery"


async def deliver_searches(mill: Mill) -> int:
    """Call every webhook that is due; gives how many articles were taken.

    An article is left behind only once its receiver has answered 2xx and that is committed: a process killed in between
    delivers it again, under the same ``Feedmill-Delivery``.
    """
    now = mill.clock()
    with mill.database.read() as session:
        if not searches.is_any_due(session, now):
            return 0
    claimed = await mill.writer.apply(lambda session: searches.claim(session, mill.holder, now, LEASE))
    room = asyncio.Semaphore(_AT_ONCE)
    try:
        return sum(await asyncio.gather(*(_deliver(mill, search, room) for search in claimed)))
    finally:
        ids = [search.search_id for search in claimed]
        await mill.writer.apply(lambda session: searches.release(session, ids, mill.holder))


async def _deliver(mill: Mill, search: Claimed, room: asyncio.Semaphore) -> int:
    """One search's new articles, until none is left or the receiver fails."""
    delivered, after = 0, search.last_article_id
    async with room:
        for _ in range(POSTS_A_ROUND):
            hits = await asyncio.to_thread(_read, mill, search, after)
            if hits.articles and not await _post(mill, search, hits):
                break
            if hits.last_article_id == after or not await _record(mill, search, hits):
                break
            delivered, after = delivered + len(hits.articles), hits.last_article_id
    return delivered


def _read(mill: Mill, search: Claimed, after: int) -> Hits:
    with mill.database.read() as session:
        return searches.new_hits(session, search, after, ARTICLES_AT_ONCE)


async def _record(mill: Mill, search: Claimed, hits: Hits) -> bool:
    now = mill.clock()
    return await mill.writer.apply(
        lambda session: searches.record_delivery(session, search.search_id, mill.holder, hits, now)
    )


async def _post(mill: Mill, search: Claimed, hits: Hits) -> bool:
    posted = message(search, hits, mill.clock(), mill.settings.webhook_secret)
    request = FetchRequest(url=search.webhook_url, accept="*/*", posted=posted, deadline_seconds=DEADLINE_SECONDS)
    try:
        async with asyncio.timeout(TURN_SECONDS):  # another receiver on its host may have asked for hours
            result = await mill.client.fetch(request)
    except TimeoutError:
        result = FetchFailed(url=search.webhook_url, kind=FailureKind.TIMEOUT, detail="")
    if not isinstance(result, FetchFailed):
        return True
    now = mill.clock()
    wait = next_wait(search.failures, retry_after_seconds(result.headers, now))
    detail = f"the receiver answered {result.status}" if result.status else f"no delivery: {result.kind}"
    log.warning("the webhook of the search %s: %s; again in %s", search.name, detail, wait)
    await mill.writer.apply(
        lambda session: searches.record_failure(session, search.search_id, mill.holder, detail, now + wait)
    )
    return False


def message(search: Claimed, hits: Hits, now: datetime, secret: str) -> Posted:
    """The request's body and headers. Signed over exactly these bytes, as ``sha256=`` and hexadecimal digits."""
    delivery = f"{search.name}-{hits.articles[0]['id']}"
    document: dict[str, Any] = {
        "delivery": delivery,
        "search": search.name,
        "query": search.query,
        "site": search.site,
        "sent_at": now.isoformat(),
        "articles": hits.articles,
    }
    body = json.dumps(document).encode("ascii")
    headers = {"Content-Type": "application/json", DELIVERY: delivery}
    if secret:
        headers[SIGNATURE] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Posted(body, headers)


def next_wait(failures: int, asked_seconds: float | None) -> timedelta:
    """How long a receiver that failed is left alone: twice as long each time, six hours at most; longer if it asks."""
    own = min(_FIRST_WAIT * (1 << min(failures, _DOUBLINGS)), _LONGEST_WAIT)
    asked = min(timedelta(seconds=asked_seconds), timedelta(days=1)) if asked_seconds else timedelta()
    return max(own, asked)
