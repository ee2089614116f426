"""Feed documents as they come, and what is made of them (rules 56-81)."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import IngestError, NotAFeed
from ingest.feeds.parse import clamp_dates, parse_feed
from ingest.model import Entry, ParsedFeed

URL = "https://site.example/news/feed.xml"
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:fh="http://purl.org/syndication/history/1.0" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def rss(item: str = "", channel: str = "") -> ParsedFeed:
    items = f"<item>{item}</item>" if item else ""
    body = f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{channel}{items}</channel></rss>'
    return parse_feed(body.encode(), url=URL)


def item(inner: str) -> Entry:
    return rss(inner).entries[0]


def atom(inner: str, attributes: str = "") -> Entry:
    return atom_feed(f"<entry>{inner}</entry>", attributes).entries[0]


def atom_feed(inner: str, attributes: str = "") -> ParsedFeed:
    return parse_feed(f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inner}</feed>'.encode(), url=URL)


# --- what is no feed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "nature"),
    [
        (b"", "an empty document"),
        (b" \n\t ", "an empty document"),
        (b"<!DOCTYPE html><html><head><title>Hello &amp; bye</title>", "an HTML page titled 'Hello & bye'"),
        (b"<html><head><title>Just a moment...</title></head></html>", "a bot challenge"),
        (b'<html><body><script src="/cdn-cgi/challenge-platform/x">', "a bot challenge"),
        (b'<?xml version="1.0"?><urlset xmlns="x"><url/></urlset>', "a sitemap"),
        (b"<sitemapindex/>", "a sitemap index"),
        (b'<opml version="2.0"><body/></opml>', "an OPML subscription list"),
        (b'{"a": 1}', "JSON that is no JSON Feed"),
        (b"[1, 2]", "JSON that is no JSON Feed"),
        (b"{broken", "starts like JSON"),
        (b"%PDF-1.7\n\x00\x01", "a PDF document"),
        (b"\x89PNG\r\n", "an image"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"Not found", "plain text"),
        (b"<note><to>x</to></note>", "an XML document with the root <note>"),
    ],
)
def test_what_is_no_feed_says_what_it_is_rule_41(body: bytes, nature: str) -> None:
    with pytest.raises(NotAFeed) as caught:
        parse_feed(body, url=URL)

    assert nature in str(caught.value)
    assert URL in str(caught.value)


def test_a_feed_without_entries_is_a_feed_rule_43() -> None:
    assert rss().entries == ()


@given(
    st.binary(max_size=300) | st.text(alphabet="<>&;:/!?-[]{}\"'= rssfeditmlnk\x00\ud7ff", max_size=300).map(str.encode)
)
def test_no_bytes_raise_anything_but_ingest_errors(body: bytes) -> None:
    for start in (b"", b"<rss><channel><item>", b'<feed xmlns="http://www.w3.org/2005/Atom"><entry>', b'{"version":'):
        with suppress(IngestError):
            assert isinstance(parse_feed(start + body, url=URL), ParsedFeed)


# --- broken XML ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "<title>A</title><link>http://a.example/?x=1&y=2</link>",
        "<title>A</title><description>caf&eacute; &bogus; &</description>",
        "<title>A</title><description><p>never closed<br></description>",
        "<title>A</title><wfw:thing>x</wfw:thing><unknown:thing a:b='c'>x</unknown:thing>",
        "<title>A</title><description>1 < 2 <3</description>",
        "<title>A</title><guid isPermaLink=false>x</guid>",
        "<title>A</title>\x0b\x00",
        "<title>A",
    ],
)
def test_malformed_xml_still_gives_its_entries_and_says_so_rule_58(damage: str) -> None:
    parsed = rss(damage)

    assert [entry.title for entry in parsed.entries] == ["A"]
    assert "not well-formed" in parsed.problems[0]


def test_entries_after_the_damage_are_kept_rule_58() -> None:
    items = "<item><title>A &nbsp; &</title></item><item><b>x</item><item><title>C</title></item>"
    body = f"<rss><channel>{items}</channel></rss>"

    assert [entry.title for entry in parse_feed(body.encode(), url=URL).entries] == ["A &", None, "C"]


@pytest.mark.parametrize(
    "junk",
    [
        "\n\n \n",
        "\ufeff\n",
        "<!-- cached -->\n<!-- twice -->",
        "<br />\n<b>Warning</b>: Cannot modify header in <b>/srv/x.php</b> on line <b>3</b><br />\n",
        "Notice: Undefined index\n",
    ],
)
def test_junk_before_the_declaration_is_passed_over_rule_80(junk: str) -> None:
    body = f'{junk}<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title></channel></rss>'

    parsed = parse_feed(body.encode(), url=URL)

    assert (parsed.title, parsed.format) == ("T", "rss20")


def test_a_doctype_with_an_internal_subset_is_dropped_rule_60() -> None:
    subset = '<!ELEMENT rss (channel)>\n<!ENTITY a "b"> '
    body = f'<!DOCTYPE rss [{subset}]>\n<rss version="0.91"><channel><title>T</title></channel></rss>'
    assert parse_feed(body.encode(), url=URL).title == "T"


# --- addresses -----------------------------------------------------------------------------------------------------


def test_nested_xml_base_and_the_feeds_address_resolve_links_and_content_rule_61() -> None:
    entry = atom(
        '<link href="c"/><content type="html" xml:base="d/">&lt;a href="x?a=1&amp;amp;b=2">l&lt;/a>'
        "&lt;img alt='a > b' src='/i.png'>&lt;a href=#n>n&lt;/a></content>",
        'xml:base="http://a.example/b/"',
    )

    assert entry.url == "http://a.example/b/c"
    assert entry.content == (
        '<a href="http://a.example/b/d/x?a=1&amp;b=2">l</a>'
        "<img alt='a > b' src=\"http://a.example/i.png\"><a href=#n>n</a>"
    )
    assert item("<link>../x</link>").url == "https://site.example/x"


def test_content_location_is_the_base_where_it_is_given_rule_61() -> None:
    body = b"<rss><channel><item><link>x</link></item></channel></rss>"

    parsed = parse_feed(body, url=URL, content_location="/other/")

    assert parsed.entries[0].url == "https://site.example/other/x"


def test_the_articles_link_is_an_alternate_never_another_relation_rule_64() -> None:
    entry = atom(
        '<link rel="self" href="http://x/1"/><link rel="edit" href="http://x/2"/><link rel="replies" href="http://x/3"/>'
        '<link rel="enclosure" href="http://x/4.mp3"/><link rel="alternate" type="application/pdf" href="http://x/5"/>'
        '<link rel="http://www.iana.org/assignments/relation/alternate" type="text/html" href="http://x/6"/>'
    )

    assert entry.url == "http://x/6"
    assert (
        item("<comments>http://x/c</comments><enclosure url='http://x/e.mp3'/><wfw:commentRss>y</wfw:commentRss>").url
        is None
    )


def test_feedburners_original_link_comes_first_rule_64() -> None:
    entry = item("<link>http://feeds.example/~r/1</link><feedburner:origLink>http://a.example/1</feedburner:origLink>")

    assert entry.url == "http://a.example/1"


@pytest.mark.parametrize(
    ("guid", "url", "is_permalink"),
    [
        ("<guid>http://a.example/1</guid>", "http://a.example/1", True),
        ('<guid isPermaLink="TRUE">http://a.example/1</guid>', "http://a.example/1", True),
        ('<guid isPermaLink="false">http://a.example/1</guid>', None, False),
        ("<guid>abc</guid>", None, False),
        ("<guid>tag:a.example,2020:1</guid>", None, False),
        ("<guid>javascript:alert(1)</guid>", None, False),
        ("<guid>http://a.example/1</guid><link>http://b.example/</link>", "http://b.example/", True),
    ],
)
def test_a_guid_is_an_address_only_as_an_absolute_permalink_rule_65(
    guid: str, url: str | None, is_permalink: bool
) -> None:
    entry = item(guid)

    assert (entry.url, entry.is_permalink) == (url, is_permalink)
    assert entry.id in guid


def test_an_atom_id_is_an_id_and_no_link() -> None:
    assert atom("<id>http://a.example/1</id>") == Entry(id="http://a.example/1", url=None)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://a/x", "mailto:a@b", "http://[", "http://" + "a" * 3000]
)
def test_links_that_no_one_may_follow_are_dropped_rule_75(link: str) -> None:
    assert item(f"<link>{link}</link>").url is None


# --- texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, -1])
def test_content_and_summary_do_not_depend_on_their_order_rule_63(order: int) -> None:
    parts = [
        "<description>short</description>",
        "<content:encoded><![CDATA[<p>long</p>]]></content:encoded>",
        "<xhtml:body><xhtml:p>other</xhtml:p></xhtml:body>",
        "<itunes:summary>pod</itunes:summary>",
        "<media:description>med</media:description>",
    ]

    entry = item("".join(parts[::order]))

    assert (entry.content, entry.summary) == ("<p>long</p>", "short")


def test_a_summary_alone_is_no_content_and_others_stand_in_for_it_rule_63() -> None:
    assert (item("<description>d</description>").content, item("<description>d</description>").summary) == (None, "d")
    assert item("<media:group><media:description>m</media:description></media:group>").summary == "m"
    assert item("<itunes:summary>i</itunes:summary>").summary == "i"


@pytest.mark.parametrize(
    ("content", "html"),
    [
        ('<content type="text">a &lt; b</content>', "a &lt; b"),
        ('<content type="html">&lt;b>x&lt;/b></content>', "<b>x</b>"),
        (
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x &amp; y</p></div></content>',
            "<p>x &amp; y</p>",
        ),
        ('<content type="application/octet-stream">PHA+eDwvcD4=</content>', "<p>x</p>"),
        ('<content type="image/png">iVBORw0KGgo=</content>', None),
        ('<content type="video/mp4" src="http://a.example/v.mp4"/>', None),
    ],
)
def test_atom_texts_of_every_type_rule_62(content: str, html: str | None) -> None:
    assert atom(content).content == html


def test_content_that_is_elsewhere_is_the_link_rule_62() -> None:
    assert atom('<content type="text/html" src="/a"/>').url == "https://site.example/a"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&amp;amp;amp;T", "AT&amp;T"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("The &lt;blink&gt; tag", "The <blink> tag"),
        ("<![CDATA[a < b & c]]>", "a < b & c"),
        ("a\u202eb\u2066c\u200ed", "abcd"),
        ("two\n  lines", "two lines"),
        ("e\u0301", "é"),
        ("x" * 2000, "x" * 1000),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", None),
        ("", None),
    ],
)
def test_titles_are_one_plain_line_decoded_once_rule_76(written: str, title: str | None) -> None:
    assert item(f"<title>{written}</title><guid>1</guid>").title == title


@pytest.mark.parametrize(
    ("kind", "title"),
    [("text", "Less: &lt; &"), ("html", "Less: < &"), ("xhtml", "Less: &lt; &")],
)
def test_atom_says_what_its_titles_are_rule_76(kind: str, title: str) -> None:
    written = "Less: &amp;lt; &amp;amp;" if kind == "html" else "Less: &amp;lt; &amp;"

    assert atom(f'<title type="{kind}">{written}</title>').title == title


def test_nothing_is_invented_for_what_is_missing_rule_73() -> None:
    assert rss("<description>d</description>").entries == (Entry(id=None, url=None, summary="d"),)


# --- dates ---------------------------------------------------------------------------------------------------------

NEW_YEAR = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        ("<pubDate>Mon, 01 Jan 2024 13:00:00 +0100</pubDate><dc:date>2020-01-01</dc:date>", NEW_YEAR),
        ("<dc:date>2024-01-01T12:00:00Z</dc:date>", NEW_YEAR),
        ("<pubDate>nonsense 7</pubDate><dc:date>2024-01-01T12:00:00</dc:date>", NEW_YEAR),
        ("<atom:updated>2024-01-01T12:00:00Z</atom:updated>", NEW_YEAR),
        ("<pubDate>lun, 01 janv. 2024 13:00:00 +0100</pubDate>", NEW_YEAR),
        ("<pubDate>soon</pubDate>", None),
        ("", None),
    ],
)
def test_the_best_date_counts_and_naive_ones_are_utc_rules_69_71(dates: str, published: datetime | None) -> None:
    assert item(f"<guid>1</guid>{dates}").published_at == published


def test_dates_out_of_bounds_are_dropped_against_the_clock_rule_70() -> None:
    parsed = rss("<pubDate>Mon, 01 Jan 2040 00:00:00 GMT</pubDate>")
    old = rss("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>")

    assert clamp_dates(parsed, NEW_YEAR).entries[0].published_at is None
    assert clamp_dates(old, NEW_YEAR).entries[0].published_at is None
    assert clamp_dates(rss("<dc:date>2024-01-02T11:00:00Z</dc:date>"), NEW_YEAR).entries[0].published_at is not None


@pytest.mark.parametrize(
    "date", ["99999-01-01T00:00:00Z", "0000-00-00", "2024-02-30T99:99:99Z", "-1", "9" * 90, "1 Jan -5"]
)
def test_impossible_dates_do_not_raise_rule_70(date: str) -> None:
    assert len(rss(f"<pubDate>{date}</pubDate>").entries) == 1


# --- people, media, languages --------------------------------------------------------------------------------------


def test_people_by_every_name_of_the_element_rule_74() -> None:
    entry = item("<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><author>c@x.example (Cem)</author>")

    assert entry.authors == ("Ann", "Bob", "Cem")
    assert item("<itunes:author>Dee</itunes:author>").authors == ("Dee",)
    assert atom("<author><name>A</name></author><author><email>b@x</email></author>").authors == ("A", "b@x")


def test_atoms_feed_authors_are_those_of_entries_that_name_none() -> None:
    parsed = atom_feed(
        "<author><name>A</name></author><entry><id>1</id></entry><entry><author><name>B</name></author></entry>"
    )

    assert [entry.authors for entry in parsed.entries] == [("A",), ("B",)]


def test_media_and_enclosures_with_their_odd_numbers_rule_74() -> None:
    entry = item(
        '<enclosure url="http://x/a.mp3" length="1,234" type="Audio/MPEG"/><enclosure url="/b.mp3" length="0"/>'
        f'<enclosure url="http://x/c.mp3" length="{10**40}"/><enclosure url="javascript:x"/>'
        "<itunes:duration>1:02:03</itunes:duration>"
        '<media:group><media:content url="http://x/v.mp4" type="video/mp4" duration="90" fileSize="5"/></media:group>'
        '<media:thumbnail url="/t.jpg"/>'
    )

    assert [(each.url, each.media_type, each.length, each.duration) for each in entry.enclosures] == [
        ("http://x/a.mp3", "audio/mpeg", 1234, 3723),
        ("https://site.example/b.mp3", None, None, None),
        ("http://x/c.mp3", None, None, None),
        ("http://x/v.mp4", "video/mp4", 5, 90),
    ]
    assert entry.image_url == "https://site.example/t.jpg"


@pytest.mark.parametrize(
    ("written", "seconds"), [("3723", 3723), ("62:03", 3723), ("1:02:03", 3723), ("0", None), ("x", None)]
)
def test_durations_in_each_notation_rule_74(written: str, seconds: int | None) -> None:
    entry = item(f'<enclosure url="http://x/a.mp3"/><itunes:duration>{written}</itunes:duration>')

    assert entry.enclosures[0].duration == seconds


def test_languages_are_inherited_and_tags_are_plain() -> None:
    parsed = rss("<category>A &amp;amp; B</category><category>A &amp;amp; B</category>", "<language>de_AT</language>")

    assert (parsed.language, parsed.entries[0].language, parsed.entries[0].tags) == ("de-AT", "de-AT", ("A & B",))
    assert atom('<title xml:lang="fr">x</title>', 'xml:lang="en"').language == "fr"


# --- the feed about itself -----------------------------------------------------------------------------------------


def test_links_about_the_feed_itself_rules_81_to_85() -> None:
    parsed = rss(
        channel='<link>http://a.example/</link><atom:link rel="self" href="/f"/><atom:link rel="hub" href="http://h.example/"/>'
        '<atom:link rel="next" href="?page=2"/><atom:link rel="prev-archive" href="/2020"/><fh:complete/>'
    )

    assert parsed.site_url == "http://a.example/"
    assert parsed.links.self_url == "https://site.example/f"
    assert parsed.links.hubs == ("http://h.example/",)
    assert parsed.links.next_url == "https://site.example/news/feed.xml?page=2"
    assert parsed.links.prev_archive_url == "https://site.example/2020"
    assert parsed.is_complete
    assert not rss().is_complete


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>x</ttl>", None),
        ("<ttl>1e400</ttl>", None),
    ],
)
def test_ttl_is_in_minutes_rule_29(channel: str, seconds: int | None) -> None:
    assert rss(channel=channel).hints.ttl_seconds == seconds


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<sy:updatePeriod> Hourly\n</sy:updatePeriod>", 3600),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updateFrequency>4</sy:updateFrequency>", 21_600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0.1</sy:updateFrequency>", 864_000),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86_400),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>-3</sy:updateFrequency>", 86_400),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_update_period_over_frequency_rule_29(channel: str, seconds: int | None) -> None:
    assert rss(channel=channel).hints.update_period_seconds == seconds


def test_hours_and_days_to_skip_rule_30() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in (0, 7, 24, 25, "x", -1, "06"))
    days = "".join(f"<day>{day}</day>" for day in ("Monday", " SUNDAY ", "Someday"))

    hints = rss(channel=f"<skipHours>{hours}</skipHours><skipDays>{days}</skipDays>").hints

    assert (hints.skip_hours, hints.skip_days) == ({0, 6, 7}, {0, 6})


def test_order_is_the_documents_rule_72() -> None:
    body = "".join(
        f"<item><guid>{n}</guid><pubDate>Mon, 0{n} Jan 2024 00:00:00 GMT</pubDate></item>" for n in (2, 9, 5)
    )

    assert [entry.id for entry in parse_feed(f"<rss><channel>{body}</channel></rss>".encode(), url=URL).entries] == [
        "2",
        "9",
        "5",
    ]


def test_an_id_too_long_to_be_kept_is_kept_by_its_hash() -> None:
    entry = item(f"<guid>{'x' * 3000}</guid>")

    assert (entry.id or "").startswith("sha256:")
    assert len(entry.id or "") == 71
