"""Sitemap documents (sitemaps.org/protocol.html): read as a stream, within bounds, whatever they contain.

Entities are not expanded, nothing is fetched, and a packed document is unpacked no further than one may be long.
"""

import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from lxml import etree

from ingest.backfill.answers import moment, moments
from ingest.dates import DateReader
from ingest.urls import is_web_url

MAX_BYTES = 52_428_800  # 50 MB unpacked, as the protocol has it
MAX_ENTRIES = 50_000

_GZIP = b"\x1f\x8b"
_DEEPEST = 12
_ENTRIES = frozenset({"url", "sitemap"})
_ENTRY_DEPTH = 2
_FIELDS = frozenset({"loc", "lastmod"})
_NEWS = frozenset({"publication_date", "title"})  # of <news:news>: videos have dates and titles of their own
_ROOTS = frozenset({"sitemapindex", "urlset"})
_PLAIN_LINES = 50_000
_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:urlset|sitemapindex)\s{0,20}>", re.IGNORECASE)
_TAIL = 4_096  # bytes in which it ends: comments may follow


@dataclass(slots=True)
class SitemapEntry:
    """One <url> or <sitemap>. ``published_at`` and ``title`` are those of a news sitemap."""

    url: str
    changed_at: datetime | None = None
    published_at: datetime | None = None
    title: str | None = None


@dataclass(slots=True)
class Sitemap:
    """A document: pages, or further sitemaps. ``is_whole`` is false where it was cut off or is beyond the bounds."""

    is_index: bool = False
    entries: list[SitemapEntry] = field(default_factory=list)
    is_whole: bool = True


def read_sitemap(body: bytes) -> Sitemap | None:
    """The sitemap in a body, packed or not: XML, or one address a line; None where it is something else."""
    document, is_whole = _unpack(body)
    start = document[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    found = _read_xml(document) if start.startswith(b"<") else _read_lines(document)
    if found is not None and not is_whole:
        found.is_whole = False
    return found


def _unpack(body: bytes) -> tuple[bytes, bool]:
    """The document, and whether it is all there: a gzip bomb is cut off where a sitemap ends at the latest."""
    if not body.startswith(_GZIP):
        return body[:MAX_BYTES], len(body) <= MAX_BYTES
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        document = unpacker.decompress(body, MAX_BYTES)
    except zlib.error:
        return b"", False
    return document, unpacker.eof


def _read_xml(document: bytes) -> Sitemap | None:
    # Recovering: one bare "&" in one address would cost all that stand behind it.
    events = etree.iterparse(
        BytesIO(document),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    reading = _Reading()
    try:
        for event, element in events:
            if not reading.take(event, element):
                break
    except etree.XMLSyntaxError:
        pass
    # The recovering parser closes by itself what is left open: whether the document is whole is seen at its end.
    is_whole = reading.is_closed and (not reading.entries or _END.search(document[-_TAIL:]) is not None)
    found = Sitemap(reading.root == "sitemapindex", reading.entries, is_whole=is_whole)
    return found if reading.root in _ROOTS else None


class _Reading:
    """What was read of a document so far; each entry is forgotten as soon as it is closed."""

    def __init__(self) -> None:
        self.root = ""
        self.entries: list[SitemapEntry] = []
        self.is_closed = False
        self._depth = 0
        self._texts: dict[str, str] = {}
        self._dates = moments()

    def take(self, event: str, element: "etree._Element") -> bool:
        """Take one event; False where there is no point in going on."""
        tag = etree.QName(element)
        name = tag.localname.lower()
        if event == "start":
            self._depth += 1
            self.root = self.root or name
            return self.root in _ROOTS and self._depth <= _DEEPEST
        self._depth -= 1
        self._close(name, tag.namespace or "", element.text)
        if self._depth <= 1:
            _forget(element)
        self.is_closed = self.is_closed or self._depth == 0
        return len(self.entries) < MAX_ENTRIES

    def _close(self, name: str, namespace: str, text: str | None) -> None:
        is_own, is_news = self._depth == _ENTRY_DEPTH and name in _FIELDS, name in _NEWS and "news" in namespace
        if text and (is_own or is_news):
            self._texts.setdefault(name, text.strip()[:4_096])
        if self._depth == 1 and name in _ENTRIES:
            entry = _entry(self._texts, self._dates)
            self._texts = {}
            self.entries += [entry] if entry else []


def _forget(element: "etree._Element") -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _entry(texts: dict[str, str], reader: DateReader) -> SitemapEntry | None:
    url = texts.get("loc", "")
    if not is_web_url(url):
        return None
    return SitemapEntry(
        url=url,
        changed_at=moment(reader, texts.get("lastmod")),
        published_at=moment(reader, texts.get("publication_date")),
        title=texts.get("title"),
    )


def _read_lines(document: bytes) -> Sitemap | None:
    """A text sitemap: one address a line, nothing else."""
    lines = document.decode("utf-8", "replace").split()[:_PLAIN_LINES]
    urls = [line for line in lines if is_web_url(line)]
    return Sitemap(entries=[SitemapEntry(url) for url in urls]) if urls and len(urls) == len(lines) else None
