"""Feeds that link to their past, feeds whose pages are numbered, and sites that are files."""

import json

import pytest

from ingest.backfill.drupal import Drupal
from ingest.backfill.jsonfeed import JsonFeed
from ingest.backfill.rfc5005 import Rfc5005
from ingest.backfill.source import End, Target
from ingest.backfill.static_site import StaticSite
from ingest.backfill.wordpress_feed import WordPressFeed
from ingest.feeds.parse import parse_feed

HOME = "https://blog.example/"
FEED = f"{HOME}feed"


def rss(*numbers, links="", generator=""):
    items = "".join(f"<item><link>{HOME}{number}</link><guid>{number}</guid></item>" for number in numbers)
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>B</title>'
        f"<generator>{generator}</generator>{links}{items}</channel></rss>"
    )


def link(relation, href):
    return f'<atom:link rel="{relation}" href="{href}"/>'


def target(feed=None, *, feed_url=FEED, platforms=()):
    parsed = parse_feed(feed.encode(), url=feed_url) if feed else None
    return Target(
        url=HOME, home_url=HOME, host="blog.example", platforms=frozenset(platforms), feed_url=feed_url, feed=parsed
    )


async def test_archives_are_followed_to_the_first_one(walk_answers):
    answers = {
        FEED: rss(9, 8, links=link("prev-archive", "/2024/05")),
        f"{HOME}2024/05": rss(8, 7, 6, links=link("prev-archive", "2024/04") + link("next", "/newer")),
        f"{HOME}2024/2024/04": rss(5, links=link("next", "/newer")),
    }

    walked = await walk_answers(Rfc5005(), target(answers[FEED]), answers)

    assert walked.urls == {f"{HOME}{number}" for number in (5, 6, 7, 8, 9)}
    assert (walked.end, len(walked.asked)) == (End.COMPLETE, 3)


async def test_an_archive_that_is_gone_is_no_end_a_page_that_is_gone_is(walk_answers):
    archived = rss(9, links=link("prev-archive", "/2024/05"))
    paged = rss(9, links=link("next", "/feed?page=2"))

    assert (await walk_answers(Rfc5005(), target(archived), {FEED: archived})).end is End.BLOCKED
    assert (await walk_answers(Rfc5005(), target(paged), {FEED: paged})).end is End.COMPLETE


@pytest.mark.parametrize("back", ["/feed", "https://blog.example/feed#top", "/a"])
async def test_a_link_that_leads_back_ends_the_walk_without_another_request(walk_answers, back):
    answers = {FEED: rss(1, links=link("next", "/a")), f"{HOME}a": rss(2, links=link("next", back))}

    walked = await walk_answers(Rfc5005(), target(answers[FEED]), answers)

    assert (walked.end, len(walked.asked)) == (End.REPEATS, 2)


async def test_a_link_to_another_host_is_never_followed_nor_done(walk_answers):
    feed = rss(1, links=link("next", "https://evil.example/feed?page=2"))

    walked = await walk_answers(Rfc5005(), target(feed), {FEED: feed})

    assert (walked.end, len(walked.asked), walked.urls) == (End.UNSUITABLE, 1, {f"{HOME}1"})


def test_only_a_feed_with_such_a_link_is_walked():
    assert Rfc5005().probe(target(rss(1))) == 0
    assert Rfc5005().probe(target(rss(1, links=link("next", "/x")))) > 0.9
    assert Rfc5005().probe(target()) == 0


async def test_a_json_feed_is_followed_by_its_next_url(walk_answers):
    def page(number, following=None):
        item = {
            "id": str(number),
            "url": f"{HOME}{number}",
            "content_text": "x",
            "date_published": "2024-05-01T00:00:00Z",
        }
        named = {"next_url": following} if following else {}
        return {"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": [item]} | named

    answers = {FEED: page(1, f"{FEED}?page=2"), f"{FEED}?page=2": page(2, f"{FEED}?page=3"), f"{FEED}?page=3": page(3)}

    site = target(json.dumps(answers[FEED]))
    walked = await walk_answers(JsonFeed(), site, answers)

    assert (len(walked.urls), walked.end) == (3, End.COMPLETE)
    assert (JsonFeed().probe(site), Rfc5005().probe(site)) == (0.95, 0)


async def test_an_entry_without_a_page_is_a_ref_without_an_address(walk_answers):
    item = '<item><guid isPermaLink="false">n1</guid><description>A note</description></item>'
    note = f'<rss version="2.0"><channel>{item}</channel></rss>'

    walked = await walk_answers(Rfc5005(), target(note), {FEED: note})

    [ref] = walked.refs
    assert (ref.url, ref.entry.id) == (None, "n1")


async def test_wordpress_pages_end_with_a_404_or_an_empty_page(walk_answers):
    full = {FEED: rss(1, 2), f"{FEED}?paged=2": rss(3, 4)}

    gone = await walk_answers(WordPressFeed(), target(), full)
    empty = await walk_answers(WordPressFeed(), target(), full | {f"{FEED}?paged=3": rss()})

    assert (len(gone.urls), gone.end, len(gone.asked)) == (4, End.COMPLETE, 3)
    assert (len(empty.urls), empty.end, len(empty.asked)) == (4, End.COMPLETE, 3)


async def test_a_cdn_that_drops_the_page_number_is_found_out_on_the_second_page(walk_answers):
    walked = await walk_answers(WordPressFeed(), target(), lambda _: rss(1, 2, 3))

    assert (walked.end, len(walked.asked), len(walked.urls)) == (End.UNSUITABLE, 2, 3)


async def test_a_challenge_in_the_middle_is_blocked_and_what_was_found_counts(walk_answers):
    answers = {FEED: rss(1, 2), f"{FEED}?paged=2": "<html><title>Just a moment...</title></html>"}

    walked = await walk_answers(WordPressFeed(), target(), answers)

    assert (walked.end, len(walked.urls)) == (End.BLOCKED, 2)


def test_a_feed_behind_a_proxy_is_paged_at_the_site_itself():
    proxied = target(feed_url="https://feeds.proxy.example/blog", platforms=["wordpress"])

    assert WordPressFeed().first(proxied).ask.url == f"{HOME}feed/"
    assert WordPressFeed().probe(target(rss(1, generator="https://wordpress.org/?v=6.5"))) == 0.6


def node(number, **fields):
    attributes = {"title": str(number), "drupal_internal__nid": number, "created": "2024-05-01T08:00:00+00:00"} | fields
    return {"type": "node--article", "id": f"u{number}", "attributes": attributes}


JSONAPI = f"{HOME}jsonapi/node/article?sort=-created&page%5Blimit%5D=50"


@pytest.mark.parametrize("as_object", [True, False])
async def test_drupals_pages_are_followed_by_their_link_however_short_they_are(walk_answers, as_object):
    second = f"{HOME}jsonapi/node/article?page%5Boffset%5D=50"
    following = {"href": second} if as_object else second
    answers = {
        JSONAPI: {"data": [node(1, path={"alias": "/news/one"})], "links": {"next": following}},
        second: {"data": [], "links": {"next": {"href": f"{second}0"}}},
        f"{second}0": {"data": [node(2)], "links": {"self": {"href": second}}},
    }

    walked = await walk_answers(Drupal(), target(platforms=["drupal"]), answers)

    assert (walked.urls, walked.end) == ({f"{HOME}news/one", f"{HOME}node/2"}, End.COMPLETE)


async def test_drupals_core_feed_knows_no_pages_and_is_abandoned_on_its_second(walk_answers):
    site = target(feed_url=f"{HOME}rss.xml", platforms=["drupal"])

    walked = await walk_answers(Drupal(), site, lambda url: rss(1, 2) if "rss.xml" in url else 404)

    assert [ask.url for ask in walked.asked] == [JSONAPI, f"{HOME}rss.xml", f"{HOME}rss.xml?page=1"]
    assert walked.end is End.UNSUITABLE


async def test_a_view_that_pages_is_read_to_its_empty_page(walk_answers):
    answers = {FEED: rss(1, 2), f"{FEED}?page=1": rss(3), f"{FEED}?page=2": rss()}

    walked = await walk_answers(Drupal(), target(platforms=["drupal"]), answers)

    assert (len(walked.urls), walked.end) == (3, End.COMPLETE)


async def test_a_static_sites_documents_are_united(walk_answers):
    site = target(feed_url=f"{HOME}posts/index.xml", platforms=["hugo", "static"])
    answers = {f"{HOME}posts/index.xml": rss(1, 2), f"{HOME}index.xml": rss(1, 2, 3, 4)}

    walked = await walk_answers(StaticSite(), site, answers)

    assert (len(walked.urls), walked.end, len(walked.asked)) == (4, End.COMPLETE, 2)


async def test_a_static_site_without_any_is_unsuitable(walk_answers):
    walked = await walk_answers(StaticSite(), target(platforms=["jekyll", "static"]), {})

    assert walked.end is End.UNSUITABLE
    assert f"{HOME}feed.xml" in {ask.url for ask in walked.asked}


async def test_a_feed_of_more_entries_than_are_read_is_said(walk_answers):
    site = target(feed_url=f"{HOME}index.xml", platforms=["hugo", "static"])

    walked = await walk_answers(StaticSite(), site, {f"{HOME}index.xml": rss(*range(5_200))})

    assert (len(walked.urls), walked.end) == (5_000, End.LIMIT)
