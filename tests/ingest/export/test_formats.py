"""Exports: what went in comes out, in every format, whatever the texts hold."""

import csv
import gzip
import io
import random
import re
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import BadArchive
from ingest.export.lines import csv_lines
from ingest.export.rss import rss_document
from ingest.export.schema import ELEMENTS, FIELDS, SCHEMA_VERSION
from ingest.export.warc import read_warc, write_warc
from ingest.model import Capture

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def article_of(**changes):
    plain = dict.fromkeys((field.name for field in FIELDS), None)
    plain |= {"id": 1, "cursor": 7, "word_count": 2, "revision": 1, "authors": [], "tags": [], "removed": []}
    plain |= {"url": "https://news.example/one", "title": "On one", "text": "Two words.", "status": "ok"}
    plain |= {"published_source": "feed", "first_seen_at": "2026-11-21T12:00:00Z", "site": "news.example"}
    return plain | changes


def capture_of(body=b"<p>One</p>", **changes):
    headers = {"content-type": "text/html; charset=utf-8", "etag": '"a"'}
    plain = {"url": "https://news.example/one", "body": body, "fetched_at": NOW, "headers": headers}
    return Capture(**{**plain, **changes})


def read_csv(articles):
    return list(csv.DictReader(io.StringIO("".join(csv_lines(articles)), newline="")))


def test_a_row_has_the_fields_of_the_schema():
    [row] = read_csv([article_of(authors=["Ada Lark", "Bo Reed"], removed=[{"rule": "r", "text": "Share"}])])
    assert list(row) == [field.name for field in FIELDS]
    assert (row["authors"], row["removed"], row["story_id"]) == (
        "Ada Lark; Bo Reed",
        '[{"rule": "r", "text": "Share"}]',
        "",
    )


def test_no_cell_is_a_formula_in_a_spreadsheet():
    [row] = read_csv([article_of(title='=HYPERLINK("http://evil.example")', authors=["@cmd"])])
    assert (row["title"][0], row["authors"][0]) == ("'", "'")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives_csv(text):
    [row] = read_csv([article_of(text=f"x{text}")])
    assert row["text"] == f"x{text}"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_gives_a_feed_that_is_well_formed(text):
    parsed = feedparser.parse(rss_document([article_of(title=text, text=text)], text, NOW))
    assert not parsed.bozo
    assert len(parsed.entries) == 1


def test_a_feed_holds_the_text_its_authors_and_its_dates():
    article = article_of(authors=["Ada Lark"], text="One & two.\n\nThree <b>.", tags=["harbour"])
    [entry] = feedparser.parse(rss_document([article], "All", NOW)).entries
    assert entry.content[0].value == "<p>One &amp; two.</p><p>Three &lt;b&gt;.</p>"
    assert (entry.author, entry.tags[0].term, entry.link) == ("Ada Lark", "harbour", "https://news.example/one")
    assert entry.published == "Sat, 21 Nov 2026 12:00:00 +0000"
    assert entry.id == "feedmill:1:1"


@given(st.binary(min_size=1, max_size=2_000))
def test_any_page_survives_a_warc_file(body):
    sink = io.BytesIO()
    assert write_warc([capture_of(body), capture_of(b"<p>Two</p>")], sink, NOW) == 2
    found = list(read_warc(io.BytesIO(sink.getvalue())))
    assert [capture.body for capture in found] == [body, b"<p>Two</p>"]
    assert found[0].headers == {"content-type": "text/html; charset=utf-8", "etag": '"a"'}
    assert (found[0].url, found[0].fetched_at) == ("https://news.example/one", NOW)


def test_what_is_no_page_is_passed_over():
    others = [
        capture_of(headers={"content-type": "image/png"}),
        capture_of(status=404),
        capture_of(b"x" * 5_000_001),
        capture_of(b"<p>One</p>"),
    ]
    sink = io.BytesIO()
    write_warc(others, sink, NOW)
    assert [capture.body for capture in read_warc(io.BytesIO(sink.getvalue()))] == [b"<p>One</p>"]


def test_a_file_that_ends_within_a_page_gives_what_came_before_and_says_so():
    draw = random.Random(1)
    sink = io.BytesIO()
    write_warc([capture_of(draw.randbytes(2_000)) for _ in range(10)], sink, NOW)
    before = len(sink.getvalue())
    write_warc([capture_of(draw.randbytes(2_000))], sink, NOW)
    found = []

    with pytest.raises(BadArchive, match="ends within the record of https://news"):
        found.extend(read_warc(io.BytesIO(sink.getvalue()[: before + 1_800])))

    assert [len(capture.body) for capture in found] == [2_000] * 10


def test_another_file_is_named_as_such():
    with pytest.raises(BadArchive, match="cannot be read"):
        list(read_warc(io.BytesIO(b"<html>no WARC at all</html>")))


def test_a_parquet_file_is_typed():
    parquet = pytest.importorskip("pyarrow.parquet")
    from ingest.export.parquet import write_parquet

    sink = io.BytesIO()
    article = article_of(
        authors=["Ada Lark"], published_at="2026-11-20T08:00:00Z", removed=[{"rule": "r", "text": "t"}]
    )
    assert write_parquet([article, article_of(id=2)], sink) == 2
    table = parquet.read_table(io.BytesIO(sink.getvalue()))
    assert table.column("published_at").to_pylist() == [datetime(2026, 11, 20, 8, tzinfo=UTC), None]
    assert table.column("removed").to_pylist()[0] == [{"rule": "r", "text": "t", "at": None}]
    assert table.schema.metadata[b"feedmill.schema"] == b"1"


def arc_of(body):
    head = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    first = b"filedesc://a.arc 0.0.0.0 20050101000000 text/plain %d\n%s\n" % (len(head), head)
    return first + b"http://old.example/a 192.0.2.1 20050102030405 text/html %d\n%s\n" % (len(http), http)


def test_the_pages_of_an_arc_file_are_read_too():
    [capture] = read_warc(io.BytesIO(arc_of(b"<p>One</p>")))
    assert (capture.url, capture.body) == ("http://old.example/a", b"<p>One</p>")
    assert capture.fetched_at == datetime(2005, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_file_that_is_packed_as_a_whole_says_what_to_do_in_one_line():
    with pytest.raises(BadArchive, match=r"^[^\n]*unpack it with gunzip[^\n]*$"):
        list(read_warc(io.BytesIO(gzip.compress(arc_of(b"<p>One</p>")))))


# What other programs rely on: a field that goes, moves or changes its kind needs another version.
PINNED = {
    1: "id:integer cursor:integer url:text canonical_url:text feed_url:text site:text title:text authors:texts"
    " published_at:time published_source:text updated_at:time first_seen_at:time fetched_at:time language:text"
    " text:text summary:text image_url:text tags:texts site_name:text word_count:integer status:text extractor:text"
    " removed:removals origin_url:text content_hash:text story_id:integer is_duplicate_of:integer revision:integer"
}


def test_the_fields_of_a_version_do_not_change():
    assert " ".join(f"{field.name}:{field.kind}" for field in FIELDS) == PINNED[SCHEMA_VERSION]


def test_an_item_of_the_feed_has_the_elements_that_are_documented():
    words = {name: f"some {name}" for name in ("summary", "text", "language")}
    article = article_of(authors=["Ada Lark"], tags=["Harbour"], **words)
    document = rss_document([article], "A", NOW).decode()
    found = re.findall(r"<([\w:]+)", document[document.index("<item>") :])
    assert found[1:] == list(ELEMENTS)
    assert f"<generator>feedmill, export schema {SCHEMA_VERSION}</generator>" in document


def test_a_warc_file_holds_what_is_documented():
    sink = io.BytesIO()
    write_warc([capture_of(final_url="https://news.example/two")], sink, NOW)
    info, page = gzip.decompress(sink.getvalue()).decode().split("WARC/1.1\r\n")[1:]
    assert "WARC-Type: warcinfo" in info
    for line in ("WARC-Type: response", "WARC-Target-URI: https://news.example/two", "WARC-Date: 2026-11-21T12:00:00Z"):
        assert f"{line}\r\n" in page
    for line in ("HTTP/1.1 200 OK", 'etag: "a"', "content-length: 10"):
        assert f"{line}\r\n" in page
