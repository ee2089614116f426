"""`feedmill archive`: what is held is told, what goes is told beforehand, and only that goes."""


async def test_the_archive_is_counted_and_pruned_as_foretold(world, feedmill_there, take):
    await take()
    before = (await feedmill_there("archive", "stats", "--json")).json
    assert before["captures"] == before["pages"] == sum(site["captures"] for site in before["sites"]) > 10
    assert 0 < before["bytes_packed"] < before["bytes_unpacked"]
    largest = before["sites"][0]
    assert f"{largest['bytes_packed']:,}" in (await feedmill_there("archive", "stats")).out

    limits = ("--before", "2100-01-01", "--site", largest["site"])
    foretold = (await feedmill_there("archive", "prune", *limits, "--dry-run", "--json")).json
    assert (await feedmill_there("archive", "stats", "--json")).json == before
    gone = (await feedmill_there("archive", "prune", *limits, "--json")).json
    after = (await feedmill_there("archive", "stats", "--json")).json
    assert (foretold.pop("dry_run"), gone.pop("dry_run")) == (True, False)
    assert foretold == gone
    assert gone["captures"] == largest["captures"] == before["captures"] - after["captures"]
    assert gone["bytes_packed"] == before["bytes_packed"] - after["bytes_packed"]
    assert largest["site"] not in {site["site"] for site in after["sites"]}
    assert "0 captures would go" in (await feedmill_there("archive", "prune", "--keep", "1", "--dry-run")).out


async def test_pruning_without_a_limit_or_of_a_host_that_nobody_knows_takes_nothing(feedmill):
    no_limit = await feedmill("archive", "prune", "--site", "news.example")
    unknown = await feedmill("archive", "prune", "--keep", "1", "--site", "nowhere.example")
    assert (no_limit.code, "--before DAY" in no_limit.err) == (2, True)
    assert (unknown.code, "nowhere.example" in unknown.err) == (1, True)
