"""A site's profile, learned from pages that are read both ways, used, and given up."""

from dataclasses import replace

import pytest
from profile_pages import CONTEXT, NOW, a_page, paragraphs, sentences, template

from ingest.decide.site_profile import AGREEING, is_audit, learn
from ingest.extract.audit import count_lost, extract_by_profile
from ingest.extract.siterules import parse_site_rule
from ingest.profiles import ProfileState, ProfileTask, Sight, SiteProfile
from ingest.urls import dedupe_key

NUMBERS = range(1, 60)
AUDITED = next(number for number in NUMBERS if is_audit(dedupe_key(a_page(number).url)))
PLAIN = next(number for number in NUMBERS if number > AGREEING and number != AUDITED)


def see(profile, page, context=CONTEXT):
    """What a page is read as, and the profile after it."""
    found, seen = extract_by_profile(page, None, context, ProfileTask(profile))
    return found, seen, learn(profile, seen, NOW) if seen is not None else profile


@pytest.fixture(scope="module")
def trusted():
    """The profile that the first pages of the site teach."""
    profile = SiteProfile()
    for number in range(1, AGREEING + 1):
        _, seen, profile = see(profile, a_page(number))
        assert seen.sight is Sight.SAME
    return profile


def test_five_pages_that_agree_are_trusted_with_what_is_theirs_alone_left_out_of_the_name(trusted):
    assert (trusted.state, trusted.container, trusted.agreed) == (ProfileState.TRUSTED, "div.story-text", AGREEING)
    assert 1_000 < trusted.least_chars < 2_000
    assert trusted.most_outside < 120


def test_the_next_page_is_read_through_the_container(trusted):
    found, seen, profile = see(trusted, a_page(PLAIN))

    assert seen.sight is Sight.USED
    assert found.article.provenance["container"] == "div.story-text"
    assert found.article.text.split("\n\n") == sentences(PLAIN)
    assert profile == trusted


def test_an_audited_page_is_read_whole_and_compared(trusted):
    found, seen, profile = see(trusted, a_page(AUDITED))

    assert seen.sight is Sight.SAME
    assert "container" not in found.article.provenance
    assert profile.audits == 1


def test_an_audit_that_loses_a_paragraph_drops_the_profile_and_tells_where(trusted):
    narrow = replace(trusted, container="div.first", least_chars=600, most_outside=2_000)
    texts = sentences(AUDITED, 10)
    first = f"<div class='first'>{paragraphs(texts[:7])}</div>"
    page = a_page(AUDITED, template(first + paragraphs(texts[7:]), number=AUDITED))

    found, seen, profile = see(narrow, page)

    assert found.article.text.split("\n\n") == texts
    assert (seen.sight, seen.lost) == (Sight.OTHER, sum(map(len, texts[7:])))
    assert profile.state is ProfileState.DROPPED
    assert profile.reason == f"dropped by an audit: {seen.lost} characters were missing on {page.url}"


def test_a_dropped_profile_is_not_used_and_asks_only_whether_the_template_is_still_there(trusted):
    dropped = replace(trusted, state=ProfileState.DROPPED)

    found, seen, _ = see(dropped, a_page(PLAIN))
    _, elsewhere, _ = see(dropped, a_page(PLAIN, template(paragraphs(sentences(PLAIN))).replace("story-text", "tale")))

    assert "container" not in found.article.provenance
    assert (seen.sight, elsewhere.sight) == (Sight.FOUND, Sight.MISSING)


def test_what_another_version_has_learned_is_not_used(trusted):
    found, seen, profile = see(replace(trusted, extractor="older"), a_page(PLAIN))

    assert "container" not in found.article.provenance
    assert seen.sight is Sight.SAME
    assert (profile.state, profile.agreed, profile.extractor) == (ProfileState.LEARNING, 1, trusted.extractor)


def test_pages_that_are_read_again_teach_nothing(trusted):
    for number in (PLAIN, AUDITED):
        found, seen = extract_by_profile(a_page(number), None, CONTEXT, ProfileTask(trusted, learns=False))

        assert found.article.provenance["container"] == "div.story-text"
        assert seen is None


@pytest.mark.parametrize(
    "context",
    [
        replace(CONTEXT, is_further_part=True),
        replace(CONTEXT, site_rule=parse_site_rule("water.example", "body: //div[@class='frame']")),
    ],
    ids=["a further part", "a rule for the site"],
)
def test_some_pages_are_always_read_whole(trusted, context):
    found, seen, _ = see(trusted, a_page(PLAIN), context)

    assert found.cut is None
    assert seen is None


def test_a_page_without_an_article_shows_nothing(trusted):
    _, seen, _ = see(trusted, a_page(PLAIN, template("<p>Nothing was found.</p>")))

    assert seen is None


def test_lines_are_lost_as_often_as_they_are_missing():
    assert count_lost("one\ntwo\ntwo", "two") == len("one") + len("two")
