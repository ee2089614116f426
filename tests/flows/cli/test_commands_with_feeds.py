"""Commands around subscriptions, rounds and stored articles, on the sample newsroom."""

import json
import re

import pytest

FIELDS = {
    *(
        "id",
        "cursor",
        "url",
        "canonical_url",
        "feed_url",
        "site",
        "title",
        "authors",
        "published_at",
        "published_source",
    ),
    *("updated_at", "first_seen_at", "fetched_at", "language", "text", "summary", "image_url", "tags", "site_name"),
    *("word_count", "status", "extractor", "removed", "origin_url", "content_hash", "story_id", "is_duplicate_of"),
    "revision",
}


def address(world, host, path=""):
    return f"http://{host}.localhost:{world.server.port}/{path}"


async def import_all(world, feedmill_there, tmp_path):
    from flows.sample.opml import opml

    file = tmp_path / "feeds.opml"
    file.write_text(opml(world.newsroom.feeds(world.clock(), world.server.port)), encoding="utf-8")
    return await feedmill_there("feeds", "import", str(file), "--json")


async def test_a_site_is_added_by_the_feed_that_its_page_names(world, feedmill_there):
    ended = await feedmill_there("feeds", "add", address(world, "kitchen"), "--json")
    listed = await feedmill_there("feeds", "list", "--json")
    assert ended.code == 0, ended.err
    assert [feed["url"] for feed in listed.json] == [address(world, "kitchen", "feeds/posts/default")]
    assert listed.json[0]["title"]


async def test_good_addresses_are_kept_and_bad_ones_named(world, feedmill_there):
    good = address(world, "harbour", "feed.xml")
    ended = await feedmill_there("feeds", "add", good, "http://10.0.0.1/feed", address(world, "wire", "markets.xml"))
    listed = await feedmill_there("feeds", "list", "--json")
    assert ended.code == 1
    assert "10.0.0.1" in ended.err
    assert "markets.xml" in ended.err
    assert [feed["url"] for feed in listed.json] == [good]


async def test_subscriptions_go_in_and_out_as_opml(world, feedmill_there, tmp_path):
    imported = await import_all(world, feedmill_there, tmp_path)
    again = await import_all(world, feedmill_there, tmp_path)
    exported = await feedmill_there("feeds", "export", str(tmp_path / "out.opml"))
    there = await feedmill_there("feeds", "import", str(tmp_path / "out.opml"), "--json")
    assert imported.json == {"feeds": 19, "added": 19, "already_there": 0}
    assert again.json["added"] == there.json["added"] == 0
    assert there.json["feeds"] == 19
    assert exported.code == 0


async def test_a_feed_is_paused_resumed_and_removed(world, feedmill_there):
    url = address(world, "harbour", "feed.xml")
    await feedmill_there("feeds", "add", url, "--no-discover")
    states = []
    for command in ("pause", "resume"):
        assert (await feedmill_there("feeds", command, url)).code == 0
        states.append((await feedmill_there("feeds", "list", "--json")).json[0]["state"])
    assert states == ["paused", "active"]
    assert (await feedmill_there("feeds", "remove", url)).code == 0
    gone = await feedmill_there("feeds", "remove", url)
    assert gone.code == 1
    assert url in gone.err


async def test_a_round_is_told_in_json_and_its_articles_are_found_shown_and_exported(world, feedmill_there, tmp_path):
    await import_all(world, feedmill_there, tmp_path)
    first = await feedmill_there("ingest", "--json")
    second = await feedmill_there("ingest", "--json")
    assert first.code == second.code == 0, first.err
    wanted = "feeds_polled feeds_not_modified feeds_failed entries_new pages_fetched articles_new articles_revised"
    assert {*wanted.split(), "articles_skipped", "seconds"} <= set(first.json)
    assert first.json["articles_new"] > 20
    assert second.json["articles_new"] == second.json["feeds_polled"] == 0

    hits = (await feedmill_there("articles", "search", "harbour", "--json")).json
    narrowed = ("--offset", "1", "--site", hits[0]["site"].upper())
    further = (await feedmill_there("articles", "search", "harbour", *narrowed, "--json")).json
    assert [hit["id"] for hit in further] == [hit["id"] for hit in hits[1:] if hit["site"] == hits[0]["site"]]
    shown = await feedmill_there("articles", "show", str(hits[0]["id"]), "--json")
    assert shown.json["feed_url"] in shown.json["feeds"]
    assert len(shown.json["rules"]) == 12
    assert "harbour" in (shown.json["title"] + shown.json["text"]).lower()
    assert (await feedmill_there("articles", "show", "999999")).code == 1

    part = await feedmill_there("articles", "export", "--limit", "10")
    rest = await feedmill_there("articles", "export", "--after", str(part.lines[-1]["cursor"]))
    cursors = [line["cursor"] for line in part.lines + rest.lines]
    assert len(part.lines) == 10
    assert len(cursors) == len(set(cursors)) == first.json["articles_new"]
    assert cursors == sorted(cursors)
    assert set(part.lines[0]) == FIELDS

    stats = (await feedmill_there("db", "stats", "--json")).json
    assert (stats["feeds"], stats["articles"]) == (19, first.json["articles_new"])

    health = (await feedmill_there("feeds", "health", "--json")).json
    assert {"gone", "failing"} <= {row["state"] for row in health}
    gone = next(row for row in health if row["state"] == "gone")
    assert gone["evidence"]
    assert gone["advice"] == [f"feedmill feeds explain {gone['url']}", f"feedmill feeds remove {gone['url']}"]
    shown = (await feedmill_there("feeds", "health")).out
    assert f"try: feedmill feeds explain {gone['url']}" in shown
    assert "next poll " in shown
    explained = await feedmill_there("feeds", "explain", address(world, "harbour", "feed.xml"))
    as_document = await feedmill_there("feeds", "explain", address(world, "harbour", "feed.xml"), "--json")
    assert " later: " in explained.out
    assert as_document.json["explanation"] == explained.out.strip()
    assert as_document.json["next_poll_at"].endswith("Z")
    assert "in a row" in (await feedmill_there("feeds", "list")).out


async def test_pages_are_stored_by_their_addresses(world, feedmill_there, tmp_path):
    urls = [truth.url for truth in world.newsroom.truth(world.clock(), world.server.port)][:3]
    (tmp_path / "urls").write_text("# three pages\n" + "\n".join(urls))
    ended = await feedmill_there("ingest-urls", "--file", str(tmp_path / "urls"), "ftp://a.example/x", "--json")
    assert ended.json["articles_new"] == 3
    assert ended.code == 1
    assert "ftp://a.example/x" in ended.err


async def test_a_page_that_was_asked_for_and_failed_is_told_as_a_page_and_exits_with_1(world, feedmill_there):
    good = next(iter(world.newsroom.truth(world.clock(), world.server.port))).url
    whole = await feedmill_there("ingest-urls", good)
    half = await feedmill_there("ingest-urls", good, address(world, "wire", "nothing/here"))
    none = await feedmill_there("ingest-urls", address(world, "wire", "nothing/here"), "wire.example/a", "--json")
    assert (whole.code, half.code, none.code) == (0, 1, 1)
    assert whole.out.startswith("1 new article from 1 page, in ")
    assert "pages             1 fetched of 2, 1 failed" in half.out
    assert "feed" not in whole.out + half.out
    assert (none.json["pages_asked"], none.json["pages_failed"], none.json["pages_fetched"]) == (1, 1, 0)
    assert "do you mean https://wire.example/a ?" in none.json["error"]
    assert "1 page of 1 could not be had" in none.err


async def test_a_page_whose_host_wants_to_be_left_alone_is_said_not_to_be_tried(world, feedmill_there):
    from datetime import timedelta

    from flows.mill import utc_now
    from storage import sites
    from storage.sites import Hold

    url = address(world, "harbour", "some/page")
    async with world.mill() as mill:
        until = utc_now() + timedelta(hours=1)

        def hold(session):
            site_id = sites.ensure(session, [url.split("/")[2]])[url.split("/")[2]]
            sites.hold(session, site_id, Hold(until, "429", is_asked=True))

        await mill.writer.apply(hold)
    ended = await feedmill_there("ingest-urls", url, "--json")
    assert (ended.code, ended.json["pages_not_tried"]) == (1, 1)
    assert "1 page of 1 not tried: the host asked to be left alone" in ended.err


async def test_an_address_that_gives_nothing_is_named_and_is_no_article(world, feedmill_there):
    ended = await feedmill_there("ingest-urls", address(world, "wire", "nothing/here"), "http://10.0.0.1/x", "--json")
    stats = await feedmill_there("db", "stats", "--json")
    assert ended.json["failures"] == {"page forbidden-address": 1, "page not-found": 1}
    assert (ended.json["pages_waiting"], ended.json["articles_new"]) == (0, 0)
    assert "nothing/here" in ended.err
    assert stats.json["articles"] == 0
    assert stats.json["pages_by_state"]["failed"] == 2


async def test_a_round_without_work_says_why_and_what_to_do(world, feedmill_there, tmp_path):
    url = address(world, "harbour", "feed.xml")
    nothing = await feedmill_there("ingest", "--json")
    await feedmill_there("feeds", "add", url, "--no-discover")
    first = await feedmill_there("ingest")
    again = await feedmill_there("ingest")
    named = await feedmill_there("ingest", "--feed", url)
    await feedmill_there("feeds", "pause", url)
    paused = await feedmill_there("ingest", "--all")
    assert [ended.code for ended in (nothing, first, again, named, paused)] == [0, 0, 0, 0, 0]
    assert "feedmill feeds add URL" in nothing.err
    assert nothing.json["feeds_polled"] == 0
    assert "Nothing" not in first.err
    assert "Nothing is due before 20" in again.err
    assert f"({url}); `feedmill ingest --all`" in again.err
    assert "Nothing is due before" in named.err
    assert "all are paused" in paused.err


async def test_a_feed_that_is_not_there_is_named_by_every_command_that_takes_one(feedmill):
    url = "http://nobody.example/feed"
    for command in (("ingest",), ("articles", "export"), ("articles", "search", "words")):
        ended = await feedmill(*command, "--feed", url)
        assert (command, ended.code, ended.out) == (command, 1, "")
        assert ended.err == f"feedmill: no feed has the address {url}; `feedmill feeds list` shows them\n"
    ended = await feedmill("feeds", "explain", url, "--json")
    assert (ended.code, url in ended.json["error"]) == (1, True)


async def test_without_feeds_the_views_say_how_to_get_some(feedmill):
    for view in ("list", "health"):
        assert "feedmill feeds add URL" in (await feedmill("feeds", view)).out
        assert (await feedmill("feeds", view, "--json")).json == []


async def test_an_address_without_a_scheme_is_told_the_one_that_is_meant(feedmill):
    ended = await feedmill("feeds", "add", "localhost:8700/feed", "news.example", "--json")
    assert (ended.code, ended.json["feeds"]) == (1, [])
    for meant in ("http://localhost:8700/feed", "https://news.example"):
        assert f"do you mean {meant} ?" in ended.json["error"]
        assert f"do you mean {meant} ?" in ended.err


async def test_the_list_has_no_microseconds_and_counts_as_one_speaks(world, feedmill_there):
    good, bad = address(world, "harbour", "feed.xml"), address(world, "wire", "nothing.xml")
    await feedmill_there("feeds", "add", "--no-discover", good, bad)
    await feedmill_there("ingest", "--max-seconds", "60")
    listed = (await feedmill_there("feeds", "list")).out
    next_polls = re.findall(r"next poll \d{4}-\d\d-\d\d \d\d:\d\d UTC(.*)", listed)
    assert next_polls == ["", ", 1 failed poll in a row"]
    assert "0 articles  " in listed
    assert " 1 articles" not in listed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param('""', "there is no word in", id="quotes"),
        pytest.param("* - !", "there is no word in", id="marks"),
        pytest.param("gauge AND nothingatall", "AND, OR, NOT and NEAR are words like others", id="operator"),
        pytest.param("(gauge nothingatall)", "brackets and signs mean nothing", id="brackets"),
        pytest.param("title:nothingatall", "signs mean nothing", id="column"),
        pytest.param("nothingatall", "all words must be in an article", id="word"),
    ],
)
async def test_a_search_that_finds_nothing_says_what_was_looked_for(feedmill, typed, words):
    ended = await feedmill("articles", "search", "--", typed)
    assert ended.code == 0
    assert words in ended.out
    assert (await feedmill("articles", "search", "--json", "--", typed)).json == []


async def test_the_newsroom_that_is_served_is_let_through_while_it_lives(feedmill, tmp_path):
    import asyncio
    import os
    import signal
    import sys

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "flows.cli.main", "sample", "--port", "0", "--json"),
        env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        document = b""
        while not document.rstrip().endswith(b"]\n}"):
            document += await process.stdout.readline()
        feed = json.loads(document)["feeds"][0]["url"]
        assert (await feedmill("feeds", "add", feed)).code == 0
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert (await feedmill("feeds", "add", feed)).code == 1
