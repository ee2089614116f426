"""Commands that need neither a feed nor a server: help, text work, the database, the doctor."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli.failure import CommandError
from flows.cli.main import COMMANDS
from flows.cli.options import read_settings

PROJECT = Path(__file__).parents[3]
PAGE = "<html><head><title>A walk | Site</title></head><body><article><h1>A walk</h1>{}</article></body></html>"
TEXT = [
    f"Paragraph {number} tells of the walk along the harbour wall, past the nets and the old crane, in rain and wind."
    for number in range(8)
]
ENTRY_FIELDS = (
    *("id", "url", "title", "authors", "published_at", "updated_at"),
    *("summary", "content", "tags", "enclosures", "language"),
)
RSS = (
    b"<rss version='2.0'><channel><title>T</title><item><title>A &amp; B</title><link>/1</link></item></channel></rss>"
)


def page(url="http://a.example/walk"):
    return {"id": "w", "url": url, "html": PAGE.format("".join(f"<p>{text}</p>" for text in TEXT))}


def test_help_imports_neither_prefect_nor_trafilatura_nor_the_database():
    arguments = [sys.executable, "-X", "importtime", "-m", "flows.cli.main", "--help"]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines()}
    assert "click" in imported
    assert imported & {"prefect", "trafilatura", "sqlalchemy", "sqlmodel", "pydantic", "aiohttp", "lxml"} == set()
    assert set(COMMANDS) <= set(ended.stdout.split())


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_explains_itself(feedmill, name):
    ended = await feedmill(name, "--help")
    assert ended.code == 0
    assert len(ended.out.splitlines()) > 5


async def test_wrong_words_exit_with_2(feedmill):
    assert (await feedmill("fetch")).code == 2
    assert (await feedmill("articles", "show", "first")).code == 2


async def test_parse_prints_the_feed_its_entries_and_its_problems(feedmill):
    ended = await feedmill("parse", "-", "--url", "http://a.example/feed", given=RSS)
    assert ended.code == 0
    assert set(ended.json) == {"feed", "entries", "problems"}
    entry = ended.json["entries"][0]
    assert (entry["title"], entry["url"]) == ("A & B", "http://a.example/1")
    assert set(ENTRY_FIELDS) <= set(entry)


async def test_parse_says_what_a_page_is_that_is_no_feed(feedmill):
    ended = await feedmill("parse", "-", "--url", "http://a.example/", given=b"<html><title>Hello</title></html>")
    assert ended.code == 1
    assert "http://a.example/" in ended.err
    assert "HTML" in ended.err
    assert "Traceback" not in ended.err


async def test_extract_prints_the_text_and_with_json_the_article(feedmill):
    html = page()["html"].encode()
    plain = await feedmill("extract", "-", "--url", "http://a.example/walk", given=html)
    full = await feedmill("extract", "-", "--url", "http://a.example/walk", "--json", given=html)
    assert plain.out.strip().split("\n\n") == TEXT
    assert (full.json["title"], full.json["status"]) == ("A walk", "ok")
    assert {"text", "authors", "removed", "extractor", "provenance", "content_hash", "word_count"} <= set(full.json)


async def test_a_batch_answers_every_line_in_order_and_names_those_that_fail(feedmill, tmp_path):
    (tmp_path / "page.html").write_text(page()["html"])
    lines = [page(), {"id": "p", "url": "http://a.example/p", "path": "page.html"}, {"id": "x", "path": "none.html"}]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(line) + "\n" for line in lines) + "{broken\n")
    ended = await feedmill("extract", "--batch", str(source), "--out", str(tmp_path / "out.jsonl"), "--workers", "2")
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [record["id"] for record in records] == ["w", "p", "x", None]
    assert records[0]["text"] == records[1]["text"] == "\n\n".join(TEXT)
    assert "none.html" in records[2]["error"]
    assert ended.code == 1
    assert "2 line(s)" in ended.err


async def test_a_batch_line_may_bring_its_feed_entry(feedmill, tmp_path):
    entry = {"id": "1", "title": "From the feed", "published_at": "2026-05-01T10:00:00Z", "authors": ["Ann Rower"]}
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": 1, "url": "http://a.example/1", "entry": entry | {"content": "<p>Full.</p>"}}))
    ended = await feedmill("extract", "--batch", str(source))
    record = ended.lines[0]
    assert (record["published_at"], record["published_source"]) == ("2026-05-01T10:00:00Z", "feed")
    assert (record["title"], record["authors"]) == ("From the feed", ["Ann Rower"])


async def test_clean_drops_a_comment_tail_and_names_the_rule(feedmill):
    text = "\n\n".join([*TEXT, "No comments:", "Post a Comment"])
    plain = await feedmill("clean", "-", given=text.encode())
    full = await feedmill("clean", "-", "--json", given=text.encode())
    assert plain.out.strip() == "\n\n".join(TEXT)
    assert {removal["text"] for removal in full.json["removed"]} == {"No comments:", "Post a Comment"}
    assert all(removal["rule"].count("/") >= 2 for removal in full.json["removed"])


DIRTY = """Written by Nora Field

Three exp-erts said that the harbour will open in spring, and they were not the on-
ly ones.

The ex-head of an anti-Soviet group, who led it before the take-over, called it the en-tire coast's plan.

Nobody in Afg-hanistan has heard of it, he joked, and the govern-
ment least of all: the mini-stry and the presi-dent keep it to them-selves.

About the author

Nora Field"""
WHOLE = """Three experts said that the harbour will open in spring, and they were not the only
ones.

The ex-head of an anti-Soviet group, who led it before the take-over, called it the entire coast's plan.

Nobody in Afghanistan has heard of it, he joked, and the government
least of all: the ministry and the president keep it to themselves."""


async def test_clean_rejoins_the_words_of_a_printed_text_and_drops_its_author_box(feedmill):
    ended = await feedmill("clean", "-", "--json", given=DIRTY.encode())
    assert ended.json["text"] == WHOLE
    assert [removal["text"] for removal in ended.json["removed"]] == [
        "Written by Nora Field",
        "About the author",
        "Nora Field",
    ]


async def test_clean_gives_a_doubled_text_once_and_names_its_origin(feedmill):
    end = ["Nora Field", "http://harbour.example/2014/03/the-harbour-opens.html"]
    text = "\n\n".join([*TEXT, *end, *TEXT, *end, "No comments :", "Post a Comment"])
    ended = await feedmill("clean", "-", "--json", given=text.encode())
    assert ended.json["text"] == "\n\n".join(TEXT)
    assert ended.json["origin_url"] == end[1]


async def test_the_database_is_created_checked_and_measured(feedmill):
    first = await feedmill("db", "upgrade")
    again = await feedmill("db", "upgrade")
    check = await feedmill("db", "check")
    stats = await feedmill("db", "stats", "--json")
    assert [ended.code for ended in (first, again, check, stats)] == [0, 0, 0, 0]
    assert "now at" in first.out
    assert "already at" in again.out
    assert {"feeds", "pages", "articles", "articles_with_text", "stories", "database_bytes"} <= set(stats.json)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WORKERS", "many", "it takes a whole number from 1 up"),
        ("WORKERS", "0", "it takes a whole number from 1 up"),
        ("CONCURRENCY", "3000", "it takes a whole number from 1 up and at most 2000"),
        ("CONCURRENCY", "2.5", "it takes a whole number from 1 up and at most 2000"),
        ("FETCH_TIMEOUT_SECONDS", "0", "it takes a number above 0"),
        ("HOST_DELAY_SECONDS", "soon", "it takes a number from 0 up"),
        ("USER_AGENT", "a", "it takes a text of 3 characters at least"),
        ("ALLOW_NETWORKS", "banana", "does not appear to be an IPv4 or IPv6 network"),
        ("ALLOW_ENDPOINTS", "127.0.0.1", "is no address with a port, as 127.0.0.1:8700"),
        ("ALLOW_ENDPOINTS", "localhost:80", "is no address with a port, as 127.0.0.1:8700"),
        ("WEBSUB_CALLBACK_URL", "http://me.example/", "hubs must reach it by https"),
    ],
)
def test_a_setting_that_cannot_be_is_told_with_its_value_and_what_is_allowed(monkeypatch, name, value, words):
    monkeypatch.setenv(f"FEEDMILL_{name}", value)
    with pytest.raises(CommandError) as told:
        read_settings()
    assert str(told.value).startswith(f"FEEDMILL_{name} is {value!r}: ")
    assert words in str(told.value)


async def test_a_setting_that_cannot_be_ends_a_command_with_1(feedmill):
    ended = await feedmill("db", "stats", "--json", FEEDMILL_WORKERS="many")
    assert ended.code == 1
    assert ended.err == "feedmill: FEEDMILL_WORKERS is 'many': it takes a whole number from 1 up\n"
    assert ended.json["error"] in ended.err


async def test_a_variable_that_is_misspelt_is_told_with_the_nearest_name(feedmill):
    ended = await feedmill(
        "feeds", "list", "--json", FEEDMILL_WORKER="2", FEEDMILL_HOSTDELAY_SECONDS="0", FEEDMILL_X=""
    )
    assert (ended.code, ended.json) == (0, [])
    assert ended.err.splitlines() == [
        (
            "feedmill: FEEDMILL_HOSTDELAY_SECONDS is no setting and is passed over: "
            "do you mean FEEDMILL_HOST_DELAY_SECONDS?"
        ),
        "feedmill: FEEDMILL_WORKER is no setting and is passed over: do you mean FEEDMILL_WORKERS?",
        "feedmill: FEEDMILL_X is no setting and is passed over: docs/reference/settings.md lists those that there are",
    ]


async def test_a_database_that_cannot_be_is_named_without_its_password(feedmill):
    ended = await feedmill("db", "stats", "--database", "postgresql://me:geheim@127.0.0.1:1/none")
    assert ended.code == 1
    assert "127.0.0.1" in ended.err
    assert "geheim" not in ended.err
    assert "Traceback" not in ended.err


async def test_the_doctor_finds_this_installation_well(feedmill):
    ended = await feedmill("doctor", "--json")
    assert ended.code == 0, ended.err
    assert {"Python", "prefect", "data folder", "database"} <= {finding["what"] for finding in ended.json}


async def test_the_doctor_says_what_is_wrong_and_exits_with_1(feedmill, tmp_path):
    (tmp_path / "file").write_text("in the way")
    ended = await feedmill("doctor", FEEDMILL_DATA_DIR=str(tmp_path / "file"))
    assert ended.code == 1
    assert "WRONG  data folder" in ended.out
    assert "FEEDMILL_DATA_DIR" in ended.out


def test_the_reference_says_what_the_code_says():
    ended = subprocess.run(
        [sys.executable, str(PROJECT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


async def test_a_rule_for_the_site_in_the_users_own_folder_decides_over_its_pages(feedmill, tmp_path):
    rules = tmp_path / "elsewhere"
    rules.mkdir()
    (rules / "a.example.txt").write_text("title: //title\nbody: //article/p[3]\n")
    html, url = page()["html"].encode(), "http://www.a.example/walk"
    ended = await feedmill("extract", "-", "--url", url, "--json", given=html, FEEDMILL_SITE_RULES_DIR=str(rules))
    assert (ended.json["title"], ended.json["text"]) == ("A walk | Site", TEXT[2])
    assert ended.json["provenance"]["site_rule"] == "user/a.example.txt"
    (tmp_path / "site-rules").symlink_to(rules)
    assert (await feedmill("extract", "-", "--url", url, given=html)).out.strip() == TEXT[2]
