"""The Wayback Machine and Common Crawl, as their servers answer."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.backfill import cdx
from ingest.backfill.common_crawl import CommonCrawl
from ingest.backfill.copies import read_copy
from ingest.backfill.crawls import choose, crawls_in
from ingest.backfill.source import Archives, Ask, Copy, End, Place, Ref, Reply, Target, Window
from ingest.backfill.unlikely import is_unlikely
from ingest.backfill.wayback import Wayback
from ingest.backfill.wayback_feed import WaybackFeed

HOME = "https://blog.example/"
FEED = "https://blog.example/feed"
NEWEST = datetime(2024, 6, 1, tzinfo=UTC)
HEADER = ["timestamp", "original", "mimetype", "statuscode", "digest"]


def target(window=Window(), home=HOME, **fields):  # noqa: B008
    return Target(url=home, home_url=home, host="blog.example", window=window, feed_url=FEED, **fields)


def row(stamp, url="http://blog.example/a"):
    return [stamp, url, "text/html", "200", "D"]


def query_of(url):
    return parse_qs(urlsplit(url).query)


# --- the index of the Wayback Machine


def rows_of(value):
    return cdx.rows_in(Reply(url="x", status=200, body=json.dumps(value).encode()))


def test_the_first_row_is_a_header_wherever_its_columns_are():
    turned = [["original", "digest", "timestamp"], ["http://a.example/", "D", "20240101000000"]]

    assert rows_of(turned).captures == (cdx.Capture("20240101000000", "http://a.example/"),)
    assert rows_of([HEADER, row("20240101000000")]).captures[0].stamp == "20240101000000"


def test_nothing_found_is_an_empty_array_without_a_header():
    assert rows_of([]) == cdx.Rows(())


def test_the_resumption_key_stands_behind_an_empty_row():
    key = "org%2Carchive%29%2F+19980109140106%21"

    found = rows_of([HEADER, row("20240101000000"), [], [key]])

    assert (len(found.captures), found.resume_key) == (1, key)
    assert cdx.resumed("https://w.example/cdx?url=a&resumeKey=old", key).endswith(f"url=a&resumeKey={key}")
    assert cdx.resumed("https://w.example/cdx?url=a", "com,a)/ 2024 & x").endswith(
        "resumeKey=com%2Ca%29%2F%202024%20%26%20x"
    )


@pytest.mark.parametrize("value", [{"a": 1}, "text", [1, 2], None])
def test_what_is_no_array_of_rows_is_no_answer(value):
    assert rows_of(value) is None


def test_rows_without_a_moment_or_an_address_are_left_out():
    broken = [row("2024"), row("20241301000000"), ["20240101000000", "about:blank"], [None], row("20240101000000")]

    assert len(rows_of([HEADER, *broken]).captures) == 1


async def test_a_site_is_asked_for_by_host_a_blog_in_a_folder_by_prefix(walk_answers):
    window = Window(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC))
    host = query_of(Wayback().first(target(window)).ask.url)
    folder = query_of(Wayback().first(target(home=f"{HOME}news/")).ask.url)

    assert (host["url"], host["matchType"], host["collapse"]) == (["blog.example"], ["host"], ["urlkey"])
    assert host["filter"] == ["statuscode:200", "mimetype:text/html"]
    assert (host["limit"], host["showResumeKey"], host["from"]) == (["5000"], ["true"], ["20240101000000"])
    assert "to" not in host  # what was published in the window may be captured long after it
    assert "page" not in host
    assert (folder["url"], folder["matchType"]) == (["blog.example/news/"], ["prefix"])


async def test_a_capture_is_a_copy_an_upper_bound_and_loses_the_old_port(walk_answers):
    answers = [HEADER, row("20240501120000", "http://blog.example:80/a?utm_source=x"), row("20240501120000", HOME)]

    walked = await walk_answers(Wayback(), target(), lambda _: answers)

    [ref] = walked.refs
    assert (ref.url, ref.latest_at) == ("http://blog.example/a", datetime(2024, 5, 1, 12, tzinfo=UTC))
    assert ref.copies[0].ask.url == (
        "https://web.archive.org/web/20240501120000id_/http://blog.example:80/a?utm_source=x"
    )
    assert ref.copies[0].ask.place is Place.WAYBACK_COPY
    assert walked.asked[0].place is Place.WAYBACK_INDEX


async def test_an_answer_that_is_cut_off_in_the_middle_is_no_end(walk_answers):
    whole = json.dumps([HEADER, row("20240501120000"), [], ["key"]])

    walked = await walk_answers(Wayback(), target(), lambda url: whole if "resumeKey=" not in url else whole[:40])

    assert walked.end is End.BLOCKED


# --- old copies of the feed


def feed_at(moment, size, gap=timedelta(days=1)):
    """The feed as it stood: a post every ``gap``, the newest ``size`` of them."""
    newest = int((moment - NEWEST + timedelta(days=10_000)) / gap)
    items = "".join(
        f"<item><guid>{number}</guid><link>{HOME}{number}</link><pubDate>"
        f"{(NEWEST - timedelta(days=10_000) + number * gap):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number in range(newest, newest - size, -1)
    )
    return f'<rss version="2.0"><channel><title>B</title>{items}</channel></rss>'


def machine(stamps, size, read=None):
    def answer(url):
        if "/cdx/" in url:
            since = query_of(url).get("from", ["0"])[0]
            return [HEADER, *(row(stamp, FEED) for stamp in stamps if stamp >= since)]
        stamp = url.split("/web/")[1][:14]
        if read is not None:
            read.append(stamp)
        return feed_at(datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), size)

    return answer


def daily(days):
    return [f"{NEWEST - timedelta(days=day):%Y%m%d%H%M%S}" for day in range(days)][::-1]


async def test_of_daily_copies_only_as_many_are_read_as_it_takes(walk_answers):
    walked = await walk_answers(WaybackFeed(), target(), machine(daily(300), size=20))

    numbers = sorted(int(url.rpartition("/")[2]) for url in walked.urls)
    assert numbers == list(range(numbers[0], numbers[-1] + 1))  # without a gap
    assert len(numbers) >= 300 + 19
    assert len(walked.asked) <= 1 + 300 // 18 + 2
    assert walked.end is End.COMPLETE


async def test_where_copies_are_rare_every_one_is_read(walk_answers):
    read = []
    stamps = [f"{NEWEST - timedelta(days=90 * number):%Y%m%d%H%M%S}" for number in range(12)][::-1]

    walked = await walk_answers(WaybackFeed(), target(), machine(stamps, size=10, read=read))

    assert sorted(read) == stamps
    assert len(walked.urls) == 120


async def test_of_a_window_in_the_past_only_its_own_copies_are_read(walk_answers):
    since, until = NEWEST - timedelta(days=200), NEWEST - timedelta(days=150)
    read = []

    walked = await walk_answers(WaybackFeed(), target(Window(since, until)), machine(daily(300), size=20, read=read))

    wanted = {f"{HOME}{number}" for number in range(10_000 - 200, 10_000 - 150)}
    assert wanted <= walked.urls
    assert len(read) <= 5
    assert max(read) == f"{until:%Y%m%d%H%M%S}"


async def test_a_copy_that_cannot_be_read_costs_only_itself(walk_answers):
    stamps = daily(3)
    answers = machine(stamps, size=1)

    walked = await walk_answers(
        WaybackFeed(), target(), lambda url: 404 if stamps[1] in url and "/web/" in url else answers(url)
    )

    assert (len(walked.urls), walked.end) == (2, End.COMPLETE)


async def test_a_feed_of_which_no_copy_is_one_is_unsuitable(walk_answers):
    answers = machine(daily(3), size=1)

    walked = await walk_answers(
        WaybackFeed(), target(), lambda url: answers(url) if "/cdx/" in url else "<html></html>"
    )

    assert walked.end is End.UNSUITABLE


async def test_a_feed_that_was_never_captured_is_complete_with_nothing(walk_answers):
    walked = await walk_answers(WaybackFeed(), target(), lambda _: [])

    assert (walked.end, len(walked.asked)) == (End.COMPLETE, 1)
    assert query_of(walked.asked[0].url)["collapse"] == ["digest"]
    assert query_of(walked.asked[0].url)["url"] == [FEED]


# --- Common Crawl

CRAWLS = [
    {"id": "CC-MAIN-2024-26", "from": "2024-06-12T00:00:00", "to": "2024-06-25T00:00:00"},
    {"id": "CC-MAIN-2024-10", "cdx-api": "https://elsewhere.example/"},
    {"id": "CC-MAIN-2023-40"},
    {"id": "CC-MAIN-2014-15"},
    {"id": "CC-MAIN-2009-2010"},
    {"id": "CC-MAIN-2012"},
    {"id": "../../etc"},
]
AT = Archives(common_crawl_url="https://cc.example")


def names(since=None, until=None):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None for text in (since, until)]
    return [name.removeprefix("CC-MAIN-") for name in choose(crawls_in(CRAWLS), Window(*moments))]


def test_crawls_are_chosen_by_the_window_newest_first():
    assert names() == ["2024-26", "2024-10", "2023-40", "2014-15", "2012", "2009-2010"]
    assert names(since="2024-06-20") == ["2024-26"]
    assert names(since="2023-09-01", until="2023-10-01") == ["2024-26", "2024-10", "2023-40"]
    assert names(since="2014-01-01", until="2014-03-01") == ["2014-15"]
    assert names(since="2016-01-01", until="2017-01-01") == ["2023-40"]  # none that is near: the next one
    assert names(since="2030-01-01") == []
    assert names(until="2010-01-01") == ["2009-2010"]


def test_no_more_than_24_crawls_are_asked():
    many = [{"id": f"CC-MAIN-{year}-{week:02d}"} for year in range(2015, 2025) for week in range(1, 50, 5)]

    assert len(choose(crawls_in(many), Window())) == 24


def line(number, **fields):
    return json.dumps(
        {
            "url": f"{HOME}{number}",
            "timestamp": "20240615000000",
            "status": "200",
            "mime": "text/html",
            "filename": "crawl-data/CC-MAIN-2024-26/segments/17.5/warc/CC-MAIN-2024.warc.gz",
            "offset": str(number),
            "length": "50",
        }
        | fields
    )


def crawler(pages, *, counts=True):
    """``pages``: crawl -> its pages of lines; None stands for a page that filters left nothing of."""

    def answer(url):
        path, query = urlsplit(url).path, query_of(url)
        if path == "/collinfo.json":
            return [{"id": name} for name in pages]
        lines = pages[path.strip("/").removesuffix("-index")]
        if "showNumPages" in query:
            return {"pages": len(lines), "pageSize": 5, "blocks": 5} if counts else "<html>"
        page = int(query["page"][0])
        if page >= len(lines):
            return 400 if lines else 404
        return 404 if lines[page] is None else "\n".join(lines[page])

    return answer


async def test_pages_of_several_crawls_are_read_newest_first(walk_answers):
    pages = {"CC-MAIN-2024-10": [[line(1), line(2)], [line(3)]], "CC-MAIN-2024-26": [[line(3), line(4)]]}

    walked = await walk_answers(CommonCrawl(), target(archives=AT), crawler(pages))

    assert walked.urls == {f"{HOME}{number}" for number in (1, 2, 3, 4)}
    assert [urlsplit(ask.url).path for ask in walked.asked][1] == "/CC-MAIN-2024-26-index"
    assert walked.end is End.COMPLETE
    assert "filter==status:200" in walked.asked[2].url
    assert query_of(walked.asked[2].url)["url"] == ["blog.example/*"]


async def test_a_page_that_the_filters_left_nothing_of_is_not_the_end_of_a_crawl(walk_answers):
    walked = await walk_answers(
        CommonCrawl(), target(archives=AT), crawler({"CC-MAIN-2024-26": [[line(1)], None, [line(2)]]})
    )

    assert len(walked.urls) == 2


@pytest.mark.parametrize("pages", [[[line(1)], [line(2)]], []])
async def test_without_a_count_a_crawl_ends_with_the_first_page_that_is_not_there(walk_answers, pages):
    walked = await walk_answers(CommonCrawl(), target(archives=AT), crawler({"CC-MAIN-2024-26": pages}, counts=False))

    assert (len(walked.urls), walked.end) == (len(pages), End.COMPLETE)


async def test_a_400_on_the_first_page_is_a_bad_question_and_no_end(walk_answers):
    answers = crawler({"CC-MAIN-2024-26": [[line(1)]]})

    walked = await walk_answers(
        CommonCrawl(), target(archives=AT), lambda url: 400 if "page=0" in url else answers(url)
    )

    assert walked.end is End.UNSUITABLE


async def test_only_whole_good_pages_of_the_sites_own_are_taken_and_a_broken_line_costs_itself(walk_answers):
    lines = [
        line(1),
        line(2, status="301"),
        line(3, mime="image/png"),
        line(4, filename="../../etc/passwd"),
        line(5, filename="crawl-data/CC-MAIN-2024-26/segments/17.5/crawldiagnostics/x.warc.gz"),
        line(6, offset="-1"),
        line(7, length="99999999999"),
        line(8, timestamp="20241399000000"),
        line(9, url=f"{HOME}feed/"),
        line(10)[:-20],
        "[]",
    ]

    walked = await walk_answers(CommonCrawl(), target(archives=AT), crawler({"CC-MAIN-2024-26": [lines]}))

    [ref] = walked.refs
    assert ref.url == f"{HOME}1"
    assert ref.copies[0].ask.byte_range == (1, 50)
    assert ref.copies[0].is_warc_record
    assert ref.copies[0].ask.url.startswith("https://cc.example/crawl-data/CC-MAIN-2024-26/")


def test_index_and_data_are_two_hosts_unless_told_otherwise():
    assert CommonCrawl().first(target()).ask.url == "https://index.commoncrawl.org/collinfo.json"
    assert CommonCrawl().first(target(archives=AT)).ask.url == "https://cc.example/collinfo.json"


# --- what both give


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/",
        "https://blog.example/feed/",
        "https://blog.example/2024/05/post/feed/",
        "https://blog.example/tag/news/",
        "https://blog.example/category/a/page/3/",
        "https://blog.example/page/7",
        "https://blog.example/wp-json/wp/v2/posts",
        "https://blog.example/a.jpg",
        "https://blog.example/post?replytocom=5",
        "https://blog.example/?s=word",
        "https://blog.example/sitemap_index.xml",
    ],
)
def test_what_is_surely_no_article_is_not_named(url):
    assert is_unlikely(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/2024/05/post/",
        "https://blog.example/tags-and-tabs",
        "https://blog.example/?p=5",
        "https://blog.example/post.php?id=5",
        "https://blog.example/category/news/a-post",
        "https://blog.example/2024/05/page-2024",
        "https://blog.example/story.html#comments",
    ],
)
def test_what_may_be_an_article_is_named(url):
    assert not is_unlikely(url)


def test_a_copy_that_is_no_page_is_none():
    ref = Ref(url=f"{HOME}a")
    at = datetime(2024, 1, 1, tzinfo=UTC)
    page, record = Copy(ask=Ask(url="x"), captured_at=at), Copy(ask=Ask(url="x"), captured_at=at, is_warc_record=True)

    assert read_copy(ref, page, Reply(url="x", status=404)) is None
    assert read_copy(ref, page, Reply(url="x", status=200, body=b"<p>x</p>")).fetched_at == at
    assert read_copy(ref, record, Reply(url="x", status=206, body=b"not a record")) is None
    assert read_copy(Ref(url=None), page, Reply(url="x", status=200, body=b"x")) is None
