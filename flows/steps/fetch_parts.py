"""An article that goes on at other addresses: its further parts are fetched one after another and read as one.

Nothing is stored meanwhile. What does not come makes the article partial, with the reason; a failure that may pass has
the page tried again, as any other.
"""

import logging
from dataclasses import dataclass, field, replace

from flows.mill import Mill
from flows.steps.archive_page import archive_page
from flows.steps.extract_page import extract_page
from flows.steps.robots import RobotsDesk
from flows.steps.terms import PageTerms
from ingest.decide.revision import content_hash
from ingest.errors import BadUrl
from ingest.extract.join import Missing, adds_text, join_parts
from ingest.extract.partaddress import MOST_PARTS
from ingest.extract.sitefolder import find_keeps
from ingest.fetch.budget import Share
from ingest.fetch.directives import robots_tags
from ingest.jobs import PageJob, PageReading
from ingest.model import ArticleStatus, FailureKind, Fetched, FetchFailed, FetchRequest, FetchResult, Page
from ingest.urls import dedupe_key, host_of
from storage import sites
from storage.keeping import Packed

log = logging.getLogger(__name__)

MOST_BYTES = 5_000_000  # of all further parts together: what one page may have


@dataclass(frozen=True, slots=True)
class Whole:
    """The article of all parts that came. ``failure``: why one did not, where asking again may help."""

    reading: PageReading
    failure: FetchFailed | None = None
    is_ours: bool = False  # it was our own network that failed: nothing of this is to be stored
    captures: tuple[Packed, ...] = ()


@dataclass(slots=True)
class _Parts:
    """What has come so far of one article, and what ended it."""

    mill: Mill
    job: PageJob
    page: Page
    terms: PageTerms
    readings: list[PageReading]
    seen: set[int]
    left_bytes: int = MOST_BYTES
    missing: Missing | None = None
    failure: FetchFailed | None = None
    is_ours: bool = False
    desks: dict[str, RobotsDesk] = field(default_factory=dict)
    captures: list[Packed] = field(default_factory=list)


async def read_whole(mill: Mill, job: PageJob, first: PageReading, terms: PageTerms) -> Whole:
    """The first part's reading with the text of all that follow; unchanged where nothing does.

    Parts are fetched as any page: within robots.txt and the host's spacing, at most 20 of them, 5 MB together, from the
    first one's host. ``job`` is the first part's, without its body: call it holding no bodies.
    """
    page = job.page
    if page is None or not (first.next_url or first.single_url):
        return Whole(first)
    own = page.final_url or page.url
    parts = _Parts(mill, job, page, terms, [first], {dedupe_key(own)})
    if first.single_url is not None:
        await _take_single(parts, own, first.single_url)
    url = parts.readings[0].next_url
    while url is not None and not parts.missing and dedupe_key(url) not in parts.seen:
        url = await _take_next(parts, own, url)
    return _join(parts)


async def _take_single(parts: _Parts, own: str, url: str) -> None:
    """The page that has it all, in place of the first; where it cannot be had the parts are followed."""
    if dedupe_key(url) in parts.seen or not _is_same_host(own, url):
        return
    with parts.mill.bodies.share() as share:
        result = await _fetch(parts, url, share)
        if isinstance(result, Fetched):
            page = replace(_page(result), url=parts.page.url)
            _prefer(parts, await extract_page(parts.mill.workers, replace(parts.job, page=page)), result.final_url)
        elif parts.readings[0].next_url is None:
            _end(parts, url, result)


def _prefer(parts: _Parts, reading: PageReading, url: str) -> None:
    """Take the page that has it all, unless it has less than the first; the article keeps the address of that."""
    first = parts.readings[0]
    if not _holds_text(reading) or len(reading.article.text or "") < len(first.article.text or ""):
        return
    told = {**reading.article.provenance, "parts": f"one page, {url}"}
    article = replace(reading.article, url=first.article.url, provenance=told)
    known = dict.fromkeys((*first.alias_keys, *reading.alias_keys))
    parts.readings[0] = replace(reading, article=article, alias_keys=tuple(known))


async def _take_next(parts: _Parts, own: str, url: str) -> str | None:
    """Add the part at ``url``; gives where it goes on, None at the end or where something is missing."""
    parts.seen.add(dedupe_key(url))
    if not _is_same_host(own, url):
        return None
    if len(parts.readings) >= MOST_PARTS:
        parts.missing = Missing(url, f"{MOST_PARTS} pages are the most that are joined.")
        return None
    with parts.mill.bodies.share() as share:
        result = await _fetch(parts, url, share)
        if not isinstance(result, Fetched):
            _end(parts, url, result)
            return None
        parts.left_bytes -= len(result.body)
        return await _add(parts, result) if _stays(parts, result) else None


def _stays(parts: _Parts, result: Fetched) -> bool:
    """Whether the answer came from the address that was asked; back to a known part is an end, elsewhere a loss."""
    key = dedupe_key(result.final_url)
    if key == dedupe_key(result.url):
        return True
    if key not in parts.seen:
        parts.missing = Missing(result.url, f"it leads to {result.final_url}.")
    return False


async def _add(parts: _Parts, result: Fetched) -> str | None:
    job = replace(parts.job, url=result.url, page=_page(result), entry=None, is_further_part=True)
    reading = await extract_page(parts.mill.workers, job)
    if not _holds_text(reading):
        parts.missing = Missing(result.url, f"it holds no text ({reading.article.status}).")
        return None
    if not adds_text([known.article for known in parts.readings], reading.article):
        return None
    parts.readings.append(reading)
    return reading.next_url


def _page(result: Fetched) -> Page:
    content_type = result.headers.get("content-type")
    return Page(url=result.url, html=result.body, final_url=result.final_url, content_type=content_type)


def _holds_text(reading: PageReading) -> bool:
    return reading.article.status is ArticleStatus.OK and bool(reading.article.text)


async def _fetch(parts: _Parts, url: str, share: Share) -> FetchResult:
    if not parts.terms.goes_on():
        return FetchFailed(
            url=url, kind=FailureKind.TIMEOUT, detail=f"{url} was not asked for: the round ended before."
        )
    if parts.left_bytes <= 0:
        detail = f"{url} was not asked for: the parts before it have {MOST_BYTES} bytes, which is the most."
        return FetchFailed(url=url, kind=FailureKind.TOO_LARGE, detail=detail)
    desk = await _desk(parts, url)
    request = FetchRequest(url=url, max_bytes=parts.left_bytes)
    result = await desk.objection(url) or await parts.mill.client.fetch(request, share)
    parts.is_ours = await parts.terms.is_network_to_blame(result)
    if isinstance(result, Fetched):
        part = len(parts.captures) + 1
        tags = robots_tags(result.headers, result.body, parts.mill.robots_token)
        parts.captures += archive_page(parts.mill, parts.terms.robots.site_id, result, tags, part)
    return result


async def _desk(parts: _Parts, url: str) -> RobotsDesk:
    """The robots.txt that speaks for the address: behind redirects the article is on another host than its page."""
    host = host_of(url)
    if host == parts.terms.robots.host:
        return parts.terms.robots
    if host not in parts.desks:
        ids = await parts.mill.writer.apply(lambda session: sites.ensure(session, [host]))
        parts.desks[host] = RobotsDesk(parts.mill, ids[host], host)
    return parts.desks[host]


def _end(parts: _Parts, url: str, result: FetchResult) -> None:
    assert isinstance(result, FetchFailed), "a part is asked for without validators, so it cannot be a 304"
    parts.failure, parts.missing = result, Missing(url, result.detail)
    log.warning("part %s", result.detail)


def _is_same_host(own: str, url: str) -> bool:
    try:
        return host_of(own).removeprefix("www.") == host_of(url).removeprefix("www.")
    except BadUrl:
        return False


def _join(parts: _Parts) -> Whole:
    first, *further = parts.readings
    if further or parts.missing:
        keeps = find_keeps(first.article.url, str(parts.mill.settings.site_rules))
        article = join_parts(first.article, [part.article for part in further], parts.missing, keeps)
        text_hash = content_hash(article.title, article.text)
        first = replace(first, article=article, content_hash=text_hash, signature=_signature(article.text))
    return Whole(first, parts.failure, parts.is_ours, tuple(parts.captures))


def _signature(text: str | None) -> bytes | None:
    from ingest.resemblance import signature  # numpy, which few rounds need in this process

    return signature(text)
