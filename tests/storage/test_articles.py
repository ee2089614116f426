"""Articles: each stored once, its versions kept, its changes readable by cursor."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.model import Removal, SaveOutcome
from storage import articles, feeds, tables
from storage.articles import ExportQuery

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

FIELDS = (
    *("id", "cursor", "url", "canonical_url", "feed_url", "site", "title", "authors", "published_at"),
    *("published_source", "updated_at", "first_seen_at", "fetched_at", "language", "text", "summary", "image_url"),
    *("tags", "site_name", "word_count", "status", "extractor", "removed", "origin_url", "content_hash"),
    *("story_id", "is_duplicate_of", "revision"),
)


def test_a_new_article_is_exported_with_every_field_of_the_interface(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))
    [page] = newsroom.waiting()

    outcome = newsroom.save(page, "Ten little words.")

    assert outcome is SaveOutcome.NEW
    [article] = newsroom.exported()
    assert tuple(article) == FIELDS
    assert article["feed_url"] == "https://news.example/a.xml"
    assert article["first_seen_at"] == "2026-11-21T12:00:00Z"
    assert (article["cursor"], article["revision"], article["word_count"]) == (1, 1, 3)
    assert newsroom.waiting() == []


def test_an_article_tells_where_its_values_are_from_and_what_its_page_was(newsroom: Any) -> None:
    newsroom.poll(newsroom.subscribe(), newsroom.seen("one"))
    [page] = newsroom.waiting()
    told = {"text": "feed-content", "page": "paywall: 90 characters of text"}
    newsroom.save(page, "Ten little words.", provenance=told)

    with newsroom.database.read() as session:
        assert articles.get_sources(session, 1) == told
        assert articles.get_sources(session, 2) == {}


def test_an_edit_makes_a_revision_and_keeps_the_old_words(newsroom: Any) -> None:
    feed_id = newsroom.subscribe()
    newsroom.poll(feed_id, newsroom.seen("one"))
    newsroom.save(newsroom.waiting()[0], "Old words.")

    counts = newsroom.poll(feed_id, newsroom.seen("one", fingerprint=7))
    outcome = newsroom.save(newsroom.waiting()[0], "New words.")

    assert (counts.entries_new, counts.entries_changed, counts.pages_new) == (0, 1, 0)
    assert outcome is SaveOutcome.REVISED
    [article] = newsroom.exported()
    assert (article["text"], article["revision"], article["cursor"]) == ("New words.", 2, 2)
    with newsroom.database.read() as session:
        versions = articles.history(session, article["id"])
    assert [(version.number, version.text) for version in versions] == [(1, "Old words."), (2, "New words.")]


def pages_of(newsroom: Any, *names: str) -> list[Any]:
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(name) for name in names))
    waiting: list[Any] = newsroom.waiting()
    return waiting


def save_together(newsroom: Any, *records: Any) -> tuple[SaveOutcome, ...]:
    with newsroom.database.begin() as session:
        return articles.save_many(session, records, NOW)


def test_the_same_words_again_rewrite_no_row(newsroom: Any) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page)
    before = newsroom.rows(tables.ARTICLE), newsroom.rows(tables.COUNTER), newsroom.rows(tables.REVISION)

    assert newsroom.save(page) is SaveOutcome.SAME

    assert (newsroom.rows(tables.ARTICLE), newsroom.rows(tables.COUNTER), newsroom.rows(tables.REVISION)) == before


def test_two_addresses_with_one_canonical_name_are_one_article(newsroom: Any) -> None:
    one, two = pages_of(newsroom, "one", "two")

    first = newsroom.save(one, alias_keys=(1, 3))
    second = newsroom.save(two, alias_keys=(2, 3), title="On one")

    assert (first, second) == (SaveOutcome.NEW, SaveOutcome.SAME)
    assert len(newsroom.exported()) == 1
    assert newsroom.waiting() == []


def test_one_article_twice_in_a_batch_is_stored_once(newsroom: Any) -> None:
    one, two, three = pages_of(newsroom, "one", "two", "three")

    outcomes = save_together(
        newsroom,
        newsroom.record(one, "Words.", title="T", alias_keys=(1, 9)),
        newsroom.record(two, "Words.", title="T", alias_keys=(2, 9)),
        newsroom.record(three, "Other words.", title="T", alias_keys=(3, 2)),
        newsroom.record(one, "Words.", title="T", alias_keys=(1, 9)),
    )

    assert outcomes == (SaveOutcome.NEW, SaveOutcome.SAME, SaveOutcome.REVISED, SaveOutcome.REVISED)
    [article] = newsroom.exported()
    assert (article["revision"], article["text"]) == (3, "Words.")


def test_a_batch_gives_every_article_its_own_words(newsroom: Any) -> None:
    waiting = pages_of(newsroom, *(f"story-{number}" for number in range(250)))

    outcomes = save_together(newsroom, *(newsroom.record(page, f"The words of {page.url}") for page in waiting))

    assert set(outcomes) == {SaveOutcome.NEW}
    exported = newsroom.exported()
    assert [article["cursor"] for article in exported] == list(range(1, 251))
    assert all(article["text"] == f"The words of {article['url']}" for article in exported)


@pytest.mark.parametrize("poorer", [{"text": None, "status": "consent"}, {"text": "A teaser.", "status": "partial"}])
def test_what_was_read_in_full_is_never_replaced_by_less(newsroom: Any, poorer: dict[str, Any]) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, "All of the words.")

    assert newsroom.save(page, **poorer) is SaveOutcome.SAME
    assert newsroom.exported()[0]["text"] == "All of the words."


PARAGRAPHS = ("The crane was moved on Monday.", "It took six hours.", "Nobody was hurt, and the bill is paid.")


def test_what_is_left_of_a_text_by_a_new_template_does_not_replace_it(newsroom: Any) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, "\n\n".join(PARAGRAPHS))

    assert newsroom.save(page, PARAGRAPHS[0]) is SaveOutcome.SAME
    assert newsroom.exported()[0]["text"] == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "edit",
    [
        {"text": "\n\n".join(PARAGRAPHS[:2])},
        {"text": "This article was withdrawn."},
        {"text": PARAGRAPHS[0], "title": "Withdrawn"},
    ],
    ids=["a paragraph goes", "other words", "another headline"],
)
def test_an_edit_that_shortens_a_text_is_a_revision(newsroom: Any, edit: dict[str, Any]) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, "\n\n".join(PARAGRAPHS))

    assert newsroom.save(page, **edit) is SaveOutcome.REVISED


def test_a_teaser_gives_way_to_the_full_text(newsroom: Any) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, "A teaser.", status="partial")

    assert newsroom.save(page, "All of the words.") is SaveOutcome.REVISED
    assert newsroom.exported()[0]["status"] == "ok"


def test_dead_addresses_that_lead_to_one_front_page_do_not_swallow_each_other(newsroom: Any) -> None:
    dead, alive = pages_of(newsroom, "dead", "alive")
    front = 77

    newsroom.save(dead, None, status="soft-404", alias_keys=(1, front))
    newsroom.save(alive, "Words.", alias_keys=(2, front))

    assert [article["status"] for article in newsroom.exported()] == ["soft-404", "ok"]


def test_a_date_that_an_edit_no_longer_names_stays(newsroom: Any) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, "Old words.", published_at=NOW, published_source="json-ld")
    newsroom.save(page, "New words.")

    [article] = newsroom.exported()
    assert (article["published_at"], article["published_source"]) == ("2026-11-21T12:00:00Z", "json-ld")


def test_the_export_goes_on_where_it_ended_and_brings_what_changed(newsroom: Any) -> None:
    waiting = pages_of(newsroom, "one", "two", "three")
    for page in waiting:
        newsroom.save(page)
    with newsroom.database.read() as session:
        first = list(articles.export(session, ExportQuery(limit=2)))
        assert articles.last_cursor(session) == 3
    newsroom.save(waiting[0], "New words.")

    with newsroom.database.read() as session:
        rest = list(articles.export(session, ExportQuery(after=first[-1]["cursor"])))

    assert [article["title"] for article in first] == ["On one", "On two"]
    assert [(article["title"], article["cursor"]) for article in rest] == [("On three", 3), ("On one", 4)]


def test_the_export_reads_in_portions_and_brings_all(newsroom: Any) -> None:
    waiting = pages_of(newsroom, *map(str, range(articles.PORTION * 2)))
    save_together(newsroom, *map(newsroom.record, waiting))

    assert len(newsroom.exported()) == articles.PORTION * 2


def test_the_export_can_be_narrowed_to_a_feed_and_a_date(newsroom: Any) -> None:
    one, two = pages_of(newsroom, "one", "two")
    newsroom.poll(newsroom.subscribe("b"), newsroom.seen("two"))
    newsroom.save(one, published_at=NOW - timedelta(days=9))
    newsroom.save(two, published_at=None)

    with newsroom.database.read() as session:
        of_feed = list(articles.export(session, ExportQuery(feed_url="https://news.example/b.xml")))
        of_site = list(articles.export(session, ExportQuery(site="news.example")))
        assert of_site == list(articles.export(session, ExportQuery()))
        assert list(articles.export(session, ExportQuery(site="other.example"))) == []
        recent = list(articles.export(session, ExportQuery(since=NOW - timedelta(days=1))))

    assert [article["title"] for article in of_feed] == ["On two"]
    assert [article["title"] for article in recent] == ["On two"]  # without a date, when it was first seen counts


def test_an_article_is_read_by_its_id(newsroom: Any) -> None:
    [page] = pages_of(newsroom, "one")
    newsroom.save(page, removed=(Removal("newsletter-box", "Sign up!"),), authors=("Ann", "Bo"))

    with newsroom.database.read() as session:
        article = articles.get(session, newsroom.exported()[0]["id"])
        assert articles.get(session, 10**12) is None
        assert articles.history(session, 10**12) == ()

    assert article is not None
    assert article["removed"] == [{"rule": "newsletter-box", "text": "Sign up!"}]
    assert article["authors"] == ["Ann", "Bo"]


def test_an_article_whose_feed_was_removed_meanwhile_is_not_stored(newsroom: Any) -> None:
    one, two = pages_of(newsroom, "one", "two")
    newsroom.poll(newsroom.subscribe("b"), newsroom.seen("two"))
    with newsroom.database.begin() as session:
        feeds.remove(session, "https://news.example/a.xml")

    outcomes = save_together(newsroom, newsroom.record(one), newsroom.record(two))

    assert outcomes == (SaveOutcome.SAME, SaveOutcome.NEW)
    assert [article["title"] for article in newsroom.exported()] == ["On two"]
