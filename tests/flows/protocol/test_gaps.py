"""Entries that came and went between two polls, and those that were taken back (rules 79, 81, 82, 83)."""

import pytest

from ingest.model import FailureKind

FEED = "https://news.example/feed"
WORDPRESS = "<generator>https://wordpress.org/?v=6.6</generator>"


def link(rel, url):
    return f'<atom:link rel="{rel}" href="{url}"/>'


async def titles(office):
    return sorted(row.guid for row in await office.rows("SELECT guid FROM entry"))


async def polled_before(office, web, make, *items, extra=""):
    """A feed that has shown these items; an hour later it shows none of them."""
    web.say(FEED, make.rss(*items, extra=extra))
    await office.subscribe(FEED)
    await office.round()
    office.forward(days=4)


async def test_rule_79_a_gap_is_filled_from_older_pages_until_a_known_entry_shows(office, web, make):
    await polled_before(office, web, make, "a@19", "b@20")
    second, third = "https://news.example/feed?page=2", "https://news.example/feed?page=3"
    web.say(FEED, make.rss("g@24", "f@24", extra=link("next", second)))
    web.say(second, make.rss("e@23", "d@23", extra=link("next", third)))
    web.say(third, make.rss("c@22", "b@20", extra=link("next", "https://news.example/feed?page=4")))
    await office.round()
    assert await titles(office) == ["a", "b", "c", "d", "e", "f", "g"]
    assert web.times(third) == 1
    assert web.times("https://news.example/feed?page=4") == 0


async def test_rule_79_one_known_entry_means_that_there_is_no_gap(office, web, make):
    await polled_before(office, web, make, "a@19", "b@20")
    web.say(FEED, make.rss("c@24", "b@20", extra=link("next", "https://news.example/feed?page=2")))
    await office.round()
    assert web.times("https://news.example/feed?page=2") == 0


async def test_rule_79_entries_that_were_renamed_are_no_gap(office, web, make):
    await polled_before(office, web, make, "a@12", "b@20")
    web.say(FEED, make.rss("x@12", "y@20", extra=link("next", "https://news.example/feed?page=2")))
    await office.round()
    assert web.times("https://news.example/feed?page=2") == 0


async def test_a_first_poll_takes_one_document_only(office, web, make):
    web.say(FEED, make.rss("a@19", extra=link("next", "https://news.example/feed?page=2")))
    await office.subscribe(FEED)
    await office.round()
    assert web.times("https://news.example/feed?page=2") == 0


async def test_wordpress_is_asked_for_its_next_page_without_a_link(office, web, make):
    await polled_before(office, web, make, "a@20")
    web.say(FEED, make.rss("d@24", extra=WORDPRESS))
    web.say(f"{FEED}?paged=2", make.rss("c@23", extra=WORDPRESS))
    web.say(f"{FEED}?paged=3", make.rss("b@22", "a@20", extra=WORDPRESS))
    await office.round()
    assert await titles(office) == ["a", "b", "c", "d"]


async def test_rule_82_archives_are_followed_to_a_known_entry_and_newer_words_win(office, web, make):
    await polled_before(office, web, make, "a@20")
    old, older = "https://news.example/2026/11", "https://news.example/2026/10"
    web.say(FEED, make.rss("c@24", extra=link("prev-archive", old)))
    web.say(old, make.rss("c@24", "b@22", extra=link("prev-archive", older)).replace("On c", "Old words on c"))
    web.say(older, make.rss("a@20"))
    await office.round()
    assert [row.title for row in await office.rows("SELECT title FROM article ORDER BY url")] == [
        "On a",
        "On b",
        "On c",
    ]


async def test_rule_82_an_archive_that_was_read_is_not_asked_for_again(office, web, make):
    await polled_before(office, web, make, "a@20")
    old = "https://news.example/2026/11"
    web.say(old, make.rss("b@22", "a@20"))
    for newest in ("c@24", "d@27"):
        web.say(FEED, make.rss(newest, extra=link("prev-archive", old)))
        await office.round()
        office.forward(days=3)
    assert await titles(office) == ["a", "b", "c", "d"]
    assert web.times(old) == 1


@pytest.mark.parametrize("target", [FEED, "https://elsewhere.example/feed?page=2"], ids=["itself", "another host"])
async def test_rule_83_a_chain_that_leads_back_or_away_is_not_followed_and_told(office, web, make, caplog, target):
    await polled_before(office, web, make, "a@20")
    web.say(FEED, make.rss("c@24", extra=link("prev-archive", target)))
    before = len(web.asked)
    await office.round()
    assert [request.url for request in web.asked[before:] if "page=2" in request.url] == []
    assert web.times(FEED) == 2
    assert "it is not followed" in caplog.text
    assert (await office.state(FEED)).state.archive_url is None
    assert await titles(office) == ["a", "c"]


async def test_rule_83_a_loop_of_two_pages_ends(office, web, make):
    await polled_before(office, web, make, "a@20")
    second, third = "https://news.example/feed?page=2", "https://news.example/feed?page=3"
    web.say(FEED, make.rss("d@24", extra=link("next", second)))
    web.say(second, make.rss("c@24", extra=link("next", third)))
    web.say(third, make.rss("b@24", extra=link("next", second)))
    await office.round()
    assert (web.times(second), web.times(third)) == (1, 1)


async def test_rule_79_no_more_than_ten_older_pages_are_asked_for(office, web, make):
    await polled_before(office, web, make, "a@20")
    for number in range(1, 30):
        url = FEED if number == 1 else f"{FEED}?paged={number}"
        web.say(url, make.rss(f"n{number}@24", extra=WORDPRESS))
    await office.round()
    assert sum("paged" in request.url for request in web.asked) == 10


async def test_rule_49_older_pages_that_robots_txt_forbids_are_not_asked_for(office, web, make):
    web.say("https://news.example/robots.txt", "User-agent: *\nDisallow: /feed?")
    await polled_before(office, web, make, "a@20")
    web.say(FEED, make.rss("c@24", extra=WORDPRESS))
    await office.round()
    assert web.times(f"{FEED}?paged=2") == 0


async def test_rule_31_a_retry_after_on_an_older_page_holds_the_host(office, web, make):
    await polled_before(office, web, make, "a@20")
    web.say(FEED, make.rss("c@24", extra=WORDPRESS))
    web.fail(f"{FEED}?paged=2", FailureKind.RATE_LIMITED, 429, retry_after="7200")
    await office.round()
    assert await titles(office) == ["a", "c"]
    [(until,)] = await office.rows("SELECT next_request_at FROM site")
    assert until.startswith("2026-11-24 14:00:00")


COMPLETE = "<fh:complete/>"


async def removed(office):
    return sorted(row.guid for row in await office.rows("SELECT guid FROM entry WHERE removed_at IS NOT NULL"))


async def test_rule_81_a_complete_feed_marks_what_it_no_longer_shows_and_takes_it_back(office, web, make):
    await polled_before(office, web, make, "a@19", "b@20", extra=COMPLETE)
    web.say(FEED, make.rss("b@20", extra=COMPLETE))
    await office.round()
    gone = await removed(office)
    office.forward(days=2)
    web.say(FEED, make.rss("a@19", "b@20", extra=COMPLETE))
    await office.round()
    assert (gone, await removed(office)) == (["a"], [])
    assert len(await office.rows("SELECT id FROM article")) == 2


async def test_rule_81_absence_from_any_other_feed_means_nothing(office, web, make):
    await polled_before(office, web, make, "a@19", "b@20")
    web.say(FEED, make.rss("b@20"))
    await office.round()
    assert await removed(office) == []


async def test_rules_19_and_81_absence_from_a_delta_means_nothing(office, web, make):
    await polled_before(office, web, make, "a@19", "b@20", extra=COMPLETE)
    web.say(FEED, make.rss("c@24", extra=COMPLETE), 226, im="feed", etag='"2"')
    await office.round()
    assert await titles(office) == ["a", "b", "c"]
    assert await removed(office) == []
    assert (await office.state(FEED)).state.validators.etag == '"2"'
