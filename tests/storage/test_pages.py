"""Pages: live before backfill, patient after a failure, asked for again when someone asks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import FailureKind, PageFailure, SaveOutcome
from storage import pages, sites, tables
from storage.due import Wanted
from storage.pages import BACKFILL, NewPage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def new_page(number: int, host: str = "news.example") -> NewPage:
    return NewPage(f"https://{host}/{number}", number, host)


def add(newsroom: Any, *numbers: int, priority: int = pages.LIVE) -> int:
    with newsroom.database.begin() as session:
        added: int = pages.add_urls(session, [new_page(number) for number in numbers], NOW, priority)
    return added


def fail(newsroom: Any, page_id: int, again: datetime | None) -> None:
    failure = PageFailure(
        page_id=page_id, kind=FailureKind.UNAVAILABLE, detail="it was busy", status=503, next_attempt_at=again
    )
    with newsroom.database.begin() as session:
        pages.record_failure(session, failure, NOW)


def test_live_pages_come_before_backfill(newsroom: Any) -> None:
    add(newsroom, 1, 2, priority=BACKFILL)
    add(newsroom, 3)

    assert [page.url[-1] for page in newsroom.waiting()] == ["3", "1", "2"]


def test_a_page_that_failed_waits_for_its_next_attempt(newsroom: Any) -> None:
    add(newsroom, 1)
    fail(newsroom, newsroom.waiting()[0].page_id, NOW + timedelta(minutes=5))

    assert newsroom.waiting(now=NOW + timedelta(minutes=4)) == []
    [page] = newsroom.waiting(now=NOW + timedelta(minutes=5))
    assert page.attempts == 1


def test_a_page_that_failed_for_good_waits_no_more_and_says_why(newsroom: Any) -> None:
    add(newsroom, 1)
    fail(newsroom, newsroom.waiting()[0].page_id, None)

    assert newsroom.waiting(now=NOW + timedelta(days=400)) == []
    with newsroom.database.read() as session:
        assert pages.counts(session) == {"pending": 0, "done": 0, "failed": 1, "filtered": 0, "removed": 0}
        assert pages.failures(session) == [{"kind": "unavailable", "pages": 1, "example": "https://news.example/1"}]


def test_an_article_from_the_feed_alone_keeps_the_reason_why_its_page_failed(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    fail(newsroom, page.page_id, None)

    newsroom.save(page, "A teaser.", status="partial")

    with newsroom.database.read() as session:
        row = session.get_one(tables.Page, page.page_id)
        assert (row.state, row.last_failure_kind, row.last_status) == ("done", "unavailable", 503)


def test_a_page_that_is_asked_for_again_is_fetched_again(newsroom: Any) -> None:
    assert add(newsroom, 1, 2) == 2
    for page in newsroom.waiting():
        newsroom.save(page, alias_keys=())

    assert add(newsroom, 2, 3) == 1

    again, new = newsroom.waiting()
    assert newsroom.save(again, alias_keys=()) is SaveOutcome.SAME
    assert newsroom.save(new, alias_keys=()) is SaveOutcome.NEW


def test_backfill_leaves_known_pages_as_they_are(newsroom: Any) -> None:
    add(newsroom, 1)
    newsroom.save(newsroom.waiting()[0], alias_keys=())

    assert add(newsroom, 1, 1, 2, priority=BACKFILL) == 1
    assert [page.url[-1] for page in newsroom.waiting()] == ["2"]


def test_pages_of_a_narrowed_run_are_only_those_asked_for(newsroom: Any) -> None:
    add(newsroom, 1, 2)

    with newsroom.database.begin() as session:
        site_id = sites.ensure(session, ["news.example"])["news.example"]
        [page] = pages.waiting(session, site_id, Wanted(now=NOW, page_keys=(2,)))
    assert page.url == "https://news.example/2"


def test_hosts_with_pages_to_fetch_are_told_from_those_without(newsroom: Any) -> None:
    newsroom.subscribe("quiet", "quiet.example")
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    with newsroom.database.read() as session:
        ids = sites.ids(session, ["quiet.example", "news.example"])
        assert pages.hosts_waiting(session, ids.values(), Wanted(now=NOW)) == {ids["news.example"]}
        assert pages.hosts_waiting(session, [ids["quiet.example"]], Wanted(now=NOW)) == set()
