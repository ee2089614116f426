"""feedparser's own tests: each feed carries an expression that must hold; ours are evaluated on what we keep of it."""

import ast
import re
from collections import Counter
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from ingest.errors import IngestError
from ingest.feeds.encoding import decode_document
from ingest.feeds.parse import parse_feed
from ingest.model import Entry, ParsedFeed
from ingest.text import plain_title, visible_text

pytestmark = pytest.mark.shared

URL = "http://127.0.0.1:8097/dir/feed.xml"
FOLDERS = ["encoding", "entities", "illformed", "wellformed"]
ADDRESSES = re.compile(r"""(?:href|src|cite|poster|background|action|longdesc|data)=["']([^"']*)["']""")

HEADER = re.compile(r"^Header:\s*([\w-]+):\s*(.*)$", re.MULTILINE)

EXCEPTIONS = {
    "bozo_linenoise.xml": "a guess among encodings, where nothing says which",
    "x80_tcvn-5712.xml": "Python has no such codec",
    "x80_tcvn.xml": "Python has no such codec",
    "x80_tcvn5712-1.xml": "Python has no such codec",
    "x80_viscii.xml": "Python has no such codec",
    "lang.xml": "HTML 5 changed the character of &lang;",
    "rang.xml": "HTML 5 changed the character of &rang;",
    "georss_point_no_coords.xml": "places are not kept",
    "georss_polygon_insufficient_coords.xml": "places are not kept",
    "http_entry_id_base_content_location.xml": "an id does not change with the feed's address",
    "http_entry_id_base_docuri.xml": "an id does not change with the feed's address",
    "http_content_language.xml": "the Content-Language header is not read",
    "rdf_item_rdf_about.xml": "rdf:about names a node, the link names the item",
    "entity_in_doctype.xml": "the internal subset is dropped (rule 60)",
    "item_description_and_summary.xml": "a second description is no content (rule 63)",
    "item_summary_and_description.xml": "a second description is no content (rule 63)",
    "item_description_not_a_doctype.xml": "the address in it is resolved",
}


class UnmappedError(Exception):
    """The expectation is about something that we do not keep."""


class View(dict[str, Any]):
    """A feedparser dictionary made of our nouns: a name that we do not keep is no expectation of ours."""

    def __missing__(self, name: str) -> Any:
        if name == "url" and "href" in self:
            return self["href"]
        raise UnmappedError(name)

    def __getattr__(self, name: str) -> Any:
        return self[name]

    def has_key(self, name: str) -> bool:
        return self[name] not in (None, "")


class Html(str):
    """Equal where the visible text and the addresses are: whoever serialised it."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and (
            _essence(self) == _essence(other) or unescape(str.__str__(self)) == str.__str__(other)
        )


class Title(str):
    """Equal where feedparser's title means this plain one, as text or as markup."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and any(
            plain_title(other, is_html=kind) == (str(self) or None) for kind in (True, False)
        )


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_feedparser_expects_holds_for_what_is_kept(suites: Path, folder: str) -> None:
    counts, differing = Counter[str](), []
    for path in sorted((suites / "feedparser" / folder).rglob("*.xml")):
        verdict = judge(path)
        counts[verdict] += 1
        if verdict == "differs" and path.name not in EXCEPTIONS:
            differing.append(str(path.relative_to(suites)))

    assert differing == []
    assert counts["agrees"] > 0


def judge(path: Path) -> str:
    """agrees, differs, or unmapped: the expectation is about what we do not keep."""
    expression = _expectation(path.read_bytes())
    if expression is None or "sanitize" in path.parts:
        return "unmapped"
    try:
        names = _names(_parse(path.read_bytes()))
    except IngestError:
        names = _names(ParsedFeed(format="", title=None))
    try:
        return "agrees" if eval(expression, {"__builtins__": {}}, names) else "differs"
    except UnmappedError:
        return "unmapped"
    except (IndexError, KeyError, TypeError):
        return "differs"


def _parse(body: bytes) -> ParsedFeed:
    """The feed with the HTTP headers that its own comment names."""
    headers = {name.lower(): value.strip() for name, value in HEADER.findall(body[:4000].decode("latin-1"))}
    location = headers.get("content-location")
    return parse_feed(body, url=URL, content_type=headers.get("content-type"), content_location=location)


def _expectation(body: bytes) -> Any:
    """The expression without its claims about well-formedness, which is not ours to tell."""
    found = re.search(r"Expect:\s*(.*)", decode_document(body).text)
    if not found:
        return None
    try:
        tree = ast.parse(found[1].strip(), mode="eval")
    except SyntaxError:
        return None
    body_without = _without_bozo(tree.body)
    return compile(ast.Expression(body_without), "expectation", "eval") if body_without else None


def _without_bozo(node: ast.expr) -> ast.expr | None:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        kept = [part for value in node.values if (part := _without_bozo(value))]
        return ast.copy_location(ast.BoolOp(node.op, kept), node) if len(kept) > 1 else next(iter(kept), None)
    return None if "bozo" in ast.unparse(node) else node


def _names(parsed: ParsedFeed) -> dict[str, Any]:
    feed = View(_text_names("title", Title(parsed.title or "")))
    for name in ("description", "subtitle", "tagline"):
        feed |= _text_names(name, Html(parsed.description or ""))
    feed |= {"link": parsed.site_url, "language": parsed.language, **_date_names("updated", parsed.updated_at)}
    entries = [_entry_view(entry) for entry in parsed.entries]
    return View({"feed": View(feed), "channel": View(feed), "entries": entries, "items": entries, "len": len})


def _entry_view(entry: Entry) -> View:
    view = View(_text_names("title", Title(entry.title or "")))
    for name in ("summary", "description"):
        view |= _text_names(name, Html(entry.summary or entry.content or ""))
    view["content"] = [View({"value": Html(entry.content or "")})]
    view |= {"id": entry.id, "guid": entry.id, "link": entry.url, "language": entry.language}
    view["authors"] = [*(View({"name": name}) for name in entry.authors), View(), View()]
    view["author_detail"] = View({"name": next(iter(entry.authors), None)})
    view["tags"] = [View({"term": tag}) for tag in entry.tags]
    view["category"] = next(iter(entry.tags), None)
    view["enclosures"] = [_enclosure_view(enclosure) for enclosure in entry.enclosures]
    view |= {**_date_names("published", entry.published_at), **_date_names("updated", entry.updated_at)}
    return view


def _enclosure_view(enclosure: Any) -> View:
    return View({"href": enclosure.url, "type": enclosure.media_type, "length": str(enclosure.length)})


def _text_names(name: str, value: str) -> dict[str, Any]:
    return {name: value, f"{name}_detail": View({"value": value})}


def _date_names(name: str, date: datetime | None) -> dict[str, Any]:
    names = {"published": ("published", "issued"), "updated": ("updated", "modified", "date")}[name]
    value = tuple(date.utctimetuple()[:9]) if date else None
    return {f"{each}_parsed": value for each in names}


def _essence(html: str) -> tuple[str, list[str]]:
    return " ".join(visible_text(html).split()), [unquote(unescape(address)) for address in ADDRESSES.findall(html)]
