"""`feedmill retention`: nothing goes unless it is said, what goes is told beforehand, and nothing brings it back."""

import pytest

WARC = ("articles", "export", "--format", "warc", "--out")


@pytest.fixture
async def stored(world, feedmill_there, take):
    """The articles of a dozen pages of the newsroom, the oldest published first."""
    await take()
    found = (await feedmill_there("articles", "export")).lines
    return sorted(found, key=lambda article: (article["published_at"] or article["first_seen_at"], article["id"]))


async def test_nothing_goes_unless_someone_says_so(stored, feedmill_there):
    foretold = await feedmill_there("retention", "preview")
    gone = await feedmill_there("retention", "apply")
    assert (foretold.code, gone.code) == (0, 0)
    assert "0 articles would go" in foretold.out
    assert "Nothing is set" in gone.out
    assert len((await feedmill_there("articles", "export")).lines) == len(stored)


async def test_what_is_foretold_goes_and_no_way_brings_it_back(world, stored, feedmill_there, take, tmp_path):
    first = stored[0]
    pages = tmp_path / "pages.warc.gz"
    await feedmill_there(*WARC, str(pages))
    limits = ("--articles", "0", "--days", "1")
    last = stored[-1]["cursor"]
    seen = {"FEEDMILL_RETENTION_COUNTS_FROM": "published"}
    foretold = (await feedmill_there("retention", "preview", *limits, "--json", **seen)).json
    gone = (await feedmill_there("retention", "apply", *limits, "--json", **seen)).json
    assert foretold["articles"] == gone["articles"] > 0
    assert foretold["captures"] == gone["captures"] > 0
    assert foretold["articles"] == sum(site["articles"] for site in foretold["sites"])
    assert foretold["examples"][0]["article_id"] == first["id"]

    left = (await feedmill_there("articles", "export")).lines
    assert len(left) == len(stored) - gone["articles"]
    changes = (await feedmill_there("articles", "export", "--removals", "--after", str(last))).lines
    told = {line["id"]: line for line in changes if "removed_at" in line}
    assert told[first["id"]]["reason"] == "retention: 1 day since it was published"
    assert len(told) == gone["articles"]

    for name in (str(first["id"]), first["url"]):
        shown = await feedmill_there("articles", "show", name)
        assert (shown.code, "retention: 1 day since it was published" in shown.err) == (1, True)
    asked = await feedmill_there("ingest-urls", first["url"])
    assert (asked.code, "is kept away" in asked.err) == (1, True)
    imported = (await feedmill_there("import-warc", str(pages), "--json")).json
    assert (imported["articles_new"], imported["kept_out"]) == (0, gone["captures"])
    assert (await feedmill_there("articles", "export")).lines == left

    assert (await feedmill_there("retention", "forget", first["url"])).code == 0
    assert (await feedmill_there("retention", "forget", first["url"])).code == 1
    assert (await feedmill_there("ingest-urls", first["url"])).code == 0
    shown = (await feedmill_there("articles", "show", first["url"], "--json")).json
    assert shown["id"] > max(article["id"] for article in stored)


async def test_rules_are_set_shown_and_cleared(stored, feedmill_there):
    site = stored[0]["site"]
    assert (await feedmill_there("retention", "set", "--site", site.upper(), "--days", "1")).code == 0
    shown = (await feedmill_there("retention", "show", "--json")).json
    assert shown["rules"] == [{"feed_url": None, "site": site, "days": 1, "articles": None, "revisions": None}]
    assert f"{site:<50} 1 day" in (await feedmill_there("retention", "show")).out
    foretold = await feedmill_there("retention", "preview", FEEDMILL_RETENTION_COUNTS_FROM="published")
    assert site in foretold.out
    assert (await feedmill_there("retention", "set", "--site", site, "--clear")).code == 0
    assert (await feedmill_there("retention", "show", "--json")).json["rules"] == []


async def test_words_that_say_nothing_or_name_nobody_are_refused(feedmill):
    assert (await feedmill("retention", "set", "--days", "3")).code == 2
    assert (await feedmill("retention", "set", "--site", "news.example")).code == 2
    assert (await feedmill("retention", "set", "--site", "nowhere.example", "--days", "3")).code == 1
    assert (await feedmill("retention", "set", "--feed", "https://nowhere.example/f", "--days", "3")).code == 1
    assert (await feedmill("articles", "export", "--removals", "--format", "csv")).code == 2
    assert (await feedmill("articles", "show", "https://nowhere.example/a")).code == 1
