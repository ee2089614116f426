"""How a site's profile earns trust, and how it loses it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.decide.site_profile import (
    AGREEING,
    AUDIT_EVERY,
    LEARNS_FROM,
    is_audit,
    is_worth_learning,
    learn,
    tell_through,
)
from ingest.profiles import Observation, ProfileState, Sight, SiteProfile, Through

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAME = Observation(sight=Sight.SAME, url="u", container="div.text", chars=900, outside=40)
OTHER = Observation(sight=Sight.OTHER, url="u", container="div.text", wider="main", lost=300)
REFUSED = Observation(sight=Sight.REFUSED, url="u", container="div.text")


def after(*seen, profile=None):
    profile = profile or SiteProfile()
    for one in seen:
        profile = learn(profile, one, NOW)
    return profile


TRUSTED = after(*[SAME] * AGREEING)


def test_trust_takes_five_pages_in_a_row():
    assert after(*[SAME] * (AGREEING - 1)).state is ProfileState.LEARNING
    assert tell_through(after(SAME)) is None
    assert (TRUSTED.state, TRUSTED.changed_at) == (ProfileState.TRUSTED, NOW)
    assert tell_through(TRUSTED) == Through("div.text", 900, 40)


def test_the_limits_are_those_of_the_pages_that_agreed():
    pages = [replace(SAME, chars=900 + 100 * at, outside=40 * at) for at in range(AGREEING)]

    assert tell_through(after(*reversed(pages))) == Through("div.text", 900, 40 * (AGREEING - 1))


def test_another_article_begins_anew_with_the_container_around():
    profile = after(SAME, SAME, OTHER)

    assert (profile.container, profile.agreed, profile.tries) == ("main", 0, 3)


def test_another_container_begins_anew():
    profile = after(SAME, SAME, replace(SAME, container="div.body"))

    assert (profile.container, profile.agreed) == ("div.body", 1)


@pytest.mark.parametrize("names", [("div.a.text", "div.text"), ("div.text", "div.a.text")])
def test_a_class_of_one_page_alone_is_left_out_of_the_name(names):
    profile = after(*(replace(SAME, container=name) for name in names))

    assert (profile.container, profile.agreed) == ("div.text", 2)


def test_a_refusal_while_it_is_learned_neither_helps_nor_harms():
    profile = after(SAME, REFUSED, SAME)

    assert (profile.agreed, profile.misses, profile.tries) == (2, 0, 3)


def test_a_site_that_never_settles_is_given_up():
    profile = after(*[SAME, OTHER] * 13)

    assert profile.state is ProfileState.DROPPED
    assert "no container" in profile.reason


def test_an_audit_that_agrees_is_counted_and_widens_the_limits():
    profile = after(replace(SAME, outside=70), profile=TRUSTED)

    assert (profile.audits, profile.most_outside, profile.state) == (1, 70, ProfileState.TRUSTED)


def test_one_audit_that_differs_ends_the_trust():
    profile = after(OTHER, profile=TRUSTED)

    assert profile.state is ProfileState.DROPPED
    assert profile.reason == "dropped by an audit: 300 characters were missing on u"
    assert after(*[SAME] * 9, profile=profile) == profile


def test_a_page_that_was_tried_with_another_container_meanwhile_says_nothing_of_this_one():
    assert after(replace(OTHER, container="main"), profile=TRUSTED) == TRUSTED


def test_ten_pages_in_a_row_that_do_not_fit_are_a_new_template():
    nearly = after(*[REFUSED] * 9, profile=TRUSTED)
    profile = after(REFUSED, profile=nearly)

    assert (nearly.state, nearly.misses) == (ProfileState.TRUSTED, 9)
    assert after(replace(SAME, sight=Sight.USED), profile=nearly).misses == 0
    assert (profile.state, profile.container, profile.agreed) == (ProfileState.LEARNING, "", 0)
    assert "did not fit div.text" in profile.reason


def test_a_dropped_profile_is_learned_anew_only_where_the_template_changed():
    dropped = after(OTHER, profile=TRUSTED)
    missing, found = (Observation(sight=sight) for sight in (Sight.MISSING, Sight.FOUND))

    assert after(*[missing] * 9, found, *[missing] * 9, profile=dropped).state is ProfileState.DROPPED
    assert after(*[missing] * 10, profile=dropped).state is ProfileState.LEARNING


def test_another_version_of_the_extractor_learns_anew():
    profile = after(replace(SAME, extractor="newer"), profile=TRUSTED)

    assert (profile.state, profile.agreed, profile.extractor) == (ProfileState.LEARNING, 1, "newer")


def test_one_address_in_twenty_five_is_audited():
    assert sum(is_audit(key) for key in range(-1_000, 1_000)) == 2_000 // AUDIT_EVERY


def test_a_site_is_learned_once_it_has_some_texts_and_what_was_begun_goes_on():
    assert not is_worth_learning(SiteProfile(), LEARNS_FROM - 1)
    assert is_worth_learning(SiteProfile(), LEARNS_FROM)
    assert is_worth_learning(TRUSTED, 1)
