"""The sample newsroom's feed documents."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from flows.sample.answers import Answer
from flows.sample.opml import opml
from flows.sample.prose import plain_paragraphs
from flows.sample.sites import Behaviour, FeedAddress, Site, read_sites
from flows.sample.world import WINDOW, Newsroom

Ask = Callable[..., Answer]
LATER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC) + timedelta(hours=6)
SERVING = {Behaviour.CONDITIONAL, Behaviour.ALWAYS_200, Behaviour.MALFORMED}
ADDRESSES = [
    pytest.param(site, feed, id=f"{site.name}{feed.path}")
    for site in read_sites()
    for feed in site.feeds
    if feed.behaviour in SERVING
]
XML_ADDRESSES = [one for one in ADDRESSES if one.values[1].format != "json"]


@pytest.mark.parametrize(("site", "feed"), XML_ADDRESSES)
def test_an_xml_feed_holds_the_newest_articles_with_their_fields(
    newsroom: Newsroom, ask: Ask, site: Site, feed: FeedAddress
) -> None:
    found = ask(site.url(feed.path, 8700), LATER)
    parsed = feedparser.parse(found.body, response_headers={"content-type": found.headers["Content-Type"]})
    expected = newsroom.window(site, feed, LATER)

    assert len(parsed.entries) == WINDOW
    assert [entry.link for entry in parsed.entries] == [one.url(8700) for one in expected]
    assert [entry.title for entry in parsed.entries] == [one.story.title for one in expected]
    assert [tuple(author.name for author in entry.authors) for entry in parsed.entries] == [
        one.story.authors for one in expected
    ]
    assert [entry.published_parsed[:6] for entry in parsed.entries] == [
        one.published_at.timetuple()[:6] for one in expected
    ]


@pytest.mark.parametrize(("site", "feed"), XML_ADDRESSES)
def test_only_the_malformed_feed_is_not_well_formed(ask: Ask, site: Site, feed: FeedAddress) -> None:
    body = ask(site.url(feed.path, 8700)).body

    if feed.behaviour is Behaviour.MALFORMED:
        with pytest.raises(ET.ParseError):
            ET.fromstring(body)
    else:
        assert ET.fromstring(body) is not None


@pytest.mark.parametrize(("site", "feed"), [one for one in ADDRESSES if one.values[1].format in {"atom", "rss-full"}])
def test_a_full_feed_carries_every_paragraph(newsroom: Newsroom, ask: Ask, site: Site, feed: FeedAddress) -> None:
    found = ask(site.url(feed.path, 8700), LATER)
    parsed = feedparser.parse(found.body, response_headers={"content-type": found.headers["Content-Type"]})

    for entry, article in zip(parsed.entries, newsroom.window(site, feed, LATER), strict=True):
        if article.story.kind == "consent":
            continue
        content = plain_paragraphs((entry.content[0].value,))[0]
        first = plain_paragraphs(article.blocks)[0]
        assert first[:40] in content
        assert plain_paragraphs(article.blocks)[-1][:40] in content


def test_a_truncated_feed_carries_summaries_only(ask: Ask) -> None:
    entries = feedparser.parse(ask("http://harbour.localhost:8700/feed.xml").body).entries

    assert all("content" not in entry and 0 < len(entry.summary) <= 230 for entry in entries)


def test_the_json_feed_is_version_1_1_and_complete(newsroom: Newsroom, ask: Ask) -> None:
    site = newsroom.site("forum.localhost")
    found = ask(site.url("/feed.json", 8700), LATER)
    document = json.loads(found.body)

    assert found.headers["Content-Type"].startswith("application/feed+json")
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"] for item in document["items"]] == [
        one.url(8700) for one in newsroom.window(site, site.feeds[0], LATER)
    ]
    assert all(item["content_html"].startswith("<p>") for item in document["items"])


def test_the_category_feed_is_portuguese_throughout(newsroom: Newsroom) -> None:
    site = newsroom.site("plaza.localhost")
    category = next(feed for feed in site.feeds if feed.language == "pt")

    languages = {one.story.language for one in newsroom.window(site, category, LATER)}

    assert languages == {"pt"}


def test_a_correction_is_visible_in_feed_and_page(newsroom: Newsroom, ask: Ask) -> None:
    article = next(
        one for one in newsroom.newest(newsroom.site("harbour.localhost"), LATER) if one.updated_at and one.published_at
    )
    page, feed = article.url(8700), "http://harbour.localhost:8700/feed.xml"
    before, after = article.updated_at - timedelta(seconds=1), article.updated_at

    assert "Correction:" not in ask(page, before).body.decode()
    assert "Correction:" in ask(page, after).body.decode()
    assert ask(feed, before).body != ask(feed, after).body
    assert "Updated:" in ask(feed, after).body.decode()


def test_the_opml_names_every_feed_once(newsroom: Newsroom) -> None:
    feeds = newsroom.feeds(LATER, 8700)
    outlines = ET.fromstring(opml(feeds).encode()).iter("outline")

    assert [outline.get("xmlUrl") for outline in outlines] == [feed.url for feed in feeds]
    assert all(feed.note and feed.tags and feed.title for feed in feeds)
