"""Every platform's listing with every personality that fits it: a perfect walk finds what the world says, as dearly."""

import pytest
from backfill_world import Personality, cms, fitting
from backfill_world.platforms.registry import PLATFORMS
from walks import walk

CASES = [
    (platform, surface, personality)
    for platform, module in PLATFORMS.items()
    for surface in module.SURFACES
    for personality in sorted(fitting(surface))
]


@pytest.mark.parametrize(("platform", "surface", "personality"), CASES)
async def test_a_perfect_walk_finds_all_that_is_reachable_for_the_ideal_price(get, platform, surface, personality):
    async with cms(platform, personality, surface=surface, posts=173) as world:
        walked = await walk(world, get)

        assert world.reachable_by(surface) <= walked.found
        assert world.listing_requests == world.ideal_requests
        assert world.strayed == 0
        assert walked.found <= {post.link for post in world.posts}


def test_each_of_the_fourteen_personalities_is_walked_somewhere():
    assert {personality for *_, personality in CASES} == set(Personality)
    assert len(Personality) == 14


@pytest.mark.parametrize("personality", sorted(Personality))
async def test_a_personality_that_makes_no_sense_on_a_listing_is_refused(personality):
    if personality not in fitting("index-xml"):
        with pytest.raises(ValueError, match="makes no sense"):
            cms("static", personality)
