"""The feed as it stands."""

from backfill_world import cms

from ingest.backfill.registry import source_named
from ingest.backfill.source import End


async def test_a_feed_without_pages_gives_its_newest_entries_and_does_not_claim_to_be_all(web, walk):
    async with cms("paged", posts=30) as world:
        target = await web.target(world.home_url)

        walked = await walk(source_named("newest"), target, web.answer)

        assert walked.urls == {post.link for post in world.opening}
        assert (walked.end, len(walked.asked)) == (End.LIMIT, 1)
