"""Parts that React streams behind a page stand where its scripts would put them."""

import pytest

from ingest.extract.document import parse_text


def read(body):
    tree = parse_text(f"<html><body>{body}</body></html>")
    return " ".join(" ".join(tree.find("body").itertext()).split())


def test_a_part_takes_the_place_of_its_template_and_placeholder():
    page = (
        '<p>One.</p><!--$?--><template id="B:0"></template><p>Loading <!-- -->part...</p><!--/$--><p>Three.</p>'
        '<div hidden id="S:0"><p>Two.</p> and a half.</div>'
    )

    assert read(page) == "One. Two. and a half. Three."


def test_parts_within_parts_go_to_theirs():
    page = (
        '<p>One.</p><template id="B:0"></template><p>Four.</p><div hidden id="S:0"><template id="P:1"></template>'
        '<p>Three.</p></div><div hidden id="S:1"><p>Two.</p></div>'
    )

    assert read(page) == "One. Two. Three. Four."


@pytest.mark.parametrize(
    "page",
    [
        '<p>One.</p><div hidden id="S:0"><p>Two.</p></div>',
        '<p>One.</p><div id="S:0"><template id="B:0"></template><p>Two.</p></div>',
        '<p>One.</p><div id="S:section"><p>Two.</p></div><template id="B:section"></template>',
    ],
)
def test_what_has_no_place_stays(page):
    assert read(page) == "One. Two."


def test_a_placeholder_without_an_end_stays():
    assert read('<template id="B:0"></template><p>Two.</p><div hidden id="S:0"><p>One.</p></div>') == "One. Two."
