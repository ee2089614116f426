"""Subscription lists: OPML 1 and 2 in, OPML 2 out (rule 84; opml.org/spec2.opml)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ingest.errors import BadOpml
from ingest.feeds.discover import subscribable
from ingest.feeds.encoding import decode_document
from ingest.feeds.prolog import read_prolog
from ingest.feeds.repair import mend
from ingest.text import plain_title, strip_controls

MAX_BYTES = 50_000_000
MAX_DEPTH = 50
FEED_ATTRIBUTES = ("xmlurl", "url", "feedurl")
FEED_TYPES = frozenset(
    {"", "rss", "atom", "feed", "rdf", "xml", "json", "jsonfeed", "rss1", "rss2", "pie", "rsspodcast"}
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is wanted. ``tags`` are its folders, nested ones as a path: ``News/World``."""

    url: str
    title: str | None = None
    site_url: str | None = None
    tags: tuple[str, ...] = ()


def read_opml(data: bytes) -> tuple[Subscription, ...]:
    """The subscriptions of a list, in order, each address once with the tags of all its places.

    Raises:
        BadOpml: too large, no XML, or no OPML.
    """
    if len(data) > MAX_BYTES:
        raise BadOpml(f"the list has {len(data):,} bytes, more than the {MAX_BYTES:,} that are read: split it")
    body = _read_body(data)
    merged: dict[str, Subscription] = {}
    for found in _walk(body):
        first = merged.get(found.url, found)
        tags = tuple(dict.fromkeys((*first.tags, *found.tags)))
        merged[found.url] = Subscription(found.url, first.title or found.title, first.site_url or found.site_url, tags)
    return tuple(merged.values())


def write_opml(subscriptions: Iterable[Subscription], title: str = "feedmill subscriptions") -> bytes:
    """An OPML 2 document: folders for tags; a feed with several tags stands in each of their folders."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _clean(title)
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for subscription in subscriptions:
        for tag in subscription.tags or ("",):
            path = tuple(part for part in _split(tag) if part)
            etree.SubElement(_folder(folders, path), "outline", _outline(subscription))
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _read_body(data: bytes) -> Any:
    text = decode_document(data).text
    prolog = read_prolog(text)
    if prolog.root not in {"opml", "outlinedocument", "body"}:
        raise BadOpml(f"the file is no OPML: it {f'has the root <{prolog.root}>' if prolog.root else 'is no XML'}")
    parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(mend(text[prolog.start :]).encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadOpml(f"the list is no XML that can be read: {error}") from error
    if root is None:
        raise BadOpml("the list is no XML that can be read")
    return root


def _walk(root: Any) -> Iterator[Subscription]:
    """Depth first without recursion: a list may nest deeper than Python's stack."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, path = waiting.pop()
        folder = path
        if _local_name(element) == "outline":
            given = {str(name).lower(): value for name, value in element.attrib.items()}
            url = _feed_url(given)
            if url:
                yield _subscription(url, given, path)
            else:
                folder = (*path, *_folder_name(given))[:MAX_DEPTH]
        waiting.extend((child, folder) for child in reversed(element) if isinstance(child.tag, str))


def _subscription(url: str, given: dict[str, str], path: tuple[str, ...]) -> Subscription:
    title = plain_title(given.get("title") or given.get("text"), is_html=False)
    title = None if title == url else title
    site_url = (given.get("htmlurl") or "").strip() or None
    tags = ("/".join(path),) if path else ()
    categories = (part.strip().strip("/") for part in given.get("category", "").split(","))
    return Subscription(url, title, site_url, tags + tuple(part for part in categories if part and part not in tags))


def _feed_url(given: dict[str, str]) -> str | None:
    if given.get("type", "").strip().lower() in {"link", "include"}:
        return None
    is_feed_type = given.get("type", "").strip().lower() in FEED_TYPES
    names = FEED_ATTRIBUTES if is_feed_type else FEED_ATTRIBUTES[:1]
    address = next((given[name].strip() for name in names if given.get(name, "").strip()), None)
    return subscribable(strip_controls(address)) if address else None


def _folder_name(given: dict[str, str]) -> tuple[str, ...]:
    name = plain_title(given.get("text") or given.get("title"), is_html=False)
    return (name.replace("/", "\u2215"),) if name else ()


def _local_name(element: Any) -> str:
    return str(etree.QName(element).localname).lower()


def _folder(folders: dict[tuple[str, ...], Any], path: tuple[str, ...]) -> Any:
    if path not in folders:
        parent = _folder(folders, path[:-1])
        folders[path] = etree.SubElement(parent, "outline", {"text": path[-1], "title": path[-1]})
    return folders[path]


def _split(tag: str) -> list[str]:
    return [_clean(part).strip() for part in tag.split("/")][:MAX_DEPTH]


def _outline(subscription: Subscription) -> dict[str, str]:
    title = _clean(subscription.title or subscription.url)
    given = {"type": "rss", "text": title, "title": title, "xmlUrl": _clean(subscription.url)}
    if not subscription.title:
        del given["title"]
    if subscription.site_url:
        given["htmlUrl"] = _clean(subscription.site_url)
    return given


def _clean(text: str) -> str:
    return strip_controls(text).replace("\ufffe", "").replace("\uffff", "")
