"""Articles in several pages: fetched as any page, joined as one, partial where one is missing, and tried again."""

from dataclasses import replace

import pytest

from flows.steps.fetch_page import fetch_page
from flows.steps.fetch_parts import read_whole
from flows.steps.queue_urls import queue_urls
from flows.steps.robots import RobotsDesk
from flows.steps.terms import PageTerms
from ingest.jobs import PageJob, read_page
from ingest.model import FailureKind, FetchFailed, Page
from storage import pages, sites
from storage.due import Wanted

FEED = "https://news.example/feed"
ROPE = "https://news.example/rope"


def line(number: int) -> str:
    return f"The clerk opened the old book on page {number}, read the line about the rope aloud, and closed it again."


def part(number: int, of: int, behind: str = "") -> str:
    """One page of a WordPress post with <!--nextpage-->."""
    text = "".join(f"<p>{line(10 * number + place)}</p>" for place in range(4))
    addresses = {other: ROPE if other == 1 else f"{ROPE}/{other}/" for other in range(1, of + 1)}
    links = " ".join(
        f'<span class="post-page-numbers current" aria-current="page">{other}</span>'
        if other == number
        else f'<a href="{address}" class="post-page-numbers">{other}</a>'
        for other, address in addresses.items()
    )
    return (
        f"<html><head><title>On rope</title></head><body><article><h1>On rope</h1><div class='entry-content'>{text}"
        f"<p class='page-links'>Pages: {links}</p></div></article>{behind}</body></html>"
    )


def whole(of: int) -> str:
    return "\n\n".join(line(10 * number + place) for number in range(1, of + 1) for place in range(4))


@pytest.fixture
async def wordpress(office, web, make):
    """An article of three pages, whose feed has only its title."""
    web.say(FEED, make.rss("rope@20"))
    for number in range(1, 4):
        web.say(ROPE if number == 1 else f"{ROPE}/{number}/", part(number, 3))
    await office.subscribe(FEED)
    return web


async def stored(office):
    (row,) = await office.rows("SELECT text, status, provenance, revision FROM article")
    return row


async def page_row(office):
    (row,) = await office.rows("SELECT state, attempts, next_attempt_at, last_failure_detail FROM page")
    return row


async def test_the_pages_of_a_post_become_one_article(office, wordpress):
    report = await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(3), "ok")
    assert '"parts": "3 pages"' in found.provenance
    assert (report.articles_new, (await page_row(office)).state) == (1, "done")
    assert [wordpress.times(url) for url in (ROPE, f"{ROPE}/2/", f"{ROPE}/3/")] == [1, 1, 1]


async def test_a_part_that_fails_leaves_a_partial_article_that_is_completed_later(office, wordpress):
    wordpress.fail(f"{ROPE}/2/", FailureKind.TIMEOUT)
    await office.round()
    first = await stored(office)
    assert (first.text, first.status) == (whole(1), "partial")
    assert f"1 page, then {ROPE}/2/ was missing" in first.provenance
    assert (await page_row(office)).state == "pending"
    wordpress.say(f"{ROPE}/2/", part(2, 3))
    office.forward(hours=1)
    await office.round()
    second = await stored(office)
    assert (second.text, second.status, second.revision) == (whole(3), "ok", 2)
    assert (await page_row(office)).state == "done"


async def test_a_part_that_is_gone_for_good_is_not_asked_for_again(office, wordpress):
    wordpress.fail(f"{ROPE}/3/", FailureKind.NOT_FOUND, 404)
    await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(2), "partial")
    row = await page_row(office)
    assert (row.state, row.last_failure_detail) == ("done", f"{ROPE}/3/: not-found.")


async def test_what_was_read_whole_is_not_replaced_by_a_part(office, wordpress):
    await office.round()
    wordpress.fail(f"{ROPE}/2/", FailureKind.TIMEOUT)
    async with office.mill() as mill:
        queued = await queue_urls(mill, [ROPE])
    await office.round(page_keys=queued.keys)
    assert (await stored(office)).text == whole(3)


async def test_robots_txt_speaks_for_each_part(office, wordpress):
    wordpress.say("https://news.example/robots.txt", "User-agent: *\nDisallow: /rope/3/\n")
    await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(2), "partial")
    assert "robots.txt of news.example does not let us fetch" in found.provenance
    assert wordpress.times(f"{ROPE}/3/") == 0


async def test_a_server_that_asks_for_patience_at_a_part_gets_it(office, wordpress):
    wordpress.fail(f"{ROPE}/2/", FailureKind.RATE_LIMITED, 429, retry_after="7200")
    await office.round()
    assert (await stored(office)).status == "partial"
    office.forward(hours=1)
    wordpress.say(f"{ROPE}/2/", part(2, 3))
    await office.round()
    assert wordpress.times(f"{ROPE}/2/") == 1
    office.forward(hours=1, minutes=5)
    await office.round()
    assert (await stored(office)).text == whole(3)


async def test_an_endless_article_ends_at_twenty_pages(office, web, make):
    web.say(FEED, make.rss("rope@20"))
    for number in range(1, 60):
        web.say(ROPE if number == 1 else f"{ROPE}/{number}/", part(number, number + 1))
    await office.subscribe(FEED)
    await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(20), "partial")
    assert web.times(f"{ROPE}/21/") == 0
    assert (await page_row(office)).state == "done"


async def test_parts_that_lead_in_a_circle_or_repeat_end_the_article(office, web, make):
    web.say(FEED, make.rss("rope@20"))
    web.say(ROPE, part(1, 2))
    web.say(f"{ROPE}/2/", part(1, 2).replace("<p class='page-links'>", f'<p><a rel="next" href="{ROPE}/3/">Next</a>'))
    await office.subscribe(FEED)
    await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(1), "ok")
    assert web.times(f"{ROPE}/3/") == 0


async def test_a_part_that_redirects_to_the_first_page_ends_the_article(office, wordpress, make):
    wordpress.answers[f"{ROPE}/2/"] = replace(make.fetched(f"{ROPE}/2/", part(1, 3)), final_url=ROPE)
    await office.round()
    assert ((await stored(office)).text, (await stored(office)).status) == (whole(1), "ok")


async def test_a_part_that_redirects_to_something_else_is_missing(office, wordpress, make):
    login = "https://news.example/login"
    wordpress.answers[f"{ROPE}/2/"] = replace(make.fetched(f"{ROPE}/2/", part(2, 3)), final_url=login)
    await office.round()
    found = await stored(office)
    assert (found.text, found.status) == (whole(1), "partial")
    assert f"it leads to {login}" in found.provenance


async def test_a_blogs_pager_and_readers_comments_are_never_followed(office, web, make):
    web.say(FEED, make.rss("rope@20"))
    behind = (
        '<div class="nav-links"><a rel="next" href="https://news.example/anchor">Next post</a></div>'
        '<div id="comments"><p>First!</p><a href="https://news.example/rope/comment-page-2/#comments">Newer</a></div>'
        '<a href="https://news.example/page/2/">Older posts</a>'
    )
    web.say(ROPE, part(1, 1, behind))
    await office.subscribe(FEED)
    await office.round()
    assert (await stored(office)).text == whole(1)
    assert {request.url for request in web.asked} == {FEED, ROPE, "https://news.example/robots.txt"}


async def read_with(office, goes_on=lambda: True, is_ours=False):
    """The article of the address, read outside a round, under these terms."""

    async def blame(result):
        return is_ours and isinstance(result, FetchFailed)

    async with office.mill() as mill:
        ids = await mill.writer.apply(lambda session: sites.ensure(session, ["news.example"]))
        job = PageJob(url=ROPE, page=Page(url=ROPE, html=part(1, 3)), entry=None, feed_title=None, now=office.now)
        terms = PageTerms(RobotsDesk(mill, ids["news.example"], "news.example"), blame, goes_on)
        return await read_whole(mill, job, read_page(job), terms)


async def test_a_round_that_ends_between_two_parts_leaves_the_rest_for_later(office, wordpress):
    asked = iter([True, False])
    found = await read_with(office, goes_on=lambda: next(asked))
    assert (found.reading.article.text, found.reading.article.status) == (whole(2), "partial")
    assert (found.failure.kind, wordpress.times(f"{ROPE}/3/")) == ("timeout", 0)


async def test_a_failure_of_our_own_network_is_told_apart(office, wordpress):
    wordpress.is_cut = True
    found = await read_with(office, is_ours=True)
    assert (found.is_ours, found.failure.kind) == (True, "dns")


async def test_our_own_network_failing_at_a_part_stores_nothing(office, wordpress):
    wordpress.fail(f"{ROPE}/2/", FailureKind.DNS)

    async def blame(result):
        return isinstance(result, FetchFailed)

    async with office.mill() as mill:
        await queue_urls(mill, [ROPE])
        with mill.database.read() as session:
            (waiting,) = pages.waiting(session, 1, Wanted(now=office.now))
        outcome = await fetch_page(mill, waiting, PageTerms(RobotsDesk(mill, 1, "news.example"), blame, lambda: True))
    assert (outcome.is_waiting, outcome.saved) == (True, None)
    assert await office.rows("SELECT id FROM article") == []
    assert ((await page_row(office)).state, (await page_row(office)).attempts) == ("pending", 0)


async def test_a_rule_for_the_site_leads_to_the_whole_article_on_one_page(office, wordpress, tmp_path):
    (tmp_path / "site-rules").mkdir()
    (tmp_path / "site-rules" / "news.example.txt").write_text("single_page_link: //p[@class='page-links']/a[last()]\n")
    wordpress.say(
        f"{ROPE}/3/", part(1, 1).replace("</div>", "".join(f"<p>{line(n)}</p>" for n in range(20, 24)) + "</div>")
    )
    await office.round()
    found = await stored(office)
    assert found.status == "ok"
    assert found.text.endswith(line(23))
    assert f'"parts": "one page, {ROPE}/3/"' in found.provenance
    assert wordpress.times(f"{ROPE}/2/") == 0
