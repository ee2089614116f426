"""The sample newsroom's past: two years on every platform, each with its own way to them."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from lxml import etree

from flows.sample.answers import Answer
from flows.sample.world import Newsroom

STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PORT = 8700
Ask = Callable[..., Answer]


def home(name: str) -> str:
    return f"http://{name}.localhost:{PORT}"


def whole(newsroom: Newsroom, name: str, now: datetime = STARTED_AT) -> list[str]:
    site = newsroom.site(f"{name}.localhost")
    return [one.url(PORT) for one in newsroom.whole(site, now)]


def links(answer: Answer) -> list[str]:
    """The addresses of a feed document's entries."""
    tree = etree.fromstring(answer.body)
    atom = tree.xpath('//*[local-name()="entry"]/*[local-name()="link"][@rel="alternate"]/@href')
    return list(map(str, atom or tree.xpath("//item/link/text()")))


def locs(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [unescape(loc) for loc in re.findall(r"<loc>([^<]+)</loc>", answer.body.decode())]


def walk(ask: Ask, url: str, rel: str) -> Iterator[Answer]:
    """The documents from one to the next, as their links lead."""
    while url:
        answer = ask(url)
        assert answer.status == 200
        yield answer
        found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.body.decode())
        url = unescape(found[1]) if found else ""


@pytest.mark.parametrize("name", ["harbour", "kitchen", "atelier", "forum", "vesti", "wire", "gazette"])
def test_every_site_has_two_years_behind_it_and_every_page_answers(ask: Ask, newsroom: Newsroom, name: str) -> None:
    site = newsroom.site(f"{name}.localhost")
    past = list(newsroom.whole(site, STARTED_AT))

    assert past[-1].published_at < STARTED_AT - timedelta(days=700)
    assert len(past) >= 58
    assert len({one.url(PORT) for one in past}) == len(past)
    assert all(ask(one.url(PORT)).status == (404 if one.story.kind == "missing" else 200) for one in past)


def test_the_past_is_in_no_feed_and_on_no_front_page(ask: Ask, newsroom: Newsroom) -> None:
    oldest = whole(newsroom, "kitchen")[-1]

    assert len(links(ask(f"{home('kitchen')}/feeds/posts/default"))) < 10
    assert oldest.removeprefix(home("kitchen")) not in ask(f"{home('kitchen')}/").body.decode()
    assert oldest not in {truth.url for truth in newsroom.truth(STARTED_AT, PORT)}


def test_the_past_stays_as_it_is_while_the_newsroom_goes_on(newsroom: Newsroom) -> None:
    before = whole(newsroom, "harbour")
    after = whole(newsroom, "harbour", STARTED_AT + timedelta(hours=3))

    assert after[-len(before) :] == before
    assert len(after) == len(before) + 12


@pytest.mark.parametrize("name", ["atelier", "plaza", "bottega", "chaguan"])
def test_wordpress_gives_its_past_by_date_through_its_api(ask: Ask, newsroom: Newsroom, name: str) -> None:
    found: list[str] = []
    before = "2030-01-01T00:00:00Z"
    for _ in range(20):
        answer = ask(f"{home(name)}/wp-json/wp/v2/posts?per_page=20&before={before}&_fields=id,date_gmt,link,content")
        rows = json.loads(answer.body)
        if not rows:
            break
        found += [row["link"] for row in rows]
        before = rows[-1]["date_gmt"] + "Z"

    assert found == whole(newsroom, name)
    assert set(rows[0] if rows else ()) <= {"id", "date_gmt", "link", "content"}


def test_wordpress_answers_as_its_api_is_documented(ask: Ask, newsroom: Newsroom) -> None:
    url = f"{home('atelier')}/wp-json/wp/v2/posts"
    first = ask(f"{url}?per_page=50")
    total = len(whole(newsroom, "atelier"))

    assert first.headers["X-WP-Total"] == str(total)
    assert first.headers["X-WP-TotalPages"] == "2"
    for query in ("per_page=101", "per_page=0", "page=0", "before=2026-01-01"):
        answer = ask(f"{url}?{query}")
        assert (answer.status, json.loads(answer.body)["code"]) == (400, "rest_invalid_param")
    past = ask(f"{url}?per_page=50&page=3")
    assert (past.status, json.loads(past.body)["code"]) == (400, "rest_post_invalid_page_number")
    none = ask(f"{url}?per_page=50&page=3&before=1999-01-01T00:00:00Z")
    assert (none.status, json.loads(none.body)) == (200, [])
    assert ask(f"{home('atelier')}/?rest_route=/wp/v2/posts&per_page=50").body == first.body


def test_a_feed_in_one_language_has_older_pages_in_that_language(ask: Ask) -> None:
    second = ask(f"{home('plaza')}/category/fronteira/feed/?paged=2")

    assert second.status == 200
    assert b"<language>pt</language>" in second.body


def test_where_the_api_is_closed_older_pages_of_the_feed_and_the_sitemap_are_not(ask: Ask, newsroom: Newsroom) -> None:
    url = home("gazette")
    pages, number = [ask(f"{url}/feed/")], 2
    while (answer := ask(f"{url}/feed/?paged={number}")).status == 200:
        pages.append(answer)
        number += 1
    found = [link for page in pages for link in links(page)]

    assert ask(f"{url}/wp-json/wp/v2/posts").status == 401
    assert answer.status == 404
    assert len(found) == len(set(found))
    assert set(found) == set(whole(newsroom, "gazette"))
    index = locs(ask(f"{url}/wp-sitemap.xml"))
    assert set(locs(ask(index[0]))) == set(found)


@pytest.mark.parametrize("name", ["kitchen", "tagebuch", "nihon", "maqha", "carsi", "warung"])
def test_blogger_gives_its_past_by_place_and_by_date(ask: Ask, newsroom: Newsroom, name: str) -> None:
    url = f"{home(name)}/feeds/posts/default"
    expected = whole(newsroom, name)
    answer = ask(f"{url}?start-index=1&max-results=500")
    later = ask(f"{url}?start-index=11&max-results=5")
    moment = re.findall(r"<published>([^<]+)</published>", later.body.decode())[0]
    older = ask(f"{url}?published-max={moment.replace('+', '%2B')}&max-results=500")

    assert links(answer) == expected
    assert f"<openSearch:totalResults>{len(expected)}<".encode() in answer.body
    assert b"<openSearch:startIndex>11<" in later.body
    assert links(later) == expected[10:15]
    assert links(older) == expected[11:]
    assert set(locs(ask(locs(ask(f"{home(name)}/sitemap.xml"))[0]))) == set(expected)


def test_an_archive_leads_from_month_to_month_and_back(ask: Ask, newsroom: Newsroom) -> None:
    """RFC 5005 section 4."""
    documents = list(walk(ask, f"{home('harbour')}/feed.xml", "prev-archive"))
    found = {link for answer in documents for link in links(answer)}

    assert found == set(whole(newsroom, "harbour"))
    assert len(documents) > 20
    assert b"fh:archive" not in documents[0].body
    assert all(b"<fh:archive/>" in answer.body for answer in documents[1:])
    assert all(b'rel="current"' in answer.body for answer in documents[1:])
    assert len(list(walk(ask, f"{home('harbour')}/archive/2026-01.xml", "next-archive"))) == 11
    assert ask(f"{home('harbour')}/archive/1999-01.xml").status == 404


def test_a_json_feed_leads_from_page_to_page(ask: Ask, newsroom: Newsroom) -> None:
    found, url = [], f"{home('forum')}/feed.json"
    while url:
        fields = json.loads(ask(url).body)
        found += [item["url"] for item in fields["items"]]
        url = fields.get("next_url")

    assert sorted(found) == sorted(whole(newsroom, "forum"))


def test_a_ghost_newspaper_has_sitemaps_by_kind(ask: Ask, newsroom: Newsroom) -> None:
    robots = ask(f"{home('wire')}/robots.txt").body.decode()
    index = locs(ask(f"{home('wire')}/sitemap.xml"))

    assert f"Sitemap: {home('wire')}/sitemap.xml\n" in robots
    assert set(locs(ask(f"{home('wire')}/sitemap-posts.xml"))) == set(whole(newsroom, "wire"))
    assert [len(locs(ask(url))) for url in index if "posts" not in url] == [1, 1, 1]
    assert b'content="Ghost' in ask(f"{home('wire')}/").body


def test_a_site_of_files_has_a_sitemap_that_tells_no_dates(ask: Ask, newsroom: Newsroom) -> None:
    robots = ask(f"{home('vesti')}/robots.txt").body.decode()
    url = re.search(r"(?m)^Sitemap: (\S+)$", robots)[1]
    answer = ask(url)

    assert set(locs(answer)) == set(whole(newsroom, "vesti"))
    assert len(set(re.findall(rb"<lastmod>([^<]+)<", answer.body))) == 1


async def test_parameters_reach_a_listing_over_a_socket_as_they_were_sent(get, newsroom: Newsroom) -> None:
    query = "?published-max=2026-01-01T00:00:00%2B00:00&max-results=3"
    status, headers, body = await get("kitchen.localhost", "/feeds/posts/default" + query)
    same, _, _ = await get("kitchen.localhost", "/feeds/posts/default" + query, If_None_Match=headers["etag"])

    dates = re.findall(rb"<published>([^<]+)<", body)
    assert (status, same, len(dates)) == (200, 304, 3)
    assert all(date < b"2026-01-01" for date in dates)
