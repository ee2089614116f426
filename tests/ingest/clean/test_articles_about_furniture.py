"""Articles that talk about what blogs print keep every sentence."""

from pathlib import Path

import pytest

ABOUT_COMMENTS = (Path(__file__).parent / "samples" / "about-comments.txt").read_text(encoding="utf-8").strip()


def test_an_article_about_blog_comments_keeps_every_sentence(clean):
    cleaned = clean(ABOUT_COMMENTS, language="en")

    assert (cleaned.text, cleaned.removed) == (ABOUT_COMMENTS, ())


@pytest.mark.parametrize(
    "last",
    [
        "“Post a comment”",
        "He pressed Post a Comment and closed the laptop for the night.",
        "12 comments on how to write better headlines, and why they are wrong.",
        "Share this: a small phrase with a long history.",
        "Home is where the river is.",
        "What do you think?",
        "Written by hand, the letters were hard to read.",
        "By the way, nobody came.",
    ],
)
def test_a_last_sentence_that_only_begins_like_furniture_stays(clean, last):
    text = f"The first paragraph tells the story of a blog and of its few readers.\n\nThe second one ends it.\n\n{last}"

    assert clean(text, language="en").text == text


def test_a_list_that_a_sentence_announces_is_part_of_the_article(clean):
    items = "- Post a comment\n- Leave a reply\n- No comments\n- Share this"
    text = f"We counted the labels on a thousand blogs. These four were the most frequent of all:\n\n{items}"

    assert clean(text, language="en").text == text


def test_a_catalogue_keeps_the_line_that_tells_who_published_each_item(clean):
    firms = ("Harbour Games", "Tin Lamp Press", "Quay", "Ferry House")
    items = [
        f"{firm} One\n\nPublished by {firm}\n\nThe game from {firm} needs an evening and a table." for firm in firms
    ]
    text = "\n\n".join(["Four games that we liked this year, and why we did.", *items])

    assert clean(text, language="en").text == text


def test_a_byline_that_stands_alone_below_the_text_goes(clean):
    first = "The first paragraph tells the story of a blog and of its few readers."
    text = f"{first}\n\nPosted by Nora Field\n\nThe second one ends it."

    assert "Nora Field" not in clean(text, language="en").text


def test_an_interview_is_no_comment_thread(clean):
    turns = []
    for name in ("Ada Lake", "Ben Hill", "Ada Lake", "Ben Hill"):
        turns += [
            f"{name} says:",
            f"This is what I, {name.split()[0]}, think about the mill and about number {len(turns)}.",
        ]
    text = "\n\n".join(["Two neighbours talk about the mill by the river.", *turns])

    assert clean(text, language="en").text == text


@pytest.mark.parametrize(
    ("language", "line"), [("en", "Tag der Arbeit"), ("en", "Thẻ"), ("es", "Del norte"), ("en", "Start")]
)
def test_words_that_are_furniture_in_another_language_stay(clean, language, line):
    text = f"A paragraph that is long enough to be the article of the day and says so.\n\n{line}"

    assert clean(text, language=language).text == text


@pytest.mark.parametrize("first", ["Discussion", "Comments", "Location: Berlin", "Home", "Related"])
def test_a_first_line_that_may_be_a_heading_of_the_article_stays(clean, first):
    text = f"{first}\n\nThe first paragraph tells the story of a blog and of its few readers."

    assert clean(text, language="en").text == text
