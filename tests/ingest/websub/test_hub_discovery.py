"""Which hub and topic a document names: rules 85-92, and the precedence of Link header over body."""

import pytest

from ingest.feeds.parse import parse_feed
from ingest.model import FeedLinks, Fetched, HubOffer, Redirect
from ingest.websub.discovery import feed_offer, header_offer, page_offer

URL = "https://news.example/feed"
OFFER = HubOffer(hub_url="https://hub.example/", topic_url="https://news.example/topic")
IN_HEADER = '<https://hub.example/>; rel="hub", <https://news.example/topic>; rel="self"'
IN_BODY = FeedLinks(self_url="https://body.example/topic", hubs=("https://hub.body.example/",))

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>
<link rel="hub" href="https://hub.example/"/><link rel="self" href="https://news.example/topic"/></feed>"""
RSS = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>N</title>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://news.example/topic"/>
</channel></rss>"""
HTML = b"""<html><head><!-- <link rel="hub" href="https://old.example/"> --><title>N</title>
<link rel="hub" href="https://hub.example/"><link href='/topic' rel='SELF alternate'></head></html>"""


def answer(body=b"", redirects=(), **headers):
    final_url = redirects[-1].target if redirects else URL
    return Fetched(url=URL, final_url=final_url, status=200, headers=headers, body=body, redirects=redirects)


def test_the_link_header_names_hub_and_topic_rule_85():
    assert feed_offer(answer(link=IN_HEADER), FeedLinks()) == OFFER
    assert header_offer({"link": IN_HEADER}, URL) == OFFER


def test_a_pages_link_elements_name_hub_and_topic_rule_86():
    assert page_offer(answer(HTML)) == OFFER


@pytest.mark.parametrize("body", [pytest.param(ATOM, id="atom, rule 87"), pytest.param(RSS, id="rss, rule 88")])
def test_a_feeds_own_links_name_hub_and_topic(body):
    assert feed_offer(answer(body), parse_feed(body, url=URL).links) == OFFER


def test_a_json_feeds_hubs_name_the_hub():
    body = b'{"version": "https://jsonfeed.org/version/1.1", "title": "N", "feed_url": "https://news.example/topic", '
    body += b'"hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": []}'

    assert feed_offer(answer(body), parse_feed(body, url=URL).links) == OFFER


def test_the_header_beats_the_body_rule_89():
    assert feed_offer(answer(link=IN_HEADER), IN_BODY) == OFFER
    assert page_offer(answer(HTML.replace(b"hub.example", b"other.example"), link=IN_HEADER)) == OFFER


def test_what_the_header_leaves_out_the_body_adds():
    assert feed_offer(answer(link='<https://hub.example/>; rel="hub"'), IN_BODY) == HubOffer(
        hub_url="https://hub.example/", topic_url="https://body.example/topic"
    )


@pytest.mark.parametrize(
    "header",
    [
        "<https://hub.example/>; rel=hub, </topic>; rel=self",
        '</topic>; title="a, b; c"; rel="alternate self", <https://hub.example/>; REL="HUB"',
        '<https://no.example/>; rel="hub"; anchor="/other", <https://hub.example/>;rel=hub,</topic>;rel=self',
        '<mailto:a@b.example>; rel="hub", <https://hub.example/>; rel="hub", </topic>; rel="self"',
    ],
)
def test_link_headers_in_all_their_forms_rule_53(header):
    assert header_offer({"link": header}, URL) == OFFER


def test_addresses_with_control_or_direction_characters_are_passed_over():
    links = FeedLinks(self_url="https://news.example/\u202etopic", hubs=("https://h.example/\x1b[2J", OFFER.hub_url))

    assert feed_offer(answer(), links) == HubOffer(hub_url=OFFER.hub_url, topic_url=URL)


def test_several_hubs_give_the_first_one():
    links = FeedLinks(self_url=URL, hubs=("https://one.example/", "https://two.example/"))

    offer = feed_offer(answer(), links)

    assert offer is not None
    assert offer.hub_url == "https://one.example/"


def test_without_a_hub_there_is_no_offer():
    assert feed_offer(answer(link='<https://news.example/topic>; rel="self"'), FeedLinks(self_url=URL)) is None
    assert page_offer(answer(b"<html></html>")) is None
    assert header_offer({"link": '<https://hub.example/>; rel="hub"'}, URL) is None
    assert header_offer({}, URL) is None


def test_the_topic_is_the_self_link_not_the_address_asked_rule_90():
    offer = feed_offer(answer(link=IN_HEADER), None)

    assert offer is not None
    assert offer.topic_url == "https://news.example/topic" != URL


@pytest.mark.parametrize("status", [301, 302])
def test_behind_redirects_the_self_link_of_the_answer_counts_rules_91_and_92(status):
    moved = answer(
        redirects=(Redirect(URL, status, "https://new.example/f"),), link="<topic>; rel=self, </hub>; rel=hub"
    )

    assert feed_offer(moved, None) == HubOffer(hub_url="https://new.example/hub", topic_url="https://new.example/topic")


@pytest.mark.parametrize(
    ("status", "topic"),
    [pytest.param(302, URL, id="302, rule 91"), pytest.param(301, "https://new.example/f", id="301, rule 92")],
)
def test_without_a_self_link_only_a_permanent_redirect_moves_the_topic(status, topic):
    moved = answer(redirects=(Redirect(URL, status, "https://new.example/f"),))

    offer = feed_offer(moved, FeedLinks(hubs=("https://hub.example/",)))

    assert offer is not None
    assert offer.topic_url == topic
