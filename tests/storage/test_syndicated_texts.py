"""The texts of the newsroom's syndicated world, as they were written: copies found, no strangers, on both databases."""

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from flows.sample.world import Newsroom
from storage import articles

STARTED_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
LEAST_FOUND = 0.95


def test_copies_are_found_and_strangers_are_not(newsroom: Any) -> None:
    truths = [truth for truth in Newsroom(STARTED_AT, syndicated=True).truth(STARTED_AT) if truth.text]
    newsroom.poll(newsroom.subscribe(), *(newsroom.seen(str(number)) for number in range(len(truths))))
    records = [
        newsroom.record(page, truths[int(page.url.rpartition("/")[2])].text, title=page.url)
        for page in newsroom.waiting()
    ]
    for start in range(0, len(records), 50):
        with newsroom.database.begin() as session:
            articles.save_many(session, records[start : start + 50], STARTED_AT)

    stories = {int(one["title"].rpartition("/")[2]): one["story_id"] for one in newsroom.exported()}
    found = [
        (
            truths[one].syndicate is not None and truths[one].syndicate == truths[other].syndicate,
            stories[one] is not None and stories[one] == stories[other],
        )
        for one, other in combinations(range(len(truths)), 2)
    ]
    copies = [is_joined for is_copy, is_joined in found if is_copy]
    assert sum(copies) >= LEAST_FOUND * len(copies) > 100
    assert not any(is_joined for is_copy, is_joined in found if not is_copy)
    assert len(found) > 20_000
