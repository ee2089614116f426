"""Saved searches: what is new since they were saved, in order, each for one holder at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage import searches
from storage.searches import Claimed, NewSearch

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEASE = timedelta(minutes=2)
HOOK = "https://hooks.example/secret"


def save(newsroom: Any, **fields: Any) -> None:
    with newsroom.database.begin() as session:
        assert searches.add(session, NewSearch(**{"name": "s", "query": "river", "webhook_url": HOOK} | fields), NOW)


def publish(newsroom: Any, *texts: str, host: str = "news.example", **changes: Any) -> None:
    feed_id = newsroom.subscribe(host=host)
    names = [f"{host}/{text}" for text in texts]
    newsroom.poll(feed_id, *(newsroom.seen(name, host=host) for name in names))
    for page, words in zip(newsroom.waiting(host), texts, strict=True):
        newsroom.save(page, words, published_at=NOW, **changes)


def claim(newsroom: Any, holder: str = "me", now: datetime = NOW) -> list[Claimed]:
    with newsroom.database.begin() as session:
        return searches.claim(session, holder, now, LEASE)


def hits(newsroom: Any, search: Claimed, after: int | None = None, most: int = 10) -> searches.Hits:
    with newsroom.database.read() as session:
        return searches.new_hits(session, search, search.last_article_id if after is None else after, most)


def test_only_what_is_stored_after_it_was_saved_is_a_hit(newsroom: Any) -> None:
    publish(newsroom, "The old river.")
    save(newsroom)
    publish(newsroom, "The new river.", "A hill.", "Rivers and a river bank.", host="b.example")
    [search] = claim(newsroom)
    found = hits(newsroom, search)
    assert [article["id"] for article in found.articles] == [2, 4]
    assert found.last_article_id == 4
    assert "river" in found.articles[0]["snippet"]


def test_hits_come_in_portions_and_none_is_left_out(newsroom: Any) -> None:
    save(newsroom)
    publish(newsroom, *(f"River number {n}." for n in range(5)))
    [search] = claim(newsroom)
    first = hits(newsroom, search, most=3)
    second = hits(newsroom, search, first.last_article_id, most=3)
    assert [a["id"] for a in (*first.articles, *second.articles)] == [1, 2, 3, 4, 5]


def test_a_site_narrows_it_and_alone_takes_all_of_it(newsroom: Any) -> None:
    save(newsroom, site="b.example")
    save(newsroom, name="all", query="", site="b.example")
    publish(newsroom, "A river.")
    publish(newsroom, "Another river.", "A hill.", host="b.example")
    narrow, everything = sorted(claim(newsroom), key=lambda search: search.query == "")
    assert len(hits(newsroom, narrow).articles) == 1
    assert len(hits(newsroom, everything).articles) == 2


def test_an_edited_article_is_no_new_one(newsroom: Any) -> None:
    save(newsroom)
    publish(newsroom, "A river.")
    [search] = claim(newsroom)
    with newsroom.database.begin() as session:
        assert searches.record_delivery(session, search.search_id, "me", hits(newsroom, search), NOW)
        searches.release(session, [search.search_id], "me")
    newsroom.poll(1, newsroom.seen("news.example/A river.", fingerprint=9))
    with newsroom.database.begin() as session:
        session.connection().exec_driver_sql("UPDATE article SET cursor = cursor + 100")
    [search] = claim(newsroom)
    assert hits(newsroom, search).articles == []


def test_history_that_a_backfill_brings_calls_nobody(newsroom: Any) -> None:
    save(newsroom)
    publish(newsroom, "A river.", canonical_url=None)
    with newsroom.database.begin() as session:
        session.connection().exec_driver_sql("UPDATE article SET published_at = '2020-01-01 00:00:00+00:00'")
    [search] = claim(newsroom)
    found = hits(newsroom, search)
    assert (found.articles, found.last_article_id) == ([], 1)


def test_one_holder_at_a_time_until_its_lease_ends(newsroom: Any) -> None:
    save(newsroom)
    assert len(claim(newsroom, "first")) == 1
    assert claim(newsroom, "second") == []
    [search] = claim(newsroom, "second", NOW + LEASE)
    with newsroom.database.begin() as session:
        assert not searches.record_delivery(session, search.search_id, "first", searches.Hits([], 9), NOW)
        searches.release(session, [search.search_id], "first")
        assert not searches.is_any_due(session, NOW + LEASE)


def test_a_failure_is_remembered_and_tried_again_at_its_time(newsroom: Any) -> None:
    save(newsroom)
    [search] = claim(newsroom)
    with newsroom.database.begin() as session:
        searches.record_failure(session, search.search_id, "me", "the receiver answered 500", NOW + LEASE)
    assert claim(newsroom) == []
    with newsroom.database.read() as session:
        [row] = searches.listing(session)
    assert (row["failures"], row["detail"]) == (1, "the receiver answered 500")
    assert [search.failures for search in claim(newsroom, now=NOW + LEASE)] == [1]


def test_a_name_is_taken_once_and_free_again_when_removed(newsroom: Any) -> None:
    save(newsroom, webhook_url=None)
    with newsroom.database.begin() as session:
        assert not searches.add(session, NewSearch(name="s", query="other"), NOW)
        assert not searches.is_any_due(session, NOW), "without a webhook nothing is due"
        assert searches.remove(session, "s")
        assert not searches.remove(session, "s")
