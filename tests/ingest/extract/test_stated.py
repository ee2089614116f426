"""Articles whose text stands in a page's data and not in its markup."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, Entry, Page

CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
URL = "https://harbour.example/ferry-stopped"
TITLE = "The ferry that stopped"
TEXT = [
    "The ferry to the outer islands has stopped for the first time since the war, and nobody knows when it runs again.",
    "Its captain, who has crossed the sound eleven thousand times, says that the engine had warned him for a month.",
    "The harbour office ordered a new part in March, but the firm that makes it was sold in April & then closed.",
    "Islanders now share four fishing boats. A teacher, two nurses and the post travel with the morning catch.",
]
HTML = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in TEXT)
SLATE = [
    {"type": "paragraph", "children": [{"text": text[:20]}, {"type": "link", "children": [{"text": text[20:]}]}]}
    for text in TEXT
]
SHELL = "<div id='app'></div><noscript>You need to enable JavaScript to run this app.</noscript>"


def data_script(data: Any, attributes: str = "type='application/json'") -> str:
    return f"<script {attributes}>{json.dumps(data).replace('</', chr(60) + chr(92) + '/')}</script>"


def page_of(script: str, body: str = SHELL) -> Page:
    head = f"<title>{TITLE} | Harbour Post</title><meta property='og:title' content='{TITLE}'>"
    return Page(url=URL, html=f"<html lang='en'><head>{head}</head><body>{body}{script}</body></html>")


def read(script: str, body: str = SHELL, entry: Entry | None = None) -> Article:
    return extract(page_of(script, body), entry, CONTEXT)


NEWS = {"@type": "NewsArticle", "headline": TITLE}
STATES = {
    "next.js": data_script({"props": {"pageProps": {"post": {"title": TITLE, "body": HTML}}}}, "id='__NEXT_DATA__'"),
    "rendered": data_script({"posts": [{"title": {"rendered": TITLE}, "content": {"rendered": HTML}}]}),
    "assigned": f"<script>var a=1;window.__STATE__ = {json.dumps({'a': {'headline': TITLE, 'text': TEXT}})};</script>",
    "json.parse": f"<script>window.__S=JSON.parse({json.dumps(json.dumps({'title': TITLE, 'html': HTML}))})</script>",
    "paragraphs": data_script({"name": TITLE, "content": [{"type": "paragraph", "text": text} for text in TEXT]}),
    "rich text": data_script({"title": TITLE, "body": SLATE}),
    "beside another": data_script([{"title": "Bread on Sundays", "body": HTML * 3}, {"title": TITLE, "body": HTML}]),
}


@pytest.mark.parametrize("script", STATES.values(), ids=STATES)
def test_a_page_without_text_gives_what_its_state_holds_of_the_title(script: str) -> None:
    article = read(script)

    assert (article.status.value, article.text) == ("ok", "\n\n".join(TEXT))
    assert article.provenance["text"] == "script-state"


@pytest.mark.parametrize("body", ["\n".join(TEXT), "\n\n".join(TEXT), HTML], ids=["lines", "paragraphs", "html"])
def test_a_page_without_text_gives_what_its_json_ld_states(body: str) -> None:
    article = read(data_script(NEWS | {"articleBody": body}, "type='application/ld+json'"))

    assert (article.status.value, article.text) == ("ok", "\n\n".join(TEXT))
    assert article.provenance["text"] == "json-ld-body"


def test_what_the_markup_shows_comes_before_what_is_stated() -> None:
    stated = data_script(NEWS | {"articleBody": "\n".join(TEXT * 2)}, "type='application/ld+json'")

    article = read(stated, f"<main><article><h1>{TITLE}</h1>{HTML}</article></main>")

    assert article.text == "\n\n".join(TEXT)


def test_what_is_not_free_is_not_taken_from_the_data() -> None:
    paid = NEWS | {"articleBody": "\n".join(TEXT), "isAccessibleForFree": False}

    assert read(data_script(paid, "type='application/ld+json'")).text is None


@pytest.mark.parametrize(
    "script",
    [
        data_script({"title": "Bread on Sundays", "body": HTML}),
        data_script({"title": TITLE, "image": {"content": "a.jpg"}, "body": "Short."}),
        data_script({"title": TITLE, "related": [{"title": "Bread", "body": HTML}]}),
        "<script>window.__STATE__ = {broken</script>",
        f"<script type='application/json'>{'[' * 100_000}</script>",
        f"<script type='application/json'>[{'1' * 5_000}]</script>",
        f"<script type='application/ld+json'>{{\"a\": {'1' * 5_000}}}</script>",
    ],
    ids=["another title", "a description", "related", "broken", "nested", "a long number", "a long number in json-ld"],
)
def test_other_data_is_no_article(script: str) -> None:
    article = read(script)

    assert (article.status.value, article.text) == ("empty", None)


def test_the_feeds_whole_text_comes_before_what_is_stated() -> None:
    whole = "".join(f"<p>{text} And it was said again, in other words.</p>" for text in TEXT * 3)
    entry = Entry(id="1", url=URL, title=TITLE, content=whole)

    article = read(STATES["next.js"], entry=entry)

    assert article.provenance["text"] == "feed-content"
