"""`feedmill rules profiles`, as typed, and what `rules explain` says of a site's profile."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from profile_pages import paragraphs, sentences, template

from flows.cli.options import open_database
from flows.settings import Settings
from ingest.extract.version import extraction_version
from ingest.profiles import ProfileState, SiteProfile
from storage import feeds, profiles, sites
from storage.feeds import NewFeed

PROFILE = SiteProfile(
    container="div.story-text", state=ProfileState.TRUSTED, agreed=5, tries=6, audits=2, least_chars=900,
    reason="5 full runs in a row gave the same article", extractor=extraction_version(),
    changed_at=datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
)  # fmt: skip
HOST = "water.example"


@pytest.fixture
def known(tmp_path):
    """A store that knows a host, and what puts its profile there."""

    def put(profile):
        with open_database(Settings(data_dir=tmp_path)) as database, database.begin() as session:
            feeds.add(session, NewFeed(url=f"https://{HOST}/feed.xml", host=HOST, created_at=PROFILE.changed_at))
            profiles.put_all(session, {sites.ensure(session, [HOST])[HOST]: profile})

    return put


async def test_profiles_are_listed_with_what_became_of_them(feedmill, known):
    known(PROFILE)

    told = await feedmill("rules", "profiles", HOST)
    [listed] = (await feedmill("rules", "profiles", "--json")).json

    assert told.out.splitlines() == [
        "water.example  div.story-text",
        "  trusted since 2026-11-20 12:30 UTC: 5 full runs in a row gave the same article",
        "  6 pages read both ways to learn it, 2 audits since; 0 pages in a row did not fit",
    ]
    assert (listed["host"], listed["state"], listed["container"]) == (HOST, "trusted", "div.story-text")


async def test_a_host_that_is_not_there_is_said_so(feedmill):
    ended = await feedmill("rules", "profiles", "nowhere.example")

    assert (ended.code, "nothing is known of nowhere.example" in ended.err) == (1, True)
    assert (await feedmill("rules", "profiles")).out.startswith("No profiles.")


@pytest.fixture
def explained(feedmill, tmp_path, monkeypatch):
    """The lines in which a page of the host is explained, with profiles used or not."""
    page = tmp_path / "page.html"
    page.write_text(template(paragraphs(sentences(7))))

    async def explain(is_used):
        monkeypatch.setenv("FEEDMILL_SITE_PROFILES", is_used)
        return (await feedmill("rules", "explain", str(page), "--url", f"https://{HOST}/7")).out.splitlines()

    return explain


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        (PROFILE, "site profile: read through div.story-text, which holds the site's articles"),
        (replace(PROFILE, container="div.tale"), "site profile: read whole: the page has not one div.tale"),
        (
            replace(PROFILE, state=ProfileState.DROPPED, reason="dropped by an audit: 9 characters were missing on u"),
            "site profile: read whole: dropped, dropped by an audit: 9 characters were missing on u",
        ),
    ],
)
async def test_a_page_explained_tells_what_the_profile_did(explained, known, profile, says):
    known(profile)

    assert "site profile" not in "\n".join(await explained("false"))
    assert says in await explained("true")
