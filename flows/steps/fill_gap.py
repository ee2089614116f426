"""Follow a feed to its older documents where entries came and went between two polls (rule 79)."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from flows.mill import Mill
from flows.steps.read_feed import feed_request, read_feed
from flows.steps.robots import RobotsDesk
from ingest.decide.paging import MAX_PAGES, may_have_gap, older_document
from ingest.jobs import FeedReading
from ingest.model import FeedState, Fetched, FetchFailed, SeenEntry
from storage import feeds

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Document:
    """A feed's newest document as it was read, and what was known of the feed before."""

    feed_id: int
    state: FeedState
    result: Fetched
    reading: FeedReading


@dataclass(frozen=True, slots=True)
class Older:
    """The entries that filled a gap; ``failure``: what ended the walk, if a server did."""

    seen: tuple[SeenEntry, ...] = ()
    failure: FetchFailed | None = None
    archive_url: str | None = None  # the newest archive document, once all behind it is known


async def fill_gap(mill: Mill, document: Document, robots: RobotsDesk) -> Older:
    """Read older documents until one shows an entry that is known, at most ten; nothing where there is no gap.

    The newest document's words win: an entry of an older one counts only where it is not known (rule 82).
    """
    may_be = may_have_gap(document.state, document.result, document.reading.parsed)
    if not may_be or _known(mill, document, document.reading.seen):
        return Older()
    found: dict[int, SeenEntry] = {}
    failure = archive_url = None
    async for outcome in _older_documents(mill, document, robots):
        if isinstance(outcome, FetchFailed):
            failure = outcome
            break
        archive_url = document.reading.parsed.links.prev_archive_url
        known = _known(mill, document, outcome.seen)
        fresh = {seen.entry_key: seen for seen in outcome.seen if seen.entry_key not in known}
        found = fresh | found
        if known or not fresh:
            break
    if found:
        log.info("feed %s: %d older entries that no poll had seen", document.state.url, len(found))
    return Older(tuple(found.values()), failure, None if failure else archive_url)


async def _older_documents(
    mill: Mill, document: Document, robots: RobotsDesk
) -> AsyncIterator[FeedReading | FetchFailed]:
    """Each document before the one before; ends where there is none, or none that may be asked for."""
    parsed, visited = document.reading.parsed, [document.result.final_url]
    for _ in range(MAX_PAGES):
        step = older_document(visited[0], parsed, visited, document.state.archive_url)
        if step.objection:
            log.warning("feed %s: %s; it is not followed", document.state.url, step.objection)
        if step.url is None:
            return
        visited.append(step.url)
        outcome = await _read(mill, step.url, robots)
        if outcome is None:
            return
        yield outcome
        if isinstance(outcome, FeedReading):
            parsed = outcome.parsed


def _known(mill: Mill, document: Document, seen: tuple[SeenEntry, ...]) -> frozenset[int]:
    with mill.database.read() as session:
        return feeds.known_keys(session, document.feed_id, seen)


async def _read(mill: Mill, url: str, robots: RobotsDesk) -> FeedReading | FetchFailed | None:
    if objection := await robots.objection(url):
        return objection
    with mill.bodies.share() as share:
        result = await mill.client.fetch(feed_request(url), share)
        if not isinstance(result, Fetched):
            return result if isinstance(result, FetchFailed) else None
        reading = await read_feed(mill, result)
    return reading if isinstance(reading, FeedReading) else None
