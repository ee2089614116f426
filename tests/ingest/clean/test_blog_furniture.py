"""Rebuilt Blogger and WordPress posts in twelve languages: no tail is left and no sentence is lost."""

import pytest


def _without_comments(wording):
    byline, labels, none, _, post, newer, older, home, feed = wording.blogger
    return [byline, labels, none, post, newer, older, home, feed]


def _with_comments(wording):
    byline, labels, _, one, post, newer, older, home, feed = wording.blogger
    reader = [wording.says, wording.prose[0][::-1], "12/03/2014, 09:11"]
    return [byline, labels, one, *reader, post, newer, older, home, feed]


def _one_line(wording):
    _, _, none, _, post, newer, older, home, feed = wording.blogger
    return [none, f"{post} {newer} {older} {home} {feed}"]


BLOGGER_TAILS = {"modern": _without_comments, "comments": _with_comments, "one-line": _one_line}


@pytest.mark.parametrize("tail", BLOGGER_TAILS.values(), ids=BLOGGER_TAILS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["lines", "paragraphs"])
@pytest.mark.parametrize("is_told", [True, False], ids=["language told", "language guessed"])
def test_a_blogger_post_loses_its_tail_and_no_sentence(wording, clean, tail, gap, is_told):
    text = gap.join([*wording.prose, *tail(wording)])

    cleaned = clean(text, language=wording.language if is_told else None)

    assert cleaned.text == gap.join(wording.prose)
    assert [removal.text for removal in cleaned.removed] == tail(wording)


def test_decorated_and_upper_case_tails_go_as_well(wording, clean):
    _, _, none, _, post, newer, older, home, _ = wording.blogger
    tail = [f"• {none.rstrip(':')} :", f"» {post.upper()} «", f"← {newer}", f"{older} →", f"[{home}]"]

    cleaned = clean("\n\n".join([*wording.prose, *tail]), language=wording.language)

    assert cleaned.text == "\n\n".join(wording.prose)


def test_a_wordpress_post_loses_byline_author_box_and_comment_form(wording, clean):
    written, share, like, related, none, leave, mail, about = wording.wordpress
    name = cleaned_name(written)
    tail = [about, name, share, like, related, none, leave, mail]

    cleaned = clean("\n\n".join([written, *wording.prose, *tail]), language=wording.language)

    assert cleaned.text == "\n\n".join(wording.prose)
    assert name in cleaned.author_candidates


def cleaned_name(written):
    words = written.replace("Автор:", "Автор").split()
    return " ".join(words[-2:]) if len(words) > 2 else words[-1]


def test_prose_alone_is_left_as_it_is(wording, clean):
    text = "\n\n".join(wording.prose)

    cleaned = clean(text, language=wording.language)

    assert (cleaned.text, cleaned.removed) == (text, ())


def test_a_thread_of_readers_comments_goes_from_its_heading_on(clean):
    prose = ["The mill turned again last week.", "Nobody had believed that it would ever move again."]
    thread = ["4 thoughts on “The mill”"]
    for name in ("Ada Lake", "Ben Hill", "Cy Wood", "Dora Moor"):
        thread += [
            f"{name} says:",
            "March 3, 2014 at 9:11 am",
            f"I remember the mill, and so does my aunt. {name} is me.",
            "Reply",
        ]

    cleaned = clean("\n\n".join([*prose, *thread, "Leave a Reply"]), language="en")

    assert cleaned.text == "\n\n".join(prose)
    assert any(removal.rule.endswith("/thread") for removal in cleaned.removed)


def test_lines_above_a_text_go_with_its_title(clean):
    head = [
        "The mill",
        "By Nora Field",
        "Posted on March 3, 2014",
        "4 min read",
        "0 Comments",
        "Share this:",
        "Twitter",
    ]
    prose = ["The mill by the river turned again last week.", "Nobody had believed that it would ever move again."]

    cleaned = clean("\n\n".join([*head, *prose]), language="en", title="The Mill")

    assert cleaned.text == "\n\n".join(prose)
    assert cleaned.author_candidates == ("Nora Field",)


def test_related_titles_and_a_newsletter_pitch_below_a_long_text_go(clean):
    prose = [f"This is paragraph number {number} of a long text about the mill by the river." for number in range(30)]
    tail = ["Related posts", "The miller's daughter", "How a wheel is made"]
    pitch = ["Subscribe to our newsletter", "Get the best of the river every Friday."]

    for end in (tail, pitch):
        assert clean("\n\n".join([*prose, *end]), language="en").text == "\n\n".join(prose)


def test_five_lines_that_prove_nothing_stay(clean):
    text = "The mill turned again.\nNext\nBack\nMenu\nSearch\nRelated"

    assert clean(text, language="en").text == text


def test_advertisement_marks_go_wherever_they_stand(clean):
    text = "The mill turned again.\n\nAdvertisement\n\nNobody had believed it."

    assert clean(text, language="en").text == "The mill turned again.\n\nNobody had believed it."
