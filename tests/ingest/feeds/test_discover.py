"""Discovery of feeds from pages (rules 51-55)."""

import re
from pathlib import Path

import pytest

from ingest.feeds.discover import GUESSES, discover, guess, subscribable
from ingest.feeds.sites import rewrite

URL = "https://site.example/blog/index.html"


def page(*head: str) -> bytes:
    return f"<html><head><title>x</title>{''.join(head)}</head><body>y</body></html>".encode()


def urls(html: bytes, headers: dict[str, str] | None = None, url: str = URL) -> list[str]:
    return [link.url for link in discover(html, url, headers)]


@pytest.mark.shared
def test_the_whole_autodiscovery_suite_passes_rule_51(suites: Path) -> None:
    # Each page names exactly one feed, which has the page's own name, beside it or on another host.
    pages = sorted((suites / "autodiscovery").glob("html4-*.html"))
    failing = {}
    for path in pages:
        found = urls(path.read_bytes(), url=f"http://diveintomark.org/tests/client/autodiscovery/{path.name}")
        wanted = re.compile(rf"(?:http://diveintomark.org|http://www.ragingplatypus.com)/tests/\S*/{path.stem}.xml")
        if len(found) != 1 or not wanted.search(found[0]):
            failing[path.name] = found

    assert len(pages) == 57
    assert failing == {}


def test_feed_types_in_document_order_without_duplicates_rule_52() -> None:
    html = page(
        '<link rel="alternate" type="application/rss+xml" href="/rss">',
        '<link href=/feed.json type="application/feed+json; charset=utf-8" rel="x ALTERNATE">',
        '<link rel="alternate" type="application/rss+xml" href="https://www.site.example/rss">',
        '<link rel="alternate" type="application/atom+xml" href="">',
        '<link rel="alternate" type="text/html" href="/de">',
        '<link rel="stylesheet" type="application/rss+xml" href="/x.css">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->',
    )

    assert urls(html) == ["https://site.example/rss", "https://site.example/feed.json"]


def test_base_href_is_honoured_rule_52() -> None:
    html = page('<base href="//cdn.example/a/">', '<link rel="alternate" type="application/rss+xml" href="b.xml">')

    assert urls(html) == ["https://cdn.example/a/b.xml"]


def test_the_link_header_names_feeds_rule_53() -> None:
    header = (
        '</style.css>; rel=preload, </f.xml>; rel="alternate"; type="application/atom+xml"; title="A, B", '
        "<https://hub.example/>; rel=hub"
    )
    (link,) = discover(page(), URL, {"link": header})

    assert (link.url, link.title, link.origin) == ("https://site.example/f.xml", "A, B", "header")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://a.example/x", "http://a.example/x"),
        ("FEED:a.example/x", "http://a.example/x"),
        ("feed:http://a.example/x", "http://a.example/x"),
        ("https://a.example/feed:x", "https://a.example/feed:x"),
    ],
)
def test_feed_schemes_become_web_addresses_rule_53(written: str, meant: str) -> None:
    assert subscribable(written) == meant


def test_guesses_come_only_where_nothing_is_named_and_are_six_rule_54() -> None:
    links = discover(page(), URL)

    assert [link.origin for link in links] == ["guess"] * 6
    assert [link.url for link in links] == [f"https://site.example{path}" for path in GUESSES]
    assert guess(URL) == links


def test_comment_feeds_are_last_rule_55() -> None:
    html = page(
        '<link rel="alternate" type="application/rss+xml" title="S &raquo; Comments Feed" href="/comments/feed/">',
        '<link rel="alternate" type="application/rss+xml" title="S &raquo; Feed" href="/feed/">',
    )

    assert urls(html) == ["https://site.example/feed/", "https://site.example/comments/feed/"]
    assert [link.title for link in discover(html, URL)] == ["S » Feed", "S » Comments Feed"]


@pytest.mark.parametrize(
    ("address", "feeds"),
    [
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            ["https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"],
        ),
        ("https://youtube.com/playlist?list=PL123", ["https://www.youtube.com/feeds/videos.xml?playlist_id=PL123"]),
        ("https://github.com/a/b/releases/latest", ["https://github.com/a/b/releases.atom"]),
        ("https://github.com/a/b/commits/main", ["https://github.com/a/b/commits/main.atom"]),
        ("https://github.com/a/b", ["https://github.com/a/b/releases.atom", "https://github.com/a/b/commits.atom"]),
        ("https://old.reddit.com/r/python/", ["https://www.reddit.com/r/python/.rss"]),
        ("https://www.reddit.com/user/spez", ["https://www.reddit.com/user/spez/.rss"]),
        ("https://mastodon.social/@Gargron", ["https://mastodon.social/@Gargron.rss"]),
        ("https://medium.com/@name", ["https://medium.com/feed/@name"]),
        ("https://www.tiktok.com/@name", []),
        ("https://site.example/r/python", []),
        ("javascript:alert(1)", []),
        ("http://[bad", []),
    ],
)
def test_known_sites_have_feeds_by_address_alone_rule_55(address: str, feeds: list[str]) -> None:
    assert list(rewrite(address)) == feeds


@pytest.mark.parametrize(
    "piece", ["<link ", "<!--", '<link a="', "<link rel=alternate ", "< link", "</", '"', "<base href="]
)
def test_floods_of_half_tags_are_read_in_linear_time(piece: str, cpu_seconds: object) -> None:
    assert discover((piece * 200_000).encode(), URL)[0].origin == "guess"


def test_dangerous_and_foreign_schemes_are_no_feeds() -> None:
    html = page(
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
    )

    assert all(link.origin == "guess" for link in discover(html, URL))
