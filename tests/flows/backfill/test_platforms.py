"""Every platform with every personality, through the engine: all that can be reached is stored, at the ideal price."""

import pytest
from backfill_world import cms, fitting

from flows.backfilling import Order, plan

LISTINGS = [
    ("wordpress", "rest"),
    ("wordpress", "paged-feed"),
    ("wordpress", "sitemap"),
    ("blogger", "posts-feed"),
    ("blogger", "sitemap"),
    ("substack", "archive-api"),
    ("substack", "sitemap"),
    ("ghost", "sitemap"),
    ("ghost", "rss-pages"),
    ("tumblr", "read-json"),
    ("tumblr", "rss-pages"),
    ("tumblr", "sitemap"),
    ("drupal", "views-feed"),
    ("drupal", "jsonapi"),
    ("drupal", "sitemap"),
    ("static", "index-xml"),
    ("static", "sitemap"),
    ("rfc5005", "archive"),
    ("paged", "atom-next"),
    ("jsonfeed", "next-url"),
    ("sitemaps", "sitemap"),
]
# Pages of 50 and more: made smaller, so that a few posts take several of them.
LARGE = {
    surface: {"posts": 12, "page_size": 5}
    for surface in ("rest", "posts-feed", "archive-api", "read-json", "jsonapi", "archive")
}
CASES = [(*listing, kind) for listing in LISTINGS for kind in sorted(fitting(listing[1]))]


@pytest.mark.parametrize(("platform", "surface", "personality"), CASES)
async def test_all_that_a_listing_names_is_stored_for_two_requests_more_than_needed(
    store, platform, surface, personality
):
    spec = {"surface": surface, "is_alone": True, "retry_after_seconds": 0, **LARGE.get(surface, {"posts": 22})}
    async with cms(platform, personality, **spec) as world:
        report = await store.backfill(world.home_url)

        assert world.reachable_by(surface) <= store.urls
        assert report.state == "done"
        assert report.stored == len(store.exported())
        assert world.listing_requests <= world.ideal_requests + 2
        assert world.strayed == 0
        assert world.requests.of("page").counts()["page"] >= report.stored
        assert report.requests == len(world.requests) + len(store.elsewhere.requests)
        assert len(world.reachable_by(surface)) <= sum(month.found for month in report.months) <= report.found


@pytest.mark.parametrize("platform", sorted({platform for platform, _ in LISTINGS}))
async def test_a_whole_look_asks_for_nothing_twice_and_makes_one_guess_at_most(store, platform):
    async with cms(platform, posts=120) as world, store.mill() as mill:
        report = await plan(mill, Order(site=world.home_url))

        asked = [one.path for one in world.requests]
        of_sitemaps = [one for one in world.requests if one.surface == "sitemap"]
        assert report.found >= len(world.reachable)
        assert len(asked) == len(set(asked))
        assert [one.status for one in world.requests if one.kind == "other"] in ([], [404])
        if platform not in {"drupal", "ghost", "sitemaps"}:  # the first has a better listing, the others are sitemaps
            # robots.txt, home page and feed; what shows the end, or further kinds of posts; a guess at a sitemap
            assert len(asked) - len(of_sitemaps) <= world.ideal_requests + 3 + 1 + 1
