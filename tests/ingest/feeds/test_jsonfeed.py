"""JSON Feed 1.0 and 1.1 (rule 77)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.errors import NotAFeed
from ingest.feeds.parse import parse_feed
from ingest.model import Enclosure, Entry, ParsedFeed

URL = "https://site.example/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: Any, **members: Any) -> ParsedFeed:
    return parse_feed(json.dumps({"version": VERSION, "items": list(items), **members}).encode(), url=URL)


def entry(**members: Any) -> Entry:
    return feed(members).entries[0]


def test_a_full_feed_is_read_member_by_member() -> None:
    parsed = feed(
        {
            "id": 12345678901234567890,
            "url": "/a",
            "title": "A < B",
            "content_html": '<a href="b">x</a>',
            "summary": "1 < 2",
            "date_published": "2024-01-01T13:00:00+01:00",
            "date_modified": "2024-01-02T00:00:00Z",
            "authors": [{"name": "Ann"}, {"name": "Bob"}],
            "tags": ["x", "x", 3],
            "attachments": [
                {"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5, "duration_in_seconds": 6.5}
            ],
            "image": "/i.png",
            "_unknown": {"a": 1},
        },
        title="T",
        home_page_url="https://site.example/",
        feed_url=URL,
        next_url="?page=2",
        hubs=[{"type": "WebSub", "url": "https://hub.example/"}, {"type": "rssCloud", "url": "https://no.example/"}],
        language="de",
    )

    assert parsed.entries == (
        Entry(
            id="12345678901234567890",
            url="https://site.example/a",
            title="A < B",
            authors=("Ann", "Bob"),
            published_at=datetime(2024, 1, 1, 12, tzinfo=UTC),
            updated_at=datetime(2024, 1, 2, tzinfo=UTC),
            summary="1 &lt; 2",
            content='<a href="https://site.example/b">x</a>',
            tags=("x", "3"),
            enclosures=(Enclosure("https://site.example/a.mp3", "audio/mpeg", 5, 6),),
            language="de",
            image_url="https://site.example/i.png",
        ),
    )
    assert (parsed.format, parsed.title, parsed.site_url) == ("json11", "T", "https://site.example/")
    assert parsed.links.next_url == "https://site.example/feed.json?page=2"
    assert (parsed.links.self_url, parsed.links.hubs) == (URL, ("https://hub.example/",))


def test_text_content_is_escaped_and_the_id_may_be_the_address() -> None:
    found = entry(id="https://site.example/1", content_text="a < b & c")

    assert (found.content, found.url, found.is_permalink) == ("a &lt; b &amp; c", "https://site.example/1", True)


@pytest.mark.parametrize(
    "members", [{"author": {"name": "Old"}}, {"authors": [{"name": "Old"}], "author": {"name": "Old"}}]
)
def test_authors_of_the_feed_are_those_of_items_that_name_none(members: dict[str, Any]) -> None:
    assert [
        found.authors for found in feed({"id": "1"}, {"id": "2", "author": {"name": "New"}}, **members).entries
    ] == [
        ("Old",),
        ("New",),
    ]


def test_items_that_are_none_are_skipped_and_counted() -> None:
    parsed = feed({"id": "1"}, None, 5, [], {"id": ["x"], "url": 7, "title": {}, "tags": "x", "attachments": [None]})

    assert [found.id for found in parsed.entries] == ["1", None]
    assert parsed.problems == ("3 items are no objects",)


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1.1/", "1.0"])
def test_versions_are_known_by_their_start(version: str) -> None:
    assert parse_feed(json.dumps({"version": version, "items": []}).encode(), url=URL).entries == ()


@pytest.mark.parametrize(
    "document",
    [{}, [], {"version": VERSION}, {"items": []}, {"version": "2", "items": []}, {"version": VERSION, "items": {}}],
)
def test_json_without_version_or_items_is_no_feed(document: Any) -> None:
    with pytest.raises(NotAFeed, match="JSON that is no JSON Feed"):
        parse_feed(json.dumps(document).encode(), url=URL)


def test_bytes_in_other_encodings_and_behind_a_bom_are_read() -> None:
    text = json.dumps({"version": VERSION, "title": "é", "items": []}, ensure_ascii=False)

    assert [parse_feed(text.encode(codec), url=URL).title for codec in ("utf-8", "utf-8-sig", "utf-16")] == ["é"] * 3


def test_more_than_five_thousand_items_are_cut_and_flagged_rule_78() -> None:
    parsed = feed(*({"id": str(number)} for number in range(5001)))

    assert (len(parsed.entries), parsed.is_truncated) == (5000, True)
