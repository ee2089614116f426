"""Every source against every fake site that has its listing, with every personality: the truth, at the ideal price."""

from datetime import UTC, datetime, timedelta

import pytest
from backfill_world import cms, common_crawl, fitting, keep, wayback

from ingest.backfill.copies import ask_missing, read_copy, read_missing
from ingest.backfill.registry import source_named
from ingest.backfill.source import Archives, End, Window
from ingest.backfill.window import Verdict, judge

# Which source reads which listing of which platform.
READS = {
    ("wordpress", "rest"): "wordpress",
    ("wordpress", "paged-feed"): "wordpress_feed",
    ("wordpress", "sitemap"): "sitemaps",
    ("blogger", "posts-feed"): "blogger",
    ("blogger", "sitemap"): "sitemaps",
    ("substack", "archive-api"): "substack",
    ("substack", "sitemap"): "sitemaps",
    ("ghost", "sitemap"): "sitemaps",
    ("ghost", "rss-pages"): "ghost",
    ("tumblr", "read-json"): "tumblr",
    ("tumblr", "rss-pages"): "tumblr",
    ("tumblr", "sitemap"): "sitemaps",
    ("drupal", "views-feed"): "drupal",
    ("drupal", "jsonapi"): "drupal",
    ("drupal", "sitemap"): "sitemaps",
    ("static", "index-xml"): "static_site",
    ("static", "sitemap"): "sitemaps",
    ("rfc5005", "archive"): "rfc5005",
    ("paged", "atom-next"): "rfc5005",
    ("jsonfeed", "next-url"): "jsonfeed",
    ("sitemaps", "sitemap"): "sitemaps",
}
CASES = [(*listing, kind) for listing in READS for kind in sorted(fitting(listing[1]))]


@pytest.mark.parametrize(("platform", "surface", "personality"), CASES)
async def test_a_walk_finds_the_truth_for_at_most_two_requests_more_than_needed(
    web, walk, platform, surface, personality
):
    source = source_named(READS[platform, surface])
    async with cms(platform, personality, surface=surface, posts=173, is_alone=True) as world:
        target = await web.target(world.home_url)
        asked_before = world.listing_requests
        assert source.probe(target) > 0

        walked = await walk(source, target, web.answer)

        assert world.reachable_by(surface) <= walked.urls
        assert walked.urls <= {post.link for post in world.posts} | {f"{world.home_url}about/"}
        assert world.listing_requests - asked_before <= world.ideal_requests + 2
        assert world.strayed == 0
        assert walked.end is not None


@pytest.mark.parametrize(("platform", "surface"), [pair for pair in READS if pair[1] != "sitemap"])
@pytest.mark.parametrize("count", [1, 10, 100, 150])
async def test_one_post_and_whole_pages_are_found_as_well(web, walk, platform, surface, count):
    async with cms(platform, surface=surface, posts=count, is_alone=True) as world:
        target = await web.target(world.home_url)
        source = source_named(READS[platform, surface])

        walked = await walk(source, target, web.answer)

        assert world.reachable_by(surface) <= walked.urls
        assert walked.end in {End.COMPLETE, End.NOTHING_NEW, End.UNSUITABLE}


@pytest.mark.parametrize(
    "fields", [{"has_totals": False}, {"unreadable_every": 3}, {"offset_hours": -7}, {"burst": 140}]
)
@pytest.mark.parametrize("platform", ["wordpress", "blogger", "substack", "tumblr"])
async def test_an_api_with_quirks_is_read_to_its_end(web, walk, platform, fields):
    async with cms(platform, posts=320, is_alone=True, **fields) as world:
        target = await web.target(world.home_url)

        walked = await walk(source_named(READS[platform, world.surface]), target, web.answer)

        assert world.reachable_by(world.surface) <= walked.urls
        assert walked.end is End.COMPLETE


@pytest.mark.parametrize("platform", ["wordpress", "blogger", "substack", "tumblr"])
async def test_a_post_that_is_taken_down_between_two_pages_hides_no_other(web, walk, platform):
    async with cms(platform, posts=320, shrinks=True, is_alone=True) as world:
        target = await web.target(world.home_url)

        walked = await walk(source_named(READS[platform, world.surface]), target, web.answer)

        taken_down = {post.link for post in world.opening} - {post.link for post in world.posts}
        assert world.reachable_by(world.surface) - taken_down <= walked.urls


async def test_a_wordpress_whose_pretty_addresses_are_closed_is_read_by_rest_route(web, walk):
    async with cms("wordpress", posts=230, closed={"wp-json": 403}) as world:
        walked = await walk(source_named("wordpress"), await web.target(world.home_url), web.answer)

        assert world.reachable_by("rest") <= walked.urls
        assert walked.end is End.COMPLETE


async def test_a_wordpress_whose_api_is_closed_is_unsuitable_after_both_addresses(web, walk):
    async with cms("wordpress", posts=20, closed={"rest": 401}) as world:
        walked = await walk(source_named("wordpress"), await web.target(world.home_url), web.answer)

        assert (walked.end, len(walked.asked)) == (End.UNSUITABLE, 2)


@pytest.mark.parametrize(
    ("platform", "surface"), [("wordpress", "rest"), ("blogger", "posts-feed"), ("substack", "archive-api")]
)
async def test_a_window_costs_no_more_than_its_own_pages(web, walk, platform, surface):
    until = datetime(2026, 9, 1, tzinfo=UTC)
    window = Window(until - timedelta(days=60), until)
    async with cms(platform, surface=surface, posts=600, is_alone=True) as world:
        target = await web.target(world.home_url, window)
        wanted = {post.link for post in world.opening if window.since <= post.published_at < window.until}

        walked = await walk(source_named(READS[platform, surface]), target, web.answer)

        inside = {ref.url for ref in walked.refs if judge(window, ref) is Verdict.INSIDE}
        assert inside == wanted
        assert walked.end in {End.COMPLETE, End.WINDOW}
        assert len(walked.asked) <= 6


async def test_the_wayback_machine_names_every_page_that_it_has(web, walk):
    async with cms("wordpress", posts=120) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine:
            target = await web.target(world.home_url, archives=Archives(wayback_url=machine.url))

            walked = await walk(source_named("wayback"), target, web.answer)

            assert kept.pages <= walked.urls
            assert walked.end is End.COMPLETE
            copy = next(ref for ref in walked.refs if ref.url in kept.pages).copies[0]
            assert (await web.answer(copy.ask)).status == 200


async def test_the_wayback_machine_is_resumed_where_an_answer_ends(web, walk, monkeypatch):
    monkeypatch.setattr("ingest.backfill.cdx.ROWS", 25)
    async with cms("static", posts=120) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine:
            target = await web.target(world.home_url, archives=Archives(wayback_url=machine.url))

            walked = await walk(source_named("wayback"), target, web.answer)

            assert kept.pages <= walked.urls
            assert walked.end is End.COMPLETE
            assert len(walked.asked) > 5


async def test_a_site_that_was_taken_out_of_the_wayback_machine_is_unsuitable(web, walk):
    async with (
        cms("static", posts=5) as world,
        wayback(keep(world).archive, excluded=frozenset({"127.0.0.1"})) as machine,
    ):
        target = await web.target(world.home_url, archives=Archives(wayback_url=machine.url))

        assert (await walk(source_named("wayback"), target, web.answer)).end is End.UNSUITABLE


async def test_a_page_that_is_gone_is_had_as_it_was_when_it_was_new(web):
    async with (
        cms("static", posts=60, gone=10) as world,
        wayback(keep(world).archive, index_per_minute=None) as machine,
    ):
        post = next(post for post in world.opening if post.link in world.gone)
        for published_at in (post.published_at, None):
            found = read_missing(post.link, await web.answer(ask_missing(machine.url, post.link, published_at)))

            assert found is not None
            assert found.url == post.link
            assert post.title.encode() in found.body
            assert found.fetched_at == post.published_at + timedelta(days=3)
        never = ask_missing(machine.url, f"{world.url}/never", None)
        assert read_missing(f"{world.url}/never", await web.answer(never)) is None


@pytest.mark.parametrize("platform", ["wordpress", "blogger", "jsonfeed"])
async def test_old_copies_of_the_feed_give_all_that_they_ever_named(web, walk, platform):
    async with cms(platform, posts=200) as world:
        kept = keep(world)
        async with wayback(kept.archive, index_per_minute=None) as machine:
            target = await web.target(world.home_url, archives=Archives(wayback_url=machine.url))

            walked = await walk(source_named("wayback_feed"), target, web.answer)

            assert walked.urls == kept.in_feeds
            assert walked.end is End.COMPLETE
            assert all(ref.entry and ref.entry.content and ref.published_at for ref in walked.refs)


async def test_common_crawl_names_every_page_and_where_its_record_is(web, walk):
    async with cms("wordpress", posts=120) as world:
        kept = keep(world)
        async with common_crawl(kept.archive) as server:
            target = await web.target(world.home_url, archives=Archives(common_crawl_url=server.url))

            walked = await walk(source_named("common_crawl"), target, web.answer)

            assert kept.pages <= walked.urls
            assert walked.end is End.COMPLETE
            ref = next(ref for ref in walked.refs if ref.url in kept.pages)
            page = read_copy(ref, ref.copies[0], await web.answer(ref.copies[0].ask))
            assert page is not None
            assert b"</html>" in page.body
            assert page.fetched_at == ref.copies[0].captured_at


async def test_common_crawl_is_asked_for_the_crawls_of_the_window_only(web, walk):
    until = datetime(2025, 9, 1, tzinfo=UTC)
    async with cms("static", posts=120) as world, common_crawl(keep(world).archive) as server:
        window = Window(until - timedelta(days=60), None)
        target = await web.target(world.home_url, window, Archives(common_crawl_url=server.url))

        walked = await walk(source_named("common_crawl"), target, web.answer)

        named = {path.partition("?")[0] for path in server.requests.paths()}
        assert "/CC-MAIN-2025-14-index" not in named
        assert "/CC-MAIN-2025-27-index" in named
        assert walked.end is End.COMPLETE
