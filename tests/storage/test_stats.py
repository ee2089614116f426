"""Sizes: every key of the interface, counted right."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import Capture
from storage import sites
from storage.archive import Archive
from storage.stats import archive_stats, stats


def test_everything_is_counted(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in "abc"))
    first, second, _ = newsroom.waiting()
    newsroom.save(first, "Old words.")
    newsroom.save(first, "New words.")
    newsroom.save(second, None, status="blocked")

    with newsroom.database.read() as session:
        found = stats(session)

    assert found.pop("database_bytes") > 10_000
    assert found == {
        "sites": 1,
        "feeds": 1,
        "pages": 3,
        "pages_by_state": {"pending": 1, "done": 2, "failed": 0, "filtered": 0, "removed": 0},
        "articles": 2,
        "articles_with_text": 1,
        "articles_removed": 0,
        "revisions": 1,
        "stories": 0,
    }


def test_bytes_that_several_captures_hold_are_counted_once(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("a"), newsroom.seen("b"))
    first, second = newsroom.waiting()
    bodies = [random.Random(seed).randbytes(5_000) for seed in range(2)]
    fetches = [(first, bodies[0]), (first, bodies[1]), (second, bodies[0])]
    archive, moment = Archive(), datetime(2026, 11, 21, tzinfo=UTC)
    for hours, (page, body) in enumerate(fetches):
        capture = Capture(url=page.url, body=body, fetched_at=moment + timedelta(hours=hours))
        with newsroom.database.begin() as session:
            site_id = sites.ensure(session, [page.host])[page.host]
            archive.keep(session, page.page_id, archive.pack(session, site_id, capture))

    with newsroom.database.read() as session:
        found = archive_stats(session)

    [site] = found.pop("sites")
    assert site == {"site": "news.example", **found}
    assert (found["captures"], found["pages"], found["bytes_unpacked"]) == (3, 2, 10_000)
    assert found["share"] == round(found["bytes_packed"] / 10_000, 4)


def test_an_empty_archive_has_no_share(newsroom: Any) -> None:
    with newsroom.database.read() as session:
        found = archive_stats(session)
    nothing = {"captures": 0, "pages": 0, "bytes_unpacked": 0, "bytes_packed": 0}
    assert found == {**nothing, "share": None, "sites": []}
