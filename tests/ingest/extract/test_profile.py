"""When a page may be read through its site's container, and when it is read whole."""

from dataclasses import replace

import pytest
from profile_pages import CONTEXT, a_page, paragraphs, sentences, template

from ingest.extract.article import extract_fully
from ingest.extract.ballot import Ballot
from ingest.extract.profile import find_doubt
from ingest.model import Entry
from ingest.profiles import Through

THROUGH = Through("div.story-text", least_chars=1_500, most_outside=120)
TEXTS = sentences(7)


def read(html, through=THROUGH):
    """The page as it is read through the container, and as it is read whole."""
    page = a_page(7, html)
    found = extract_fully(page, None, replace(CONTEXT, through=through))
    whole = extract_fully(page, None, CONTEXT)
    assert found.article.text == whole.article.text
    return found


def test_a_page_like_the_others_is_read_through_the_container_and_says_so():
    found = read(template(paragraphs(TEXTS)))

    assert found.cut.is_used
    assert found.article.provenance["container"] == "div.story-text"
    assert found.article.text.split("\n\n") == TEXTS
    assert found.article.published_at is not None
    assert found.article.title == "Water, part 1"


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (template(paragraphs(TEXTS)).replace("story-text", "tale"), "has not one div.story-text"),
        (template(paragraphs(TEXTS), behind=f"<div class='story-text'>{TEXTS[0]}</div>"), "has not one div.story-text"),
        (template(paragraphs(TEXTS[:1]), behind=f"<div>{paragraphs(TEXTS[1:])}</div>"), "of the page's"),
        (template(paragraphs(TEXTS[:6]), behind=f"<section>{paragraphs(TEXTS[6:])}</section>"), "stand outside"),
        (template("<p>See below.</p>", behind=paragraphs(TEXTS)), "of the page's"),
    ],
    ids=["gone", "twice", "moved out", "a section outside", "a teaser only"],
)
def test_a_page_whose_text_may_stand_elsewhere_is_read_whole(html, why):
    found = read(html)

    assert why in found.cut.refusal
    assert "container" not in found.article.provenance
    assert all(text in found.article.text for text in TEXTS[1:])


def test_an_article_much_shorter_than_the_site_s_shortest_is_read_whole():
    found = read(template(paragraphs(TEXTS[:3])))

    assert "the site's shortest article had 1500" in found.cut.doubt
    assert "container" not in found.article.provenance


def test_what_had_to_be_weighed_is_read_whole():
    found = read(template(paragraphs(TEXTS)))
    one = found.choice.ballot.weighed[0]

    weighed = replace(found.choice, ballot=Ballot([one, replace(one, name="another")]))

    assert find_doubt(found.cut, found.choice, found.verdict) == ""
    assert find_doubt(found.cut, weighed, found.verdict).startswith("what was found in the container was doubted")


def test_text_that_the_feed_leads_in_from_outside_the_container_has_the_page_read_whole():
    lead = "The town has had water in its streets for eleven nights, and on the twelfth somebody began to count."
    html = template(paragraphs(TEXTS)).replace('<div class="story-text', f'<div>{lead}</div><div class="story-text')
    entry = Entry(id="1", url=None, title="Water", summary=lead)

    found = extract_fully(a_page(7, html), entry, replace(CONTEXT, through=THROUGH))

    assert found.cut.doubt == "text was found outside the container"
    assert found.article.text.startswith(lead)


def test_the_next_page_of_an_article_is_found_outside_the_container():
    pager = '<div class="pages">1 <a href="https://water.example/7/2">2</a></div>'
    found = read(template(paragraphs(TEXTS), behind=pager))

    assert found.cut.is_used
    assert found.next_url == "https://water.example/7/2"
