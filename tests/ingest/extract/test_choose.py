"""The first line of the text, on pages that state no article."""

import lxml.html

from ingest.extract.choose import Question, TitlePlace, choose_text
from ingest.extract.outline import outline

STORY = "<p>Three experts said on Monday that the harbour will open again in spring, and they were not alone.</p>" * 6


def first_line(html, title, place=TitlePlace.WITHIN):
    tree = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    choice = choose_text(Question(tree, outline(tree.find("body")), title, title_place=place))
    return (choice.text or "").split("\n")[0]


def test_an_old_blogs_post_begins_with_its_heading_and_not_with_the_blogs_name():
    banner = "<div id='banner'><h1><a href='/'>Pier notes</a></h1></div>"
    page = f"{banner}<div class='post'><h3 class='entry-header'>{{}}</h3><div class='entry-body'>{STORY}</div></div>"

    assert first_line(page.format("The harbour opens"), "Pier notes") == "The harbour opens"


def test_a_page_that_states_an_article_begins_with_its_text():
    page = f"<h1>The harbour opens</h1><div>{STORY}</div>"

    assert first_line(page, "The harbour opens", TitlePlace.MARKED).startswith("Three experts")
