"""Blogger, Substack and Tumblr: listings by offset, as their documentation and their clients have them."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.backfill.blogger import Blogger
from ingest.backfill.overlap import edges, next_start
from ingest.backfill.rfc5005 import Rfc5005
from ingest.backfill.source import End, Target, Window
from ingest.backfill.substack import Substack
from ingest.backfill.tumblr import Tumblr
from ingest.feeds.parse import parse_feed

HOME = "https://blog.example/"
PLATFORMS = frozenset({"blogger", "substack", "tumblr"})
TARGET = Target(url=HOME, home_url=HOME, host="blog.example", platforms=PLATFORMS)
NEWEST = datetime(2024, 6, 1, tzinfo=UTC)


def query_of(url):
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}


def blogger_feed(numbers, total):
    entries = "".join(
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id><title>Post {number}</title>"
        f"<published>{(NEWEST - timedelta(days=number)).isoformat()}</published>"
        f"<updated>{NEWEST.isoformat()}</updated>"
        f'<link rel="replies" type="text/html" href="{HOME}c{number}"/>'
        f'<link rel="alternate" type="text/html" href="{HOME}2024/{number}.html"/></entry>'
        for number in numbers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:openSearch="http://a9.com/-/spec/opensearchrss/1.0/">'
        "<title>Blog</title><generator>Blogger</generator>"
        '<link rel="next" href="https://www.blogger.com/feeds/1/posts/default?start-index=26&amp;max-results=25"/>'
        f"<openSearch:totalResults>{total}</openSearch:totalResults>{entries}</feed>"
    )


@pytest.mark.parametrize(("total", "most"), [(437, 100), (300, 150), (1, 150), (150, 150), (1000, 25)])
async def test_blogger_goes_on_by_what_came_not_by_what_was_asked_for(walk_answers, total, most):
    def answer(url):
        query = query_of(url)
        start, size = int(query["start-index"]), min(int(query["max-results"]), most)
        return blogger_feed(range(start, min(start + size, total + 1)), total)

    walked = await walk_answers(Blogger(), TARGET, answer)

    assert len(walked.urls) == total
    assert walked.end is End.COMPLETE
    assert len(walked.asked) <= -(-total // most) + 2


async def test_blogger_keeps_readers_of_its_feed_from_being_sent_to_a_proxy_and_bounds_the_window():
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    target = Target(url=HOME, home_url=HOME, host="blog.example", window=window)

    query = query_of(Blogger().first(target).ask.url)

    assert (query["redirect"], query["orderby"]) == ("false", "published")
    assert (query["published-min"], query["published-max"]) == ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")


def test_bloggers_link_to_another_host_is_nobodys_next_page():
    feed = parse_feed(blogger_feed(range(1, 26), 400).encode(), url=f"{HOME}feeds/posts/default")
    target = Target(url=HOME, home_url=HOME, host="blog.example", platforms=PLATFORMS, feed_url=f"{HOME}x", feed=feed)

    assert feed.links.next_url
    assert Rfc5005().probe(target) == 0


def substack_post(number, **fields):
    return {
        "id": number,
        "slug": f"post-{number}",
        "title": f"Post {number}",
        "post_date": f"{(NEWEST - timedelta(days=number)).isoformat()}",
        "canonical_url": f"{HOME}p/post-{number}",
        "audience": "everyone",
        "subtitle": "s",
    } | fields


@pytest.mark.parametrize(("count", "most"), [(137, 12), (100, 50), (50, 50), (1, 50), (0, 50), (51, 50)])
async def test_substack_ends_with_what_was_there_before_or_with_nothing(walk_answers, count, most):
    def answer(url):
        query = query_of(url)
        start, limit = int(query["offset"]), int(query["limit"])
        return 400 if limit > 50 else [substack_post(n) for n in range(start, min(start + min(limit, most), count))]

    walked = await walk_answers(Substack(), TARGET, answer)

    assert len(walked.urls) == count
    assert walked.end is End.COMPLETE


async def test_what_substack_shows_to_subscribers_only_is_a_preview_without_text(walk_answers):
    posts = [substack_post(1, audience="only_paid"), substack_post(2), substack_post(3, audience="founding")]

    walked = await walk_answers(Substack(), TARGET, lambda url: posts if query_of(url)["offset"] == "0" else [])

    by_url = {ref.url: ref for ref in walked.refs}
    assert [by_url[f"{HOME}p/post-{n}"].is_preview for n in (1, 2, 3)] == [True, False, True]
    assert all(ref.entry.content is None for ref in walked.refs)


async def test_a_post_that_is_published_meanwhile_shifts_substacks_pages_and_loses_nothing(walk_answers):
    posts = [substack_post(number) for number in range(160)]

    def answer(url):
        start = int(query_of(url)["offset"])
        page = posts[start : start + 50]
        posts.insert(0, substack_post(1000 + len(posts)))
        return page

    walked = await walk_answers(Substack(), TARGET, answer)

    assert {f"{HOME}p/post-{number}" for number in range(160)} <= walked.urls
    assert walked.end is End.COMPLETE


def tumblr_answer(posts, total):
    return f"var tumblr_api_read = {json.dumps({'posts-start': 0, 'posts-total': total, 'posts': posts})};\n"


@pytest.mark.parametrize("as_total", [str, int])
async def test_tumblr_answers_javascript_and_its_total_may_be_text(walk_answers, as_total):
    def answer(url):
        start, num = int(query_of(url)["start"]), int(query_of(url)["num"])
        return tumblr_answer([tumblr_post(n) for n in range(start, min(start + num, 130))], as_total(130))

    walked = await walk_answers(Tumblr(), TARGET, answer)

    assert (len(walked.urls), walked.end, len(walked.asked)) == (130, End.COMPLETE, 3)
    assert walked.progress.total_hint == 130


def tumblr_post(number, **fields):
    return {
        "id": str(number),
        "url": f"{HOME}post/{number}",
        "url-with-slug": f"{HOME}post/{number}/a-slug",
        "type": "regular",
        "date-gmt": "2024-05-01 10:00:00 GMT",
        "unix-timestamp": int((NEWEST - timedelta(days=number)).timestamp()),
        "regular-title": "A; title {with} braces",
        "regular-body": "<p>Body; with };</p>",
        "tags": ["one", 2],
    } | fields


async def test_a_tumblr_post_of_any_type_has_its_text(walk_answers):
    posts = [
        tumblr_post(1),
        tumblr_post(2, **{"regular-title": None, "regular-body": None, "photo-caption": "<p>A picture</p>"}),
        tumblr_post(3, **{"unix-timestamp": None, "regular-body": None, "quote-text": "Said", "url-with-slug": None}),
    ]

    walked = await walk_answers(Tumblr(), TARGET, lambda _: tumblr_answer(posts, 3))

    entries = {ref.url: ref.entry for ref in walked.refs}
    assert entries[f"{HOME}post/1/a-slug"].title == "A; title {with} braces"
    assert entries[f"{HOME}post/2/a-slug"].content == "<p>A picture</p>"
    assert entries[f"{HOME}post/3"].content == "Said"
    assert entries[f"{HOME}post/3"].published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "start", "before", "total", "expected"),
    [
        (["a", "b", "c"], 0, (), None, 2),
        (["c"], 2, ("a", "c"), None, None),  # only what was there
        (["b", "c"], 1, ("a", "c"), None, None),  # the end again, from further on
        (["a", "b"], 0, ("a", "b"), None, 1),  # the same page again: the guards' business
        (["a", "b"], 0, (), 2, None),
        (["a", "b"], 0, (), 0, 1),  # a total of 0 with posts says nothing
        (["a"], 0, (), None, 1),
        ([], 5, ("a", "b"), None, None),
    ],
)
def test_the_next_page_begins_with_the_last_item(names, start, before, total, expected):
    assert next_start(names, start, before, total) == expected
    assert edges([]) == ()
