"""Revisits: stored pages wait again when their time has come, within the day's budget, and cost no second article."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import Capture, SaveOutcome, Validators
from storage import articles, revisits, tables
from storage.archive import Archive

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=7)


def store(newsroom: Any, *names: str) -> list[Any]:
    """Articles that are to be looked at again in six hours; gives their pages."""
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in names))
    waiting = newsroom.waiting()
    with newsroom.database.begin() as session:
        records = [replace(newsroom.record(page), revisit_at=NOW + timedelta(hours=6)) for page in waiting]
        articles.save_many(session, records, NOW)
    return waiting


def queue(newsroom: Any, now: datetime = LATER, most: int = 100) -> int:
    with newsroom.database.begin() as session:
        return revisits.queue(session, now, most)


def test_a_page_waits_again_when_its_time_has_come_and_not_before(newsroom: Any) -> None:
    store(newsroom, "one")

    assert queue(newsroom, NOW + timedelta(hours=5)) == 0
    assert queue(newsroom) == 1
    assert queue(newsroom) == 0
    [page] = newsroom.waiting(now=LATER)
    assert page.first_fetched_at == NOW


def test_a_page_that_waits_again_brings_who_said_what_of_its_article(newsroom: Any) -> None:
    [page] = store(newsroom, "one")
    assert page.provenance == {}
    newsroom.save(page, "Edited words.", provenance={"title": "feed", "headline": "h1"})
    with newsroom.database.begin() as session:
        session.connection().execute(tables.PAGE.update().values(revisit_at=NOW))
    queue(newsroom)

    [again] = newsroom.waiting(now=LATER)
    assert (again.is_revisit, again.provenance) == (True, {"title": "feed", "headline": "h1"})


def test_live_pages_go_first(newsroom: Any) -> None:
    store(newsroom, "old")
    queue(newsroom)
    newsroom.poll(newsroom.subscribe(), newsroom.seen("new"), now=LATER)

    assert [page.url.rpartition("/")[2] for page in newsroom.waiting(now=LATER)] == ["new", "old"]


def test_a_day_has_a_budget_whoever_queues(newsroom: Any) -> None:
    store(newsroom, *(f"n{number}" for number in range(10)))

    assert [queue(newsroom, most=4), queue(newsroom, most=4)] == [4, 0]
    assert queue(newsroom, LATER + timedelta(days=1), most=4) == 4
    with newsroom.database.begin() as session:
        revisits.forget_days(session, LATER + timedelta(days=3))
    assert queue(newsroom, LATER + timedelta(days=1), most=4) == 2


def test_an_edit_found_by_a_revisit_is_a_revision_of_the_same_article(newsroom: Any) -> None:
    store(newsroom, "one")
    queue(newsroom)
    [page] = newsroom.waiting(now=LATER)

    assert newsroom.save(page, "Corrected words.") is SaveOutcome.REVISED

    assert [(article["text"], article["revision"]) for article in newsroom.exported()] == [("Corrected words.", 2)]
    assert queue(newsroom, LATER + timedelta(days=9)) == 0


def test_a_page_that_has_not_changed_is_done_until_the_next_time(newsroom: Any) -> None:
    store(newsroom, "one")
    queue(newsroom)
    [page] = newsroom.waiting(now=LATER)

    with newsroom.database.begin() as session:
        revisits.finish_unchanged(session, page.page_id, LATER, NOW + timedelta(days=1))

    assert newsroom.waiting(now=LATER) == []
    assert queue(newsroom, NOW + timedelta(days=1)) == 1


def test_the_latest_capture_gives_what_to_ask_with(newsroom: Any) -> None:
    [page] = store(newsroom, "one")
    archive = Archive()
    with newsroom.database.begin() as session:
        for hours, etag in enumerate(('"a"', 'W/"b"')):
            at = NOW + timedelta(hours=hours)
            headers = {"etag": etag, "last-modified": "Sat, 21 Nov 2026 12:00:00 GMT"}
            body, moved = f"version {hours}".encode(), "https://news.example/moved"
            capture = Capture(url=page.url, body=body, fetched_at=at, final_url=moved, headers=headers)
            archive.keep(session, page.page_id, archive.pack(session, 1, capture))
        found = revisits.validators(session, [page.page_id])

    assert found == {page.page_id: Validators('W/"b"', "Sat, 21 Nov 2026 12:00:00 GMT", "https://news.example/moved")}
