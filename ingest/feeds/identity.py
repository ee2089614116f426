"""Who an entry is: its key in its feed, its page, and the fingerprint of what a reader would see (rules 65-68)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.aggregators import article_url
from ingest.errors import BadUrl
from ingest.model import Entry, ParsedFeed, SeenEntry
from ingest.text import visible_text
from ingest.urls import clean_url, dedupe_form, dedupe_key, host_of, is_web_url, signed_hash

_NEVER = datetime.min.replace(tzinfo=UTC)


def identify(feed_url: str, parsed: ParsedFeed) -> tuple[SeenEntry, ...]:
    """Every entry with its identity, in document order; of several with one key the newest (RFC 4287 4.1.1).

    Raises:
        BadUrl: ``feed_url`` has no host.
    """
    feed_host = host_of(feed_url)
    keyed = _newest_by_key(zip(_entry_keys(parsed.entries), parsed.entries, strict=True))
    shared = _shared_pages(keyed.values(), parsed.site_url)
    return tuple(_see(entry, key, feed_url, feed_host, shared) for key, entry in keyed.items())


def fingerprint(entry: Entry) -> int:
    """A 64-bit hash of the visible title and text: markup, white space, addresses and dates do not count (rule 68)."""
    return signed_hash(*(_visible(text) for text in (entry.title, entry.content or entry.summary)))


def _see(entry: Entry, key: int, feed_url: str, feed_host: str, shared: frozenset[str]) -> SeenEntry:
    page_url = _page_url(entry)
    if page_url and dedupe_form(page_url) in shared:
        page_url = None
    return SeenEntry(
        entry=entry,
        entry_key=key,
        fingerprint=fingerprint(entry),
        page_url=page_url,
        page_key=dedupe_key(page_url) if page_url else signed_hash("entry", dedupe_form(feed_url), str(key)),
        host=_host(page_url) or feed_host,
    )


def _entry_keys(entries: Sequence[Entry]) -> list[int]:
    """One key an entry: guid, else link, else text; ids that name several articles are told apart (rule 66)."""
    names = [_name(entry) for entry in entries]
    links: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, entry in zip(names, entries, strict=True):
        links[name].add(_distinction(name, entry))
    return [
        signed_hash(*name, _distinction(name, entry)) if len(links[name]) > 1 else signed_hash(*name)
        for name, entry in zip(names, entries, strict=True)
    ]


def _name(entry: Entry) -> tuple[str, str]:
    if entry.id:
        return "id", entry.id
    if entry.url:
        return "link", dedupe_form(entry.url)
    dated = entry.published_at.isoformat() if entry.published_at else ""
    return "text", "\n".join((_visible(entry.title), dated, _visible(entry.content or entry.summary)))


def _distinction(name: tuple[str, str], entry: Entry) -> str:
    """What tells apart entries of one name: the link under one id; without an own link, the title."""
    if name[0] == "id" and entry.url:
        return dedupe_form(entry.url)
    return _visible(entry.title)


def _newest_by_key(keyed: Iterable[tuple[int, Entry]]) -> dict[int, Entry]:
    newest: dict[int, Entry] = {}
    for key, entry in keyed:
        if key not in newest or _changed_at(entry) > _changed_at(newest[key]):
            newest[key] = entry
    return newest


def _changed_at(entry: Entry) -> datetime:
    return entry.updated_at or entry.published_at or _NEVER


def _page_url(entry: Entry) -> str | None:
    """What to fetch for the entry; never its comments, enclosures or the feed itself (rule 64)."""
    return clean_url(article_url(entry.url)) if entry.url and is_web_url(entry.url) else None


def _host(page_url: str | None) -> str | None:
    try:
        return host_of(page_url) if page_url else None
    except BadUrl:
        return None


def _shared_pages(entries: Iterable[Entry], site_url: str | None) -> frozenset[str]:
    """Pages that several entries only point into: the front page, or one page with a fragment for each of them.

    Such a page is no entry's article: its entries are taken from the feed (changelogs, status pages, notices).
    """
    titles: dict[str, set[str]] = defaultdict(set)
    fragments: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        page_url = _page_url(entry)
        if page_url and entry.url:
            titles[dedupe_form(page_url)].add(_visible(entry.title))
            fragments[dedupe_form(page_url)].add(urlsplit(entry.url).fragment)
    front = dedupe_form(site_url) if site_url else None
    return frozenset(
        page
        for page, names in titles.items()
        if len(names) > 1 and (len(fragments[page]) > 1 or page == front or not urlsplit(page).path)
    )


def _visible(text: str | None) -> str:
    return " ".join(visible_text(text).split()) if text else ""
