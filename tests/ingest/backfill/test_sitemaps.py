"""Sitemaps: found, followed, unpacked, and bounded."""

import gzip
import resource
import time
from datetime import UTC, datetime

import pytest

from ingest.backfill import sitemap_xml
from ingest.backfill.ghost import Ghost
from ingest.backfill.sitemap_xml import read_sitemap
from ingest.backfill.sitemaps import Sitemaps
from ingest.backfill.source import End, Target, Window

HOME = "https://blog.example/"
SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def target(*sitemaps, window=Window(), home=HOME, platforms=()):  # noqa: B008
    return Target(
        url=home, home_url=home, host="blog.example", window=window, sitemaps=sitemaps, platforms=frozenset(platforms)
    )


def urlset(*paths, lastmod=None):
    change = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<urlset {SCHEMA}>{''.join(f'<url><loc>{HOME}{path}</loc>{change}</url>' for path in paths)}</urlset>"


def index(*paths):
    items = (path if isinstance(path, tuple) else (path, None) for path in paths)
    rows = "".join(
        f"<sitemap><loc>{path if '://' in path else HOME + path}</loc>"
        f"{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for path, changed in items
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex {SCHEMA}>{rows}</sitemapindex>'


async def test_an_index_is_followed_packed_files_are_unpacked_and_news_carry_their_dates(walk_answers):
    news = (
        f"<urlset {SCHEMA} {NEWS}><url><loc>{HOME}breaking</loc><news:news><news:publication><news:name>B</news:name>"
        "<news:language>en</news:language></news:publication><news:publication_date>2024-06-01T10:00:00+02:00"
        "</news:publication_date><news:title>It &amp; that</news:title></news:news></url></urlset>"
    )
    answers = {
        f"{HOME}s.xml": index("a.xml.gz", "nested.xml", "s.xml"),
        f"{HOME}a.xml.gz": gzip.compress(urlset("1", "2", lastmod="2024-05-01").encode()),
        f"{HOME}nested.xml": index("b.xml"),
        f"{HOME}b.xml": urlset("3"),
        f"{HOME}news.xml": news,
    }

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml", f"{HOME}news.xml"), answers)

    refs = {ref.url: ref for ref in walked.refs}
    assert set(refs) == {f"{HOME}{path}" for path in ("1", "2", "3", "breaking")}
    assert refs[f"{HOME}1"].latest_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert refs[f"{HOME}1"].published_at is None
    assert refs[f"{HOME}breaking"].published_at == datetime(2024, 6, 1, 8, tzinfo=UTC)
    assert refs[f"{HOME}breaking"].entry.title == "It & that"
    assert (walked.end, len(walked.asked)) == (End.COMPLETE, 5)


@pytest.mark.parametrize("name", ["sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml"])
async def test_where_robots_names_none_the_usual_places_are_tried(walk_answers, name):
    walked = await walk_answers(Sitemaps(), target(), {f"{HOME}{name}": urlset("1")})

    assert (walked.urls, walked.end) == ({f"{HOME}1"}, End.COMPLETE)
    assert walked.asked[-1].url == f"{HOME}{name}"


async def test_where_what_robots_names_is_gone_the_usual_places_are_tried(walk_answers):
    answers = {f"{HOME}sitemap_index.xml": urlset("1")}

    walked = await walk_answers(Sitemaps(), target(f"{HOME}old.xml"), answers)

    assert (walked.urls, walked.end) == ({f"{HOME}1"}, End.COMPLETE)


async def test_a_blog_in_a_folder_has_its_own_and_only_its_own(walk_answers):
    answers = {f"{HOME}sitemap.xml": urlset("blog/1", "shop/2", "blog/")}

    walked = await walk_answers(Sitemaps(), target(home=f"{HOME}blog/"), answers)

    assert walked.asked[0].url == f"{HOME}blog/sitemap.xml"
    assert {f"{HOME}blog/1"} <= walked.urls
    assert f"{HOME}shop/2" not in walked.urls


async def test_a_site_without_sitemaps_is_unsuitable(walk_answers):
    walked = await walk_answers(Sitemaps(), target(), {})

    assert (walked.end, len(walked.asked)) == (End.UNSUITABLE, 3)


async def test_indexes_that_name_each_other_for_ever_end(walk_answers):
    def answer(url):
        number = int(url.rpartition("-")[2].removesuffix(".xml") or 0) if "-" in url else 0
        return index(f"i-{number + 1}.xml", "s.xml")

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml"), answer)

    assert len(walked.asked) == 6  # the first one and five below it
    assert walked.end is End.LIMIT


async def test_tags_authors_and_pictures_are_not_asked_for(walk_answers):
    names = [
        *("post-sitemap.xml", "category-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap.xml"),
        *("wp-sitemap-taxonomies-category-1.xml", "wp-sitemap-users-1.xml", "sitemap-tags.xml", "sitemap-images-2.xml"),
        "wp-sitemap-posts-post-1.xml",
    ]
    answers = {f"{HOME}s.xml": index(*names)} | {f"{HOME}{name}": urlset(name) for name in names}

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml"), answers)

    assert walked.urls == {f"{HOME}post-sitemap.xml", f"{HOME}wp-sitemap-posts-post-1.xml"}


async def test_what_changed_last_before_the_window_is_not_asked_for(walk_answers):
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), None)
    answers = {
        f"{HOME}s.xml": index(("old.xml", "2023-05-01"), ("new.xml", "2024-05-01"), "undated.xml"),
        f"{HOME}new.xml": urlset("1"),
        f"{HOME}undated.xml": urlset("2"),
    }

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml", window=window), answers)

    assert walked.urls == {f"{HOME}1", f"{HOME}2"}
    assert [ask.url.rpartition("/")[2] for ask in walked.asked] == ["s.xml", "new.xml", "undated.xml"]


async def test_of_monthly_files_those_long_before_the_window_are_not_asked_for(walk_answers):
    window = Window(datetime(2024, 1, 15, tzinfo=UTC), None)
    months = ["2023-09", "2023-10", "2023-11", "2023-12", "2024-01", "2024-02"]
    answers = {f"{HOME}s.xml": index(*(f"map-{month}.xml" for month in months))}
    answers |= {f"{HOME}map-{month}.xml": urlset(month) for month in months}

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml", window=window), answers)

    assert walked.urls == {f"{HOME}{month}" for month in months[4:]}


async def test_a_number_that_merely_looks_like_a_month_hides_nothing(walk_answers):
    window = Window(datetime(2024, 1, 15, tzinfo=UTC), None)
    answers = {f"{HOME}s.xml": index("posts-201201.xml", "posts-2.xml")}
    answers |= {f"{HOME}posts-201201.xml": urlset("1"), f"{HOME}posts-2.xml": urlset("2")}

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml", window=window), answers)

    assert walked.urls == {f"{HOME}1", f"{HOME}2"}


async def test_a_part_that_may_not_be_read_is_said_and_costs_only_itself(walk_answers):
    answers = {f"{HOME}s.xml": index("a.xml", "b.xml", "c.xml"), f"{HOME}a.xml": urlset("1"), f"{HOME}b.xml": 403}

    walked = await walk_answers(Sitemaps(), target(f"{HOME}s.xml"), answers)

    assert (walked.urls, walked.end) == ({f"{HOME}1"}, End.BLOCKED)
    assert "1 of the sitemaps" in walked.detail


async def test_a_feed_serves_as_a_sitemap(walk_answers):
    feed = f'<rss version="2.0"><channel><item><link>{HOME}1</link><guid>1</guid></item></channel></rss>'

    walked = await walk_answers(Sitemaps(), target(f"{HOME}feed.xml"), {f"{HOME}feed.xml": feed})

    assert (walked.urls, walked.end) == ({f"{HOME}1"}, End.COMPLETE)


def test_a_bare_ampersand_costs_only_its_own_address_at_most():
    body = f"<urlset {SCHEMA}><url><loc>{HOME}a?x=1&y=2</loc></url><url><loc>{HOME}b</loc></url></urlset>"

    assert f"{HOME}b" in [entry.url for entry in read_sitemap(body.encode()).entries]


def test_a_document_that_is_cut_off_gives_what_it_has_and_says_so():
    body = urlset("1", "2", "3").encode()

    found = read_sitemap(body[:-40])
    packed = read_sitemap(gzip.compress(body)[:-20])

    assert [entry.url for entry in found.entries] == [f"{HOME}1", f"{HOME}2"]
    assert not found.is_whole
    assert packed is None or not packed.is_whole


def test_addresses_of_pictures_and_dates_of_videos_are_not_the_pages():
    body = (
        f'<urlset {SCHEMA} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:video="http://v/video">'
        f"<url><image:image><image:loc>{HOME}a.jpg</image:loc></image:image><video:video><video:title>V</video:title>"
        f"<video:publication_date>2001-01-01</video:publication_date></video:video><loc>{HOME}a</loc></url></urlset>"
    )

    [entry] = read_sitemap(body.encode()).entries

    assert (entry.url, entry.published_at, entry.title) == (f"{HOME}a", None, None)


def test_entities_are_not_expanded_and_nothing_is_fetched():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset {SCHEMA}>'
    body += f"<url><loc>{HOME}&l11;&f;</loc></url><url><loc>{HOME}b</loc></url></urlset>"

    urls = [entry.url for entry in read_sitemap(body.encode()).entries]

    assert all("lol" not in url and "root:" not in url for url in urls)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"\0" * 300_000_000),
        gzip.compress(f"<urlset {SCHEMA}>".encode() + b"<url><loc>https://blog.example/a</loc></url>" * 2_000_000),
        f"<urlset {SCHEMA}>".encode() + b"<a>" * 500_000,
        f"<urlset {SCHEMA} ".encode() + b"a='b' " * 300_000 + b">",
        b"<" * 3_000_000,
        f"<urlset {SCHEMA}><url><loc>".encode() + b"x" * 20_000_000 + b"</loc></url></urlset>",
        b"https://blog.example/a\n" * 500_000,
    ],
    ids=["zeros", "entries", "depth", "attributes", "brackets", "text", "lines"],
)
def test_a_hostile_document_costs_little(body):
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    found = read_sitemap(body)

    assert time.process_time() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kilobytes
    assert found is None or len(found.entries) <= sitemap_xml.MAX_ENTRIES


@pytest.mark.parametrize("body", [b"", b"<html><body>404</body></html>", b"not a sitemap", b"\x1f\x8bnope", b"{}"])
def test_something_else_is_no_sitemap(body):
    assert read_sitemap(body) is None


async def test_ghosts_posts_are_numbered_from_the_second_document_on(walk_answers, monkeypatch):
    monkeypatch.setattr("ingest.backfill.ghost.MAX_ENTRIES", 2)
    answers = {
        f"{HOME}sitemap-posts.xml": urlset("1", "2"),
        f"{HOME}sitemap-posts-2.xml": urlset("3", "4"),
        f"{HOME}sitemap-posts-3.xml": urlset("5"),
    }

    walked = await walk_answers(Ghost(), target(platforms=["ghost"]), answers)

    assert (len(walked.urls), walked.end, len(walked.asked)) == (5, End.COMPLETE, 3)


def rss(*numbers):
    items = "".join(f"<item><link>{HOME}{number}</link><guid>{number}</guid></item>" for number in numbers)
    return f'<rss version="2.0"><channel><title>G</title>{items}</channel></rss>'


async def test_an_old_ghost_leads_back_to_the_last_page_of_its_feed(walk_answers):
    from ingest.backfill.source import Reply

    pages = {f"{HOME}rss/": rss(*range(15)), f"{HOME}rss/2/": rss(*range(15, 20))}

    def answer(url):
        if url == f"{HOME}rss/3/":
            return Reply(url=f"{HOME}rss/2/", status=200, body=pages[f"{HOME}rss/2/"].encode())
        return pages.get(url, 404)

    walked = await walk_answers(Ghost(), target(platforms=["ghost"]), answer)

    assert (len(walked.urls), walked.end) == (20, End.COMPLETE)


async def test_a_ghost_from_version_3_on_has_one_page_of_its_feed_and_says_no_more(walk_answers):
    walked = await walk_answers(Ghost(), target(platforms=["ghost"]), {f"{HOME}rss/": rss(*range(15))})
    small = await walk_answers(Ghost(), target(platforms=["ghost"]), {f"{HOME}rss/": rss(1, 2)})

    assert (len(walked.urls), walked.end) == (15, End.LIMIT)
    assert (len(small.urls), small.end, len(small.asked)) == (2, End.COMPLETE, 2)
