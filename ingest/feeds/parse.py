"""The door for feed documents: bytes in, a ParsedFeed out, or the reason why there is none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ingest.dates import DateReader, clamp
from ingest.errors import FeedRejected, NotAFeed
from ingest.feeds.channel import read_hints, read_image_url, read_links
from ingest.feeds.entries import Surroundings, read_alternate, read_authors, read_entry, read_first_html, read_title
from ingest.feeds.fields import read_language
from ingest.feeds.guard import Document, admit
from ingest.feeds.jsonfeed import read_json_feed
from ingest.feeds.markup import LinkResolver
from ingest.feeds.reader import RawFeed, read_xml
from ingest.feeds.repair import is_well_formed, repair
from ingest.model import ParsedFeed
from ingest.text import plain_title
from ingest.urls import is_web_url, resolve

DESCRIPTION_KEYS = ("subtitle", "rss_summary", "itunes_summary", "dc_description", "itunes_subtitle")

# What a document is that names no version, by its root element.
ROOT_FORMATS = {"rss": "rss", "feed": "atom", "rdf": "rss10", "channel": "cdf"}


def parse_feed(
    body: bytes, *, url: str, content_type: str | None = None, content_location: str | None = None
) -> ParsedFeed:
    """The feed in ``body``: RSS, Atom, RDF, CDF or JSON Feed, as well as it can be read (rules 56-81).

    Args:
        body: the decoded document, at most 10 MB.
        url: where it came from, after redirects: what relative addresses are resolved on.
        content_type: the HTTP header's value; its charset counts.
        content_location: the HTTP header's value, resolved on ``url``; it is the base where given.

    Raises:
        NotAFeed: it is something else; the message says what.
        FeedRejected: it is beyond the limits.
    """
    document = admit(body, url=url, content_type=content_type)
    base_url = _base(url, content_location)
    if document.is_json:
        parsed = read_json_feed(document.text, url=base_url)
        return replace(parsed, problems=(*document.problems, *parsed.problems))
    return _parse_xml(document, base_url)


def clamp_dates(parsed: ParsedFeed, now: datetime) -> ParsedFeed:
    """The feed without dates before 1990 or more than 24 hours after ``now`` (rule 70)."""
    entries = tuple(
        replace(entry, published_at=clamp(entry.published_at, now), updated_at=clamp(entry.updated_at, now))
        for entry in parsed.entries
    )
    return replace(parsed, entries=entries, updated_at=clamp(parsed.updated_at, now))


def _base(url: str, content_location: str | None) -> str:
    located = resolve(url, content_location) if content_location else None
    return located if is_web_url(located) and located else url


def _parse_xml(document: Document, url: str) -> ParsedFeed:
    try:
        is_broken = not is_well_formed(document.text)
        raw = read_xml(repair(document.text) if is_broken else document.text, url)
    except FeedRejected as error:
        raise FeedRejected(f"{url} is refused: {error}") from error
    raw.version = raw.version or ROOT_FORMATS.get(document.root or "", "")
    if not raw.version and not raw.entries:
        raise NotAFeed(f"{url} is no feed: it is an XML document with the root <{document.root}>")
    if raw.is_truncated and not raw.entries:
        raise FeedRejected(f"{url} is refused: too many elements before the first entry")
    if "netscape" in document.doctype.lower():
        raw.version = "rss091n"
    return _assemble(document, raw, _surroundings(raw, url), is_broken=is_broken)


def _surroundings(raw: RawFeed, url: str) -> Surroundings:
    is_atom = raw.version.startswith("atom")
    return Surroundings(
        base_url=url,
        is_atom=is_atom,
        language=read_language(raw.feed.get("language")),
        # Atom's feed authors are those of every entry that names none (RFC 4287 4.2.1); RSS has no such rule.
        authors=read_authors(raw.feed) if is_atom else (),
        read_date=DateReader().read,
        links=LinkResolver(),
    )


def _assemble(document: Document, raw: RawFeed, around: Surroundings, *, is_broken: bool) -> ParsedFeed:
    feed, url = raw.feed, around.base_url
    updated = (around.read_date(feed.get(key)) for key in ("updated", "dc_date", "published"))
    return ParsedFeed(
        format=raw.version or "rss",
        title=read_title(feed, is_atom=around.is_atom),
        site_url=read_alternate(feed, url),
        description=read_first_html(feed, DESCRIPTION_KEYS, around),
        language=around.language,
        generator=plain_title(feed.get("generator"), is_html=False),
        image_url=read_image_url(feed, url),
        updated_at=next(filter(None, updated), None),
        entries=tuple(read_entry(entry, around) for entry in raw.entries),
        hints=read_hints(feed),
        links=read_links(feed, url),
        is_complete="fh_complete" in feed,
        is_truncated=raw.is_truncated,
        problems=(*document.problems, *_problems(raw, is_broken=is_broken)),
    )


def _problems(raw: RawFeed, *, is_broken: bool) -> Iterator[str]:
    if is_broken:
        yield "the XML is not well-formed: read as well as it could be"
    if raw.error:
        yield raw.error
    if raw.is_truncated:
        yield f"longer than is read: only the first {len(raw.entries):,} entries were taken"
