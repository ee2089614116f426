"""The fake sites answer as their platforms are documented to; each test names where."""

import json
import re
from urllib.parse import quote

import pytest
from backfill_world import cms
from walks import feed_links

POSTS = "/wp-json/wp/v2/posts"


async def test_wordpress_refuses_parameters_out_of_range_and_names_them(get):
    """REST API handbook, pagination: per_page from 1 to 100."""
    async with cms("wordpress", posts=30) as world:
        for query in (
            "per_page=101",
            "per_page=0",
            "before=2026-01-01",
            "order=up",
            "before=2026-01-01T00:00:00+01:00",
        ):
            answer = await get(f"{world.url}{POSTS}?{query}")
            assert (answer.status, answer.json()["code"]) == (400, "rest_invalid_param"), query
            assert list(answer.json()["data"]["params"]) == [query.split("=")[0]]


async def test_wordpress_counts_posts_and_pages_and_refuses_a_page_past_them(get):
    """WP_REST_Posts_Controller::get_items: 400 past the end only where the total is above 0."""
    async with cms("wordpress", posts=230) as world:
        first = await get(f"{world.url}{POSTS}?per_page=100")
        past = await get(f"{world.url}{POSTS}?per_page=100&page=4")
        none = await get(f"{world.url}{POSTS}?per_page=100&before=1999-01-01T00:00:00Z&page=2")

        assert (first.headers["x-wp-total"], first.headers["x-wp-totalpages"]) == ("230", "3")
        assert 'rel="next"' in first.headers["link"]
        assert (past.status, past.json()["code"]) == (400, "rest_post_invalid_page_number")
        assert (none.status, none.json()) == (200, [])


async def test_wordpress_compares_the_sites_own_time_and_leaves_the_bound_out(get):
    """WP_Date_Query: a date without a zone is the site's; before and after are not inclusive."""
    async with cms("wordpress", posts=30, offset_hours=5) as world:
        post = world.posts[10]
        asked = f"{world.url}{POSTS}?per_page=1&_fields=id,date,date_gmt&before="
        utc = (await get(asked + quote(f"{post.published_at:%Y-%m-%dT%H:%M:%S}Z"))).json()
        row = (await get(f"{world.url}{POSTS}/?include={post.number}&per_page=30")).json()[10]
        local = (await get(asked + row["date"])).json()

        assert row["date"] != row["date_gmt"]
        assert utc == local
        assert utc[0]["id"] == world.posts[11].number
        assert set(utc[0]) == {"id", "date", "date_gmt"}


async def test_wordpress_drops_unreadable_posts_after_it_counted_them(get):
    async with cms("wordpress", posts=100, unreadable_every=2) as world:
        answer = await get(f"{world.url}{POSTS}?per_page=100")

        assert (len(answer.json()), answer.headers["x-wp-total"]) == (50, "100")
        assert len(world.reachable) == 50


async def test_wordpress_answers_by_rest_route_where_the_pretty_address_does_not(get):
    """REST API handbook, routes and endpoints: the query parameter works without pretty permalinks."""
    async with cms("wordpress", posts=30, closed={"wp-json": 404}) as world:
        pretty = await get(f"{world.url}{POSTS}?per_page=5")
        plain = await get(f"{world.url}/?rest_route=/wp/v2/posts&per_page=5")

        assert (pretty.status, plain.status, len(plain.json())) == (404, 200, 5)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "rest_not_logged_in"), (403, "rest_forbidden"), (404, "rest_no_route")]
)
async def test_a_closed_rest_api_says_why_and_is_not_reached(get, status, code):
    async with cms("wordpress", posts=30, closed={"rest": status, "sitemap": 404}) as world:
        answer = await get(f"{world.url}{POSTS}?per_page=5")

        assert (answer.status, answer.json()["code"]) == (status, code)
        assert world.open_surfaces == ("paged-feed",)


async def test_wordpress_names_its_api_and_its_feed_where_they_are_looked_for(get):
    async with cms("wordpress", posts=30) as world:
        home, robots = await get(world.home_url), await get(f"{world.url}/robots.txt")

        assert home.headers["link"] == f'<{world.url}/wp-json/>; rel="https://api.w.org/"'
        assert f'href="{world.feed_url}"'.encode() in home.body
        assert b'content="WordPress' in home.body
        assert f"Sitemap: {world.url}/wp-sitemap.xml".encode() in robots.body


async def test_blogger_gives_less_than_is_asked_for_and_names_a_next_page_elsewhere(get):
    """Google Data protocol: start-index counts from 1, totalResults is of all; published-max is left out."""
    async with cms("blogger", posts=200) as world:
        body = (await get(f"{world.url}/feeds/posts/default?max-results=500&start-index=1")).body
        oldest = world.posts[149].published_at
        older = (await get(f"{world.url}/feeds/posts/default?published-max={quote(oldest.isoformat())}")).body

        assert len(feed_links(body)) == 150
        assert b"<openSearch:totalResults>200<" in body
        assert f'rel="next" href="{world.elsewhere.url}/feeds/'.encode() in body
        assert feed_links(older)[0] == world.posts[150].link


async def test_substack_refuses_51_gives_short_pages_and_only_previews_of_paid_posts(get):
    async with cms("substack", posts=60, previews_every=4, unreadable_every=10) as world:
        refused = await get(f"{world.url}/api/v1/archive?sort=new&limit=51&offset=0")
        page = (await get(f"{world.url}/api/v1/archive?sort=new&limit=50&offset=0")).json()
        past = await get(f"{world.url}/api/v1/archive?sort=new&limit=50&offset=60")
        paid = next(row for row in page if row["audience"] == "only_paid")
        body = (await get(f"{world.url}/api/v1/posts/{paid['slug']}")).json()["body_html"]

        assert (refused.status, past.json()) == (400, [])
        assert len(page) == 45
        assert body.count("<p>") == 1


async def test_ghost_lists_its_sitemaps_by_kind_and_ends_its_feed_pages_with_404(get):
    async with cms("ghost", posts=40, page_size=25) as world:
        index = (await get(f"{world.url}/sitemap.xml")).body.decode()
        last, past = await get(f"{world.url}/rss/3/"), await get(f"{world.url}/rss/4/")

        names = re.findall(r"<loc>[^<]*/([^</]+)</loc>", index)
        assert names[:3] == ["sitemap-pages.xml", "sitemap-posts.xml", "sitemap-posts-2.xml"]
        assert (len(feed_links(last.body)), past.status) == (10, 404)


async def test_tumblr_answers_javascript_with_a_total_in_text(get):
    """Tumblr API v1: /api/read/json assigns a variable; num is at most 50."""
    async with cms("tumblr", posts=60) as world:
        body = (await get(f"{world.url}/api/read/json?num=99&start=0")).body.decode()
        past = (await get(f"{world.url}/page/9/rss")).body

        assert body.startswith("var tumblr_api_read = {")
        fields = json.loads(body.removeprefix("var tumblr_api_read = ").rstrip(";\n"))
        assert (len(fields["posts"]), fields["posts-total"]) == (50, "60")
        assert feed_links(past) == []


async def test_drupals_core_feed_never_pages_and_its_view_does_from_0(get):
    async with cms("drupal", posts=25) as world:
        core = [(await get(f"{world.url}/rss.xml?page={page}")).body for page in (0, 1)]
        view = [feed_links((await get(f"{world.url}/news/rss.xml?page={page}")).body) for page in (0, 1, 2, 3)]

        assert core[0] == core[1]
        assert [len(page) for page in view] == [10, 10, 5, 0]


async def test_jsonapi_names_the_next_page_until_there_is_none(get):
    """JSON:API 1.0, fetching pagination: links.next is left out on the last page."""
    async with cms("drupal", surface="jsonapi", posts=60) as world:
        first = (await get(f"{world.url}/jsonapi/node/article")).json()
        last = (await get(first["links"]["next"]["href"])).json()

        assert (len(first["data"]), len(last["data"]), "next" in last["links"]) == (50, 10, False)


async def test_archive_documents_say_that_they_are_and_where_the_current_feed_is(get):
    """RFC 5005 section 4: fh:archive, rel=current, rel=prev-archive, rel=next-archive."""
    async with cms("rfc5005", posts=60, span_days=200) as world:
        current = (await get(world.feed_url)).body.decode()
        newest = re.search(r'rel="prev-archive" href="([^"]+)"', current)[1]
        document = (await get(newest)).body.decode()

        assert "fh:archive" not in current.split("<entry>")[0].replace("xmlns:fh", "")
        assert "<fh:archive/>" in document
        assert f'<link rel="current" href="{world.feed_url}"/>' in document
        assert 'rel="prev-archive"' in document
        assert 'rel="next-archive"' not in document


async def test_a_json_feed_ends_without_a_next_url(get):
    """JSON Feed 1.1: next_url must not be there when there are no more items."""
    async with cms("jsonfeed", posts=60) as world:
        first = (await get(world.feed_url)).json()
        last = (await get(first["next_url"])).json()

        assert (len(first["items"]), len(last["items"]), "next_url" in last) == (50, 10, False)


async def test_sitemaps_are_packed_nested_and_of_news(get):
    """sitemaps.org: an index names sitemaps; a .gz is the packed file itself, not a content coding."""
    async with cms("sitemaps", posts=350) as world:
        robots = (await get(f"{world.url}/robots.txt")).body.decode()
        index = (await get(f"{world.url}/sitemaps/index.xml")).body.decode()
        packed = await get(f"{world.url}/sitemaps/posts-3.xml.gz")
        news = (await get(f"{world.url}/sitemaps/news.xml")).body.decode()

        assert robots.count("Sitemap: ") == 2
        assert "posts-3.xml.gz" in index
        assert "archive.xml" in index
        assert (packed.body[:2], "content-encoding" in packed.headers) == (b"\x1f\x8b", False)
        assert news.count("<news:news>") == 1
        assert world.posts[0].link in news


async def test_lastmod_may_be_the_same_for_all_or_missing(get):
    for kind, times in (("build", 1), ("none", 0)):
        async with cms("static", surface="sitemap", posts=20, lastmod=kind) as world:
            body = (await get(f"{world.url}/sitemap.xml")).body.decode()
            assert len(set(re.findall(r"<lastmod>([^<]+)</lastmod>", body))) == times


async def test_pages_carry_the_posts_text_in_their_platforms_markup(get):
    for platform, mark in (("wordpress", b"entry-content"), ("blogger", b"post-body"), ("ghost", b"gh-content")):
        async with cms(platform, posts=5) as world:
            page = await get(world.posts[0].link)
            assert mark in page.body
            assert world.posts[0].story.blocks[0][:40].encode() in page.body.replace(b"&#x27;", b"'")


async def test_gone_pages_are_gone_and_still_listed(get):
    async with cms("wordpress", posts=50, gone=5) as world:
        statuses = {(await get(url)).status for url in world.gone}

        assert len(world.gone) == 5
        assert statuses <= {404, 410}
        assert world.gone <= world.reachable


async def test_many_posts_of_one_second_stand_there_together(get):
    async with cms("wordpress", posts=400, burst=150) as world:
        seconds = [post.published_at for post in world.posts]

        assert max(seconds.count(second) for second in set(seconds)) == 150


async def test_every_third_request_is_refused_with_the_time_to_wait_and_robots_never(get):
    async with cms("wordpress", "limited", posts=30, retry_after_seconds=7) as world:
        answers = [await get(f"{world.url}{POSTS}") for _ in range(6)]
        robots = [(await get(f"{world.url}/robots.txt")).status for _ in range(3)]

        assert [one.status for one in answers] == [200, 200, 429, 200, 200, 429]
        assert answers[2].headers["retry-after"] == "7"
        assert robots == [200, 200, 200]


async def test_the_log_shows_what_was_asked_how_fast_and_how_much_at_once(get):
    import asyncio

    async with cms("wordpress", posts=30, latency_seconds=0.05, crawl_delay=4) as world:
        await get(f"{world.url}/robots.txt")
        await asyncio.gather(get(world.posts[0].link), get(f"{world.url}{POSTS}"))

        assert world.requests.counts() == {"robots": 1, "page": 1, "listing": 1}
        assert world.requests.most_at_once() == 2
        assert world.requests.most_connections() == 2
        assert world.requests.gaps()[0] >= 0.05
        assert world.listing_requests == 1


async def test_the_same_seed_gives_the_same_texts_on_any_port():
    async with (
        cms("wordpress", posts=20) as one,
        cms("wordpress", posts=20) as two,
        cms("wordpress", posts=20, seed=2) as three,
    ):
        texts = [[post.text for post in world.posts] for world in (one, two, three)]

        assert texts[0] == texts[1]
        assert texts[0] != texts[2]
        assert len(set(texts[0])) == 20


async def test_where_posts_are_taken_down_in_between_an_offset_skips_one_a_page(get):
    async with cms("substack", posts=60, shrinks=True) as world:
        pages = [f"{world.url}/api/v1/archive?sort=new&limit=20&offset={offset}" for offset in (0, 20, 38)]
        first, second, third = [[row["canonical_url"] for row in (await get(url)).json()] for url in pages]

        opening = [post.link for post in world.opening]
        assert [link for link in opening[:41] if link not in {*first, *second}] == [opening[20]]
        assert third[0] == second[-1]
        assert len(world.reachable) == 60
