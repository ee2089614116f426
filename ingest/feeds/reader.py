"""feedparser's own element handlers, driven within bounds: costs are counted, and reading stops instead of hanging."""

from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException, xmlreader
from xml.sax.expatreader import create_parser
from xml.sax.handler import feature_external_ges, feature_namespaces

from ingest.errors import FeedRejected
from ingest.feeds.elements import ElementHandlers
from ingest.urls import is_web_url, resolve

MAX_ENTRIES = 5000
MAX_ATTRIBUTES = 2000
# In units of a tenth of an element, which costs 20 to 40 microseconds: reading a document ends within some 3 s of CPU.
MAX_COST = 800_000
MAX_NAMESPACES = 100
MAX_TAGS = 200
MAX_BASE_LENGTH = 2048
_CHUNK = 65_536


@dataclass(slots=True)
class RawFeed:
    """feedparser's dictionaries, and how the reading ended. ``error`` None: the XML was well formed to the end."""

    version: str = ""
    feed: dict[str, Any] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    error: str | None = None
    is_truncated: bool = False


class StopReading(Exception):
    """The document is as long as it may be: what was read so far counts."""


class Attributes(xmlreader.AttributesNSImpl):
    """The attributes of one element with names found in constant time; the library's own search is quadratic."""

    def __init__(self, attrs: xmlreader.AttributesNSImpl) -> None:
        """Take over the attributes that expat gave, without the base address: the reader keeps count of it."""
        values = {name: value for name, value in attrs.items() if name[1].lower() != "base"}
        super().__init__(values, {name: attrs.getQNameByName(name) for name in values})
        self._by_qname = {attrs.getQNameByName(name): value for name, value in values.items()}

    def getValueByQName(self, name: str) -> str:  # noqa: N802 - the name that SAX gives it
        """The value of the attribute with this qualified name."""
        return self._by_qname[name]


class FeedReader(ElementHandlers):
    """The handlers with a price on every event and a bound on everything that grows."""

    def __init__(self, base_url: str) -> None:
        """Start a document that came from ``base_url``."""
        super().__init__(base_url)
        self._own_namespace: str | None = None
        self.cost = 0

    def _spend(self, cost: int) -> None:
        self.cost += cost
        if self.cost > MAX_COST:
            raise StopReading

    def startPrefixMapping(self, prefix: str | None, uri: str | None) -> None:  # noqa: N802 - SAX
        """Take a namespace in, unless there are too many to be looked through for every element."""
        if len(self.namespaces_in_use) < MAX_NAMESPACES:
            super().startPrefixMapping(prefix, uri)

    def startElementNS(self, name: Any, qname: str | None, attrs: xmlreader.AttributesNSImpl) -> None:  # noqa: N802 - SAX
        """Count the element and its attributes before anything is done with them."""
        if len(attrs) > MAX_ATTRIBUTES:
            raise FeedRejected(
                f"an element has {len(attrs):,} attributes, more than the {MAX_ATTRIBUTES:,} that are read"
            )
        self._spend(10 + 2 * len(attrs))
        self._bases.append(self._inner_base(attrs))
        if self.depth == 0:
            self._own_namespace = name[0]
        super().startElementNS(self._known_name(name), qname, Attributes(attrs) if len(attrs) else attrs)

    def _inner_base(self, attrs: xmlreader.AttributesNSImpl) -> str:
        """The base address inside an element: xml:base on the outer one, where that is an address (rule 61)."""
        base = next((value for name, value in attrs.items() if name[1].lower() == "base"), None) if len(attrs) else None
        joined = resolve(self._bases[-1], base) if base and len(base) <= MAX_BASE_LENGTH else None
        return joined if joined and is_web_url(joined) else self._bases[-1]

    def endElementNS(self, name: Any, qname: str | None) -> None:  # noqa: N802 - SAX
        """Close the element under the name that it was opened with."""
        super().endElementNS(self._known_name(name), qname)
        self._bases.pop()

    def _known_name(self, name: tuple[str | None, str]) -> tuple[str | None, str]:
        # The root's own namespace, misspelt or invented, is that of its children: RSS has none (RSS 2.0, "Extending").
        namespace = name[0]
        if namespace and namespace == self._own_namespace and namespace.lower() not in self._matchnamespaces:
            return None, name[1]
        return name

    def characters(self, text: str) -> None:
        """Count a run of text."""
        self._spend(1)
        super().characters(text)

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802, ARG002 - SAX
        """Nothing is processed; the interruption has its price."""
        self._spend(100)

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        if len(self.entries) >= MAX_ENTRIES:
            raise StopReading
        super()._start_item(attrs_d)

    _start_entry = _start_item

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if len(tags) < MAX_TAGS:
            super()._add_tag(term, scheme, label)


def read_xml(text: str, base_url: str) -> RawFeed:
    """Read a document, as far as it is well formed and within bounds.

    Raises:
        FeedRejected: more than 2,000 attributes in one element.
    """
    reader = FeedReader(base_url)
    result = RawFeed()
    try:
        _feed_expat(reader, text)
    except StopReading:
        result.is_truncated = True
    except SAXException as error:
        result.error = f"not well-formed: {error.getMessage()}"
    except FeedRejected:
        raise
    except Exception as error:  # noqa: BLE001 - the handlers of another project on hostile input: any failure ends the reading
        result.error = f"unreadable: {type(error).__name__}: {error}"
    # Plain dictionaries: feedparser's own answer "updated" with "published", and warn.
    result.version, result.feed, result.entries = reader.version, dict(reader.feeddata), list(map(dict, reader.entries))
    if result.is_truncated and reader.inentry and len(result.entries) > 1:
        result.entries.pop()  # half of an entry: it is whole where the feed is shorter, at the next poll
    return result


def _feed_expat(reader: FeedReader, text: str) -> None:
    parser = create_parser()  # noqa: S315 - no DOCTYPE gets here (feeds.guard), and external entities are off
    parser.setFeature(feature_namespaces, True)
    parser.setFeature(feature_external_ges, False)
    parser.setContentHandler(reader)
    parser.setErrorHandler(reader)
    data = text.encode("utf-8", "replace")
    for start in range(0, len(data), _CHUNK):
        parser.feed(data[start : start + _CHUNK])
    parser.close()
