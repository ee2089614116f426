"""How commands fail: one line that names the thing, the exit code, and one JSON document where JSON was asked for."""

import asyncio
import json
import os
import sys

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("extract", "none.html"), id="extract"),
        pytest.param(("extract", "--batch", "none.html"), id="batch"),
        pytest.param(("clean", "none.html"), id="clean"),
        pytest.param(("parse", "none.html", "--url", "http://a.example/"), id="parse"),
        pytest.param(("feeds", "import", "none.html"), id="import"),
        pytest.param(("ingest-urls", "--file", "none.html"), id="urls"),
    ],
)
async def test_a_file_that_is_not_there_is_named_in_plain_words(feedmill, arguments):
    ended = await feedmill(*arguments)
    assert ended.code == 1
    assert ended.err == "feedmill: none.html cannot be used: no such file or directory\n"


async def test_a_folder_in_the_place_of_a_file_and_the_other_way_round(feedmill, tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = await feedmill("parse", str(tmp_path), "--url", "http://a.example/")
    file = await feedmill("feeds", "list", FEEDMILL_DATA_DIR=str(tmp_path / "file"))
    assert (folder.code, folder.err) == (1, f"feedmill: {tmp_path} cannot be used: is a directory\n")
    assert (file.code, file.err) == (1, f"feedmill: {tmp_path / 'file'} cannot be used: file exists\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("articles", "show", "9999"), "no article 9999", id="no article"),
        pytest.param(("websub", "discover", "http://127.0.0.1:1/"), "127.0.0.1", id="no page"),
        pytest.param(("parse", "none", "--url", "http://a.example/"), "none", id="no file"),
        pytest.param(("feeds", "list", "--database", "mysql://x"), "database", id="no database"),
    ],
)
async def test_what_fails_with_json_is_one_document_that_says_why(feedmill, arguments, words):
    ended = await feedmill(*arguments, "--json")
    assert ended.code == 1
    assert words in ended.json["error"]
    assert ended.json["error"] in ended.err


async def read_by_nobody(tmp_path, *arguments):
    """Run a command whose output goes to a pipe that nobody reads any more; gives its exit code and stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "flows.cli.main", *arguments),
        env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path)},
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    _, said = await process.communicate()
    return process.returncode, said.decode()


async def test_a_reader_that_has_gone_is_no_failure_and_nothing_is_said(tmp_path):
    """As in `feedmill feeds list | head`: what is lost at the last flush, and what is lost in the middle."""
    line = json.dumps({"id": 1, "url": "http://a.example/", "html": f"<p>{'The gauge was read. ' * 200}</p>"}) + "\n"
    (tmp_path / "in.jsonl").write_text(line * 12)
    assert await read_by_nobody(tmp_path, "feeds", "list") == (0, "")
    assert await read_by_nobody(tmp_path, "feeds", "list", "--json") == (0, "")
    assert await read_by_nobody(tmp_path, "extract", "--batch", str(tmp_path / "in.jsonl")) == (0, "")
