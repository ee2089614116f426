"""What the answers to a walk's requests amount to: refusals, feeds, JSON, moments, and the refs in them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.backfill.source import Ask, End, Listing, Ref, Reply
from ingest.dates import OLDEST_YEAR, DateReader
from ingest.errors import BadUrl, IngestError
from ingest.model import ParsedFeed
from ingest.text import plain_title, strip_controls
from ingest.urls import host_of, is_web_url, resolve

FEED_TYPES = "application/atom+xml,application/rss+xml,application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.1"
JSON_TYPES = "application/json,*/*;q=0.1"
MAX_FEED_BYTES = 10_000_000
MAX_ITEMS = 1_000  # of one answer of an API: none gives as many
GONE = frozenset({404, 410})

_OK = range(200, 300)
_SLOW_DATES = 20  # a page; each costs milliseconds


def is_refused(reply: Reply) -> bool:
    """Whether the answer is no 2xx."""
    return reply.status not in _OK


def refuse(reply: Reply, *, is_first: bool) -> Listing:
    """What a refusal means where the platform gives it no meaning of its own (rule B5, decision 10)."""
    if is_first:
        return unsuitable(f"{reply.url} answers {reply.status}")
    return blocked(f"{reply.url} answers {reply.status} in the middle of the walk")


def unsuitable(detail: str) -> Listing:
    """The end of a source that the site does not have."""
    return Listing(end=End.UNSUITABLE, detail=detail)


def blocked(detail: str) -> Listing:
    """The end of a walk that was stopped on its way."""
    return Listing(end=End.BLOCKED, detail=detail)


def misread(reply: Reply, *, wanted: str, is_first: bool) -> Listing:
    """The end where a 2xx carries something else: a challenge, an error page, half of a document."""
    detail = f"{reply.url} answers with something that is no {wanted}"
    return unsuitable(detail) if is_first else blocked(detail)


def feed_in(reply: Reply) -> ParsedFeed | None:
    """The feed that the answer carries; None where it carries none."""
    from ingest.feeds.parse import parse_feed  # feedparser: a round without history does not need it

    try:
        return parse_feed(
            reply.body,
            url=reply.url,
            content_type=reply.headers.get("content-type"),
            content_location=reply.headers.get("content-location"),
        )
    except IngestError:
        return None


def json_in(body: bytes) -> Any:
    """The JSON value in a body; None where there is none, or one that no honest server sends."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON array, the first 1,000; none where it is no array."""
    return [item for item in value[:MAX_ITEMS] if isinstance(item, dict)] if isinstance(value, list) else []


def object_at(owner: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under a name; an empty one where there is none."""
    value = owner.get(name)
    return value if isinstance(value, dict) else {}


def text_at(owner: Mapping[str, Any], name: str) -> str | None:
    """The text under a name, without control characters; None where it is none or empty."""
    value = owner.get(name)
    return strip_controls(value) or None if isinstance(value, str) and value.strip() else None


def id_at(owner: Mapping[str, Any], name: str) -> str | None:
    """An id as text, whether it stands as text or as a number."""
    value = owner.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 63 else None
    return text_at(owner, name)


def count_at(owner: Mapping[str, Any], name: str) -> int | None:
    """A count that stands as a number or as its digits; None where it is none."""
    return count_in(owner.get(name))


def count_in(value: Any) -> int | None:
    """A count from 0 up to 10^12, from a number or its digits; None where it is none."""
    written = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 12 else None  # noqa: PLR2004


def title_at(owner: Mapping[str, Any], name: str, *, is_html: bool) -> str | None:
    """The title under a name as one plain line."""
    return plain_title(text_at(owner, name), is_html=is_html)


def address_at(owner: Mapping[str, Any], name: str, base_url: str) -> str | None:
    """The web address under a name, resolved; None where it is none."""
    written = text_at(owner, name)
    return web_address(base_url, written) if written else None


def web_address(base_url: str, written: str) -> str | None:
    """The web address that is meant; None where it is none, or longer than one may be."""
    address = resolve(base_url, written)
    return address if is_web_url(address) else None


def moments() -> DateReader:
    """What reads the dates of one answer."""
    return DateReader(slow_attempts=_SLOW_DATES)


def moment(reader: DateReader, written: Any) -> datetime | None:
    """A date as aware UTC, one without a zone taken as UTC; None before 1990 and where it is none."""
    if not isinstance(written, str):
        return None
    try:  # Tumblr writes "2024-05-01 10:00:00 GMT", of which the readers of feeds' dates take the day only
        read: datetime | None = as_utc(datetime.fromisoformat(written.strip().removesuffix(" GMT")))
    except (ValueError, OverflowError):
        read = reader.read(written)
    return read if read is not None and read.year >= OLDEST_YEAR else None


def as_utc(value: datetime) -> datetime:
    """The moment in UTC; without a zone it is UTC already. Raises OverflowError at the ends of the calendar."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def iso(value: datetime) -> str:
    """A moment in UTC as RFC 3339 has it, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refs_in(parsed: ParsedFeed, feed_url: str) -> tuple[Ref, ...]:
    """The articles of a feed document, one for each identity, as a poll would find them."""
    from ingest.feeds.identity import identify

    try:
        seen = identify(feed_url, parsed)
    except BadUrl:
        return ()
    return tuple(
        Ref(
            url=one.page_url,
            entry=one.entry,
            page_key=one.page_key if one.page_url is None else None,
            published_at=one.entry.published_at,
            latest_at=one.entry.updated_at,
        )
        for one in seen
    )


def is_same_host(one: str, other: str) -> bool:
    """Whether two addresses are of one host; ``www.`` and the scheme do not count, the port does."""
    try:
        return _bare(host_of(one)) == _bare(host_of(other))
    except BadUrl:
        return False


def feed_ask(url: str) -> Ask:
    """The request for a page of a feed."""
    return Ask(url=url, accept=FEED_TYPES, max_bytes=MAX_FEED_BYTES)


def json_ask(url: str) -> Ask:
    """The request for a page of an API."""
    return Ask(url=url, accept=JSON_TYPES)


def _bare(host: str) -> str:
    return host.removeprefix("www.")
