"""Pages that are gone, sites that are gone, and files that somebody has: what archives kept is stored and says so."""

import pytest
from backfill_world import cms, common_crawl, keep, warc_file, wayback

from flows.backfilling import Order, run
from storage import articles


def told(mill, article):
    with mill.database.read() as session:
        return articles.get_sources(session, article["id"]).get("copy", "")


async def test_pages_that_are_gone_are_had_as_they_were_when_they_were_new(store):
    async with cms("wordpress", posts=20, gone=5) as world, wayback(keep(world).archive) as machine:
        async with store.mill(wayback_url=machine.url) as mill:
            report = await run(mill, Order(site=world.home_url, sources=("sitemaps",), uses_copies=True))

            by_url = {article["url"]: article for article in store.exported()}
            assert set(by_url) == {post.link for post in world.opening}
            for post in world.opening:
                is_copy = post.link in world.gone
                assert (machine.url in told(mill, by_url[post.link])) is is_copy
                assert ("copy" in by_url[post.link]["extractor"]) is is_copy
                assert post.text.split("\n\n")[0] in by_url[post.link]["text"]
                assert by_url[post.link]["site"] == world.home_url.split("/")[2]
        assert report.refused == {"not-found": 1}  # the page about the site, of which no copy is kept
        assert machine.requests.counts()["index"] == 0


async def test_pages_that_are_gone_stay_so_where_copies_are_not_asked_for(store):
    async with cms("static", surface="sitemap", posts=20, gone=5) as world, wayback(keep(world).archive) as machine:
        async with store.mill(wayback_url=machine.url) as mill:
            report = await run(mill, Order(site=world.home_url, sources=("sitemaps",)))

        assert store.urls == {post.link for post in world.opening} - world.gone
        assert sum(report.refused.get(kind, 0) for kind in ("not-found", "gone")) == 5
        assert not machine.requests


async def test_what_the_wayback_machine_names_is_had_from_the_site_first(store):
    async with cms("wordpress", posts=25, gone=5) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine, store.mill(wayback_url=machine.url) as mill:
            report = await run(mill, Order(site=world.home_url, sources=("wayback",)))

        assert kept.pages <= store.urls
        assert machine.requests.of("copy").answered().counts()["copy"] == 5
        assert report.sources[0].stopped_because == "complete"


async def test_old_copies_of_the_feed_give_articles_that_no_page_has_any_more(store):
    async with cms("wordpress", posts=40, gone=40) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine, store.mill(wayback_url=machine.url) as mill:
            report = await run(mill, Order(site=world.home_url, sources=("wayback_feed",)))

        assert store.urls == kept.in_feeds
        assert report.stored == len(kept.in_feeds)
        assert all(article["text"] for article in store.exported())


async def test_records_of_common_crawl_stand_for_pages_that_are_gone(store):
    async with cms("static", posts=20, gone=6) as world:
        kept = keep(world)
        async with common_crawl(kept.archive) as server, store.mill(common_crawl_url=server.url) as mill:
            await run(mill, Order(site=world.home_url, sources=("common_crawl",)))

        assert kept.pages <= store.urls
        assert len([one for one in server.requests if "range" in one.headers]) == 6


async def test_the_archives_are_left_alone_where_the_site_has_told_all_itself(store):
    async with cms("wordpress", posts=5) as world, wayback(keep(world).archive) as machine:
        async with store.mill(wayback_url=machine.url) as mill:
            report = await run(mill, Order(site=world.home_url))

        ended = {source.name: source.stopped_because for source in report.sources}
        assert (ended["wordpress"], ended["wayback"], ended["wayback_feed"]) == ("complete", "unneeded", "unneeded")
        assert not machine.requests


async def test_the_archives_are_asked_where_the_site_tells_only_its_newest(store):
    async with cms("drupal", "ignores-param", surface="views-feed", is_alone=True, posts=30) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine, store.mill(wayback_url=machine.url) as mill:
            await run(mill, Order(site=world.home_url))

        assert kept.pages <= store.urls


@pytest.mark.parametrize("limit", [{"retry_after": 1, "index_per_minute": 1}, {"fails_every": 2}])
async def test_a_machine_that_asks_for_patience_is_given_it_and_names_all_in_the_end(store, limit, monkeypatch):
    monkeypatch.setattr("ingest.backfill.cdx.ROWS", 15)
    monkeypatch.setattr("flows.steps.ask_history._ARCHIVE_BACKOFF_SECONDS", 0.2)
    async with cms("static", posts=20) as world:
        kept = keep(world)
        clock = {"now": 0.0}

        def later():
            clock["now"] += 15
            return clock["now"]

        async with (
            wayback(kept.archive, clock=later, **limit) as machine,
            store.mill(wayback_url=machine.url) as mill,
        ):
            report = await run(mill, Order(site=world.home_url, sources=("wayback",)))

        assert report.state == "done"
        assert kept.pages <= store.urls
        assert machine.requests.of("index").answered(429, 503, 504)


async def test_a_warc_file_is_read_where_it_lies_and_nobody_is_asked_for_its_pages(store, tmp_path):
    async with cms("static", posts=12) as world:
        path = warc_file(keep(world).archive.captures, tmp_path / "news.warc.gz")

        report = await store.backfill(world.home_url, sources=("cc_news",), files=(str(path),))

        assert {post.link for post in world.opening} <= store.urls
        assert report.state == "done"
        assert world.requests.counts()["page"] == 0


async def test_a_list_of_addresses_is_fetched(store, tmp_path):
    async with cms("static", posts=12) as world:
        listed = [post.link for post in world.opening[:5]]
        path = tmp_path / "addresses.txt"
        path.write_text("\n".join([*listed, "no address"]), encoding="utf-8")

        report = await store.backfill(world.home_url, sources=("url_list",), files=(str(path),))

        assert store.urls == set(listed)
        assert (report.found, report.stored) == (5, 5)
