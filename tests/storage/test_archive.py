"""The archive: every page as fetched, once, small, and gone only by a policy that says beforehand what goes."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.errors import BadArchive
from ingest.model import Capture
from storage import tables
from storage.archive import Archive, ArchivePolicy, ArchiveQuery, preview, prune

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def page_of(seed: int, template: int = 0) -> bytes:
    """A page of a template of 40 KB with 4 KB of words of its own."""
    frame, words = random.Random(f"template {template}"), random.Random(seed)
    furniture = "".join(f"<div class=c{frame.randrange(10**6)}>{frame.randrange(10**9)}</div>" for _ in range(1_000))
    text = " ".join(f"w{words.randrange(10**4)}" for _ in range(700))
    return f"<html><body>{furniture}<p>{text}</p></body></html>".encode()


def capture_of(page: Any, body: bytes, hours: int = 0, **changes: Any) -> Capture:
    headers = {"content-type": "text/html", "etag": '"a"', "set-cookie": "who=you"}
    plain = {"url": page.url, "body": body, "fetched_at": NOW + timedelta(hours=hours), "headers": headers}
    return Capture(**{**plain, **changes})


@pytest.fixture
def pages(newsroom: Any) -> list[Any]:
    """Twelve pages that wait on one host."""
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(f"n{number}") for number in range(12)))
    return newsroom.waiting()


def site_of(session: Any, page: Any) -> int:
    return session.get_one(tables.Page, page.page_id).site_id


def keep(newsroom: Any, archive: Archive, page: Any, capture: Capture, part: int = 0) -> bool:
    with newsroom.database.begin() as session:
        return archive.keep(session, page.page_id, archive.pack(session, site_of(session, page), capture, part))


def read(newsroom: Any, query: ArchiveQuery | None = None) -> list[Any]:
    with newsroom.database.read() as session:
        return list(Archive().read(session, query or ArchiveQuery()))


def test_a_page_comes_out_as_it_went_in_without_its_cookies(newsroom: Any, pages: list[Any]) -> None:
    capture = capture_of(pages[0], b"<p>\xff\x00 not even text", final_url="https://news.example/moved", status=203)

    keep(newsroom, Archive(), pages[0], capture)

    [kept] = read(newsroom)
    assert (kept.page_id, kept.host) == (pages[0].page_id, "news.example")
    assert kept.capture.headers == {"content-type": "text/html", "etag": '"a"'}
    for name in ("url", "body", "fetched_at", "final_url", "status"):
        assert getattr(kept.capture, name) == getattr(capture, name)


def test_pages_of_one_template_take_a_twentieth(newsroom: Any, pages: list[Any]) -> None:
    archive, bodies = Archive(), [page_of(number) for number in range(12)]
    for page, body in zip(pages, bodies, strict=True):
        keep(newsroom, archive, page, capture_of(page, body))

    assert [kept.capture.body for kept in read(newsroom)] == bodies
    packed = [len(row[3]) for row in newsroom.rows(tables.BLOB)]
    assert sum(packed[1:]) < 0.07 * sum(map(len, bodies[1:]))


def test_a_new_template_becomes_the_dictionary_of_the_pages_after_it(newsroom: Any, pages: list[Any]) -> None:
    archive, bodies = Archive(), [page_of(number, template=number // 4) for number in range(12)]
    for page, body in zip(pages, bodies, strict=True):
        keep(newsroom, archive, page, capture_of(page, body))

    dictionaries = [row[4] for row in newsroom.rows(tables.BLOB)]
    assert dictionaries == [None, 1, 1, 1, None, 5, 5, 5, None, 9, 9, 9]
    assert [kept.capture.body for kept in read(newsroom)] == bodies


def test_the_same_bytes_are_kept_once_and_a_change_is_another_capture(newsroom: Any, pages: list[Any]) -> None:
    archive, (one, other) = Archive(), pages[:2]
    assert keep(newsroom, archive, one, capture_of(one, b"the same"))
    assert not keep(newsroom, archive, one, capture_of(one, b"the same", hours=1))
    assert keep(newsroom, archive, other, capture_of(other, b"the same", hours=2))
    assert keep(newsroom, archive, one, capture_of(one, b"changed", hours=3))
    assert keep(newsroom, archive, one, capture_of(one, b"the same", hours=4))

    assert len(newsroom.rows(tables.BLOB)) == 2
    assert [kept.capture.body for kept in read(newsroom, ArchiveQuery(is_all=True))] == [
        *(b"the same", b"the same"),
        *(b"changed", b"the same"),
    ]
    assert [kept.capture.fetched_at.hour for kept in read(newsroom)] == [14, 16]


def test_captures_are_chosen_by_host_and_time(newsroom: Any, pages: list[Any]) -> None:
    for hours, page in enumerate(pages):
        keep(newsroom, Archive(), page, capture_of(page, page_of(hours), hours))

    since, until = NOW + timedelta(hours=2), NOW + timedelta(hours=5)
    assert len(read(newsroom, ArchiveQuery(since=since, until=until))) == 3
    assert len(read(newsroom, ArchiveQuery(host="news.example"))) == 12
    assert read(newsroom, ArchiveQuery(host="elsewhere.example")) == []


def test_a_preview_counts_what_pruning_takes_and_takes_nothing(newsroom: Any, pages: list[Any]) -> None:
    archive = Archive()
    for hours, page in enumerate(pages):
        keep(newsroom, archive, page, capture_of(page, page_of(hours), hours))
    policy = ArchivePolicy(before=NOW + timedelta(hours=6))

    with newsroom.database.begin() as session:
        foreseen = preview(session, policy)
    assert (foreseen.captures, len(read(newsroom))) == (6, 12)
    with newsroom.database.begin() as session:
        assert prune(session, policy) == foreseen

    assert [kept.page_id for kept in read(newsroom)] == [page.page_id for page in pages[6:]]
    assert [kept.capture.body for kept in read(newsroom)] == [page_of(number) for number in range(6, 12)]
    # The first page's bytes stay: those of the others are packed beside them.
    assert (foreseen.pages, len(newsroom.rows(tables.BLOB))) == (5, 7)


def test_the_latest_of_each_page_are_kept_and_a_dictionary_goes_with_its_last_page(
    newsroom: Any, pages: list[Any]
) -> None:
    archive, page = Archive(), pages[0]
    for hours in range(5):
        keep(newsroom, archive, page, capture_of(page, page_of(hours), hours))

    with newsroom.database.begin() as session:
        assert prune(session, ArchivePolicy(keep=2)).captures == 3
    assert [kept.capture.fetched_at.hour for kept in read(newsroom, ArchiveQuery(is_all=True))] == [15, 16]
    with newsroom.database.begin() as session:
        assert prune(session, ArchivePolicy(keep=0)).captures == 2
    assert newsroom.rows(tables.BLOB) == []
    for number in (9, 10):  # their ids were those of other pages, which this archive remembers
        keep(newsroom, archive, page, capture_of(page, page_of(number), number))
    assert [kept.capture.body for kept in read(newsroom)] == [page_of(10)]


def test_damaged_bytes_are_named_as_such(newsroom: Any, pages: list[Any]) -> None:
    keep(newsroom, Archive(), pages[0], capture_of(pages[0], page_of(1)))
    with newsroom.database.begin() as session:
        session.connection().execute(tables.BLOB.update().values(packed=b"no zstd at all"))

    with pytest.raises(BadArchive, match="cannot be unpacked"):
        read(newsroom)


def test_the_further_pages_of_an_article_are_kept_behind_it(newsroom: Any, pages: list[Any]) -> None:
    archive, page = Archive(), pages[0]
    for part, body in [(0, b"one"), (1, b"two"), (0, b"one again"), (1, b"two")]:
        keep(newsroom, archive, page, capture_of(page, body), part)

    with newsroom.database.read() as session:
        assert [(kept.part, kept.capture.body) for kept in archive.latest(session, page.page_id)] == [
            *((0, b"one again"), (1, b"two"))
        ]


def test_a_page_whose_dictionary_was_pruned_meanwhile_is_packed_alone(newsroom: Any, pages: list[Any]) -> None:
    archive, (one, other) = Archive(), pages[:2]
    keep(newsroom, archive, one, capture_of(one, page_of(1)))
    with newsroom.database.begin() as session:
        packed = archive.pack(session, site_of(session, other), capture_of(other, page_of(2)))
        assert packed.dictionary_id is not None
        prune(session, ArchivePolicy(keep=0))
        assert archive.keep(session, other.page_id, packed)

    assert [kept.capture.body for kept in read(newsroom)] == [page_of(2)]
