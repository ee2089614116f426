"""What is added to a choice of text: sections, headings, lists and tables that read like the article's own."""

import lxml.html

from ingest.extract.outline import outline
from ingest.extract.rescue import rescue_middle
from ingest.extract.selection import Selection

ONE = "<p>Three experts said on Monday that the harbour will open again in spring, and they were not the only ones.</p>"
TWO = "<p>Ships do not come here yet, the mayor joked, but the entire town lives from what the sea brings each day.</p>"


def rescue(html):
    """The texts that were added to a choice of the paragraphs, but for those that say that they are lost."""
    page = outline(lxml.html.document_fromstring(f"<html><body>{html}</body></html>").find("body"))
    kept = {block.index for block in page.blocks if block.tag == "p" and block.element.get("data-lost") is None}
    chosen = Selection(page, set(kept), "")
    rescue_middle(chosen)
    return [page.blocks[index].text for index in sorted(chosen.kept - kept)]


def test_headings_above_text_that_stands_are_added():
    page = f"<article>{ONE}<h2>The cranes</h2><h3>Their cost</h3>{TWO}<h2>Home</h2></article>"

    assert rescue(page) == ["The cranes", "Their cost"]


def test_headings_that_are_links_or_head_furniture_are_not():
    page = (
        f"<article>{ONE}<h2><a href='/x'>Another story</a></h2>{TWO}<h3>✉ Subscribe to our letter</h3>{TWO}</article>"
    )

    assert rescue(page) == []


def test_a_sentence_of_the_same_look_as_two_kept_ones_is_added():
    said = "Nobody in the town doubts that the harbour matters."
    lost = f"<p data-lost='' class='x'>{said} The council says so too.</p>"
    other = f"<p data-lost='' class='y'>{said} The cranes say nothing.</p>"
    kin = f"<p class='x'>{said} The mayor says so.</p><p class='x'>{said} The bakers say so as well.</p>"

    assert rescue(f"<article>{ONE}{lost}{TWO}</article>") == []
    assert rescue(f"<article>{kin}{lost}{other}{TWO}</article>") == [f"{said} The council says so too."]


def test_a_long_sentence_in_a_card_is_added_and_a_short_line_is_not():
    long = "The ministry will send an engineer in the spring, and two cranes in the summer after that, " * 3
    page = f"<article>{ONE}<div class='card'><div>{long}as it says.</div><div>Read on.</div></div>{TWO}</article>"

    assert rescue(page) == [f"{long}as it says."]


def test_a_quote_in_a_figure_is_added_and_a_caption_is_not():
    said = "The sea gives and takes, and nobody in the whole town has ever asked it for a receipt of what it took. " * 3
    figure = f"<figure><blockquote><div>{said}</div></blockquote><figcaption>{said}</figcaption></figure>"

    assert rescue(f"<article>{ONE}{figure}{TWO}</article>") == [said.strip()]


def test_the_question_of_an_answer_that_stands_is_added():
    question = "<button>When does the harbour open?</button>"

    assert rescue(f"<article>{ONE}{question}{TWO}<button>Read on now</button>{TWO}</article>") == [
        "When does the harbour open?"
    ]
