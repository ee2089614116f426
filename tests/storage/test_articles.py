"""Articles: each stored once, its versions kept, its changes readable by cursor."""

from typing import Any

from ingest.model import SaveOutcome
from storage import articles

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
