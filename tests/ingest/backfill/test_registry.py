"""Which sources there are, and which are chosen."""

from dataclasses import replace

import pytest

from ingest.backfill.registry import ARCHIVES, NAMES, SOURCES, choose, is_redundant, source_named
from ingest.backfill.source import Archives, End, Target
from ingest.errors import UnknownSource

HOME = "https://blog.example/"
TARGET = Target(url=HOME, home_url=HOME, host="blog.example")


def test_names_are_unique_and_lead_to_their_sources():
    assert len(set(NAMES)) == len(SOURCES) == 17
    assert all(source_named(name).name == name for name in NAMES)


def test_the_sites_own_listings_come_before_the_archives():
    assert set(NAMES[-3:]) == ARCHIVES
    assert NAMES.index("rfc5005") < NAMES.index("wordpress") < NAMES.index("wordpress_feed") < NAMES.index("sitemaps")


def test_a_source_that_is_named_is_walked_even_where_nothing_speaks_for_it():
    assert [source.name for source in choose(TARGET, ["sitemaps", "wordpress"])] == ["wordpress", "sitemaps"]


def test_files_are_read_only_where_they_are_given():
    assert choose(TARGET, ["cc_news", "url_list"]) == ()
    with_files = Target(url=HOME, home_url=HOME, host="blog.example", files=("a.warc.gz", "b.txt"))
    assert [source.name for source in choose(with_files)][:2] == ["url_list", "cc_news"]


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(UnknownSource, match="wordpress"):
        choose(TARGET, ["wordpres"])


def test_the_feed_has_nothing_to_add_to_an_api_that_told_all():
    feed = source_named("wordpress_feed")

    assert is_redundant(feed, {"wordpress": End.COMPLETE})
    assert not is_redundant(feed, {"wordpress": End.BLOCKED})
    assert not is_redundant(feed, {})
    assert not is_redundant(source_named("sitemaps"), {"wordpress": End.COMPLETE})


@pytest.mark.parametrize(
    "host", ["tagebuch.localhost:8700", "10.0.0.7", "127.0.0.1:80", "intranet", "news.corp.internal", "nas.local"]
)
def test_the_public_archives_are_not_told_of_a_site_that_they_cannot_have(host):
    site = Target(url=f"http://{host}/", home_url=f"http://{host}/", host=host)
    assert not {source.name for source in choose(site)} & ARCHIVES
    own = replace(site, archives=Archives(wayback_url="http://archive.corp.internal"))
    assert "wayback" in {source.name for source in choose(own)}
    assert [source.name for source in choose(site, ["wayback"])] == ["wayback"]


@pytest.mark.parametrize("host", ["blog.org", "93.184.215.14", "xn--e1afmkfd.xn--p1ai"])
def test_the_public_archives_are_asked_about_a_public_site(host):
    site = Target(url=f"http://{host}/", home_url=f"http://{host}/", host=host)
    assert "common_crawl" in {source.name for source in choose(site)}
