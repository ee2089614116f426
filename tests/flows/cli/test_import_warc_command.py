"""`feedmill import-warc`: an archive moves from one database to another, and nothing is fetched for it."""

import gzip

import pytest


@pytest.fixture
async def warc(feedmill_there, take, tmp_path):
    """A WARC file of a dozen pages, and the articles that were made of them; the newsroom is down."""
    await take()
    file = tmp_path / "pages.warc.gz"
    assert (await feedmill_there("articles", "export", "--format", "warc", "--out", str(file))).code == 0
    return file, (await feedmill_there("articles", "export")).lines


def texts(lines):
    return {(line["url"], line["title"], line["text"], line["status"]) for line in lines}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def other(request, tmp_path):
    """The variables that name another, empty database."""
    if request.param == "sqlite":
        yield {"FEEDMILL_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
        return
    with request.getfixturevalue("new_postgres")("imported") as url:
        yield {"FEEDMILL_DATABASE_URL": url}


async def test_the_pages_become_the_same_articles_once(world, warc, feedmill, other):
    file, there = warc
    await world.server.stop()
    first = await feedmill("import-warc", str(file), "--json", **other)
    again = await feedmill("import-warc", str(file), "--json", **other)
    here = (await feedmill("articles", "export", **other)).lines
    stats = (await feedmill("db", "stats", "--json", **other)).json
    kept = (await feedmill("archive", "stats", "--json", **other)).json

    assert (first.code, first.json["articles_new"], first.json["pages"]) == (0, len(there), len(there)), first.err
    assert texts(here) == texts(there)
    assert {line["fetched_at"][:19] for line in here} == {line["fetched_at"][:19] for line in there}
    assert stats["pages_by_state"] == {"pending": 0, "done": len(here), "failed": 0, "filtered": 0, "removed": 0}
    assert kept["captures"] == len(here)
    assert (again.json["passed_over"], again.json["articles_new"]) == (len(here), 0)
    assert (await feedmill("articles", "export", **other)).lines == here


async def test_what_is_stored_from_a_later_fetch_is_passed_over(warc, feedmill_there):
    file, there = warc
    ended = await feedmill_there("import-warc", str(file), "--json")
    assert (ended.code, ended.json["passed_over"]) == (0, len(there)), ended.err
    assert (await feedmill_there("articles", "export")).lines == there


async def test_a_damaged_file_names_how_far_it_came_and_the_others_are_done(warc, feedmill, tmp_path):
    file, there = warc
    whole = gzip.decompress(file.read_bytes())
    (tmp_path / "cut.warc").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "none.warc").write_bytes(b"<html>no archive</html>")
    names = [str(tmp_path / name) for name in ("missing.warc", "none.warc", "cut.warc")]
    database = f"sqlite:///{tmp_path / 'other.db'}"
    ended = await feedmill("import-warc", *names, str(file), "--json", FEEDMILL_DATABASE_URL=database)
    missing, none, cut, last = ended.json["files"]
    assert ended.code == 1
    assert (missing["pages"], none["pages"], last["pages"], last["error"]) == (0, 0, len(there), None)
    assert 0 < cut["pages"] < len(there)
    assert "cut.warc: the WARC file cannot be read" in cut["error"]
    assert all(name in ended.err for name in names)
    assert ended.json["articles_new"] == len(there)
    assert ended.json["passed_over"] == cut["pages"]


async def test_a_file_without_a_page_is_no_failure_and_said_to_be_so(feedmill, tmp_path):
    (tmp_path / "empty.warc").write_bytes(b"")
    ended = await feedmill("import-warc", str(tmp_path / "empty.warc"))
    assert (ended.code, ended.out) == (0, "0 pages read\n")
    assert "empty.warc holds no page" in ended.err
