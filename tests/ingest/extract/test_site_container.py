"""The names by which a container is found again on the next page."""

import pytest
from lxml import html

from ingest.extract.outline import outline
from ingest.extract.sitecontainer import find_place, propose, widen

PAGE = """<body><div id="page-41"><div class="wide post post-41 tag-sea"><div>
<p>One line of it.</p><p>Another line of it.</p></div><p>A note.</p></div></div>
<article><p>Elsewhere.</p></article></body>"""


def page_of(text):
    return outline(html.document_fromstring(f"<html>{text}</html>").find("body"))


def test_a_container_is_named_by_what_will_be_there_on_other_pages_too():
    assert propose(page_of(PAGE), [0, 1], "") == "div.post.tag-sea.wide"


def test_of_a_known_name_only_that_is_kept_which_this_page_has():
    assert propose(page_of(PAGE), [0, 1], "div.post.tag-land.wide") == "div.post.wide"


@pytest.mark.parametrize("known", ["div.post", "article"])
def test_a_known_container_stays_only_where_it_holds_the_text(known):
    expected = {"div.post": "div.post", "article": "div.post.tag-sea.wide"}[known]

    assert propose(page_of(PAGE), [0, 1], known) == expected


@pytest.mark.parametrize(
    ("name", "span"),
    [
        ("div.post", (0, 3)),
        ("article", (3, 4)),
        ("div#page-41", (0, 3)),
        ("div", None),
        ("p", None),
        ("div.none", None),
    ],
)
def test_a_name_means_an_element_only_where_the_page_has_one_such(name, span):
    place = find_place(page_of(PAGE), name)

    assert (place and (place.start, place.end)) == span


def test_where_nothing_has_a_name_nothing_is_proposed():
    assert propose(page_of("<body><div><p>One.</p><p>Two.</p></div></body>"), [0, 1], "") == ""


def test_a_wider_container_holds_more():
    page = page_of("<body><main><h2>Head</h2><div class='text'><p>One.</p><p>Two.</p></div></main></body>")

    assert propose(page, [1, 2], "") == "div.text"
    assert widen(page, [1, 2], "div.text") == "main"
    assert widen(page, [1, 2], "main") == ""
