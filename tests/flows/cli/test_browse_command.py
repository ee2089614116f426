"""`feedmill browse`: a real Datasette on the store of the sample newsroom, asked as a browser and a program would."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import pytest

pytest.importorskip("datasette")

EVIL = "<script>alert(1)</script> \u202edesrever\x07\x1b[31m"

ROWS = """
INSERT INTO feed (url, site_id, tags, created_at, status, failures, last_failure_kind, post_count, post_days,
                  full_answers, moved_count, hints)
SELECT 'https://x.example/feed', min(id), '[]', '2026-01-01 00:00:00.000000', 'active', 3, 'timeout', 0, 0, 0, 0, '{}'
  FROM site;
INSERT INTO subscription (hub_url, topic_url, token, secret, state, created_at, next_action_at, failures, pushes)
VALUES ('https://hub.example', 'https://x.example', 'a token', 'a secret', 'active', '2026-01-01 00:00:00.000000',
        '2026-01-01 00:00:00.000000', 0, 0);
"""


@dataclass
class Browsed:
    """A running `feedmill browse`."""

    address: str
    session: aiohttp.ClientSession

    async def ask(self, path: str, **query: Any) -> tuple[int, str]:
        async with self.session.get(f"{self.address}{path}?{urlencode(query)}") as answer:
            return answer.status, await answer.text()

    async def json(self, path: str, **query: Any) -> Any:
        status, body = await self.ask(f"{path}.json", **query)
        assert status == 200, body
        return json.loads(body)


@contextlib.asynccontextmanager
async def browsing(folder: Any) -> AsyncIterator[Browsed]:
    said = folder / "said"
    with said.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "flows.cli.main", "browse", "--port", "0", "--no-open"),
            env=os.environ | {"FEEDMILL_DATA_DIR": str(folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=sink,
        )
    try:
        address = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        async with aiohttp.ClientSession() as session:
            yield Browsed(address, session)
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 0
        assert "Traceback" not in said.read_text(encoding="utf-8")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@contextlib.contextmanager
def opened(folder: Any) -> Any:
    with contextlib.closing(sqlite3.connect(folder / "feedmill.db")) as connection, connection:
        yield connection


async def test_what_is_stored_can_be_looked_through_and_not_be_changed(world, take):
    await take()
    folder = world.settings.data_dir
    with opened(folder) as store:
        counts = dict(store.execute("SELECT site, count(*) FROM article GROUP BY site"))
        days = dict(store.execute("SELECT date(published_at), count(*) FROM article GROUP BY 1"))
        store.executescript(ROWS)
    before = contents(folder)
    async with browsing(folder) as there:
        await facets_count(there, counts, days)
        await words_are_found(there)
        await queries_answer(there)
        await writing_is_refused(there)
        await only_loopback_names_are_answered(there)
    assert contents(folder) == before


def contents(folder: Any) -> list[str]:
    with opened(folder) as store:
        return list(store.iterdump())


async def facets_count(there: Browsed, counts: dict[str, int], days: dict[str, int]) -> None:
    facets = (await there.json("/article", _size=0))["facet_results"]
    assert {fact["value"]: fact["count"] for fact in facets["site"]["results"]} == counts
    assert {fact["value"]: fact["count"] for fact in facets["published_at"]["results"]} == days
    assert {"feed_id", "language", "status"} <= set(facets)
    some = next(iter(counts))
    narrowed = await there.json("/article", site=some, _size=0)
    assert narrowed["filtered_table_rows_count"] == counts[some]


async def words_are_found(there: Browsed) -> None:
    rows = (await there.json("/article", _shape="objects"))["rows"]
    japanese = next(row for row in rows if row["language"] == "ja")
    word = japanese["text"][10:13]
    for typed, wanted in ((word, japanese["id"]), (f'"{rows[0]["title"]}"', rows[0]["id"]), ('a" OR ( *', None)):
        found = await there.json("/article", _search=typed, _shape="objects")
        assert wanted is None or wanted in {row["id"] for row in found["rows"]}
    hits = (await there.json("/search_articles", words=word, _shape="objects"))["rows"]
    assert [word in hit["snippet"] for hit in hits if hit["article_id"] == japanese["id"]] == [True]


async def queries_answer(there: Browsed) -> None:
    known = (await there.json(""))["queries"]
    assert {"latest_articles", "stories_with_most_copies", "failing_feeds", "revisions_of_the_week"} <= {
        query["name"] for query in known
    }
    for query in known:
        assert (await there.json(f"/{query['name']}", words="a"))["ok"]
    failing = await there.json("/failing_feeds", _shape="objects")
    assert [row["last_failure_kind"] for row in failing["rows"]] == ["timeout"]


async def writing_is_refused(there: Browsed) -> None:
    for statement in (
        *("DELETE FROM article", "PRAGMA query_only = 0", "ATTACH 'other.db' AS other", "VACUUM"),
        *("WITH x AS (SELECT 1) INSERT INTO counter SELECT 'a', 1", "SELECT load_extension('x')"),
    ):
        status, _ = await there.ask(".json", sql=statement)
        assert status == 400, statement
    secret = await there.json(
        "", sql="SELECT count(secret) + count(token) AS known FROM subscription", _shape="objects"
    )
    assert secret["rows"] == [{"known": 0}]
    for path in ("", "/article", "/latest_articles"):
        async with there.session.post(f"{there.address}{path}", data={"title": "x"}) as answer:
            assert answer.status == 405


async def only_loopback_names_are_answered(there: Browsed) -> None:
    async with there.session.get(there.address, headers={"Host": "evil.example"}) as answer:
        assert answer.status == 400


async def test_what_titles_carry_is_shown_as_text_and_long_cells_are_cut(world, take):
    await take()
    with opened(world.settings.data_dir) as store:
        store.execute("UPDATE article SET title = ?, summary = ? WHERE id = 1", (EVIL, "x" * 9_000))
    async with browsing(world.settings.data_dir) as there:
        _, table = await there.ask("/article")
        _, row = await there.ask("/article/1")
        _, latest = await there.ask("/latest_articles")
    for page in (table, row, latest):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; desrever" in page
        assert "<script>alert" not in page
        assert not {"\u202e", "\x07", "\x1b"} & set(page)
    assert "x" * 500 not in table
    assert "x" * 9_000 in row


async def test_a_taken_port_is_named(feedmill, tmp_path):
    from storage.database import Database

    with Database(f"sqlite:///{tmp_path / 'feedmill.db'}") as database:
        database.upgrade()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        ended = await feedmill("browse", "--no-open", "--port", str(port))
    assert (ended.code, ended.out) == (1, "")
    assert f"port {port} of 127.0.0.1 is taken: name another with --port" in ended.err


async def test_without_a_store_it_says_how_to_get_one_and_makes_none(feedmill, tmp_path):
    ended = await feedmill("browse", "--no-open")
    assert ended.code == 1
    assert "there is no store at" in ended.err
    assert "`feedmill up` or `feedmill ingest`" in ended.err
    assert list(tmp_path.iterdir()) == []


async def test_a_postgres_store_is_for_other_tools(feedmill):
    ended = await feedmill("browse", "--database", "postgresql://me:secret@db.example/feedmill")
    assert ended.code == 1
    assert "Datasette reads SQLite files" in ended.err
    assert "psql" in ended.err
    assert "secret" not in ended.err


async def test_without_datasette_it_says_what_to_install(feedmill, tmp_path):
    from storage.database import Database

    with Database(f"sqlite:///{tmp_path / 'feedmill.db'}") as database:
        database.upgrade()
    (tmp_path / "hidden" / "datasette").mkdir(parents=True)
    (tmp_path / "hidden" / "datasette" / "__init__.py").write_text("raise ImportError('not here')")
    ended = await feedmill("browse", "--no-open", PYTHONPATH=str(tmp_path / "hidden"))
    assert (ended.code, ended.err) == (1, 'feedmill: browsing needs Datasette: pip install "feedmill[browse]"\n')


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_file_in_a_folder_that_cannot_be_written_is_read_as_it_stands(tmp_path, monkeypatch, is_writable):
    from flows.browse import server

    monkeypatch.setattr(server.os, "access", lambda _path, _mode: is_writable)
    assert server.can_follow(tmp_path / quote("feedmill.db")) is is_writable
