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


BINARY = {
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "an image": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "gzip data": b"\x1f\x8b\x08\0\0\0\0\0\0\3",
    "binary data": b"\x7fELF\2\1\1" + bytes(range(256)),
}


@pytest.mark.parametrize("nature", BINARY)
async def test_what_is_no_page_is_not_extracted_from(feedmill, tmp_path, nature):
    (tmp_path / "it").write_bytes(BINARY[nature])
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": 1, "path": "it"}))
    alone = await feedmill("extract", str(tmp_path / "it"), "--json")
    batch = await feedmill("extract", "--batch", str(tmp_path / "in.jsonl"))
    assert alone.code == batch.code == 1
    assert f"no HTML page: it is {nature}" in alone.json["error"]
    assert f"no HTML page: it is {nature}" in batch.lines[0]["error"]


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "shift_jis", "gb18030", "cp1251"])
async def test_a_page_in_any_coding_is_a_page(feedmill, coding):
    text = "国" if coding in {"shift_jis", "gb18030"} else "Ж"
    page = f"<html><body><p>{text * 400}</p></body></html>".encode(coding)
    ended = await feedmill("extract", "-", given=page)
    assert "no HTML page" not in ended.err


WRONG_LINES = [
    ("{broken", "it is no JSON: Expecting property name enclosed in double quotes, at column 2"),
    ("[1]", "it is no JSON object"),
    ('{"id": 1, "url": "http://a.example/"}', 'neither "html" nor "path" nor "entry"'),
    ('{"id": 1, "html": 7}', '"html" is no text: 7'),
    ('{"id": 1, "path": "none.html"}', "none.html cannot be used: no such file or directory"),
    ('{"id": 1, "entry": {"enclosures": [{"href": "x"}]}}', '"entry" cannot be read'),
    ('{"id": 1, "entry": "x"}', '"entry" cannot be read'),
]


async def test_a_wrong_line_of_a_batch_is_named_by_its_number_and_says_what_is_wrong(feedmill, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text("\n" + "\n".join(line for line, _ in WRONG_LINES) + "\n\n")
    ended = await feedmill("extract", "--batch", str(source))
    assert ended.code == 1
    assert f"{len(WRONG_LINES)} line(s)" in ended.err
    for number, (record, (_, words)) in enumerate(zip(ended.lines, WRONG_LINES, strict=True), 2):
        assert record.keys() == {"id", "error"}
        assert record["error"].startswith(f"line {number}: ")
        assert words in record["error"]


async def test_words_of_the_call_that_are_wrong_exit_with_2(feedmill, tmp_path):
    batch = ("extract", "--batch", str(tmp_path / "in.jsonl"))
    for arguments in (
        (*batch, "page.html"),
        (*batch, "--url", "http://a.example/"),
        ("parse", "--url", "banana"),
        ("extract", "--url", "file:///etc/passwd"),
        ("clean", "--url", "a.example"),
    ):
        ended = await feedmill(*arguments)
        assert (arguments, ended.code) == (arguments, 2)
        assert "Usage:" in ended.err
