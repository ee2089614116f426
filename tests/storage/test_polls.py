"""What a poll writes: its feed, what is new, what was edited, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from ingest.model import FailureKind, FeedState, FeedStatus, PacingHints, SaveOutcome, Validators
from storage import feeds, tables

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
OTHERS = (tables.SITE, tables.ENTRY, tables.PAGE, tables.ARTICLE, tables.ALIAS, tables.ARTICLE_FEED, tables.REVISION)


def test_new_entries_wait_as_pages_in_the_order_of_the_feed(newsroom: Any) -> None:
    counts = newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in ("c", "a", "b")))

    assert counts == feeds.PollCounts(entries_new=3, entries_changed=0, pages_new=3)
    assert [page.url for page in newsroom.waiting()] == [f"https://news.example/{name}" for name in "cab"]
    assert newsroom.waiting()[0].entry == newsroom.seen("c").entry
    assert newsroom.waiting()[0].feed_url == "https://news.example/a.xml"


def test_a_quiet_poll_writes_the_feed_and_nothing_else(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    entries = [newsroom.seen(str(number)) for number in range(20)]
    newsroom.poll(feed_id, *entries)
    for page in newsroom.waiting():
        newsroom.save(page)
    before = [newsroom.rows(table) for table in (*OTHERS, tables.COUNTER)]

    counts = newsroom.poll(feed_id, *reversed(entries), now=LATER)  # rule 72: the order does not matter

    assert counts == feeds.PollCounts()
    assert [newsroom.rows(table) for table in (*OTHERS, tables.COUNTER)] == before


def test_a_poll_of_five_thousand_known_entries_writes_one_row_rule_78(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    entries = [newsroom.seen(str(number)) for number in range(5_000)]
    assert newsroom.poll(feed_id, *entries).pages_new == 5_000
    statements: list[str] = []
    event.listen(newsroom.database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))

    newsroom.poll(feed_id, *entries, newsroom.seen("fresh"), now=LATER)

    writes = [statement.split()[1:3] for statement in statements if statement.startswith(("INSERT", "UPDATE"))]
    assert writes == [["feed", "SET"], ["INTO", "page"], ["INTO", "entry"]]
    assert len(statements) < 40


def test_everything_of_a_feeds_state_comes_back(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    state = FeedState(
        url="https://news.example/a.xml",
        validators=Validators('W/"x\\"y"', "Sat, 21 Nov 2026 12:00:00 +0000", "https://cdn.example/a.xml"),
        body_hash="ab" * 32,
        interval_seconds=3600,
        created_at=NOW,
        last_polled_at=NOW,
        last_changed_at=NOW - timedelta(days=2),
        failures=3,
        failing_since=NOW - timedelta(hours=5),
        failure=FailureKind.TIMEOUT,
        failure_detail="it took too long",
        post_count=12.345678901234567,
        post_days=1e-9,
        window_entries=0,
        full_answers=2,
        moved_to="https://new.example/feed",
        moved_count=2,
        moved_seen_at=NOW,
        hints=PacingHints(ttl_seconds=0, skip_hours=frozenset({0, 23}), skip_days=frozenset({6})),
    )

    newsroom.poll(feed_id, state=state, failure=FailureKind.TIMEOUT, failure_detail="it took too long")

    with newsroom.database.read() as session:
        assert feeds.find(session, state.url) == (feed_id, state)
        [failing] = feeds.failing(session)
    assert (failing["last_failure_kind"], failing["last_failure_detail"]) == ("timeout", "it took too long")


def test_an_edited_entry_is_fetched_again_with_its_new_words(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"), newsroom.seen("two"))
    for page in newsroom.waiting():
        newsroom.save(page)

    counts = newsroom.poll(feed_id, newsroom.seen("one", fingerprint=1), newsroom.seen("two"), now=LATER)

    assert counts == feeds.PollCounts(entries_new=0, entries_changed=1, pages_new=0)
    assert [page.url for page in newsroom.waiting()] == ["https://news.example/one"]
    assert newsroom.poll(feed_id, newsroom.seen("one", fingerprint=1), now=LATER).entries_changed == 0


def test_a_changed_guid_is_the_same_article_rule_67(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0])

    counts = newsroom.poll(feed_id, newsroom.seen("one", entry_key=99), now=LATER)

    assert counts == feeds.PollCounts(entries_new=1, entries_changed=0, pages_new=0)
    assert newsroom.waiting() == []
    assert len(newsroom.exported()) == 1


def test_a_changed_link_under_the_same_guid_is_the_same_article(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0], "Old words.")
    moved = {"page_url": "https://new.example/1", "page_key": 42, "host": "new.example", "fingerprint": 1}

    counts = newsroom.poll(feed_id, newsroom.seen("one", **moved), now=LATER)
    [page] = newsroom.waiting("new.example")

    assert counts.pages_new == 0
    assert page.url == "https://new.example/1"
    assert newsroom.save(page, "New words.", alias_keys=(42,)) is SaveOutcome.REVISED
    assert len(newsroom.exported()) == 1


def test_edited_entries_that_all_move_to_one_address_share_its_page(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"), newsroom.seen("two"))
    front = {"page_url": "https://news.example/", "page_key": 42, "fingerprint": 1}

    newsroom.poll(feed_id, newsroom.seen("one", **front), newsroom.seen("two", **front), now=LATER)

    assert sorted(page.url for page in newsroom.waiting()) == ["https://news.example/", "https://news.example/two"]


def test_the_same_article_in_two_feeds_is_fetched_once_and_linked_to_both(newsroom: Any) -> None:
    first, second = newsroom.subscribe("a"), newsroom.subscribe("b")
    newsroom.poll(first, newsroom.seen("one"))
    newsroom.poll(second, newsroom.seen("one"))
    [page] = newsroom.waiting()

    assert newsroom.save(page) is SaveOutcome.NEW

    assert newsroom.waiting() == []
    [article] = newsroom.exported()
    assert article["feed_url"] == "https://news.example/a.xml"
    with newsroom.database.read() as session:
        assert [row["articles"] for row in feeds.listing(session)] == [1, 1]


def test_a_feed_that_comes_later_is_linked_to_what_is_stored_by_any_of_its_names(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe("a"), newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0], alias_keys=(7, 8))

    counts = newsroom.poll(newsroom.subscribe("b"), newsroom.seen("other", page_key=8))

    assert counts == feeds.PollCounts(entries_new=1, entries_changed=0, pages_new=0)
    assert newsroom.waiting() == []
    with newsroom.database.read() as session:
        assert [row["articles"] for row in feeds.listing(session)] == [1, 1]


def test_an_edit_seen_by_a_feed_that_came_later_revises_the_article(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe("a"), newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0], "Old words.", alias_keys=(7, 8))
    second = newsroom.subscribe("b")
    newsroom.poll(second, newsroom.seen("other", page_key=8))

    counts = newsroom.poll(second, newsroom.seen("other", page_key=8, fingerprint=1), now=LATER)

    assert counts == feeds.PollCounts(entries_new=0, entries_changed=1, pages_new=1)
    assert newsroom.save(newsroom.waiting()[0], "New words.", alias_keys=(8,)) is SaveOutcome.REVISED


def test_entries_without_a_link_wait_with_what_the_feed_said(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one", page_url=None, page_key=5))

    [page] = newsroom.waiting()

    assert page.url is None
    assert page.entry is not None
    assert page.entry.content == "<p>one</p>"


def test_an_entry_that_is_twice_in_one_document_is_stored_once(newsroom: Any) -> None:
    counts = newsroom.poll(newsroom.subscribe(), newsroom.seen("one"), newsroom.seen("one", fingerprint=1))

    assert counts == feeds.PollCounts(entries_new=1, entries_changed=0, pages_new=1)
    assert len(newsroom.rows(tables.ENTRY)) == 1


def test_retry_after_holds_the_host_in_the_same_transaction_rule_31(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), host_hold_until=LATER, reason="the host asked for an hour (Retry-After)")

    with newsroom.database.read() as session:
        site = session.get_one(tables.Site, 1)
        assert (site.next_request_at, site.hold_reason) == (LATER, "the host asked for an hour (Retry-After)")


def test_a_feed_that_was_paused_during_its_poll_stays_paused(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    decision = newsroom.decision(feed_id)
    with newsroom.database.begin() as session:
        feeds.pause(session, "https://news.example/a.xml")
        feeds.set_min_interval(session, "https://news.example/a.xml", 900)
        feeds.record_poll(session, feeds.PollRecord(feed_id=feed_id, decision=decision, now=NOW))

    with newsroom.database.read() as session:
        [row] = feeds.states(session)
    assert row.state.status is FeedStatus.PAUSED
    assert row.state.min_interval_seconds == 900


def test_a_feed_that_was_removed_during_its_poll_stays_removed(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    decision = newsroom.decision(feed_id)
    seen = (newsroom.seen("one"),)
    with newsroom.database.begin() as session:
        feeds.remove(session, "https://news.example/a.xml")
        record = feeds.PollRecord(feed_id=feed_id, decision=decision, now=NOW, seen=seen)
        assert feeds.record_poll(session, record) == feeds.PollCounts()

    assert newsroom.rows(tables.FEED) == newsroom.rows(tables.PAGE) == []


def test_polls_that_are_written_together_leave_what_each_leaves_alone(newsroom: Any) -> None:
    names = ("unchanged", "news", "failing", "paused", "removed")
    ids = {name: newsroom.subscribe(name) for name in names}
    failure = {"failure": FailureKind.SERVER_ERROR, "failure_detail": "it answered 500", "next_poll_at": LATER}
    records = [
        feeds.PollRecord(
            feed_id=feed_id,
            decision=newsroom.decision(feed_id, **(failure if name == "failing" else {})),
            now=NOW,
            seen=(newsroom.seen("one"),) if name == "news" else (),
            title="The News" if name == "news" else None,
        )
        for name, feed_id in ids.items()
    ]
    with newsroom.database.begin() as session:
        feeds.pause(session, "https://news.example/paused.xml")
        feeds.remove(session, "https://news.example/removed.xml")
        counts = feeds.record_polls(session, records)

    assert [count.entries_new for count in counts] == [0, 1, 0, 0, 0]
    with newsroom.database.read() as session:
        rows = {name: session.get(tables.Feed, feed_id) for name, feed_id in ids.items()}
    assert rows["removed"] is None
    assert {name: row.status for name, row in rows.items() if row} == {
        **dict.fromkeys(("unchanged", "news", "failing"), "active"),
        "paused": "paused",
    }
    assert {name for name, row in rows.items() if row and row.watched_since == NOW} == {"unchanged", "news", "paused"}
    assert (rows["news"].title, rows["unchanged"].title) == ("The News", None)
    assert (rows["failing"].last_failure_detail, rows["failing"].next_poll_at) == ("it answered 500", LATER)


def test_two_feeds_that_move_to_one_address_together_are_left_to_be_written_one_by_one(newsroom: Any) -> None:
    ids = [newsroom.subscribe("a"), newsroom.subscribe("b")]
    state = FeedState(url="https://news.example/both.xml", created_at=NOW)
    records = [
        feeds.PollRecord(feed_id=feed_id, decision=newsroom.decision(feed_id, state=state), now=NOW) for feed_id in ids
    ]
    with pytest.raises(IntegrityError), newsroom.database.begin() as session:
        feeds.record_polls(session, records)

    for record in records:
        with newsroom.database.begin() as session:
            feeds.record_poll(session, record)

    with newsroom.database.read() as session:
        assert [row.state.url for row in feeds.states(session)] == ["https://news.example/both.xml"]


def moved(newsroom: Any, feed_id: int, url: str, *seen: Any) -> feeds.PollCounts:
    decision = newsroom.decision(feed_id, LATER, state=FeedState(url=url, created_at=NOW))
    record = feeds.PollRecord(feed_id=feed_id, decision=decision, now=LATER, seen=seen, host="new.example")
    with newsroom.database.begin() as session:
        return feeds.record_poll(session, record)


def test_a_feed_that_moved_is_asked_at_its_new_host_rule_35(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))

    assert moved(newsroom, feed_id, "https://new.example/a.xml", newsroom.seen("one")) == feeds.PollCounts()

    with newsroom.database.read() as session:
        feed = session.get_one(tables.Feed, feed_id)
        assert session.get_one(tables.Site, feed.site_id).host == "new.example"


def test_a_feed_that_moved_onto_another_becomes_one_with_it_rule_35(newsroom: Any) -> None:
    old, new = newsroom.subscribe("a"), newsroom.subscribe("a", "new.example")
    newsroom.poll(old, newsroom.seen("one"), newsroom.seen("two"))
    newsroom.poll(new, newsroom.seen("two"))
    for page in newsroom.waiting():
        newsroom.save(page)

    assert moved(newsroom, old, "https://new.example/a.xml", newsroom.seen("one")) == feeds.PollCounts()

    with newsroom.database.read() as session:
        [feed] = feeds.listing(session)
    assert (feed["url"], feed["articles"]) == ("https://new.example/a.xml", 2)
    assert {article["feed_url"] for article in newsroom.exported()} == {"https://new.example/a.xml"}


def test_new_entries_can_be_counted_before_the_poll_is_decided(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))

    with newsroom.database.read() as session:
        assert feeds.count_new(session, feed_id, [newsroom.seen("one"), newsroom.seen("two")]) == 1


@pytest.mark.parametrize("words", ["nul \x00 inside", "a lone \ud800 surrogate", "\U0001f600 emoji", "a\u2028b"])
def test_words_that_databases_choke_on_are_stored(newsroom: Any, words: str) -> None:
    feed_id = newsroom.subscribe()
    entry = newsroom.seen("one").entry
    entry = type(entry)(id=words, url=entry.url, title=words, content=words, tags=(words,))

    newsroom.poll(feed_id, newsroom.seen("one", entry=entry))
    [page] = newsroom.waiting()
    newsroom.save(page, words, authors=(words,), tags=(words,))
    newsroom.poll(feed_id, newsroom.seen("one", fingerprint=1), now=LATER)
    newsroom.save(newsroom.waiting()[0], "Clean words.")

    assert "\x00" not in page.entry.title
    assert newsroom.exported()[0]["text"] == "Clean words."
