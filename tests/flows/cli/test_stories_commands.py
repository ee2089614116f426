"""`feedmill stories` over the sample newsroom's story that three sites tell."""


async def test_a_story_is_listed_with_its_copies_and_shown_in_the_order_they_were_seen(world, feedmill_there, take):
    truths = world.newsroom.truth(world.clock(), world.server.port)
    herring = [truth.url for truth in truths if "herring-back-in-the-sound" in truth.url]
    await take(herring[0])
    world.clock.forward(hours=5)
    await take(*herring[1:], truths[0].url)

    [story] = (await feedmill_there("stories", "list", "--json")).json
    assert set(story) == {"id", "size", "first_article_id", "article_ids", "title", "origin"}
    assert (story["size"], story["article_ids"][0]) == (len(herring), story["first_article_id"])
    assert "Herring" in story["title"]
    assert (await feedmill_there("stories", "list", "--least", "9", "--json")).json == []
    assert "No stories" in (await feedmill_there("stories", "list", "--site", "nowhere.example")).out

    shown = (await feedmill_there("stories", "show", str(story["id"]), "--json")).json
    assert shown["articles"][0]["url"] == herring[0]
    assert [copy["hours_after_first"] for copy in shown["articles"]] == [0.0, *[5.0] * (len(herring) - 1)]
    told = (await feedmill_there("stories", "show", str(story["id"]))).out
    assert "+5.0 h  article" in told
    assert all(url in told for url in herring)


async def test_a_story_that_is_not_there_is_named(feedmill):
    ended = await feedmill("stories", "show", "7", "--json")
    assert (ended.code, "there is no story 7" in ended.json["error"]) == (1, True)
