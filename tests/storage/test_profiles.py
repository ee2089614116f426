"""Site profiles as they are kept."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from ingest.profiles import ProfileState, SiteProfile
from storage import blocks, profiles
from storage.tables import FEED, SITE

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PROFILE = SiteProfile(
    container="div.text", state=ProfileState.TRUSTED, agreed=5, tries=7, audits=3, misses=1, least_chars=900,
    most_outside=40, reason="5 full runs in a row gave the same article", extractor="0123456789ab", changed_at=NOW,
)  # fmt: skip


@pytest.fixture
def site_id(newsroom):
    newsroom.subscribe()
    with newsroom.database.read() as session:
        return blocks.find_site(session, "news.example")


def load(newsroom, site_id):
    with newsroom.database.read() as session:
        return profiles.load(session, site_id)


def put(newsroom, found):
    with newsroom.database.begin() as session:
        profiles.put_all(session, found)


def test_a_site_knows_nothing_at_first(newsroom, site_id):
    assert load(newsroom, site_id) == SiteProfile()


def test_a_profile_comes_out_as_it_went_in_and_the_last_one_counts(newsroom, site_id):
    put(newsroom, {site_id: PROFILE})
    assert load(newsroom, site_id) == PROFILE

    dropped = replace(PROFILE, state=ProfileState.DROPPED, changed_at=None)
    put(newsroom, {site_id: dropped})
    put(newsroom, {})
    assert load(newsroom, site_id) == dropped


def test_profiles_are_found_by_host(newsroom, site_id):
    put(newsroom, {site_id: PROFILE})

    with newsroom.database.read() as session:
        assert profiles.find(session) == [profiles.HostProfile("news.example", PROFILE)]
        assert profiles.find(session, "news.example") == profiles.find(session)
        assert profiles.find(session, "other.example") == []


def test_a_profile_goes_with_its_site(newsroom, site_id):
    put(newsroom, {site_id: PROFILE})

    with newsroom.database.begin() as session:
        session.connection().execute(delete(FEED))
        session.connection().execute(delete(SITE))
    assert load(newsroom, site_id) == SiteProfile()
