"""`feedmill articles history` and `diff`, on the sample newsroom and its edits."""


async def edited_article(world, feedmill_there, take):
    """The number of an article that the newsroom has edited between two visits."""
    before = {truth.url: truth.text for truth in world.newsroom.truth(world.clock(), world.server.port)}
    first = world.clock()
    world.clock.forward(minutes=30)
    truths = world.newsroom.truth(world.clock(), world.server.port)
    url = next(truth.url for truth in truths if truth.text != before.get(truth.url, truth.text))
    world.clock.now = first
    await take(url)
    world.clock.forward(minutes=30)
    await take(url)
    [article] = (await feedmill_there("articles", "export")).lines
    return article["id"]


async def test_the_versions_of_an_edited_article_are_listed_and_compared(world, feedmill_there, take):
    number = str(await edited_article(world, feedmill_there, take))
    shown = (await feedmill_there("articles", "show", number, "--json")).json
    versions = (await feedmill_there("articles", "history", number, "--json")).json
    difference = (await feedmill_there("articles", "diff", number, "--json")).json
    backwards = (await feedmill_there("articles", "diff", number, "2", "1", "--json")).json
    assert [version["number"] for version in versions] == [1, 2]
    assert versions[0]["fetched_at"] < versions[1]["fetched_at"]
    assert (versions[1]["title"], versions[1]["words"]) == (shown["title"], shown["word_count"])
    assert difference["title"] or difference["changes"]
    assert all(change["after"] in shown["text"] for change in difference["changes"] if change["after"])
    turned = [{"before": change["after"], "after": change["before"]} for change in backwards["changes"]]
    assert turned == difference["changes"]

    told = (await feedmill_there("articles", "diff", number)).out
    assert "version 1 of 2026-11-20" in told
    assert "\n~ " in told or "\n+ " in told
    unknown = await feedmill_there("articles", "diff", number, "7")
    assert (unknown.code, f"article {number} has no version 7; it has 1 to 2" in unknown.err) == (1, True)


async def test_an_article_that_is_not_there_has_no_versions(feedmill):
    for command in ("history", "diff"):
        ended = await feedmill("articles", command, "7", "--json")
        assert (ended.code, "there is no article 7" in ended.json["error"]) == (1, True)
