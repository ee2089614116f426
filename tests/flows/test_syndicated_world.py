"""Copies across the sites of the newsroom's syndicated world, found by the real system; and nothing else."""

from datetime import UTC, datetime
from itertools import combinations

import pytest

from flows.batches import RoundPlan
from flows.cli.stories import _origin
from flows.reports.stories import stories_markdown
from storage import articles, stories
from storage.articles import ExportQuery
from storage.stories import StoryQuery

LEAST_FOUND = 0.95
STRANGERS = 30_000
SINCE = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
async def stored(world_at, tmp_path):
    """What two rounds on the syndicated world stored: ground truth and article by address, and the stories."""
    async with world_at(tmp_path, syndicated=True) as world:
        await world.round()
        world.clock.forward(minutes=70)
        await world.round(RoundPlan(poll_all=True))
        truths = {truth.url: truth for truth in world.newsroom.truth(world.clock(), world.server.port)}
        async with world.mill() as mill:
            with mill.database.read() as session:
                exported = list(articles.export(session, ExportQuery()))
                found = list(stories.find(session, StoryQuery(limit=1_000)))
    return truths, {article["url"]: article for article in exported if article["text"]}, found


async def test_copies_are_found_and_no_strangers_taken_for_them_and_origins_are_told(stored):
    truths, read, found = stored
    pairs = [
        (truths[one].syndicate is not None and truths[one].syndicate == truths[other].syndicate, one, other)
        for one, other in combinations(sorted(set(truths) & set(read)), 2)
    ]
    joined = [
        (is_copy, read[one]["story_id"] is not None and read[one]["story_id"] == read[other]["story_id"])
        for is_copy, one, other in pairs
    ]
    copies = [is_found for is_copy, is_found in joined if is_copy]
    strangers = [is_found for is_copy, is_found in joined if not is_copy]

    assert len({truth.syndicate for url, truth in truths.items() if url in read} - {None}) >= 20
    assert sum(copies) >= LEAST_FOUND * len(copies) > 100
    assert len(strangers) >= STRANGERS
    assert not any(strangers)
    origins_are_told(truths, found)
    assert f"{found[0]['size']} articles, first " in stories_markdown(found[:1], SINCE)


def origins_are_told(truths, found):
    """Where a page names the original it is that; else where a text names an agency, that."""
    for story in found:
        of = [truths[one["url"]] for one in story["articles"]]
        named = {truth.origin_url for truth in of} - {None}
        if named:
            assert _origin(story) in named, story["title"]
        elif any("(Meridian Wire)" in truth.text for truth in of):
            assert _origin(story) == "Meridian Wire"
    assert sum(_origin(story) is not None for story in found) >= 0.8 * len(found)
