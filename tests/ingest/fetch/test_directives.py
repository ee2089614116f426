"""What pages say about being kept and used (rules 17, 50)."""

import time

import pytest

from ingest.fetch.directives import may_be_archived, robots_tags


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("noarchive", ("noarchive",)),
        ("NoAI, noimageai", ("noai", "noimageai")),
        ("feedmill: noarchive", ("noarchive",)),
        ("otherbot: noarchive", ()),
        ("otherbot: noindex, noarchive", ("noarchive",)),
        ("max-snippet: 50, noai", ("max-snippet:50", "noai")),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST", ("unavailable_after:25jun203015:00:00pst",)),
        ("", ()),
    ],
)
def test_rule_50_the_header_is_read_for_everyone_and_for_us(header, tags):
    assert robots_tags({"x-robots-tag": header}, b"", "feedmill") == tags


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        (b'<meta name="robots" content="noarchive,noai">', ("noarchive", "noai")),
        (b"<META CONTENT='NOARCHIVE' NAME=ROBOTS>", ("noarchive",)),
        (b'<meta name="feedmill" content="noai"/>', ("noai",)),
        (b'<meta name="googlebot" content="noarchive">', ()),
        (b'<meta name="description" content="noarchive">', ()),
        (b"<meta", ()),
    ],
)
def test_rule_50_meta_robots_is_read(head, tags):
    assert robots_tags({}, b"<html><head>" + head, "feedmill") == tags


def test_floods_are_read_in_linear_time():
    started = time.process_time()
    floods = (b"<meta" * 20_000, b"<meta a=" + b"b=" * 50_000, b"<meta " + b'a="' * 30_000 + b">")
    for flood in (*floods, (b"<meta " + b"a" * 1_990 + b">") * 50):
        robots_tags({"x-robots-tag": "a:" * 50_000}, flood, "feedmill")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("cache_control", "tags", "may"),
    [
        ("max-age=60", (), True),
        ("private, No-Store", (), False),
        ("", ("noarchive",), False),
        ("", ("none",), False),
        ("", ("noai", "nofollow"), True),
    ],
)
def test_rules_17_and_50_no_store_and_noarchive_keep_the_bytes_out_of_the_archive(cache_control, tags, may):
    assert may_be_archived({"cache-control": cache_control}, tags) is may
