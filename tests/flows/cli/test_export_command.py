"""`feedmill articles export` in every format, on the sample newsroom."""

import csv
import io
import json
import os

import feedparser
import pytest

from flows.cli.export import open_whole
from ingest.export.schema import FIELDS
from ingest.export.warc import read_warc


async def test_every_format_holds_the_same_articles(feedmill_there, take, tmp_path):
    await take()
    lines = (await feedmill_there("articles", "export")).lines
    for form in ("csv", "parquet", "rss", "warc"):
        ended = await feedmill_there("articles", "export", "--format", form, "--out", str(tmp_path / form))
        assert (ended.code, ended.out) == (0, ""), ended.err
        assert f"--after {lines[-1]['cursor']}\n" in ended.err

    rows = list(csv.DictReader(io.StringIO((tmp_path / "csv").read_text(encoding="utf-8"), newline="")))
    assert [(row["id"], row["url"]) for row in rows] == [(str(line["id"]), line["url"] or "") for line in lines]
    from pyarrow.parquet import read_table

    table = read_table(tmp_path / "parquet")
    assert table.column_names == [field.name for field in FIELDS]
    assert table.column("text").to_pylist() == [line["text"] for line in lines]

    dated = sorted(lines, key=lambda line: (line["published_at"] or line["first_seen_at"], line["id"]), reverse=True)
    feed = feedparser.parse((tmp_path / "rss").read_bytes())
    assert [entry.id.split(":")[1] for entry in feed.entries] == [str(line["id"]) for line in dated[:100]]

    with (tmp_path / "warc").open("rb") as source:
        captures = list(read_warc(source))
    assert len({capture.url for capture in captures}) == len(lines) > 10
    assert all(b"<html" in capture.body.lower() for capture in captures)


async def test_a_warc_file_holds_the_pages_of_the_chosen_articles_only(feedmill_there, take, tmp_path):
    await take()
    document = (await feedmill_there("articles", "export", "--limit", "3")).lines
    ended = await feedmill_there("articles", "export", "--format", "warc", "--limit", "3", "--out", str(tmp_path / "w"))
    with (tmp_path / "w").open("rb") as source:
        urls = {capture.url for capture in read_warc(source)}
    assert urls <= {article["url"] for article in document}
    assert f"3 articles, {len(urls)} archived pages" in ended.err


def test_a_file_that_stands_is_kept_where_the_new_one_fails(tmp_path):
    good = tmp_path / "articles.jsonl"
    good.write_text(json.dumps({"id": 1}))
    with pytest.raises(TypeError), open_whole(str(good)) as sink:
        sink.writelines([b"half a li", None])
    assert json.loads(good.read_text()) == {"id": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["articles.jsonl"]


async def test_without_pyarrow_parquet_says_what_to_install_and_leaves_no_file(feedmill, tmp_path):
    (tmp_path / "hidden" / "pyarrow").mkdir(parents=True)
    (tmp_path / "hidden" / "pyarrow" / "__init__.py").write_text("raise ImportError('not here')")
    arguments = ("articles", "export", "--format", "parquet", "--out", str(tmp_path / "a.parquet"))
    ended = await feedmill(*arguments, PYTHONPATH=str(tmp_path / "hidden"))
    assert (ended.code, ended.err) == (1, 'feedmill: Parquet needs pyarrow: pip install "feedmill[parquet]"\n')
    assert not (tmp_path / "a.parquet").exists()


async def test_a_terminal_is_no_place_for_binary_formats(tmp_path):
    import asyncio
    import os
    import pty
    import sys

    main, terminal = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "flows.cli.main", "articles", "export", "--format", "warc"),
        env=os.environ | {"FEEDMILL_DATA_DIR": str(tmp_path)},
        stdout=terminal,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    os.close(terminal)
    os.close(main)
    assert process.returncode == 1
    assert b"name a file with --out" in told


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "warc", "rss"])
@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
async def test_a_reader_that_has_seen_enough_is_no_failure(form, out, full_store):
    """As in `feedmill articles export | head`: more is written than a pipe holds, and the reader goes."""
    import asyncio
    import sys

    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "flows.cli.main", "articles", "export", "--format", form, "--out", out),
        env=os.environ | {"FEEDMILL_DATA_DIR": str(full_store)},
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    assert await asyncio.to_thread(os.read, reading, 4)
    os.close(reading)
    _, told = await process.communicate()
    assert (process.returncode, told.decode()) == (0, "")


@pytest.fixture(scope="module")
def full_store(tmp_path_factory):
    """A data folder whose articles and pages are more than a pipe holds, however packed."""
    from datetime import UTC, datetime

    from ingest.model import Capture
    from storage import tables
    from storage.archive import Archive
    from storage.database import Database

    folder, now = tmp_path_factory.mktemp("full"), datetime(2026, 11, 21, tzinfo=UTC)
    with Database(f"sqlite:///{folder / 'feedmill.db'}") as database:
        database.upgrade()
        with database.begin() as session:
            session.add(tables.Site(id=1, host="a.example"))
            session.flush()
            for number in range(1, 61):
                text, url = os.urandom(20_000).hex(), f"https://a.example/{number}"
                common = {"id": number, "url": url}
                article = {"cursor": number, "site": "a.example", "text": text, "status": "ok", "content_hash": ""}
                session.add(tables.Article(**common, **article, first_seen_at=now, fetched_at=now))
                session.flush()
                page = {"site_id": 1, "page_key": number, "state": "done", "article_id": number}
                session.add(tables.Page(**common, **page, created_at=now))
                session.flush()
                capture = Capture(url=url, body=text.encode(), fetched_at=now)
                Archive().keep(session, number, Archive().pack(session, 1, capture))
    return folder
