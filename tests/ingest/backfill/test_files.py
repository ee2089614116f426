"""WARC files and lists of addresses that the user names."""

import gzip
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from ingest.backfill.cc_news import CcNews
from ingest.backfill.copies import read_copy
from ingest.backfill.source import End, Target
from ingest.backfill.url_list import UrlList
from ingest.backfill.warc_chunks import read_chunk
from ingest.export.warc import write_warc
from ingest.model import Capture

HOME = "https://blog.example/"
AT = datetime(2024, 5, 1, 12, tzinfo=UTC)


def target(*files) -> Target:
    return Target(url=HOME, home_url=HOME, host="blog.example", files=tuple(map(str, files)))


def capture(url: str, size: int = 200, **headers: str) -> Capture:
    named = {"content-type": "text/html; charset=utf-8"} | headers
    return Capture(url=url, body=f"<p>{url}</p>".encode() + b"x" * size, fetched_at=AT, headers=named)


def warc_of(*captures: Capture) -> bytes:
    sink = BytesIO()
    write_warc(captures, sink, AT)
    return sink.getvalue()


@pytest.mark.parametrize("is_packed", [True, False])
async def test_the_sites_pages_are_found_chunk_by_chunk_and_had_by_their_range(
    walk, read_files, tmp_path, monkeypatch, is_packed
):
    monkeypatch.setattr("ingest.backfill.cc_news.CHUNK", 3_000)
    captures = [capture(f"{HOME if number % 3 else 'https://other.example/'}{number}") for number in range(60)]
    body = warc_of(*captures)
    path = tmp_path / "news.warc.gz"
    path.write_bytes(body if is_packed else gzip.decompress(body))

    walked = await walk(CcNews(), target(path), read_files)

    assert walked.urls == {f"{HOME}{number}" for number in range(60) if number % 3}
    assert walked.end is End.COMPLETE
    for ref in walked.refs:
        page = read_copy(ref, ref.copies[0], await read_files(ref.copies[0].ask))
        assert page is not None
        assert page.body.startswith(f"<p>{ref.url}</p>".encode())
        assert (page.url, page.fetched_at) == (ref.url, AT)


async def test_a_record_larger_than_a_chunk_is_asked_for_with_more(walk, read_files, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.backfill.cc_news.CHUNK", 1_000)
    path = tmp_path / "a.warc"
    path.write_bytes(gzip.decompress(warc_of(capture(f"{HOME}1", size=9_000), capture(f"{HOME}2"))))

    walked = await walk(CcNews(), target(path), read_files)

    assert (walked.urls, walked.end) == ({f"{HOME}1", f"{HOME}2"}, End.COMPLETE)


async def test_pictures_and_failures_are_no_pages(walk, read_files, tmp_path):
    path = tmp_path / "a.warc.gz"
    gone = Capture(url=f"{HOME}gone", body=b"x", fetched_at=AT, status=404, headers={"content-type": "text/html"})
    path.write_bytes(warc_of(capture(f"{HOME}a.jpg", **{"content-type": "image/jpeg"}), gone, capture(f"{HOME}1")))

    assert (await walk(CcNews(), target(path), read_files)).urls == {f"{HOME}1"}


async def test_a_file_that_is_cut_off_or_none_is_said_and_the_others_are_read(walk, read_files, tmp_path):
    cut, none, good = tmp_path / "cut.warc.gz", tmp_path / "none.warc.gz", tmp_path / "good.warc.gz"
    cut.write_bytes(warc_of(capture(f"{HOME}1"), capture(f"{HOME}2"))[:-30])
    none.write_bytes(b"this is no WARC file")
    good.write_bytes(warc_of(capture(f"{HOME}3")))

    walked = await walk(CcNews(), target(cut, none, tmp_path / "missing.warc.gz", good), read_files)

    assert (walked.urls, walked.end) == ({f"{HOME}1", f"{HOME}3"}, End.BLOCKED)
    assert "3 of the files" in walked.detail
    assert (await walk(CcNews(), target(none), read_files)).end is End.UNSUITABLE


async def test_an_empty_file_is_complete(walk, read_files, tmp_path):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"")

    assert (await walk(CcNews(), target(path), read_files)).end is End.COMPLETE


def test_a_bomb_in_a_member_ends_the_chunk_in_time(monkeypatch):
    monkeypatch.setattr("ingest.backfill.warc_chunks.MOST_UNPACKED", 20_000_000)
    bomb = gzip.compress(b"WARC/1.0\r\n" + b"\0" * 60_000_000)

    chunk = read_chunk(warc_of(capture(f"{HOME}1")) + bomb)

    assert chunk.is_damaged
    assert [record.url for record in chunk.records] == [f"{HOME}1"]


def test_every_cut_of_a_file_gives_whole_records_only():
    body = warc_of(capture(f"{HOME}1"), capture(f"{HOME}2"))
    ends = {read_chunk(body[:length]).end for length in range(0, len(body) + 1, 7)} | {read_chunk(body).end}

    assert len(ends) == 4  # none, the head of the file, one page, both
    assert max(ends) == len(body)


async def test_a_list_has_one_address_a_line_in_whatever_form(walk, read_files, tmp_path):
    path = tmp_path / "urls.txt"
    path.write_text(
        "\ufeff# a comment\nhttps://blog.example/1\r\n\n  https://other.example/2?utm_source=x  \n"
        'https://blog.example/3,"Title, with comma",2024-01-01\n5\thttps://blog.example/4\n'
        '{"id": 1, "url": "https://blog.example/5"}\n{"broken": \nnot an address\nftp://blog.example/6\n'
        "https://blog.example/7"
    )

    walked = await walk(UrlList(), target(path), read_files)

    assert walked.urls == {*(f"{HOME}{number}" for number in (1, 3, 4, 5, 7)), "https://other.example/2"}
    assert walked.end is End.COMPLETE


async def test_a_long_list_is_read_chunk_by_chunk_and_no_line_is_cut(walk, read_files, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.backfill.url_list.CHUNK", 100)
    path = tmp_path / "urls.txt"
    path.write_text("".join(f"{HOME}{number}\n" for number in range(200)))

    walked = await walk(UrlList(), target(path), read_files)

    assert len(walked.urls) == 200
    assert walked.end is End.COMPLETE


async def test_a_line_longer_than_a_chunk_is_passed_over(walk, read_files, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.backfill.url_list.CHUNK", 100)
    path = tmp_path / "urls.txt"
    path.write_text("x" * 350 + f"\n{HOME}1\n")

    assert (await walk(UrlList(), target(path), read_files)).urls == {f"{HOME}1"}


async def test_a_list_on_the_web_and_a_missing_one(walk_answers, tmp_path):
    web, missing = "https://lists.example/urls.txt", Path("/nowhere/list.txt")

    walked = await walk_answers(UrlList(), target(web, missing), {web: f"{HOME}1\n"})

    assert (walked.urls, walked.end) == ({f"{HOME}1"}, End.BLOCKED)
    assert (await walk_answers(UrlList(), target(missing), {})).end is End.UNSUITABLE
