"""What a home page, a feed and a robots.txt give away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.backfill.detect import Findings, FoundFeed, home_of, read_feed, read_home, read_sitemaps, target_of
from ingest.backfill.registry import choose
from ingest.feeds.parse import parse_feed

HOME = "https://blog.example/"
RSS = '<rss version="2.0"><channel><title>A</title><link>https://blog.example/news/</link>{}</channel></rss>'


def platforms(html="", url=HOME, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return set(read_home(html.encode(), url, named).platforms)


@pytest.mark.parametrize(
    ("generator", "expected"),
    [
        ("WordPress 6.5.2", {"wordpress"}),
        ("Ghost 5.82", {"ghost"}),
        ("blogger", {"blogger"}),
        ("Drupal 10 (https://www.drupal.org)", {"drupal"}),
        ("Hugo 0.125.4", {"hugo", "static"}),
        ("Jekyll v4.3.3", {"jekyll", "static"}),
        ("Eleventy v2.0.1", {"eleventy", "static"}),
        ("Astro v4.5", {"astro", "static"}),
        ("Hugobert 3", set()),
        ("", set()),
    ],
)
def test_the_generator_names_the_platform(generator, expected):
    assert platforms(f'<head><meta name="generator" content="{generator}"></head>') == expected
    assert platforms(f"<head><META content='{generator}' NAME=generator></head>") == expected


def test_headers_hosts_and_links_name_the_platform_as_well():
    assert platforms(x_pingback="https://blog.example/xmlrpc.php") == {"wordpress"}
    assert platforms(x_generator="Drupal 9 (https://www.drupal.org)") == {"drupal"}
    assert platforms(x_tumblr_user="staff") == {"tumblr"}
    assert platforms(x_served_by="Substack") == {"substack"}
    assert platforms(link='<https://blog.example/wp-json/>; rel="https://api.w.org/"') == {"wordpress"}
    assert platforms('<link rel="https://api.w.org/" href="/wp-json/">') == {"wordpress"}
    assert platforms('<link rel="service.post" href="https://www.blogger.com/feeds/1/posts/default">') == {"blogger"}
    assert platforms(url="https://a.blogspot.com/") == {"blogger"}
    assert platforms(url="https://notblogspot.com/") == set()


def test_markup_speaks_only_where_the_page_says_nothing_of_itself():
    image = '<img src="https://other.example/wp-content/uploads/a.png">'

    assert platforms(image) == {"wordpress"}
    assert platforms(f'<meta name="generator" content="Ghost 5.8">{image}') == {"ghost"}


def test_links_are_resolved_and_the_first_of_a_relation_counts():
    html = (
        b'<base href="/blog/"><link rel="https://api.w.org/" href="wp-json/"><link rel="https://api.w.org/" href="/b/">'
    )

    assert read_home(html, HOME, {}).links["https://api.w.org/"] == "https://blog.example/blog/wp-json/"
    given_by_header = read_home(html, HOME, {"link": '</h/>; rel="https://api.w.org/"'}).links
    assert given_by_header["https://api.w.org/"] == "https://blog.example/h/"


def test_a_feed_names_its_platform_by_generator_ids_or_host():
    def of(inner, url="https://blog.example/feed"):
        return set(read_feed(parse_feed(RSS.format(inner).encode(), url=url), url))

    assert of("<generator>https://wordpress.org/?v=6.5</generator>") == {"wordpress"}
    assert of("<generator>Tumblr (3.0; @staff)</generator>") == {"tumblr"}
    assert of("<item><guid>tag:blogger.com,1999:blog-1.post-2</guid></item>") == {"blogger"}
    assert of("", "https://a.substack.com/feed") == {"substack"}
    assert read_feed(None, HOME) == frozenset()


def test_robots_names_sitemaps_on_any_host_in_any_case():
    robots = (
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /sitemap: no\nSitemap: https://cdn.example/a.xml\r\n"
        b"  SITEMAP:/b.xml # b\nsitemap: ftp://x/c.xml\nSitemap: https://cdn.example/a.xml\n"
    )

    assert read_sitemaps(robots, f"{HOME}robots.txt") == ("https://cdn.example/a.xml", "https://blog.example/b.xml")


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://blog.example", HOME),
        ("https://blog.example/news", f"{HOME}news/"),
        ("https://blog.example/news/", f"{HOME}news/"),
        ("https://blog.example/news/index.html", f"{HOME}news/"),
        ("https://blog.example/feed/", HOME),
        ("https://blog.example/feed.xml", HOME),
        ("https://blog.example/news/rss", HOME),
        ("http://127.0.0.1:8080/?x=1", "http://127.0.0.1:8080/"),
    ],
)
def test_a_site_begins_at_its_folder_and_a_feed_at_its_host(url, home):
    assert home_of(url) == home


def test_a_feeds_own_site_is_its_home_where_that_is_on_its_host():
    feed = parse_feed(RSS.format("").encode(), url=f"{HOME}news/feed")

    assert home_of(f"{HOME}news/feed", feed) == f"{HOME}news/"
    assert home_of("https://proxy.example/feed", feed) == "https://proxy.example/"


def test_a_target_unites_what_was_found_and_auto_chooses_by_it():
    body = RSS.format(
        "<generator>https://wordpress.org/?v=6.5</generator><item><link>https://blog.example/1</link></item>"
    )
    feed = FoundFeed(url=f"{HOME}feed/", body=body.encode(), parsed=parse_feed(body.encode(), url=f"{HOME}feed/"))
    home = read_home(b"<p>Nothing</p>", HOME, {})

    target = target_of(Findings(url=HOME, home=home, feed=feed))

    assert (target.home_url, target.host, target.platforms) == (HOME, "blog.example", frozenset({"wordpress"}))
    names = [source.name for source in choose(target)]
    assert names == ["wordpress", "wordpress_feed", "newest", "sitemaps", "wayback_feed", "wayback", "common_crawl"]


def test_a_site_of_which_nothing_could_be_had_still_has_a_target():
    target = target_of(Findings(url="https://blog.example/news"))

    assert (target.home_url, target.feed) == (f"{HOME}news/", None)
    assert [source.name for source in choose(target)] == ["sitemaps", "wayback", "common_crawl"]


@given(body=st.binary(max_size=400) | st.text(max_size=400).map(str.encode), header=st.text(max_size=80))
def test_any_bytes_will_do(body, header):
    home = read_home(body, HOME, {"link": header, "content-type": header, "x-generator": header})

    assert read_sitemaps(body, HOME) is not None
    assert home.url == HOME


@pytest.mark.parametrize("body", [b"<meta " * 60_000, b"<meta name=generator " * 20_000, b"<link rel=a " * 30_000])
def test_a_flood_of_tags_is_read_in_time(body):
    import time

    started = time.process_time()
    read_home(body, HOME, {})
    assert time.process_time() - started < 5
