"""Feeds that want to hang, fill or break the parser: each at full size, each within 5 s of CPU (rule 59)."""

import json
import tracemalloc
from collections.abc import Callable

import pytest

from ingest.errors import FeedRejected, IngestError, NotAFeed
from ingest.feeds.identity import identify
from ingest.feeds.parse import parse_feed
from ingest.model import ParsedFeed

pytestmark = pytest.mark.usefixtures("cpu_seconds")

URL = "http://hostile.example/feed.xml"
ITEM = "<item><title>a</title><link>http://a.example/</link></item>"


def rss(inner: str, before: str = "") -> bytes:
    return f'{before}<rss version="2.0"><channel><title>t</title>{inner}</channel></rss>'.encode()


def parse(body: bytes) -> ParsedFeed | IngestError:
    try:
        parsed = parse_feed(body, url=URL)
    except IngestError as error:
        return error
    identify(URL, parsed)
    return parsed


BODIES: dict[str, Callable[[], bytes]] = {
    "newlines before the first tag": lambda: rss(ITEM, "\n" * 1_000_000),
    "newlines between prolog parts": lambda: rss(ITEM, '<?xml version="1.0"?>' + "\n" * 1_000_000 + "<!--x-->\n"),
    "200,000 items": lambda: rss(ITEM * 200_000)[:9_900_000],
    "10 MB of HTML in one content": lambda: rss(
        f"<item><description>{'&lt;p class=x&gt;a&lt;/p&gt;' * 380_000}</description></item>"
    ),
    "10 MB of relative links": lambda: rss(
        f"<item><description><![CDATA[{'<a href=x>a</a>' * 640_000}]]></description></item>"
    ),
    "100,000 nested elements": lambda: rss("<a>" * 100_000 + "</a>" * 100_000),
    "100,000 nested elements, unclosed": lambda: rss("<a>" * 100_000),
    "2,000,000 empty elements": lambda: rss("<x/>" * 2_000_000),
    "300,000 categories": lambda: rss(
        "<item>" + "".join(f"<category>{n}</category>" for n in range(300_000)) + "</item>"
    ),
    "300,000 links": lambda: rss("<item>" + "<link>http://a.example/</link>" * 300_000 + "</item>"),
    "one author of 5 MB": lambda: rss(f"<item><author>{'a' * 5_000_000}</author></item>"),
    "one title of 9 MB": lambda: rss(f"<item><title>{'&amp;lt;b ' * 1_000_000}</title></item>"),
    "one guid of 9 MB": lambda: rss(f"<item><guid>{'http://a/' * 1_000_000}</guid></item>"),
    "one date of 9 MB": lambda: rss(f"<item><pubDate>{'1 ' * 4_500_000}</pubDate></item>"),
    "5,000 dates that are none": lambda: rss(
        "".join(f"<item><pubDate>vendredi {n} x</pubDate></item>" for n in range(5000))
    ),
    "styles": lambda: rss(f'<item><description>&lt;p style="{"a" * 50_000}!"&gt;x</description></item>'),
    "1,900 attributes 600 times": lambda: rss(("<a " + " ".join(f"a{n}='1'" for n in range(1900)) + "/>") * 600),
    "100,000 namespaces": lambda: rss("".join(f"<x xmlns:n{n}='urn:{n}'/>" for n in range(100_000))),
    "a base of 1 MB": lambda: rss(f"<x xml:base='http://a/{'a' * 1_000_000}'>" + "<y/>" * 200_000 + "</x>"),
    "bases that grow": lambda: rss("<x xml:base='aaaaaaaaaaaaaaaaaaaaaaaaa/'>" * 100_000),
    "processing instructions": lambda: rss("<title>" + "<?a?> " * 1_400_000),
    "undeclared entities": lambda: rss(f"<item><title>{'&eacute;' * 1_000_000}</title></item>"),
    "references to nothing": lambda: rss(f"<item><title>{'&#0;&#xD800;&#99999999;&bogus;' * 200_000}</title></item>"),
    "CDATA that never ends": lambda: rss("<item><title>" + "<![CDATA[" * 1_000_000),
    "CDATA between comments": lambda: rss("<item><title>" + "<![CDATA[x]]><!--y--> & " * 300_000),
    "prefixes that nobody declared": lambda: rss("".join(f"<p{n}:x/>" for n in range(200_000))),
    "bad UTF-8": lambda: rss(ITEM).replace(b"<title>a", b"<title>\xff\xfe\xc3"),
    "NUL bytes": lambda: b"\x00" * 9_000_000,
    "a UTF-16 BOM and rubbish": lambda: b"\xff\xfe" + b"\xd8\x00" * 2_000_000,
    "JSON nested 1,000,000 deep": lambda: b"[" * 1_000_000,
    "a JSON number of 5,000,000 digits": lambda: (
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"1" * 5_000_000 + b"}]}"
    ),
    "200,000 JSON items": lambda: json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": str(n)} for n in range(200_000)]}
    ).encode(),
    "JSON with half a surrogate": lambda: (
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"\\ud800","title":"\\udfff\\u0000"}]}'
    ),
}
for flood in ("<", "<a ", "&", "<!--", "<![CDATA[", "<!", "<?", "</", "]]>", "&#", '<a b="', "<!DOCTYPE ["):
    BODIES[f"a flood of {flood}"] = lambda flood=flood: rss("<item><title>" + flood * 300_000)  # type: ignore[misc]
    BODIES[f"nothing but {flood}"] = lambda flood=flood: (flood * 500_000).encode()  # type: ignore[misc]


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_feed_ends_in_a_result_or_a_rejection_rule_59(name: str) -> None:
    outcome = parse(BODIES[name]())

    assert isinstance(outcome, ParsedFeed | NotAFeed | FeedRejected)


def test_more_than_ten_megabytes_are_rejected_unread() -> None:
    outcome = parse(rss(ITEM * 250_000))

    assert isinstance(outcome, FeedRejected)
    assert "10,000,000" in str(outcome)


@pytest.mark.parametrize("count", [10_000, 200_000])
def test_an_element_with_thousands_of_attributes_is_rejected(count: int) -> None:
    outcome = parse(rss("<a " + " ".join(f"a{n}=''" for n in range(count)) + "/>"))

    assert isinstance(outcome, FeedRejected)
    assert "attributes" in str(outcome)


@pytest.mark.parametrize(
    "body", [b"/dev/zero", b"/etc/passwd", b"http://127.0.0.1:1/feed", b"file:///etc/passwd", b"feed:x"]
)
def test_a_body_that_names_a_file_or_an_address_is_only_text_rule_56(body: bytes) -> None:
    with pytest.raises(NotAFeed, match="plain text"):
        parse_feed(body, url=URL)


@pytest.mark.parametrize(
    "codec", ["punycode", "idna", "utf-7", "unicode_escape", "zlib_codec", "rot13", "base64", "undefined"]
)
def test_codecs_that_are_attacks_are_refused_rule_57(codec: str) -> None:
    body = f'<?xml version="1.0" encoding="{codec}"?>'.encode() + rss(f"<item><title>é{'a-' * 200_000}</title></item>")

    parsed = parse_feed(body, url=URL)

    assert (parsed.entries[0].title or "").startswith("é")
    assert codec in parsed.problems[0]


ENTITIES = {
    "billion laughs": '<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
    "one long entity": f'<!ENTITY i "{"a" * 100_000}">',
    "a file": '<!ENTITY i SYSTEM "file:///etc/passwd">',
    "an address": '<!ENTITY i SYSTEM "http://127.0.0.1:1/x">',
    "a parameter entity": '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;<!ENTITY i "x">',
}


@pytest.mark.parametrize("name", ENTITIES)
def test_entities_are_neither_expanded_nor_fetched_rule_60(name: str) -> None:
    before = f'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd" [{ENTITIES[name]}]>'

    parsed = parse_feed(rss(f"<item><title>x {'&i; ' * 100}</title></item>", before), url=URL)

    assert len(parsed.entries) == 1
    assert parsed.entries[0].title == f"x {'&i; ' * 100}".strip()


def test_five_thousand_entries_are_taken_and_the_rest_is_flagged_rule_78() -> None:
    body = rss("".join(f"<item><guid>{n}</guid></item>" for n in range(6000)))

    parsed = parse_feed(body, url=URL)

    assert len(parsed.entries) == 5000
    assert parsed.is_truncated
    assert [parsed.entries[0].id, parsed.entries[-1].id] == ["0", "4999"]
    assert any("5,000" in problem for problem in parsed.problems)


def test_an_entry_that_the_bound_cuts_in_half_is_not_taken_rule_59() -> None:
    parsed = parse_feed(rss(ITEM * 10 + "<item>" + "<x/>" * 200_000 + "</item>"), url=URL)

    assert (len(parsed.entries), parsed.is_truncated) == (10, True)


def test_memory_stays_in_proportion() -> None:
    tracemalloc.start()
    try:
        parse(BODIES["10 MB of HTML in one content"]())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 256 * 1024 * 1024
