"""What the elements of feeds mean where feedparser and we differ: ids, links, people, texts, dates."""

from typing import Any

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

from ingest.feeds.fields import read_person
from ingest.text import looks_like_html
from ingest.urls import resolve

HISTORY_NAMESPACE = "http://purl.org/syndication/history/1.0"


class ContentParams(FeedParserDict):  # type: ignore[misc]  # feedparser publishes no types
    """What is known of the text being read; flat, so that a copy is a copy of the names and costs next to nothing."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        """The parent copies it deeply for every text, at a third of the cost of reading a feed."""
        return dict(self)


class ElementHandlers(StrictFeedParser):  # type: ignore[misc]  # feedparser publishes no types
    """feedparser's handlers with raw ids, raw dates, and every description under the name of its element."""

    namespaces = {**StrictFeedParser.namespaces, HISTORY_NAMESPACE: "fh"}  # noqa: RUF012 - a table of the parent class
    _matchnamespaces: dict[str, str] = {}  # noqa: RUF012 - filled by the parent's first instance, once for all
    # Ids are compared as written (RFC 4287 4.2.6.1).
    can_be_relative_uri = StrictFeedParser.can_be_relative_uri - {"id"}
    resolve_relative_uris = False
    sanitize_html = False

    def __init__(self, base_url: str) -> None:
        """Start a document that came from ``base_url``."""
        # The parent joins addresses for every element; here it knows no base, and only xml:base is joined.
        super().__init__("", None, "utf-8")
        self.contentparams: Any = ContentParams()
        self._bases = [base_url]

    def resolve_uri(self, uri: str) -> str:
        """An address as it is meant here; one that cannot be resolved stays, and is judged where it is used."""
        return resolve(self._bases[-1], uri) or uri

    def push_content(self, tag: str, attrs_d: dict[str, str], default_content_type: str, expecting_text: Any) -> None:
        """Start a text, and note what its relative addresses are relative to."""
        super().push_content(tag, attrs_d, default_content_type, expecting_text)
        self.contentparams = ContentParams(self.contentparams)
        self.contentparams["base"] = self._bases[-1]

    @staticmethod
    def looks_like_html(s: str) -> bool:
        """Whether a text of RSS is markup, by the same signs as everywhere here."""
        return looks_like_html(s)

    # --- entries, ids, links -----------------------------------------------------------------------------------------

    def _start_item(self, attrs_d: dict[str, str]) -> None:
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

    def _sync_author_detail(self, key: str = "author") -> None:
        # The parent takes e-mail addresses out of names at quadratic cost, and knows no top level of five letters.
        context = self._get_context()
        people = context.get(f"{key}s")
        if people and not people[-1] and context.get(key):
            people[-1]["name"] = read_person(context[key])

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
