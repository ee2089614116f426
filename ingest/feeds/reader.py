"""feedparser's own element handlers, driven within bounds: costs are counted, and reading stops instead of hanging."""

from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException, xmlreader
from xml.sax.expatreader import create_parser
from xml.sax.handler import feature_external_ges, feature_namespaces

from feedparser.api import StrictFeedParser

from ingest.errors import FeedRejected
from ingest.urls import is_web_url, resolve

MAX_ENTRIES = 5000
MAX_ATTRIBUTES = 2000
# In units of a tenth of an element, which costs about 40 microseconds: no document takes more than some 4 s of CPU.
MAX_COST = 800_000
MAX_NAMESPACES = 100
MAX_TAGS = 200
MAX_BASE_LENGTH = 2048
MAX_PERSON_LENGTH = 500
_CHUNK = 65_536

HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"


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


class FeedReader(StrictFeedParser):  # type: ignore[misc]  # feedparser publishes no types
    """feedparser's handlers with bounds, raw ids, raw dates, and every description under the name of its element."""

    namespaces = {**StrictFeedParser.namespaces, HISTORY_NAMESPACE: "fh"}  # noqa: RUF012 - a table of the parent class
    _matchnamespaces: dict[str, str] = {}  # noqa: RUF012 - filled by the parent's first instance, once for all
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {
        "id"
    }  # ids are compared as written (RFC 4287 4.2.6.1)
    resolve_relative_uris = False
    sanitize_html = False

    def __init__(self, base_url: str) -> None:
        """Start a document that came from ``base_url``."""
        # The parent joins addresses for every element; here it knows no base, and only xml:base is joined.
        super().__init__("", None, "utf-8")
        self._bases = [base_url]
        self._own_namespace: str | None = None
        self.cost = 0

    # --- bounds ------------------------------------------------------------------------------------------------------

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
        super().startElementNS(self._known_name(name), qname, Attributes(attrs))

    def _inner_base(self, attrs: xmlreader.AttributesNSImpl) -> str:
        """The base address inside an element: xml:base on the outer one, where that is an address (rule 61)."""
        base = next((value for name, value in attrs.items() if name[1].lower() == "base"), None) if len(attrs) else None
        joined = resolve(self._bases[-1], base) if base and len(base) <= MAX_BASE_LENGTH else None
        return joined if joined and is_web_url(joined) else self._bases[-1]

    def resolve_uri(self, uri: str) -> str:
        """An address as it is meant here; one that cannot be resolved stays, and is judged where it is used."""
        return resolve(self._bases[-1], uri) or uri

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: Any) -> None:
        """Start a text, and note what its relative addresses are relative to."""
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        self.contentparams["base"] = self._bases[-1]

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

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if len(tags) < MAX_TAGS:
            super()._add_tag(term, scheme, label)

    def _sync_author_detail(self, key: str = "author") -> None:
        # The parent searches an e-mail address in it, at quadratic cost.
        context = self._get_context()
        if len(context.get(key) or "") > MAX_PERSON_LENGTH:
            context[key] = context[key][:MAX_PERSON_LENGTH]
        super()._sync_author_detail(key)

    # --- entries, ids, links -----------------------------------------------------------------------------------------

    def _start_item(self, attrs_d: dict[str, str]) -> None:
        if len(self.entries) >= MAX_ENTRIES:
            raise StopReading
        # rdf:about names a node of a graph; the item is identified by its link (RSS 1.0, 5.5.2).
        super()._start_item({name: value for name, value in attrs_d.items() if name != "rdf:about"})

    _start_entry = _start_item

    def _start_guid(self, attrs_d: dict[str, str]) -> None:
        self.guidislink = attrs_d.get("ispermalink", "true").strip().lower() == "true"
        self.push("id", 1)

    def _start_id(self, attrs_d: dict[str, str]) -> None:  # noqa: ARG002 - feedparser's signature
        # An Atom id is no link, whatever it looks like (RFC 4287 4.2.6).
        self.guidislink = False
        self.push("id", 1)

    def _end_guid(self) -> None:
        self.pop("id")
        self._save("guidislink", self.guidislink)

    def _end_id(self) -> None:
        written = self.pop("id")
        # A relative id means something only where the document itself says on what; the feed's address may change.
        if written and self._bases[-1] != self._bases[0]:
            self._save("id", self.resolve_uri(written), overwrite=True)
        self._save("guidislink", False)

    def _start_link(self, attrs_d: dict[str, str]) -> None:
        given = {name: value for name, value in attrs_d.items() if name not in {"uri", "url"}}
        super()._start_link({**given, "is_attribute": "yes"} if "href" in given else given)

    # --- texts, each under its own name (rule 63) --------------------------------------------------------------------

    def _start_text(self, key: str, attrs_d: dict[str, str], media_type: str) -> None:
        self.push_content(key, attrs_d, media_type, self.infeed or self.inentry or self.insource)

    def _start_description(self, attrs_d: dict[str, str]) -> None:
        self._start_text("description", attrs_d, "text/html")

    def _end_description(self) -> None:
        self.pop_content("description")

    def _start_dc_description(self, attrs_d: dict[str, str]) -> None:
        self._start_text("dc_description", attrs_d, "text/html")

    def _end_dc_description(self) -> None:
        self.pop_content("dc_description")

    def _start_media_description(self, attrs_d: dict[str, str]) -> None:
        self._start_text("media_description", attrs_d, "text/html")

    def _end_media_description(self) -> None:
        self.pop_content("media_description")

    def _start_summary(self, attrs_d: dict[str, str]) -> None:
        self._start_text(self._summary_key, attrs_d, "text/plain")

    def _end_summary(self) -> None:
        self.pop_content(self._summary_key)

    @property
    def _summary_key(self) -> str:
        # In RSS the element is somebody's addition to <description>, which feedparser keeps as "summary".
        return "rss_summary" if self.version.startswith("rss") else "summary"

    def _start_itunes_summary(self, attrs_d: dict[str, str]) -> None:
        self._start_text("itunes_summary", attrs_d, "text/plain")

    def _end_itunes_summary(self) -> None:
        self.pop_content("itunes_summary")

    def _start_itunes_subtitle(self, attrs_d: dict[str, str]) -> None:
        self._start_text("itunes_subtitle", attrs_d, "text/plain")

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_content_encoded(self, attrs_d: dict[str, str]) -> None:
        super()._start_content_encoded(attrs_d)
        self.contentparams["element"] = "content:encoded"

    _start_fullitem = _start_content_encoded

    def _end_content(self) -> None:
        self.pop_content("content")

    _end_body = _end_xhtml_body = _end_content_encoded = _end_fullitem = _end_content

    # --- dates and hours as written: ingest.dates reads them ----------------------------------------------------------

    def _end_published(self) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_dcterms_issued = _end_published

    def _end_updated(self) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_dcterms_modified = _end_updated

    def _start_dc_date(self, attrs_d: dict[str, str]) -> None:  # noqa: ARG002 - feedparser's signature
        self.push("dc_date", 1)

    def _end_dc_date(self) -> None:
        self.pop("dc_date")

    def _end_created(self) -> None:
        self.pop("created")

    _end_dcterms_created = _end_created

    def _end_expirationdate(self) -> None:
        self.pop("expired")

    def _end_dcterms_valid(self) -> None:
        self.pop("validity")

    def _end_hour(self) -> None:
        self._collect("hour")

    def _end_day(self) -> None:
        self._collect("day")

    def _collect(self, element: str) -> None:
        self.feeddata.setdefault(f"all_{element}s", []).append(self.pop(element))


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
