"""`feedmill rules`: why a page became its article, whether the rules are sound, and a first rule from a page."""

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from flows.cli.rule_files import Recording, record
from flows.settings import Settings
from flows.store import ready_database
from ingest.blocks import BlockState, LearnedBlock, MemoryChange, Sighting, Zone, pack_page
from ingest.clean.learning.keys import fold_slots, read_key
from ingest.model import Page
from storage import blocks, sites

TEXT = [
    f"The clerk opened the old book on page {number}, read the line about the rope aloud, and closed it again."
    for number in range(8)
]
PAGE = (
    '<html><head><title>Rope | The Harbour</title><meta name="author" content="Ida Moor">'
    '<meta property="og:title" content="The rope"></head><body><h1>The rope</h1><article>'
    + "".join(f"<p>{text}</p>" for text in TEXT)
    + "<p>Share this:</p><h3>Related articles</h3><p>No comments:</p></article></body></html>"
)
URL = "https://harbour.example/rope"


def an_article(world, host="harbour"):
    """The newest article of a site of the newsroom, with its address."""
    article = next(world.newsroom.newest(world.newsroom.site(f"{host}.localhost"), world.clock()))
    return article.url(world.server.port), article


@pytest.fixture
def site_rules(tmp_path):
    folder = tmp_path / "site-rules"
    folder.mkdir()
    return folder


async def test_explain_tells_what_won_and_why_and_where_each_removal_has_its_rule(feedmill):
    ended = await feedmill("rules", "explain", "-", "--url", URL, "--json", given=PAGE.encode())
    story = ended.json
    assert (ended.code, story["status"], story["site_rule"]) == (0, "ok", None)
    (winner,) = [candidate for candidate in story["candidates"] if candidate["won"]]
    assert winner["name"].startswith("trafilatura")
    assert winner["size"] >= sum(map(len, TEXT))
    assert "not doubted" in story["why"]
    fields = {field["field"]: field for field in story["fields"]}
    assert (fields["title"]["value"], fields["title"]["source"]) == ("The rope", "h1")
    assert {claim["value"] for claim in fields["title"]["passed_over"]} == {"Rope | The Harbour"}
    assert (fields["authors"]["value"], fields["authors"]["source"]) == ("Ida Moor", "meta")
    written = [removal for removal in story["removed"] if removal["kind"] == "written"]
    assert {removal["text"] for removal in written} >= {"Share this:"}
    assert all(removal["place"].startswith("packs/languages/en.toml:") for removal in written)


async def test_the_place_of_a_rule_is_the_line_it_stands_in(feedmill):
    ended = await feedmill("rules", "explain", "-", "--url", URL, "--json", given=PAGE.encode())
    for removal in ended.json["removed"]:
        if removal["kind"] == "written":
            path, _, line = removal["place"].rpartition(":")
            text = (resources.files("ingest.clean") / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]
            assert text.startswith((removal["rule"].rpartition("/")[2], "[blocks."))


async def test_explain_tells_people_the_same_in_lines(feedmill):
    ended = await feedmill("rules", "explain", "-", "--url", URL, given=PAGE.encode())
    assert ended.code == 0
    assert "status: ok" in ended.out
    assert "> trafilatura" in ended.out
    assert "title: 'The rope', from h1" in ended.out
    assert "(written; packs/languages/en.toml:" in ended.out


async def test_explain_takes_the_feeds_entry_and_says_what_it_won(feedmill, tmp_path):
    entry = json.dumps({"title": "From the feed", "authors": ["Ann Rower"], "summary": "<p>A rope.</p>"})
    (tmp_path / "entry.json").write_text(entry)
    for given in (entry, str(tmp_path / "entry.json")):
        ended = await feedmill("rules", "explain", "-", "--url", URL, "--entry", given, "--json", given=PAGE.encode())
        fields = {field["field"]: field for field in ended.json["fields"]}
        assert (fields["title"]["value"], fields["title"]["source"]) == ("From the feed", "feed")
        assert ("meta", "Ida Moor") in {(claim["source"], claim["value"]) for claim in fields["authors"]["passed_over"]}


async def test_explain_names_the_rule_for_the_site_and_what_of_it_is_passed_over(feedmill, site_rules):
    (site_rules / "harbour.example.txt").write_text("body: //article/p[2]\ntidy: no\nstrip: //h3\n")
    ended = await feedmill("rules", "explain", "-", "--url", URL, "--json", given=PAGE.encode())
    assert (ended.json["site_rule"], ended.json["won"]) == ("user/harbour.example.txt", "site-rule")
    assert any("harbour.example.txt:2: tidy is passed over" in note for note in ended.json["site_notes"])
    stripped = [removal for removal in ended.json["removed"] if removal["kind"] == "site-rule"]
    assert [(removal["place"], removal["text"]) for removal in stripped] == [
        ("user/harbour.example.txt:3", "Related articles")
    ]


async def test_explain_quotes_what_made_a_page_no_article(feedmill):
    html = "<html><title>Just a moment...</title><body><p>Checking your browser before you go on.</p></body></html>"
    ended = await feedmill("rules", "explain", "-", "--url", URL, "--json", given=html.encode())
    assert (ended.json["status"], ended.json["page_status"]) == ("blocked", "blocked")
    assert "'Just a moment'" in ended.json["evidence"]


async def test_the_shipped_rules_are_sound(feedmill):
    ended = await feedmill("rules", "check", "--json")
    assert (ended.code, ended.json["errors"], ended.json["warnings"]) == (0, [], [])
    assert ended.json["packs"] >= 40
    assert ended.json["site_rules"] >= 3


async def test_check_names_file_line_and_rule_of_what_is_wrong_and_exits_with_1(feedmill, site_rules, tmp_path):
    (site_rules / "harbour.example.txt").write_text("title: //h1\nbody: //div[\nparser: html5lib\n")
    pack = tmp_path / "xx.toml"
    pack.write_text("[lines.share]\na = ['“Share now”']\n")
    mine = await feedmill("rules", "check")
    alone = await feedmill("rules", "check", str(pack), str(site_rules / "harbour.example.txt"))
    assert [mine.code, alone.code] == [1, 1]
    assert "user/harbour.example.txt:2: no XPath" in mine.err
    assert "user/harbour.example.txt:3: parser is passed over" in mine.out
    assert "user/harbour.example.txt: no recorded page" in mine.out
    assert "languages/xx.toml:2: language/xx/share/a: '“Share now”': hits nothing" in alone.err
    assert "Traceback" not in mine.err + alone.err


async def test_a_page_is_recorded_with_a_rule_that_the_check_accepts(feedmill_there, world):
    url, article = an_article(world)
    recorded = await feedmill_there("rules", "record", url, "--name", "first")
    assert recorded.code == 0, recorded.err
    folder = world.settings.data_dir / "site-rules"
    host = url.partition("://")[2].partition(":")[0]
    rule = (folder / f"{host}.txt").read_text()
    expected = json.loads((folder / "samples" / host / "first.json").read_text())
    assert "\nbody: //" in rule
    assert f"test_url: {url}" in rule
    assert (expected["url"], expected["title"]) == (url, article.story.title)
    checked = await feedmill_there("rules", "check", "--json")
    assert (checked.code, checked.json["errors"]) == (0, [])
    (folder / f"{host}.txt").write_text(rule.replace("body: //", "body: //nav//"))
    assert (await feedmill_there("rules", "check")).code == 1


def test_a_recorded_title_is_no_snippet_for_the_rule_names_it_apart(tmp_path):
    body = f"<body><div><h1>The rope</h1><p>{'</p><p>'.join(TEXT)}</p></div></body>"
    html = f"<html><head><title>The rope</title></head>{body}</html>"

    written = record(Recording(Page(url=URL, html=html), tmp_path, "rope"))

    expected = json.loads(written[1].read_text())
    assert (expected["title"], expected["contains"][0]) == ("The rope", TEXT[0][:80].strip())


async def test_what_is_recorded_is_not_overwritten_without_force(feedmill_there, world):
    url, _ = an_article(world)
    host = url.partition("://")[2].partition(":")[0]
    rule = world.settings.data_dir / "site-rules" / f"{host}.txt"
    assert (await feedmill_there("rules", "record", url)).code == 0
    rule.write_text("title: //h1\n")
    again = await feedmill_there("rules", "record", url)
    other = await feedmill_there("rules", "record", url, "--name", "second")
    assert (again.code, other.code) == (1, 0)
    assert "--force" in again.err
    assert rule.read_text() == "title: //h1\n"
    assert (await feedmill_there("rules", "record", url, "--force")).code == 0
    assert "\nbody: //" in rule.read_text()


async def test_a_page_that_robots_txt_forbids_or_the_guard_stops_is_not_fetched(feedmill_there, feedmill, world):
    guarded = await feedmill("rules", "explain", "http://127.0.0.1:1/rope")
    assert guarded.code == 1
    assert "Traceback" not in guarded.err
    ended = await feedmill_there("rules", "explain", f"http://harbour.localhost:{world.server.port}/search")
    assert ended.code == 1
    assert "robots.txt does not let us fetch" in ended.err


def teach(folder, line):
    """A database in which this line is known as furniture at the end of the pages of harbour.example."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    key = read_key(line, fold_slots(None, ()))
    block = LearnedBlock(
        key=key.key, digits=key.digits, text=line, zone=Zone.TAIL, state=BlockState.LEARNED, reason="40 of 40 texts",
        pages=40, window=40, first_number=1, last_number=40, last_seen_at=now, changed_at=now, share=0.95,
    )  # fmt: skip
    page = pack_page(Sighting((), ()), 1, 1, 1)
    with ready_database(Settings(data_dir=folder, database_url="")) as database, database.begin() as session:
        site_id = sites.ensure(session, ["harbour.example"])["harbour.example"]
        blocks.record(session, site_id, MemoryChange(page, 0, written=(block,)))


async def test_explain_tells_learned_blocks_from_written_rules(feedmill, tmp_path):
    line = "Printed on the pier by the two sisters who also mend the nets"
    teach(tmp_path, line)
    html = PAGE.replace("<p>Share this:</p>", f"<p>{line}</p><p>Share this:</p>")
    ended = await feedmill("rules", "explain", "-", "--url", URL, "--json", given=html.encode())
    (learned,) = [removal for removal in ended.json["removed"] if removal["kind"] == "learned"]
    assert (learned["text"], learned["place"]) == (line, "learned from the site's own pages")
    assert learned["rule"].startswith("learned/")
    assert any(removal["kind"] == "written" for removal in ended.json["removed"])
