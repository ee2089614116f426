"""The Go parser's own feeds and what it makes of them: count, title, id, link and dates agree with ours."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import IngestError
from ingest.feeds.parse import parse_feed
from ingest.model import Entry, ParsedFeed
from ingest.text import plain_title
from ingest.urls import is_web_url

pytestmark = pytest.mark.shared

URL = "http://feed.example/dir/feed.xml"
FOLDERS = ["parser/atom", "parser/rss", "translator/atom", "translator/rss", "translator/json", "extensions"]

# Files where we differ on purpose.
EXCEPTIONS = {
    "feed_item_updated_-_rss_channel_item_updated_atom.xml": "an only date is that of publication (rule 69)",
    "issue_217_enclosure_children.xml": "media:title is the title where there is no other",
    "rss_channel_item_guid_naked_markup.xml": "markup in a guid is no id",
}


def test_the_go_parsers_expectations_are_ours_in_99_of_100_files(suites: Path) -> None:
    differing = {}
    files = list(_expectations(suites / "gofeed"))
    for source, expected in files:
        found = list(_differences(source, expected))
        if found and source.name not in EXCEPTIONS:
            differing[source.name] = found

    assert len(files) > 500
    assert len(EXCEPTIONS) <= len(files) / 100
    assert differing == {}


def _expectations(root: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in FOLDERS:
        for expectation in sorted((root / folder).rglob("*.json")):
            stem = expectation.stem.removesuffix("_expected")
            sources = [expectation.with_name(f"{stem}.xml"), expectation.with_name(f"{stem}.json")]
            source = next((path for path in sources if path.exists() and path != expectation), None)
            if source:
                yield source, json.loads(expectation.read_text())


def _differences(source: Path, expected: dict[str, Any]) -> Iterator[str]:
    try:
        parsed = parse_feed(source.read_bytes(), url=URL)
    except IngestError as error:
        yield str(error)
        return
    items = expected.get("items", expected.get("entries")) or []
    yield from _feed_differences(parsed, expected, len(items))
    for entry, item in zip(parsed.entries, items, strict=False):
        yield from _entry_differences(entry, item, is_atom=parsed.format.startswith("atom"))


def _feed_differences(parsed: ParsedFeed, expected: dict[str, Any], count: int) -> Iterator[str]:
    if len(parsed.entries) != count:
        yield f"{len(parsed.entries)} entries, not {count}"
    if parsed.title not in _titles(expected.get("title")):
        yield f"title {parsed.title!r}, not {expected.get('title')!r}"
    if parsed.site_url != _link(expected):
        yield f"site {parsed.site_url}, not {_link(expected)}"


def _entry_differences(entry: Entry, item: dict[str, Any], *, is_atom: bool) -> Iterator[str]:
    guid = item.get("guid", item.get("id"))
    wanted = {
        "id": (guid.get("value") if isinstance(guid, dict) else guid) or None,
        "url": _link(item),
    }
    if entry.title not in _titles(item.get("title")):
        yield f"title {entry.title!r}, not {item.get('title')!r}"
    wanted["updated_at"] = _date(item.get("updatedParsed"))
    published = (
        item.get("publishedParsed") or item.get("pubDateParsed") or (item.get("updatedParsed") if is_atom else None)
    )
    wanted["published_at"] = _date(published)
    for name, value in wanted.items():
        if getattr(entry, name) != value:
            yield f"{name} {getattr(entry, name)!r}, not {value!r}"


def _titles(title: str | None) -> set[str | None]:
    """Go keeps markup in titles; ours are plain, and what Atom calls text stays as written."""
    return {plain_title(title), plain_title(title, is_html=False)}


def _link(item: dict[str, Any]) -> str | None:
    links = item.get("links") or []
    if links and isinstance(links[0], dict):
        alternates = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
        found = next(iter(alternates), None)
    else:
        found = item.get("link")
    return found if is_web_url(found) else None


def _date(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0) if text else None
