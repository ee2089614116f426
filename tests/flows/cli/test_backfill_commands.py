"""`feedmill backfill` on fake sites, from the first look to the last article."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

import pytest
from backfill_world import Archive, cms, common_crawl, wayback

POSTS = 24


@pytest.fixture
def there(tmp_path):
    """The settings under which fake sites are let through, and nobody else is asked."""
    return {
        "FEEDMILL_ALLOW_NETWORKS": "127.0.0.0/8",
        "FEEDMILL_HOST_DELAY_SECONDS": "0",
        "FEEDMILL_WAYBACK_URL": "http://127.0.0.1:9",
        "FEEDMILL_COMMON_CRAWL_URL": "http://127.0.0.1:9",
        "FEEDMILL_WORKERS": "1",
    }


@pytest.fixture
async def blog():
    async with cms("wordpress", posts=POSTS) as world:
        yield world


@pytest.fixture
def backfill(feedmill, there, blog):
    """Run `feedmill backfill` on the blog by its REST API, or with other words."""

    async def run(*words):
        return await feedmill("backfill", *(words or (blog.home_url, "--source", "wordpress")), **there)

    return run


async def stored_urls(feedmill):
    lines = (await feedmill("articles", "export")).lines
    return {line["url"] for line in lines if line["text"]}


async def test_a_dry_run_counts_and_leaves_nothing_behind(feedmill, backfill, blog):
    ended = await backfill(blog.home_url, "--source", "wordpress", "--dry-run", "--json")
    assert ended.code == 0, ended.err
    told = ended.json
    assert (told["id"], told["state"], told["found"], told["new"]) == (None, "planned", POSTS, POSTS)
    assert [source["name"] for source in told["sources"]] == ["wordpress"]
    assert told["sources"][0]["oldest"] == f"{blog.posts[-1].published_at:%Y-%m-%dT%H:%M:%SZ}"
    assert told["estimate"]["requests"] >= POSTS
    assert not [one for one in blog.requests if one.kind == "page"], "no article is asked for"
    assert await stored_urls(feedmill) == set()
    assert (await feedmill("backfill", "list", "--json")).json == []


async def test_a_run_stores_what_the_dry_run_counted_and_again_nothing(feedmill, backfill, blog):
    first, again = await backfill(), await backfill(blog.home_url, "--source", "wordpress", "--json")
    assert first.code == 0, first.err
    assert f"{POSTS} articles stored of {POSTS} found" in first.out
    assert "all of it was seen" in first.out
    assert await stored_urls(feedmill) == set(blog.reachable_by("rest"))
    assert (again.json["state"], again.json["stored"], again.json["already_stored"]) == ("done", 0, POSTS)


async def test_all_sources_that_fit_count_each_article_once(feedmill, there, blog):
    async with wayback(Archive([])) as machine, common_crawl(Archive([])) as crawl:
        archives = {"FEEDMILL_WAYBACK_URL": machine.url, "FEEDMILL_COMMON_CRAWL_URL": crawl.url}
        settings = there | archives | {"FEEDMILL_WAYBACK_DELAY_SECONDS": "0"}
        told = (await feedmill("backfill", blog.home_url, "--dry-run", "--json", **settings)).json
    assert 0 <= told["found"] - len(blog.reachable) <= 1, "a sitemap may name the front page"
    assert {"wordpress", "sitemaps", "wayback"} <= {source["name"] for source in told["sources"]}


async def test_a_window_of_days_holds(feedmill, backfill, blog):
    days = sorted(post.published_at.date() for post in blog.posts)
    since, until = days[10], days[20]
    words = (blog.home_url, "--source", "wordpress", "--since", str(since), "--until", str(until), "--json")
    ended = await backfill(*words)
    inside = {post.link for post in blog.posts if since <= post.published_at.date() <= until}
    assert ended.json["stored"] == len(inside)
    assert await stored_urls(feedmill) == inside


async def test_a_budget_of_pages_makes_a_job_wait_and_resume_goes_on(feedmill, backfill, blog):
    first = await backfill(blog.home_url, "--source", "wordpress", "--max-pages", "12", "--json")
    job_id = first.json["id"]
    listed = await backfill("list")
    rest = await backfill("resume", str(job_id))
    done = await backfill("resume", str(job_id))
    assert (first.code, first.json["state"], first.json["stored"]) == (0, "waiting", 12)
    assert "waiting" in listed.out
    assert (rest.code, done.code) == (0, 0), rest.err + done.err
    assert "there is nothing to go on with" in done.out
    assert await stored_urls(feedmill) == set(blog.reachable_by("rest"))


async def test_a_cancelled_job_is_listed_so_and_can_be_resumed(feedmill, backfill, blog):
    job_id = str((await backfill(blog.home_url, "--source", "wordpress", "--max-pages", "5", "--json")).json["id"])
    cancelled, again = await backfill("cancel", job_id), await backfill("cancel", job_id)
    listed = (await backfill("list", "--json")).json
    resumed = await backfill("resume", job_id, "--json")
    assert "resume" in cancelled.out
    assert "had ended already: cancelled" in again.out
    assert [job["state"] for job in listed] == ["cancelled"]
    assert resumed.json["state"] == "done"
    assert await stored_urls(feedmill) == set(blog.reachable_by("rest"))


@pytest.mark.parametrize("command", ["resume", "cancel"])
async def test_a_job_that_there_is_not_is_named(backfill, command):
    ended = await backfill(command, "99", "--json")
    assert ended.code == 1
    assert "99" in ended.json["error"]
    assert "feedmill backfill list" in ended.err


async def test_a_site_without_any_listing_fails_and_says_what_was_tried(feedmill, there):
    async with cms("wordpress", posts=3, closed={"rest": 404}) as world:
        ended = await feedmill("backfill", world.home_url, "--source", "wordpress", "--json", **there)
    assert ended.code == 1
    assert "no listing" in ended.err
    assert "wordpress" in ended.err
    assert ended.json["error"]


async def test_a_site_that_cannot_be_reached_is_said_so(feedmill, there):
    ended = await feedmill("backfill", "http://127.0.0.1:9/", "--source", "wordpress", "--dry-run", **there)
    assert "127.0.0.1:9" in ended.out + ended.err
    assert "Traceback" not in ended.err


async def test_an_address_that_is_not_public_is_refused(feedmill):
    ended = await feedmill("backfill", "http://10.0.0.1/", "--dry-run")
    assert ended.code == 1
    assert "10.0.0.1" in ended.err
    assert "Traceback" not in ended.err


@pytest.fixture
def as_in_a_terminal():
    """A shell's background job ignores an interrupt, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("as_in_a_terminal")
async def test_ctrl_c_says_with_which_number_it_goes_on(feedmill, there, tmp_path):
    async with cms("wordpress", posts=POSTS, latency_seconds=1.5) as world:
        words = ("-m", "flows.cli.main", "backfill", world.home_url, "--source", "wordpress")
        environment = os.environ | there | {"FEEDMILL_DATA_DIR": str(tmp_path)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *words), env=environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        while not [one for one in world.requests if one.kind == "page"]:  # noqa: ASYNC110 - the fake has no event
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = await process.communicate()
        world.spec = replace(world.spec, latency_seconds=0)
        assert process.returncode == 130
        assert b"`feedmill backfill resume 1` goes on" in told
        resumed = await feedmill("backfill", "resume", "1", "--json", **there)
        assert resumed.json["state"] == "done"
        assert await stored_urls(feedmill) == set(world.reachable_by("rest"))


async def test_a_list_of_addresses_needs_no_listing(feedmill, there, blog, tmp_path):
    wanted = sorted(blog.reachable)[:4]
    (tmp_path / "urls.txt").write_text("\n".join(wanted))
    words = (blog.home_url, "--source", "url_list", "--file", str(tmp_path / "urls.txt"), "--json")
    ended = await feedmill("backfill", *words, **there)
    assert ended.json["stored"] == 4, ended.err
    assert await stored_urls(feedmill) == set(wanted)


async def test_feeds_add_subscribes_and_fetches_the_history(feedmill, there, blog):
    async with wayback(Archive([])) as machine, common_crawl(Archive([])) as crawl:
        archives = {"FEEDMILL_WAYBACK_URL": machine.url, "FEEDMILL_COMMON_CRAWL_URL": crawl.url}
        settings = there | archives | {"FEEDMILL_WAYBACK_DELAY_SECONDS": "0"}
        ended = await feedmill("feeds", "add", blog.home_url, "--backfill", "10y", "--json", **settings)
    assert ended.code == 0, ended.err
    assert [feed["url"] for feed in ended.json["feeds"]] == [blog.feed_url]
    assert [one["state"] for one in ended.json["backfills"]] == ["done"]
    assert await stored_urls(feedmill) == set(blog.reachable)
