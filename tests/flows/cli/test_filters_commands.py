"""Filters and groups by their commands: what they say, what they refuse, and that trying one changes nothing."""


async def harbour(world, feedmill_there, *options):
    url = f"http://harbour.localhost:{world.server.port}/feed.xml"
    await feedmill_there("feeds", "add", url, "--no-discover", *options)
    return url


async def test_a_filter_is_added_tried_listed_explained_and_removed(world, feedmill_there):
    url = await harbour(world, feedmill_there)
    added = await feedmill_there(
        "filters", "add", "exclude", "keyword", "herring", "two words", "--feed", url, "--json"
    )
    assert [(one["value"], one["added"]) for one in added.json] == [("herring", True), ("two words", True)]
    await feedmill_there("ingest")
    listed = (await feedmill_there("filters", "list", "--json")).json
    assert listed[0]["kept_out"] > 0
    people = (await feedmill_there("filters", "list")).out
    assert f'exclude keyword "herring" for {url}: {listed[0]["kept_out"]} article' in people
    assert "Kept out last:" in people

    kept_out = people.partition("Kept out last:")[2]
    assert "the keyword 'herring' is there" in kept_out
    gone = await feedmill_there("filters", "remove", str(added.json[0]["id"]), "99")
    assert (gone.code, "there is no filter 99" in gone.err) == (1, True)
    assert len((await feedmill_there("filters", "list", "--json")).json) == 1


async def test_an_article_that_is_kept_out_is_explained_by_its_address(world, feedmill_there):
    await harbour(world, feedmill_there)
    await feedmill_there("filters", "add", "include", "language", "ja")
    await feedmill_there("ingest")
    from storage.filters import latest_outsiders

    async with world.mill() as mill:
        with mill.database.read() as session:
            url = latest_outsiders(session, 1)[0].url
    shown = await feedmill_there("articles", "show", url)
    assert shown.code == 1
    assert "by the filter include language \"ja\": the language 'ja' is not there" in shown.err
    assert f"feedmill ingest-urls {url}" in shown.err
    assert (await feedmill_there("ingest-urls", url)).code == 0
    assert (await feedmill_there("articles", "show", url)).code == 0


async def test_trying_shows_what_would_have_stayed_out_and_changes_nothing(world, feedmill_there):
    url = await harbour(world, feedmill_there, "--tag", "News/Local")
    await feedmill_there("ingest")
    before = (await feedmill_there("articles", "search", "herring", "--json")).json
    tried = await feedmill_there("filters", "test", "exclude", "title", "HERRING", "--tag", "News", "--json")
    assert tried.json["articles"] > tried.json["kept_out"] > 0
    assert tried.json["examples"][0]["rule"] == 'exclude title "HERRING" for the tag News'
    none = await feedmill_there("filters", "test", "exclude", "title", "herring", "--tag", "Sport", "--json")
    assert none.json["kept_out"] == 0
    assert (await feedmill_there("filters", "list", "--json")).json == []
    assert (await feedmill_there("articles", "search", "herring", "--json")).json == before
    assert "0 of" in (await feedmill_there("filters", "test")).out
    assert (await feedmill_there("filters", "test", "exclude", "title", "x", "--feed", f"{url}x")).code == 1


async def test_wrong_words_are_told(feedmill):
    for words, told in (
        (("add", "exclude", "regex", "a+"), "regex"),
        (("add", "exclude", "keyword", "!?"), "no letter or digit"),
        (("add", "include", "language", "German!"), "give its code"),
        (("add", "exclude", "keyword", "x", "--feed", "https://nowhere.example/f"), "no feed has the address"),
        (("test", "exclude", "herring"), "then the words"),
    ):
        ended = await feedmill("filters", *words)
        assert ended.code in {1, 2}
        assert told in ended.err
        assert "Traceback" not in ended.err


async def test_feeds_are_tagged_listed_and_polled_by_group(world, feedmill_there):
    url = await harbour(world, feedmill_there, "--tag", "Old")
    tagged = await feedmill_there("feeds", "tag", url, "+News/World", "Sea", "-Old", "--json")
    assert tagged.json["tags"] == ["News/World", "Sea"]
    assert [feed["url"] for feed in (await feedmill_there("feeds", "list", "--tag", "News", "--json")).json] == [url]
    assert "No feed has the tag Old." in (await feedmill_there("feeds", "list", "--tag", "Old")).out
    assert (await feedmill_there("feeds", "tag", f"{url}x", "+a")).code == 1
    unknown = await feedmill_there("ingest", "--tag", "Old")
    assert (unknown.code, "no feed has the tag Old" in unknown.err) == (1, True)
    assert (await feedmill_there("ingest", "--tag", "News", "--json")).json["feeds_polled"] == 1
