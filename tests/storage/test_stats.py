"""Sizes: every key of the interface, counted right."""

from typing import Any

from storage.stats import stats


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
        "pages_by_state": {"pending": 1, "done": 2, "failed": 0},
        "articles": 2,
        "articles_with_text": 1,
        "revisions": 1,
        "stories": 0,
    }
