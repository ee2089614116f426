"""What holds for every source, whatever a server answers."""

import gzip
import json
import pickle
import time
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.backfill.guards import Progress, Rules, Step, judge
from ingest.backfill.registry import SOURCES, advance
from ingest.backfill.source import Archives, Cursor, End, Listing, Place, Reply, Target, Window
from ingest.backfill.stored import read_copy, read_cursor, read_progress, write_copy, write_cursor, write_progress
from ingest.export.warc import write_warc
from ingest.feeds.parse import parse_feed
from ingest.model import Capture
from ingest.urls import is_web_url

HOME = "https://blog.example/"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">'
    "<title>A</title>"
    '<link rel="next" href="/feed?page=2"/><openSearch:totalResults>400</openSearch:totalResults>'
    '<entry><id>tag:a,1</id><title>One</title><link href="/1"/><published>2024-05-01T00:00:00Z</published></entry>'
    '<entry><id>tag:a,2</id><title>Two</title><link href="/2"/><published>2024-04-01T00:00:00Z</published></entry>'
    "</feed>"
)
ARCHIVED = ATOM.replace('rel="next" href="/feed?page=2"', 'rel="prev-archive" href="/2024/04.xml"')
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "A",
    "next_url": "https://blog.example/feed.json?page=2",
    "items": [{"id": "1", "url": "https://blog.example/1", "content_html": "<p>x</p>", "date_published": "2024-05-01"}],
}
POSTS = [
    {
        "id": 5,
        "date": "2024-05-01T10:00:00",
        "date_gmt": "2024-05-01T08:00:00",
        "modified_gmt": "2024-05-02T08:00:00",
        "link": "https://blog.example/one/",
        "title": {"rendered": "One &amp; all"},
        "content": {"rendered": "<p>Text</p>", "protected": False},
        "excerpt": {"rendered": "<p>T</p>"},
    }
]
SUBSTACK = [
    {
        "id": 5,
        "slug": "one",
        "title": "One",
        "post_date": "2024-05-01T08:00:00.000Z",
        "canonical_url": "https://blog.example/p/one",
        "audience": "only_paid",
        "publishedBylines": [{"name": "A"}],
        "postTags": [{"name": "b"}],
    },
    {"id": 4, "slug": "two", "title": "Two", "post_date": "2024-04-01T08:00:00.000Z", "audience": "everyone"},
]
TUMBLR = {
    "posts-total": "400",
    "posts": [
        {
            "id": "9",
            "url": "https://blog.example/post/9",
            "unix-timestamp": 1714550400,
            "regular-title": "One",
            "tags": ["a"],
        },
        {"id": "8", "url": "https://blog.example/post/8", "date-gmt": "2024-04-01 00:00:00 GMT", "link-text": "Two"},
    ],
}
DRUPAL = {
    "data": [
        {
            "id": "c9b3",
            "attributes": {
                "title": "One",
                "drupal_internal__nid": 7,
                "created": "2024-05-01T08:00:00+00:00",
                "path": {"alias": "/one"},
                "body": {"processed": "<p>x</p>", "summary": ""},
            },
        }
    ],
    "links": {"next": {"href": "https://blog.example/jsonapi/node/article?page%5Boffset%5D=50"}},
}
TYPES = {"story": {"slug": "story", "rest_base": "stories", "has_archive": True}, "page": {"rest_base": "pages"}}
CDX = [
    ["timestamp", "original", "mimetype", "statuscode", "digest"],
    ["20240501000000", "http://blog.example:80/one", "text/html", "200", "ABC"],
    ["20240601000000", "http://blog.example/two", "text/html", "200", "ABD"],
    [],
    ["com%2Cexample%29%2F+20240601000001"],
]
CRAWLS = [{"id": "CC-MAIN-2024-22", "from": "2024-05-18T00:00:00", "to": "2024-06-02T00:00:00"}, {"id": "CC-MAIN-2012"}]
CC_ROW = {
    "url": "https://blog.example/one",
    "timestamp": "20240520000000",
    "status": "200",
    "mime": "text/html",
    "filename": "crawl-data/CC-MAIN-2024-22/segments/1.1/warc/CC-0.warc.gz",
    "offset": "5",
    "length": "100",
}
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://blog.example/one</loc>'
    "<lastmod>2024-05-01</lastmod></url></urlset>"
)
INDEX = SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>").replace("/one", "/sitemap-2.xml")


def warc() -> bytes:
    sink = BytesIO()
    at = datetime(2024, 5, 1, tzinfo=UTC)
    write_warc(
        [Capture(url=f"{HOME}one", body=b"<p>x</p>", fetched_at=at, headers={"content-type": "text/html"})], sink, at
    )
    return sink.getvalue()


BODIES = [
    *(text.encode() for text in (ATOM, ARCHIVED, SITEMAP, INDEX, f"{HOME}one\n{HOME}two\n")),
    *(json.dumps(value).encode() for value in (JSON_FEED, POSTS, SUBSTACK, TUMBLR, DRUPAL, TYPES, CDX, CRAWLS, CC_ROW)),
    f"var tumblr_api_read = {json.dumps(TUMBLR)};\n".encode(),
    b'{"pages": 3, "pageSize": 5, "blocks": 12}',
    b"[]",
    gzip.compress(SITEMAP.encode()),
    warc(),
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
    b"<b>Warning</b>: mysql_connect() in /var/www/wp-content/db.php on line 3\n[]",
    b"\xff\xfe<\x00r\x00s\x00s\x00",
    b'{"posts": {"a": 1}, "data": 5, "items": "x"}',
    b"[" * 5_000,
    b'[{"date": "0000-00-00T00:00:00", "link": "http://[::1", "id": 1e400}]',
    b'[{"date": "9999-12-31T23:59:59", "link": "/x", "id": 99999999999999999999999}]',
    b'{"pages": ' + b"9" * 5_000 + b"}",
]
FEED = parse_feed(ATOM.encode(), url=f"{HOME}feed")
TARGET = Target(
    url=HOME,
    home_url=HOME,
    host="blog.example",
    window=Window(datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
    platforms=frozenset({"wordpress", "blogger", "substack", "ghost", "tumblr", "drupal", "hugo", "static"}),
    links={"https://api.w.org/": f"{HOME}wp-json/"},
    feed_url=f"{HOME}feed",
    feed=FEED,
    sitemaps=(f"{HOME}sitemap.xml",),
    archives=Archives(),
    files=("news.warc.gz", "more.warc", "list.txt", "https://lists.example/list.txt"),
)
NAMED = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
statuses = st.sampled_from([200, 200, 200, 200, 206, 204, 400, 401, 403, 404, 410, 451, 429, 500, 503, 100, 999])
headers = st.dictionaries(
    st.sampled_from(["x-wp-total", "x-wp-totalpages", "content-type", "content-location"]),
    st.sampled_from(
        ["0", "1", "3", "-1", "x", "9" * 50, "text/html; charset=punycode", "application/json", "http://[", ""]
    ),
)


@st.composite
def bodies(draw):
    """What a server may send: whole, cut off, garbled, or with other types in the same places."""
    body = draw(st.sampled_from(BODIES))
    kind = draw(st.sampled_from(["whole", "whole", "cut", "garbled", "retyped", "noise"]))
    if kind == "cut":
        return body[: draw(st.integers(0, len(body)))]
    if kind == "garbled":
        at = draw(st.integers(0, len(body)))
        return body[:at] + draw(st.binary(max_size=8)) + body[at + draw(st.integers(0, 8)) :]
    if kind == "retyped":
        return retyped(body, draw)
    return draw(st.binary(max_size=200)) if kind == "noise" else body


def retyped(body: bytes, draw) -> bytes:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return json.dumps(changed(value, draw)).encode()


def changed(value, draw):
    if draw(st.integers(0, 7)) == 0:
        return draw(scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=5), scalars, max_size=2))
    if isinstance(value, dict):
        return {name: changed(one, draw) for name, one in value.items()}
    return [changed(one, draw) for one in value] if isinstance(value, list) else value


replies = st.lists(st.tuples(statuses, bodies(), headers), min_size=1, max_size=6)


@NAMED
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(answers=replies)
def test_no_answer_makes_a_source_fail_and_each_has_a_next_or_an_end(source, answers):
    cursor, progress = source.first(TARGET), Progress()
    for status, body, named in answers:
        again = through_json(cursor)
        reply = Reply(url=again.ask.url, status=status, headers=named, body=body)
        listing = advance(source.name, *pickle.loads(pickle.dumps((again, reply))))
        assert pickle.loads(pickle.dumps(listing)) == listing
        check(listing)
        step = Step(cursor=cursor, listing=listing, new=len(listing.refs), bytes=len(body))
        progress, judged = judge(
            read_progress(json.loads(json.dumps(write_progress(progress)))), step, Rules(nature=source.nature)
        )
        check(judged)
        if judged.next is None:
            return
        cursor = judged.next


def check(listing: Listing) -> None:
    assert (listing.next is None) != (listing.end is None)
    assert listing.total_hint is None or listing.total_hint >= 0
    for ref in listing.refs:
        assert ref.url is None or is_web_url(ref.url)
        assert ref.url is not None or ref.entry is not None
        assert all(read_copy(json.loads(json.dumps(write_copy(copy)))) == copy for copy in ref.copies)


def through_json(cursor: Cursor) -> Cursor:
    again = read_cursor(json.loads(json.dumps(write_cursor(cursor))))
    assert again == cursor
    return again


@NAMED
@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_source_that_the_site_has_not_ends_as_unsuitable_never_as_done(source, status):
    cursor = source.first(TARGET)
    for _ in range(10):
        listing = source.advance(cursor, Reply(url=cursor.ask.url, status=status))
        assert not listing.refs
        if listing.next is None:
            break
        cursor = listing.next
    assert listing.end is End.UNSUITABLE
    assert listing.detail


@NAMED
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_never_the_end_of_a_listing(source, status):
    cursor = source.first(TARGET)
    for _ in range(10):
        listing = source.advance(cursor, Reply(url=cursor.ask.url, status=status))
        if listing.next is None:
            break
        cursor = listing.next
    assert listing.end in {End.UNSUITABLE, End.BLOCKED}


@NAMED
def test_a_challenge_instead_of_the_listing_is_never_its_end(source):
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
    cursor = source.first(TARGET)
    for _ in range(12):
        listing = source.advance(cursor, Reply(url=cursor.ask.url, status=200, body=page))
        if listing.next is None:
            break
        cursor = listing.next
    # Lists of addresses and WARC files are the user's own: nobody puts a challenge before them.
    assert listing.end in {End.UNSUITABLE, End.BLOCKED} or source.name == "url_list"


@NAMED
def test_a_first_request_is_for_the_site_the_archives_or_a_file_and_survives_json(source):
    cursor = through_json(source.first(TARGET))

    assert cursor.ask.place is Place.FILE or is_web_url(cursor.ask.url)
    assert cursor.ask.max_bytes > 0


@NAMED
def test_a_source_has_a_name_and_one_sentence(source):
    assert source.name.replace("_", "").isalnum()
    assert source.name == source.name.lower()
    assert source.summary[0].isupper()
    assert source.summary.endswith(".")
    assert len(source.summary) <= 120


@NAMED
def test_a_probe_is_between_0_and_1_and_asks_for_nothing(source):
    bare = Target(url=HOME, home_url=HOME, host="blog.example")

    for target in (TARGET, bare, replace(bare, feed_url=f"{HOME}feed", feed=FEED)):
        assert 0 <= source.probe(target) <= 1


HOSTILE = {
    "deep": b"[" * 5_000_000,
    "many": b"[" + b"{}," * 1_000_000 + b"{}]",
    "titles": json.dumps([{**POSTS[0], "title": {"rendered": "<" * 2_000}, "date_gmt": "le 5 mars"}] * 1_000).encode(),
    "brackets": b"<" * 5_000_000,
    "lines": b"a\n" * 2_500_000,
    "bomb": gzip.compress(b"WARC/1.0\r\n" + b"\0" * 200_000_000),
}


@NAMED
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_costs_at_most_five_seconds(source, body):
    cursor = source.first(TARGET)
    started = time.process_time()

    check(source.advance(cursor, Reply(url=cursor.ask.url, status=200, body=body)))

    assert time.process_time() - started < 5
