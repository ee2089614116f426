"""The sample newsroom as a function of time."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.sample.world import Newsroom

STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "ru", "ar", "tr", "id", "ja", "zh"}


def test_at_its_start_about_sixty_articles_lie_in_the_weeks_before(newsroom: Newsroom) -> None:
    articles = newsroom.articles(STARTED_AT)

    assert 55 <= len(articles) <= 75
    assert all(STARTED_AT - timedelta(days=30) <= one.published_at <= STARTED_AT for one in articles)
    assert articles == sorted(articles, key=lambda one: one.published_at, reverse=True)


def test_all_twelve_languages_occur(newsroom: Newsroom) -> None:
    assert {truth.language for truth in newsroom.truth(STARTED_AT)} == LANGUAGES


def test_every_minute_brings_exactly_one_new_article(newsroom: Newsroom) -> None:
    for minute in range(60):
        now = STARTED_AT + timedelta(minutes=minute)
        before = {truth.url for truth in newsroom.truth(now)}
        after = {truth.url for truth in newsroom.truth(now + timedelta(minutes=1))}
        assert len(after - before) == 1
        assert before <= after


def test_within_a_quarter_of_an_hour_every_site_has_published(newsroom: Newsroom) -> None:
    articles = newsroom.articles(STARTED_AT + timedelta(minutes=len(newsroom.sites)))

    assert {one.site.name for one in articles if one.published_at > STARTED_AT} == {one.name for one in newsroom.sites}


def test_it_never_runs_dry_and_no_address_or_text_comes_twice(newsroom: Newsroom) -> None:
    truths = newsroom.truth(STARTED_AT + timedelta(days=2))
    texts = [truth.text for truth in truths if truth.text]

    assert len(truths) > 2 * 24 * 60
    assert len({truth.url for truth in truths}) == len(truths)
    assert len(set(texts)) == len(texts)


def test_older_articles_are_corrected_now_and_then(newsroom: Newsroom) -> None:
    now = STARTED_AT + timedelta(hours=3)
    corrected = [one for one in newsroom.articles(now) if one.updated_at]

    assert len(corrected) > 20
    for article in corrected:
        assert article.published_at < article.updated_at <= now
        assert article.story.title in article.blocks[-1]


def test_a_correction_changes_the_text_and_nothing_that_names_the_article(newsroom: Newsroom) -> None:
    site = newsroom.site("forum.localhost")
    path = "/t/winding-hole-or-not/602"

    before = newsroom.find(site, path, STARTED_AT)
    after = newsroom.find(site, path, STARTED_AT + timedelta(days=2))

    assert (before.path, before.story, before.published_at) == (after.path, after.story, after.published_at)
    assert before.blocks != after.blocks


def test_articles_are_found_by_their_path_once_they_are_published(newsroom: Newsroom) -> None:
    now = STARTED_AT + timedelta(hours=1)

    for article in newsroom.articles(now):
        assert newsroom.find(article.site, article.path, now) == article
        assert newsroom.find(article.site, article.path, article.published_at - timedelta(seconds=1)) is None


@pytest.mark.parametrize("path", ["/", "/nothing", "/2026/11/suq-39993.html", "/news/2026/11/14/tides-9999999.html"])
def test_a_path_that_is_nobodys_finds_nothing(newsroom: Newsroom, path: str) -> None:
    assert newsroom.find(newsroom.site("harbour.localhost"), path, STARTED_AT) is None


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    now = STARTED_AT + timedelta(hours=2)

    def texts(seed: int) -> list[str]:
        return [truth.text for truth in Newsroom(STARTED_AT, seed).truth(now)]

    assert texts(1) == texts(1)
    assert texts(1) != texts(2)


def test_an_enlarged_world_repeats_every_site_on_hosts_of_their_own_with_other_texts(newsroom: Newsroom) -> None:
    enlarged = Newsroom(STARTED_AT, scale=3)
    hosts = [site.host for site in enlarged.sites]
    texts = [truth.text for truth in enlarged.truth(STARTED_AT) if truth.text]

    assert len(set(hosts)) == 3 * len(newsroom.sites)
    assert "harbour-3.localhost" in hosts
    assert len(texts) > 2.5 * len([truth for truth in newsroom.truth(STARTED_AT) if truth.text])
    assert len(set(texts)) == len(texts)
    assert len(enlarged.feeds(STARTED_AT, 8700)) == 3 * len(newsroom.feeds(STARTED_AT, 8700))


def test_a_longer_past_lies_before_the_start() -> None:
    long_past = Newsroom(STARTED_AT, past=870)

    oldest = long_past.articles(STARTED_AT)[-1]

    assert oldest.published_at < STARTED_AT - timedelta(days=700)
    assert long_past.find(oldest.site, oldest.path, STARTED_AT) == oldest


def test_the_doubled_post_names_its_origin_and_only_it(newsroom: Newsroom) -> None:
    truths = newsroom.truth(STARTED_AT)

    assert [truth.kind for truth in truths if truth.origin_url] == ["doubled"]
    assert all(not truth.text for truth in truths if truth.kind in {"paywall", "consent", "missing", "disallowed"})


def test_one_story_stands_on_three_hosts_with_edits(newsroom: Newsroom) -> None:
    opening = "(Meridian Wire) - Herring have come back"
    copies = [truth for truth in newsroom.truth(STARTED_AT) if opening in truth.text]

    assert {truth.url.split(".")[0] for truth in copies} == {"http://wire", "http://harbour", "http://gazette"}
    assert len({truth.text for truth in copies}) == 3


def test_the_syndicated_world_tells_twenty_stories_on_two_to_six_sites_each() -> None:
    truths = Newsroom(STARTED_AT, syndicated=True).truth(STARTED_AT)
    hosts: dict[str, list[str]] = {}
    for truth in truths:
        if truth.syndicate:
            hosts.setdefault(truth.syndicate, []).append(truth.url.split("/")[2])

    assert len(hosts) >= 20
    assert {len(told) for told in hosts.values()} == {2, 3, 4, 5, 6}
    assert all(len(set(told)) == len(told) for told in hosts.values())
    assert len({truth.language for truth in truths if truth.syndicate}) == len(LANGUAGES)
    assert len({truth.url for truth in truths}) == len(truths)


def test_a_copy_may_name_its_original_and_every_copy_is_edited() -> None:
    truths = Newsroom(STARTED_AT, syndicated=True).truth(STARTED_AT)
    by_url = {truth.url: truth for truth in truths}
    copies = [truth for truth in truths if truth.syndicate and truth.syndicate.startswith("dispatch")]
    naming = [truth for truth in copies if truth.origin_url]

    assert len({truth.text for truth in copies}) >= 0.9 * len(copies)
    assert len(naming) > 20
    assert all(by_url[truth.origin_url].syndicate == truth.syndicate for truth in naming)
