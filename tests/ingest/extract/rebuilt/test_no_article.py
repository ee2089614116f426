"""Pages that are no article, as services and sites print them in fourteen languages: told, and never stored as text."""

import json
import tomllib
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, Entry, Page

URL = "http://elm.example/2014/03/clock.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
WALLS = tomllib.loads(Path(__file__).with_name("walls.toml").read_text(encoding="utf-8"))
NAV = "<nav><a href='/'>Elm</a><a href='/news'>News</a><a href='/shop'>Shop</a></nav>"
FOOT = "<footer><a href='/privacy'>Privacy</a> © Elm</footer>"


def extracted(html: str, entry: Entry | None = None) -> Article:
    return extract(Page(url=URL, html=html), entry, CONTEXT)


def words_of(language: str, kind: str) -> list[str]:
    return [escape(text, quote=False) for text in WALLS[language][kind]]


def cloudflare(language: str) -> str:
    title, task, site = words_of(language, "blocked")
    return (
        f"<html lang='{language}'><head><title>{title}</title></head><body class='no-js'><div class='main-wrapper'>"
        f"<div class='main-content'><h1 class='zone-name-title h1'>elm.example</h1><p class='h2'>{task}</p>"
        f"<div class='core-msg spacer'>{site}</div></div></div><div class='footer'><div>Ray ID: <code>8a1b</code></div>"
        "<div>Performance &amp; security by <a href='https://cloudflare.com'>Cloudflare</a></div></div></body></html>"
    )


def plain_challenge(language: str) -> str:
    title, task, _ = words_of(language, "blocked")
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{task}</p></body></html>"


def onetrust(language: str) -> str:
    head, text, accept = words_of(language, "consent")
    return (
        f"<html lang='{language}'><head><title>Elm</title></head><body>{NAV}<div id='onetrust-consent-sdk'>"
        f"<div class='ot-sdk-container' role='dialog'><h2 id='onetrust-policy-title'>{head}</h2>"
        f"<div id='onetrust-policy-text'>{text}</div><button id='onetrust-accept-btn-handler'>{accept}</button></div>"
        "</div></body></html>"
    )


def sourcepoint(language: str) -> str:
    head, text, accept = words_of(language, "consent")
    return (
        f"<html lang='{language}'><head><title>{head}</title></head><body><div class='message type-modal'>"
        f"<div class='message-component message-row'><h1>{head}</h1></div><div class='message-component'><p>{text}</p>"
        f"</div><a class='message-button'>{accept}</a></div></body></html>"
    )


def google(language: str) -> str:
    head, text, accept = words_of(language, "google")
    return (
        f"<html lang='{language}'><head><title>{head}</title></head><body><div class='boxContent'><h1>{head}</h1>"
        f"<p>{text}</p><form action='https://consent.google.com/save'><button>{accept}</button></form></div></body>"
    )


def missing_page(language: str) -> str:
    head, text = words_of(language, "missing")
    return (
        f"<html lang='{language}'><head><title>{head} - Elm</title></head><body>{NAV}<main><h1>{head}</h1><p>{text}</p>"
        f"<form role='search'><input></form></main>{FOOT}</body></html>"
    )


def missing_by_number(language: str) -> str:
    head, text = words_of(language, "missing")
    return (
        f"<html lang='{language}'><head><title>404</title></head><body><div class='error-404'><h1>404</h1>"
        f"<h2>{head}</h2><p>{text}</p></div></body></html>"
    )


FRAMES = {
    "blocked": (cloudflare, plain_challenge),
    "consent": (onetrust, sourcepoint, google),
    "soft-404": (missing_page, missing_by_number),
}
CASES = [(status, frame) for status, frames in FRAMES.items() for frame in frames]
SERVICES = sorted(Path(__file__).with_name("services").glob("*.html"))


@pytest.mark.parametrize("language", WALLS)
@pytest.mark.parametrize(("status", "frame"), CASES, ids=[frame.__name__ for _, frame in CASES])
def test_a_wall_is_told_and_gives_no_text(language, status, frame):
    article = extracted(frame(language))

    assert (article.status.value, article.text) == (status, None)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_what_a_service_puts_before_a_page_is_told_and_gives_no_text(path):
    article = extracted(path.read_text(encoding="utf-8"))

    assert (article.status.value, article.text) == (path.stem.partition("_")[0], None)


@pytest.mark.parametrize("language", WALLS)
def test_a_page_that_needs_scripts_is_empty(language):
    html = f"<html><body><div id='app'>{escape(WALLS[language]['script'])}</div></body></html>"

    article = extracted(html)

    assert (article.status.value, article.text) == ("empty", None)


@pytest.mark.parametrize("is_stated", [True, False], ids=["stated", "not stated"])
@pytest.mark.parametrize("language", WALLS)
def test_a_metered_article_with_its_teaser_is_a_paywall(read_words, language, is_stated):
    words = read_words(language)
    told = json.dumps({"@type": "NewsArticle", "headline": words["title"], "isAccessibleForFree": False})
    head = f"<script type='application/ld+json'>{told}</script>" if is_stated else ""
    teaser = "".join(f"<p>{escape(text, quote=False)}</p>" for text in words["paragraphs"][: 4 if is_stated else 2])
    line, login = words_of(language, "paywall")
    html = (
        f"<html lang='{language}'><head><title>{words['title']}</title>{head}</head><body>{NAV}<main>"
        f"<h1>{words['title']}</h1>{teaser}<div class='meter-offer'><h3>{line}</h3><p>{login}</p></div></main>{FOOT}"
        "</body></html>"
    )

    article = extracted(html)

    assert (article.status.value, article.text) == ("paywall", None)


@pytest.mark.parametrize(("status", "frame"), CASES, ids=[frame.__name__ for _, frame in CASES])
def test_behind_a_wall_the_feeds_words_are_the_text_and_the_article_says_so(read_words, status, frame):
    words = read_words("de")
    teaser = words["paragraphs"][0]

    article = extracted(frame("de"), Entry(id="1", url=URL, title=words["title"], summary=f"<p>{teaser}</p>"))

    assert (article.status.value, article.text, article.title) == ("partial", teaser, words["title"])
    assert article.provenance["text"] == "feed-content"


def headlines_of(words) -> list[tuple[str, str]]:
    """Ten headlines with the texts that they lead to, of the language's own clauses."""
    texts = [*words["paragraphs"], *words["about_furniture"], words["remark"], words["answer"]]
    return [(text[: len(text) // 3], text) for text in texts][:10]


LISTINGS = {
    "headlines": lambda one, _: f"<h2><a href='/a'>{one}</a></h2>",
    "cards": lambda one, text: f"<article class='card'><h3><a href='/a'>{one}</a></h3><p>{text[:90]}…</p></article>",
    "cards with dates": lambda one, text: (
        f"<div class='post'><h2><a href='/a'>{one}</a></h2><div>3.3.2014</div>"
        f"<p>{text[:120]}…</p><a href='/a'>→</a></div>"
    ),
    "list": lambda one, _: f"<li><a href='/a'>{one}</a> <span>3.3.2014</span></li>",
}


@pytest.mark.parametrize("language", ["en", "de", "ru", "ar"])
@pytest.mark.parametrize("card", LISTINGS.values(), ids=LISTINGS)
def test_a_page_of_headlines_is_a_listing(read_words, language, card):
    words = read_words(language)
    items = "".join(card(escape(one), escape(text)) for one, text in headlines_of(words))
    html = (
        f"<html lang='{language}'><head><title>{words['category']} - Elm</title></head><body>{NAV}<main>"
        f"<h1>{words['category']}</h1>{items}<a href='/2'>2</a> <a href='/3'>3</a></main>{FOOT}</body></html>"
    )

    article = extracted(html)

    assert (article.status.value, article.text) == ("listing", None)


@pytest.mark.parametrize("language", WALLS)
def test_a_short_article_on_a_page_with_a_banner_an_offer_and_a_form_is_an_article(read_words, language):
    words = read_words(language)
    head, text, accept = words_of(language, "consent")
    offer, _ = words_of(language, "paywall")
    told = "".join(f"<p>{escape(text, quote=False)}</p>" for text in words["paragraphs"])
    html = (
        f"<html lang='{language}'><head><title>{words['title']}</title></head><body><nav><a href='/'>Elm</a>"
        f"<a href='/paper'>{offer}</a></nav><main><h1>{words['title']}</h1>{told}</main>"
        f"<div class='cookie-banner' role='dialog'><h2>{head}</h2><p>{text}</p><button>{accept}</button></div>{FOOT}"
        "<noscript>You need to enable JavaScript to run this app.</noscript></body></html>"
    )

    article = extracted(html)

    assert (article.status.value, article.text) == ("ok", "\n\n".join(words["paragraphs"]))


@pytest.mark.parametrize("language", WALLS)
@pytest.mark.parametrize("kind", ["blocked", "consent", "paywall", "missing"])
def test_an_article_that_quotes_a_wall_is_an_article(read_words, language, kind):
    words = read_words(language)
    quoted = " ".join(text.rstrip("….") for text in WALLS[language][kind])
    paragraphs = [*words["paragraphs"], *words["about_furniture"][:2], f"{words['paragraphs'][0]} “{quoted}”"]
    told = "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs)
    html = f"<html lang='{language}'><body><main><h1>{words['title']}</h1>{told}</main></body></html>"

    assert extracted(html).status.value == "ok"


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (
            "How paywalls work",
            "“Subscribe to continue reading”, says the box below the second paragraph of most papers.",
        ),
        ("How errors work", "“The page you requested was not found”, says the page, and the reader goes elsewhere."),
        (
            "The last Peugeot 404",
            "It stood in a barn for thirty years, and was sold on Friday for the price of a boat.",
        ),
    ],
)
def test_a_short_article_that_tells_of_a_wall_is_an_article(title, sentence):
    body = f"<body><main><h1>{title}</h1><p>{sentence}</p></main></body>"
    html = f"<html lang='en'><head><title>{title} | Elm</title></head>{body}</html>"

    assert extracted(html).text == sentence


def test_an_archives_dated_lines_are_a_listing():
    rows = "".join(
        f"<li><a href='/{name}'>The {name} and the harbour at night</a> <span>3 March 2026</span></li>"
        for name in ("ferry", "lamp", "crane", "mill", "rope", "boat", "gull", "clock")
    )

    article = extracted(f"<html lang='en'><head><title>Archive</title></head><body><ul>{rows}</ul></body></html>")

    assert (article.status.value, article.text) == ("listing", None)
