"""`feedmill rules learned` and `rules forget`, as typed."""

import pytest

LINE = "Skerry Coastwatch: volunteers welcome, Lifeboathouse Quayside, Wednesdays."
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def taught(world, feedmill_there):
    """A newsroom after its first round, and the host with a line of its own."""
    await world.round()
    return f"harbour.localhost:{world.server.port}"


async def test_learned_blocks_are_listed_forgotten_and_back_in_the_texts(taught, feedmill_there):
    ended = await feedmill_there("rules", "learned", taught, "--json")
    [block] = ended.json
    assert {name: block[name] for name in ("host", "text", "state", "position", "is_boxed", "any_numbers")} == {
        "host": taught, "text": LINE, "state": "learned", "position": "tail", "is_boxed": True, "any_numbers": False,
    }  # fmt: skip
    assert block["rule"] == f"learned/{block['key']}"
    assert 3 <= block["texts"] == block["texts_latest"] < block["of_latest"]

    told = await feedmill_there("rules", "learned")
    assert [line.strip() for line in told.out.splitlines()][:3] == [
        taught,
        f"learned  {block['key']}  tail, on 4 of the latest {block['of_latest']} texts, 4 in all",
        LINE,
    ]

    exported = await feedmill_there("articles", "export")
    assert not any(LINE in (article["text"] or "") for article in exported.lines)

    forgotten = await feedmill_there("rules", "forget", taught, block["rule"], "--json")
    assert (forgotten.code, forgotten.json["texts_changed"]) == (0, block["texts"])
    exported = await feedmill_there("articles", "export")
    assert sum((article["text"] or "").endswith(LINE) for article in exported.lines) == block["texts"]
    [kept] = (await feedmill_there("rules", "learned", "--state", "kept", "--json")).json
    assert (kept["key"], kept["reason"]) == (block["key"], "kept by an operator")


async def test_a_page_explained_tells_the_learned_block_from_the_written_rule(taught, world, feedmill_there):
    path = next(truth.url for truth in world.newsroom.truth(world.clock(), world.server.port) if taught in truth.url)
    ended = await feedmill_there("rules", "explain", path, "--json")

    kinds = {removal["text"]: removal["kind"] for removal in ended.json["removed"]}
    assert kinds[LINE] == "learned"
    assert "written" in kinds.values()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("learned", "nowhere.example"), 1, "nothing is known of nowhere.example"),
        (("forget", "nowhere.example", "0123456789abcdef"), 1, "has no block 0123456789abcdef"),
        (("forget", "nowhere.example", "0123"), 2, "is no key"),
        (("learned", "--state", "lost"), 2, "--state"),
    ],
)
async def test_what_is_not_there_is_said_so(feedmill, words, code, says):
    ended = await feedmill("rules", *words)

    assert (ended.code, says in ended.err) == (code, True)


async def test_a_store_without_blocks_says_when_there_will_be_some(feedmill):
    ended = await feedmill("rules", "learned")

    assert (ended.code, ended.out.startswith("No such blocks.")) == (0, True)
