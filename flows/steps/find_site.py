"""Find out what a site is made with: its home page, its feed, its robots.txt."""

import logging
from dataclasses import dataclass

from flows.settings import Settings
from flows.steps.ask_history import Delay, Undertaking, ask, read_robots
from flows.steps.read_feed import FEED_ACCEPT, MAX_FEED_BYTES
from flows.workers import WorkerBugError, WorkerLimitError
from ingest.backfill.detect import Findings, FoundFeed, Home, home_of, read_sitemaps, target_of
from ingest.backfill.source import Archives, Ask, Reply, Target
from ingest.backfill.window import window_of
from ingest.errors import IngestError
from ingest.feeds.discover import FeedLink
from ingest.fetch.guard import check_url
from ingest.fetch.robots import robots_request
from ingest.jobs import FeedJob
from ingest.model import ParsedFeed
from ingest.urls import dedupe_key, host_of
from storage import feeds, sites
from storage.backfills import Job

log = logging.getLogger(__name__)

_OK = range(200, 300)
_MOST_TRIES = 3  # feeds that a page names, until one is a feed


@dataclass(frozen=True, slots=True)
class _Front:
    """What stands at the address that was given: the site's home page, its feed, or neither."""

    home: Home | None = None
    links: tuple[FeedLink, ...] = ()
    feed: FoundFeed | None = None


def address_of(site: str) -> str:
    """The address that is meant. Raises BadUrl where it can be none of a site."""
    return check_url(site)


def home_key_of(home_url: str) -> int:
    """What a site is told by: where it begins, whichever way its address is written."""
    return dedupe_key(home_url)


async def find_site(work: Undertaking, job: Job) -> Target | Delay:
    """The site as its sources see it, or when to ask again. Raises BadUrl where the address can be none."""
    url = address_of(job.site)
    front = await _read_front(work, url, job.attempts)
    if isinstance(front, Delay):
        return front
    feed = front.feed or await _find_feed(work, front, url, job.attempts)
    if isinstance(feed, Delay):
        return feed
    own = front.home.url if front.home else url
    delay = await read_robots(work, own, job.attempts)
    if delay is not None:
        return delay
    findings = Findings(
        url=front.feed.url if front.feed else url,
        home=front.home,
        feed=feed,
        sitemaps=_sitemaps(work, own),
        files=job.files,
        archives=archives_of(work.mill.settings),
    )
    return target_of(findings, window_of(job.since, job.until))


def archives_of(settings: Settings) -> Archives:
    """Where the public archives are, by the settings."""
    return Archives(wayback_url=settings.wayback_url, common_crawl_url=settings.common_crawl_url or None)


async def _read_front(work: Undertaking, url: str, attempts: int) -> _Front | Delay:
    reply = await ask(work, _page(url), attempts)
    if isinstance(reply, Delay):
        return reply
    if reply.status not in _OK:
        work.refusal = f"{url} answered {reply.status}. "
        return _Front()
    parsed = await _parse(work, reply)
    if parsed is None:
        return await _home(work, reply)
    work.given[url] = work.given[reply.url] = reply
    feed = FoundFeed(url=reply.url, body=reply.body, parsed=parsed)
    home = await ask(work, _page(home_of(reply.url, parsed)), attempts)
    if isinstance(home, Delay):
        return home
    read = await _home(work, home) if home.status in _OK else _Front()
    return _Front(home=read.home, feed=feed)


async def _home(work: Undertaking, reply: Reply) -> _Front:
    try:
        home, links = await work.mill.workers.run("read_front", reply.body, reply.url, dict(reply.headers))
    except (WorkerLimitError, WorkerBugError):
        log.warning("the home page %s could not be read within the limits of a worker", reply.url)
        return _Front()
    return _Front(home=home, links=links)


async def _find_feed(work: Undertaking, front: _Front, url: str, attempts: int) -> FoundFeed | Delay | None:
    """The first feed that the page names and that is one, else one of the host that is subscribed to."""
    named = [link.url for link in front.links if link.origin != "guess"]
    with work.mill.database.read() as session:
        subscribed = feeds.of_host(session, host_of(front.home.url if front.home else url))
    for address in [*named, *(one for one in subscribed if one not in named)][:_MOST_TRIES]:
        reply = await ask(work, Ask(url=address, accept=FEED_ACCEPT, max_bytes=MAX_FEED_BYTES), attempts)
        if isinstance(reply, Delay):
            return reply
        parsed = await _parse(work, reply) if reply.status in _OK else None
        if parsed is not None:
            work.given[address] = work.given[reply.url] = reply
            return FoundFeed(url=reply.url, body=reply.body, parsed=parsed)
    return None


async def _parse(work: Undertaking, reply: Reply) -> ParsedFeed | None:
    headers = reply.headers
    job = FeedJob(reply.body, reply.url, headers.get("content-type"), headers.get("content-location"))
    try:
        return (await work.mill.workers.read_feed(job)).parsed
    except (IngestError, WorkerLimitError, WorkerBugError):
        return None


def _sitemaps(work: Undertaking, url: str) -> tuple[str, ...]:
    """The sitemaps that the host's robots.txt names."""
    host = host_of(url)
    with work.mill.database.read() as session:
        site_id = sites.ids(session, [host]).get(host)
        kept = sites.robots(session, site_id) if site_id is not None else None
    return read_sitemaps((kept.body or "").encode(), robots_request(url).url) if kept is not None else ()


def _page(url: str) -> Ask:
    return Ask(url=url, accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.5", max_bytes=MAX_FEED_BYTES)
