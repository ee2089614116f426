"""`feedmill reextract` on the sample newsroom."""


async def test_the_command_tells_people_and_programs(world, feedmill_there):
    await world.round()
    nothing = await feedmill_there("reextract")
    unknown = await feedmill_there("reextract", "--site", "nowhere.example")
    document = (await feedmill_there("reextract", "--all", "--dry-run", "--json")).json
    assert "Nothing to do" in nothing.out
    assert unknown.code == 1
    assert "nowhere.example" in unknown.err
    assert document["pages"] == document["unchanged"] > 50
    assert document["dry_run"] is True
