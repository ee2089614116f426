"""Articles as a feed: RSS 2.0 with the whole text in content:encoded, newest first."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from ingest.export.schema import SCHEMA_VERSION
from ingest.text import strip_controls

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_NO_XML = dict.fromkeys([*range(0x20), 0xFFFE, 0xFFFF]) | {9: "\t", 10: "\n", 13: "\n"}

ET.register_namespace("content", _CONTENT)
ET.register_namespace("dc", _DC)


def rss_document(articles: Iterable[Mapping[str, Any]], title: str, now: datetime) -> bytes:
    """The feed document in UTF-8 (RSS 2.0 specification; RDF Site Summary 1.0 modules: content, Dublin Core).

    An item's guid is the article's content address: an edited article comes with another one, as readers want it.
    """
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _put(channel, "title", title)
    _put(channel, "link", "https://feedmill.invalid/")
    _put(channel, "description", "Articles as feedmill stored them.")
    _put(channel, "generator", f"feedmill, export schema {SCHEMA_VERSION}")
    _put(channel, "lastBuildDate", format_datetime(now))
    for article in articles:
        _add_item(channel, article)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_item(channel: ET.Element, article: Mapping[str, Any]) -> None:
    item = ET.SubElement(channel, "item")
    _put(item, "title", article["title"] or article["url"] or f"Article {article['id']}")
    _put(item, "link", article["canonical_url"] or article["url"])
    guid = _put(item, "guid", f"feedmill:{article['id']}:{article['revision']}")
    if guid is not None:
        guid.set("isPermaLink", "false")
    _put(item, "pubDate", _rfc822(article["published_at"] or article["first_seen_at"]))
    for author in article["authors"]:
        _put(item, f"{{{_DC}}}creator", author)
    for tag in article["tags"]:
        _put(item, "category", tag)
    if article["language"]:
        _put(item, f"{{{_DC}}}language", article["language"])
    _put(item, "description", article["summary"])
    _put(item, f"{{{_CONTENT}}}encoded", _html(article["text"]))


def _put(parent: ET.Element, name: str, text: str | None) -> ET.Element | None:
    if not text:
        return None
    element = ET.SubElement(parent, name)
    element.text = strip_controls(text).translate(_NO_XML)
    return element


def _html(text: str | None) -> str | None:
    if not text:
        return None
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part)


def _rfc822(moment: str | None) -> str | None:
    return format_datetime(datetime.fromisoformat(moment)) if moment else None
