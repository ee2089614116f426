"""The nightly run's list of texts that several articles tell."""

from datetime import UTC, datetime

from flows.reports.stories import STORIES_SHOWN, stories_markdown

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def story(number=7, title="Crane moved", sites=("wire.example", "bay.example", "wire.example")):
    articles = [{"site": site} for site in sites]
    return {"id": number, "size": len(sites), "title": title, "articles": articles}


def test_a_story_is_shown_with_its_copies_its_sites_in_order_and_the_command_that_shows_it(rendered):
    page = rendered(stories_markdown([story()], SINCE))
    assert [line.text_content() for line in page.iter("li")] == [
        "“Crane moved”: 3 articles, first wire.example, then bay.example. feedmill stories show 7"
    ]
    assert page.find(".//h2").text_content() == "Stories with a copy since 2026-11-20"


def test_no_title_breaks_the_list_of_stories(title, rendered):
    page = rendered(stories_markdown([story(title=title), story(title=None)], SINCE))
    assert len(list(page.iter("li"))) == 2
    assert list(page.iter("a", "img", "table", "h1")) == []


def test_what_is_beyond_the_list_has_its_command():
    many = [story(number) for number in range(STORIES_SHOWN + 1)]
    assert stories_markdown(many, SINCE).endswith("and more: `feedmill stories list --since 2026-11-20`")
    assert "and more" not in stories_markdown(many[:STORIES_SHOWN], SINCE)


def test_texts_of_old_that_joined_a_story_are_counted():
    assert stories_markdown([], SINCE, 1).endswith("joined to one now: 1 article.")
    assert stories_markdown([], SINCE) == ""


def test_of_many_sites_the_first_ones_are_named():
    many = story(sites=[f"{number}.example" for number in range(9)])
    assert "first 0.example, then 1.example, 2.example" in stories_markdown([many], SINCE)
    assert "6.example and 2 more. " in stories_markdown([many], SINCE)
