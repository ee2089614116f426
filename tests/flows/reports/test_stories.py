"""The nightly run's list of texts that several articles tell."""

from datetime import UTC, datetime

from flows.reports import STORIES_SHOWN, stories_markdown

SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def story(number=7, title="Crane moved", sites=("wire.example", "bay.example", "wire.example")):
    articles = [{"site": site} for site in sites]
    return {"id": number, "size": len(sites), "title": title, "articles": articles}


def test_a_story_is_shown_with_its_copies_its_sites_in_order_and_the_command_that_shows_it(rendered):
    page = rendered(stories_markdown([story()], SINCE))
    assert [cell.text_content() for cell in page.iter("td")] == [
        "feedmill stories show 7",
        "3",
        "Crane moved",
        "wire.example, bay.example",
    ]
    assert page.find(".//h2").text_content() == "Stories with a copy since 2026-11-20"


def test_no_title_breaks_the_table_of_stories(title, rendered):
    page = rendered(stories_markdown([story(title=title), story(title=None)], SINCE))
    assert len(list(page.iter("td"))) == 8
    assert list(page.iter("a", "img", "li", "h1")) == []


def test_what_is_beyond_the_list_has_its_command():
    many = [story(number) for number in range(STORIES_SHOWN + 1)]
    assert stories_markdown(many, SINCE).endswith("and more: `feedmill stories list --since 2026-11-20`")
    assert "and more" not in stories_markdown(many[:STORIES_SHOWN], SINCE)


def test_texts_of_old_that_joined_a_story_are_counted():
    assert stories_markdown([], SINCE, 1).endswith("joined to one now: 1 article.")
    assert stories_markdown([], SINCE) == ""
