"""The fake archives answer as the real ones are documented, and as their published code does it."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote, quote_plus

import pytest
from backfill_world import Archive, Capture, cms, common_crawl, keep, warc_file, wayback
from warcio.archiveiterator import ArchiveIterator

AT = datetime(2024, 5, 1, 12, 0, 0, tzinfo=UTC)


class HandClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def archive() -> Archive:
    def page(path: str, days: float, **fields) -> Capture:
        return Capture(f"http://news.example{path}", AT + timedelta(days=days), **fields)

    return Archive(
        [
            page("/a", 0, body=b"one"),
            page("/a", 1, body=b"one"),
            page("/a", 2, body=b"two"),
            page("/a", 3, body=b"one"),
            page("/b", 1, body=b"bee"),
            page("/b?x=1", 1, body=b"bee"),
            page("/c", 4, status=404, body=b"no"),
            page("/d", 5, status=301, location="http://news.example/a"),
            page("/e.png", 6, mime="image/png", body=b"png"),
            Capture("http://blog.news.example/z", AT, body=b"zed"),
        ]
    )


async def rows(get, machine, query: str) -> list[list[str]]:
    answer = await get(f"{machine.url}/cdx/search/cdx?output=json&{query}")
    assert answer.status == 200
    return answer.json()


async def test_the_first_row_names_the_fields_and_no_row_at_all_is_an_empty_list(get, archive):
    """wayback-cdx-server README, Output Format and Field Order."""
    async with wayback(archive) as machine:
        found = await rows(get, machine, "url=news.example/b&fl=original,timestamp")
        everything = await rows(get, machine, "url=news.example/b")
        nothing = await get(f"{machine.url}/cdx/search/cdx?output=json&url=other.example")

        assert found == [["original", "timestamp"], ["http://news.example/b", "20240502120000"]]
        assert everything[0] == ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
        assert nothing.body.strip() == b"[]"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("url=news.example/a", 4),
        ("url=news.example/b&matchType=prefix", 2),
        ("url=news.example/b*", 2),
        ("url=news.example&matchType=host", 9),
        ("url=news.example&matchType=domain", 10),
        ("url=*.news.example", 10),
        ("url=news.example/*&filter=statuscode:200", 7),
        ("url=news.example/*&filter=!statuscode:200", 2),
        ("url=news.example/*&filter=statuscode:200&filter=mimetype:text/html", 6),
        ("url=news.example/a&from=20240502&to=20240503", 2),
        ("url=news.example/a&to=2024", 4),
        ("url=news.example/a&limit=-1", 1),
    ],
)
async def test_scope_filters_and_dates_select(get, archive, query, count):
    """README, Url Match Scope and Filtering: dates are inclusive."""
    async with wayback(archive) as machine:
        assert len(await rows(get, machine, query)) - 1 == count


async def test_collapsing_keeps_the_oldest_and_drops_neighbours_only(get, archive):
    """README, Collapsing."""
    async with wayback(archive) as machine:
        by_url = await rows(get, machine, "url=news.example/a&collapse=urlkey&fl=timestamp")
        by_digest = await rows(get, machine, "url=news.example/a&collapse=digest&fl=timestamp")
        by_day = await rows(get, machine, "url=news.example/a&collapse=timestamp:6&fl=timestamp")

        assert by_url[1:] == by_day[1:] == [["20240501120000"]]
        assert by_digest[1:] == [["20240501120000"], ["20240503120000"], ["20240504120000"]]


async def test_a_resume_key_stands_after_an_empty_row_and_leads_through_everything(get, archive):
    """README, Resumption Key."""
    async with wayback(archive) as machine:
        found, key, asked = [], "", 0
        while asked < 20:
            page = await rows(get, machine, f"url=news.example&matchType=host&limit=3&showResumeKey=true{key}")
            asked += 1
            is_last = len(page) < 3 or page[-2] != []
            found += page[1:] if is_last else page[1:-2]
            if is_last:
                break
            key = f"&resumeKey={page[-1][0]}"

        assert [row[2] for row in found] == [one.url for one in archive.captures if "blog" not in one.url]
        assert asked == 4  # nine rows: the third page is full, so it gives a key that leads to nothing


async def test_a_resume_key_that_is_encoded_twice_begins_again(get, archive):
    """CDXServer.java takes the key as the servlet decoded it, once."""
    async with wayback(archive) as machine:
        first = await rows(get, machine, "url=news.example&matchType=host&limit=3&showResumeKey=true")
        again = await rows(
            get, machine, f"url=news.example&matchType=host&limit=3&resumeKey={quote_plus(first[-1][0])}"
        )

        assert again[1:] == first[1:4]


async def test_pages_of_a_wide_query_come_back_empty_in_between(get, archive):
    async with wayback(archive, page_lines=5) as machine:
        count = (await get(f"{machine.url}/cdx/search/cdx?url=news.example/*&showNumPages=true")).body
        pages = [await rows(get, machine, f"url=news.example/*&page={page}") for page in range(4)]

        assert count.strip() == b"4"
        assert [max(0, len(page) - 1) for page in pages] == [0, 5, 0, 4]


async def test_a_query_that_reads_too_many_lines_stops_without_saying_so(get, archive):
    """CDXServer.java: the loop ends at the server's own maximum; a key is given only where the limit was reached."""
    async with wayback(archive, most_lines=5) as machine:
        found = await rows(get, machine, "url=news.example/*&limit=100&showResumeKey=true&filter=statuscode:200")

        assert len(found) - 1 == 5
        assert [] not in found


async def test_too_many_requests_are_refused_and_who_goes_on_is_shut_out(get, archive):
    import aiohttp

    clock = HandClock()
    async with wayback(archive, index_per_minute=3, patience=2, retry_after=60, clock=clock) as machine:
        url = f"{machine.url}/cdx/search/cdx?url=news.example/a&limit=1"
        statuses = [(await get(url)).status for _ in range(5)]
        copy = await get(f"{machine.url}/web/20240501120000id_/http://news.example/a")
        with pytest.raises(aiohttp.ClientError):
            await get(url)
        clock.now += 3599
        with pytest.raises(aiohttp.ClientError):
            await get(url)
        clock.now += 2

        assert statuses == [200, 200, 200, 429, 429]
        assert copy.status == 200
        assert (await get(url)).status == 200


async def test_a_copy_is_the_page_itself_and_a_moment_between_leads_to_the_nearest(get, archive):
    async with wayback(archive) as machine:
        exact = await get(f"{machine.url}/web/20240503120000id_/http://news.example/a")
        between = await get(f"{machine.url}/web/20240503110000id_/http://news.example/a")
        none = await get(f"{machine.url}/web/2024id_/http://news.example/none")
        query = await get(f"{machine.url}/web/20240502120000id_/http://news.example/b?x=1")

        assert (exact.status, exact.body) == (200, b"two")
        assert exact.headers["memento-datetime"] == "Fri, 03 May 2024 12:00:00 GMT"
        assert between.status == 302
        assert between.headers["location"] == f"{machine.url}/web/20240503120000id_/http://news.example/a"
        assert (none.status, query.status) == (404, 200)


async def test_kept_redirects_and_errors_are_replayed_as_they_were(get, archive):
    async with wayback(archive) as machine:
        moved = await get(f"{machine.url}/web/20240506120000id_/http://news.example/d")
        missing = await get(f"{machine.url}/web/20240505120000id_/http://news.example/c")

        assert moved.status == 301
        assert moved.headers["location"].endswith("/web/20240506120000id_/http://news.example/a")
        assert (missing.status, "memento-datetime" in missing.headers) == (404, True)


async def test_common_crawl_lists_its_crawls_newest_first(get, archive):
    async with common_crawl(archive, months=1) as crawl:
        listed = (await get(f"{crawl.url}/collinfo.json")).json()

        assert [one["id"] for one in listed] == ["CC-MAIN-2024-18"]
        assert listed[0]["cdx-api"] == f"{crawl.url}/CC-MAIN-2024-18-index"
        assert listed[0]["from"] == "2024-05-01T12:00:00"


async def index(get, crawl, query: str):
    return await get(f"{crawl.url}/CC-MAIN-2024-14-index?output=json&{query}")


async def test_an_index_answers_a_line_of_json_for_every_capture(get, archive):
    """pywb, CDXJ Server API: output=json is NDJSON; fl; the filters with their signs."""
    async with common_crawl(archive) as crawl:
        found = (await index(get, crawl, "url=news.example/*&filter==status:200&filter==mime:text/html")).body
        few = (await index(get, crawl, "url=news.example/b&fl=url,status&limit=1")).body
        without = (await index(get, crawl, "url=news.example/*&filter=!=status:200")).body

        assert len(found.splitlines()) == 6
        assert json.loads(few) == {"url": "http://news.example/b", "status": "200"}
        assert [json.loads(line)["status"] for line in without.splitlines()] == ["404", "301"]


async def test_what_is_not_there_is_404_and_a_page_too_far_is_400(get, archive):
    """pywb, Pagination API, and zipnum.py."""
    async with common_crawl(archive, block_lines=2, blocks_a_page=2) as crawl:
        none = await index(get, crawl, "url=other.example/*")
        counts = (await index(get, crawl, "url=news.example/*&showNumPages=true")).json()
        far = await index(get, crawl, "url=news.example/*&page=3")
        no_pages = (await index(get, crawl, "url=other.example/*&showNumPages=true")).json()

        assert (none.status, none.json()) == (404, {"message": "No Captures found for: other.example/*"})
        assert counts == {"pages": 3, "pageSize": 2, "blocks": 5}
        assert (far.status, far.json()["message"]) == (400, "Page 3 invalid: First Page is 0, Last Page is 2")
        assert no_pages["pages"] == 0


async def test_a_page_that_filters_leave_nothing_of_is_404_with_more_behind_it(get, archive):
    """pywb peeks at what is left after the filters, page by page, and raises where it is nothing."""
    async with common_crawl(archive, block_lines=2, blocks_a_page=1) as crawl:
        statuses = [
            (await index(get, crawl, f"url=news.example/*&filter==status:404&page={page}")).status for page in range(5)
        ]

        assert statuses == [404, 404, 404, 200, 404]


async def test_a_range_of_bytes_is_one_record(get, archive):
    async with common_crawl(archive) as crawl:
        row = json.loads((await index(get, crawl, "url=news.example/b&limit=1")).body)
        first = int(row["offset"])
        last = first + int(row["length"]) - 1
        answer = await get(f"{crawl.url}/{row['filename']}", Range=f"bytes={first}-{last}")
        records = list(ArchiveIterator(BytesIO(answer.body), no_record_parse=False))

        assert (answer.status, len(answer.body)) == (206, int(row["length"]))
        assert answer.headers["content-range"].startswith(f"bytes {first}-{last}/")
        assert [one.rec_headers.get_header("WARC-Target-URI") for one in records] == ["http://news.example/b"]
        assert (await get(f"{crawl.url}/crawl-data/none.warc.gz")).status == 404


async def test_a_crowded_index_says_503_and_the_next_one_answers(get, archive):
    async with common_crawl(archive, slow_every=2) as crawl:
        statuses = [(await index(get, crawl, "url=news.example/a")).status for _ in range(4)]

        assert statuses == [200, 503, 200, 503]


async def test_an_archive_of_a_site_knows_what_it_kept(get):
    async with cms("wordpress", posts=120, gone=6) as world:
        kept = keep(world, missing_every=17)
        async with wayback(kept.archive) as machine:
            listed = await rows(
                get,
                machine,
                f"url={quote(world.url)}&matchType=host&filter=statuscode:200&filter=mimetype:text/html&collapse=urlkey"
                "&fl=original",
            )
            feeds = await rows(get, machine, f"url={quote(world.feed_url)}&collapse=digest")
            gone = min(world.gone & kept.pages)
            copy = await get(f"{machine.url}/web/2023id_/{gone}")

        originals = {row[0] for row in listed[1:]}
        assert kept.pages <= originals
        assert len(kept.pages) == 112
        assert kept.moved.isdisjoint(originals)
        assert len(feeds) - 1 == len(kept.archive.of(world.feed_url)) // 2
        assert copy.status == 302
        assert kept.in_feeds <= {post.link for post in world.opening}
        assert kept.pages < kept.pages | kept.in_feeds


async def test_a_warc_file_holds_every_capture(archive, tmp_path):
    path = warc_file(archive.captures, tmp_path / "news.warc.gz")

    with path.open("rb") as stream:
        found = [one.rec_type for one in ArchiveIterator(stream)]
    assert found == ["warcinfo"] + ["response"] * len(archive.captures)
