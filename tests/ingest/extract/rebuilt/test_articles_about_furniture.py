"""An article about what blogs print keeps every sentence, in sixteen languages, from page to stored text."""

from datetime import UTC, datetime
from html import escape
from string import Template

import pytest

from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.rules import load_rules
from ingest.extract.article import ExtractContext, extract
from ingest.model import ArticleStatus, Entry, Page

URL = "http://elm.example/2014/03/labels.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
PAGES = {
    "plain": "<html lang='$language'><body><main><h1>$title</h1>$body</main></body></html>",
    "blogger": "<html><head><title>$site: $title</title><meta name='generator' content='blogger'></head>"
    "<body><h1><a href='/'>$site</a></h1>"
    "<div class='post hentry'><h3 class='post-title entry-title'>$title</h3><div class='post-body entry-content'>$body"
    "</div><div class='post-footer'>$posted</div></div><div class='comments' id='comments'><h4>$none</h4><p>$post</p>"
    "</div><div id='blog-pager'>$home</div></body></html>",
    "wordpress": "<html><body class='single-post'><article><h1 class='entry-title'>$title</h1>"
    "<div class='entry-content'>$body</div></article><div id='respond'><h3>$leave</h3></div></body></html>",
}


@pytest.fixture
def told(read_words, code):
    """The article's paragraphs, its announced list among them, and the words of the page around it."""
    words = read_words(code)
    wordings = {"post": words["b_post"], "leave": words["w_leave"], "share": words["j_share"], "none": words["b_none"]}
    wordings = {key: wording.rstrip(" :：") for key, wording in wordings.items()}
    return [text.format(**wordings) for text in words["about_furniture"]], wordings, words


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("with_entry", [True, False], ids=["feed", "no feed"])
def test_an_article_about_blog_furniture_keeps_every_sentence(told, page, with_entry):
    paragraphs, wordings, words = told
    items = "".join(f"<li>{escape(wording)}</li>" for wording in wordings.values())
    body = "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs[:3]) + f"<ul>{items}</ul>"
    body += "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs[3:])
    fields = {"title": words["title"], "site": words["site"], "home": words["b_home"], "posted": words["b_posted"]}
    html = Template(page).substitute(fields, body=body, language=words["language"], **wordings)
    entry = Entry(id="1", url=URL, title=words["title"]) if with_entry else None

    article = extract(Page(url=URL, html=html), entry, CONTEXT)

    assert article.status is ArticleStatus.OK
    listed = "\n".join(wordings.values())
    text = (article.text or "").removeprefix(f"{words['title']}\n\n")
    assert text == "\n\n".join([*paragraphs[:3], listed, *paragraphs[3:]])


def test_cleaning_alone_takes_nothing_from_it_either(told):
    paragraphs, wordings, words = told
    text = "\n\n".join([*paragraphs[:3], "\n".join(f"- {wording}" for wording in wordings.values()), *paragraphs[3:]])

    cleaned = clean_text(text, CleanContext(language=words["language"]), load_rules())

    assert (cleaned.text, cleaned.removed) == (text, ())
