"""What an import finds here already, on SQLite and Postgres."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.model import Capture
from storage import pages, sites
from storage.archive import Archive
from storage.imports import is_fetched_since, is_part
from storage.pages import NewPage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def is_stored(newsroom: Any, key: int, moment: datetime) -> bool:
    with newsroom.database.read() as session:
        return is_fetched_since(session, {key}, moment)


def stored_page(newsroom: Any, name: str, **changes: Any) -> int:
    """The key of a page whose article is stored from a fetch at NOW."""
    seen = newsroom.seen(name)
    newsroom.poll(newsroom.subscribe(), seen)
    [page] = newsroom.waiting()
    newsroom.save(page, alias_keys=(seen.page_key,), **changes)
    return seen.page_key


def test_an_article_is_stored_from_its_fetch_on_backwards(newsroom: Any) -> None:
    key = stored_page(newsroom, "a")
    assert [is_stored(newsroom, key, moment) for moment in (EARLIER, NOW, LATER)] == [True, True, False]
    assert not is_stored(newsroom, key + 1, EARLIER)


def test_a_text_that_only_the_feed_gave_waits_for_its_page(newsroom: Any) -> None:
    key = stored_page(newsroom, "a", status="partial")
    assert [is_stored(newsroom, key, moment) for moment in (EARLIER, NOW)] == [False, True]


def test_a_page_that_came_otherwise_waits_for_nobody_and_a_known_one_stays(newsroom: Any) -> None:
    seen = newsroom.seen("known")
    newsroom.poll(newsroom.subscribe(), seen)
    [known] = newsroom.waiting()
    with newsroom.database.begin() as session:
        new = pages.put_done(session, NewPage("https://old.example/a", 7, "old.example"), EARLIER)
        same = pages.put_done(session, NewPage(seen.page_url, seen.page_key, seen.host), EARLIER)
    assert (same.page_id, newsroom.waiting()) == (known.page_id, [known])
    assert newsroom.waiting("old.example") == []
    with newsroom.database.read() as session:
        found = pages.known(session, {7, 8, seen.page_key})
    assert {key: page.page_id for key, page in found.items()} == {7: new.page_id, seen.page_key: known.page_id}
    assert found[seen.page_key].entry == known.entry


def test_the_bytes_of_a_further_page_are_known_again(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("a"))
    [page] = newsroom.waiting()
    archive, bodies = Archive(), [b"<p>One</p>", b"<p>Two</p>"]
    with newsroom.database.begin() as session:
        site_id = sites.ensure(session, [page.host])[page.host]
        for part, body in enumerate(bodies):
            capture = Capture(url=page.url, body=body, fetched_at=NOW)
            archive.keep(session, page.page_id, archive.pack(session, site_id, capture, part))
    with newsroom.database.read() as session:
        assert [is_part(session, body) for body in (*bodies, b"<p>Three</p>")] == [False, True, False]
