"""The two dirty texts that this project starts from, rebuilt in several templates: whole, once, and without marks."""

import re
from collections import Counter

import pytest

SPLIT = (
    "Three exp-erts said on Monday that the harbour will open again in spring, and they were not the on-ly ones.",
    "The ex-head of the port, who had led an anti-Soviet group before the take-over, called it a well-known plan.",
    "Ships from Afg-hanistan do not come here, he joked, but the en-tire town lives from what the sea brings.",
    "The govern-ment has promised money for two cranes, and the mini-stry will send an engineer in the spring.",
    "A state-owned bank will pay for the third crane, and the long-term costs remain with the town it-self.",
    "Nobody in the town doubts that the harbour matters, and the presi-dent of the council least of all.",
)
WHOLE = tuple(
    line.replace("exp-erts", "experts")
    .replace("on-ly", "only")
    .replace("Afg-hanistan", "Afghanistan")
    .replace("en-tire", "entire")
    .replace("govern-ment", "government")
    .replace("mini-stry", "ministry")
    .replace("it-self", "itself")
    .replace("presi-dent", "president")
    for line in SPLIT
)
PERMALINK = "http://harbour.example/2014/03/the-harbour-opens.html"


def measure_f1(text, truth):
    got, want = (Counter(re.findall(r"\w+", part.lower())) for part in (text, truth))
    shared = sum((got & want).values())
    return 2 * shared / (sum(got.values()) + sum(want.values()))


BOXES = {
    "name below": ["About the author", "Nora Field"],
    "name and bio": ["About the Author:", "Nora Field", "Nora writes about ports and the people in them."],
    "archive link": ["About the author", "Nora Field", "View all posts by Nora Field →"],
    "then share and comments": [
        "About the author",
        "Nora Field",
        "Share this:",
        "Twitter",
        "Facebook",
        "Leave a Reply",
    ],
}


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
@pytest.mark.parametrize("above", ["Written by Nora Field", "Written by: Nora Field", "By Nora Field"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["lines", "paragraphs"])
def test_a_news_text_with_print_hyphens_and_an_author_box_comes_out_whole(clean, box, above, gap):
    cleaned = clean(gap.join([above, *SPLIT, *box]))

    assert cleaned.text == gap.join(WHOLE)
    assert cleaned.author_candidates == ("Nora Field",)
    assert measure_f1(cleaned.text, gap.join(WHOLE)) >= 0.99


ENDS = {
    "name and address": ["Nora Field", PERMALINK],
    "dashed name": ["— Nora Field", PERMALINK],
    "address first": [PERMALINK, "Nora Field"],
    "labelled address": ["By Nora Field", f"Source: {PERMALINK}"],
    "name and paper": ["Nora Field, The Harbour News", f"<{PERMALINK}>"],
}
TAIL = ["No comments :", "Post a Comment"]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize(
    "tail", [TAIL, [], ["Posted by Copy Cat at 9:15 PM", *TAIL]], ids=["tail", "no tail", "byline"]
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["lines", "paragraphs"])
def test_a_doubled_text_stands_once_and_names_its_origin(clean, end, tail, gap):
    cleaned = clean(gap.join([*WHOLE, *end, *WHOLE, *end, *tail]), url="http://copies.example/2014/03/copy.html")

    assert cleaned.text == gap.join(WHOLE)
    assert cleaned.origin_url == PERMALINK
    assert "Nora Field" in cleaned.author_candidates


def test_a_doubled_text_whose_second_copy_is_one_paragraph_stands_once(clean):
    cleaned = clean("\n\n".join([*WHOLE, " ".join(WHOLE), *TAIL]))

    assert cleaned.text == "\n\n".join(WHOLE)


def test_a_doubled_text_with_one_edited_line_stands_once(clean):
    edited = [*WHOLE[:2], WHOLE[2].replace("he joked", "he said"), *WHOLE[3:]]

    cleaned = clean("\n\n".join([*WHOLE, *edited]))

    assert cleaned.text == "\n\n".join(WHOLE)


def test_a_doubled_poem_of_short_lines_stands_once(clean):
    poem = [
        "The mill is still",
        "the river sleeps",
        "a light is on",
        "the miller keeps",
        "his cup, his book",
        "his only chair",
    ]
    poem += ["and counts the stars", "that are not there"]

    assert clean("\n".join([*poem, "", *poem])).text == "\n".join(poem)


def test_rows_items_and_short_refrains_may_stand_twice(clean):
    text = "\n".join(
        ["- Talk to your doctor if you have questions about any of your medicines at home.", "First part of the story."]
        * 2
        + ["Name | Price | Size | Weight | Colour | Warranty | Delivery | Shop | Stars"] * 2
    )

    assert clean(text).text == text


def test_the_own_address_at_the_end_is_no_origin(clean):
    own = "http://harbour.example/2014/03/the-harbour-opens.html"

    cleaned = clean("\n\n".join([*WHOLE, own]), url=own, title="The harbour opens")

    assert cleaned.text == "\n\n".join(WHOLE)
    assert cleaned.origin_url is None


def test_an_address_that_tells_nothing_of_the_title_stays(clean):
    text = "\n\n".join([*WHOLE, "http://petitions.example/sign/12345"])

    assert clean(text, title="The harbour opens").text == text
