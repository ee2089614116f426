"""Pages that hold their article twice, another one behind it, or drawers and slides: the article stands once, alone."""

from datetime import UTC, datetime
from html import escape
from string import Template

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Entry, Page

URL = "http://elm.example/2014/03/clock.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
OTHER = [
    "The ferry across the lake has a new timetable from the first of April, and it leaves ten minutes earlier.",
    "Two schools had complained that their pupils reached the bell with wet feet and without a breakfast.",
    "The captain says that ten minutes are nothing on a lake, and that he has always been early anyhow.",
]
COPIES = {
    "hidden attribute": "<div>$body</div><div hidden>$body</div>",
    "hidden class": "<div class='story'>$body</div><div class='hidden'>$body</div>",
    "bootstrap 3": "<div class='hidden-xs'>$body</div><div class='visible-xs'>$body</div>",
    "bootstrap 4": "<div class='d-none d-md-block'>$body</div><div class='d-md-none'>$body</div>",
    "tailwind": "<div class='hidden md:block prose'>$body</div><div class='md:hidden prose'>$body</div>",
    "foundation": "<div class='show-for-medium'>$body</div><div class='hide-for-medium'>$body</div>",
    "desktop and mobile": "<div class='desktop-only'>$body</div><div class='mobile-only'>$body</div>",
    "aria-hidden": "<div>$body</div><div aria-hidden='true'>$body</div>",
    "display none": "<div>$body</div><div style='display:none'>$body</div>",
    "called alike": "<div class='text'>$body</div><div class='text'>$body</div>",
    "mobile first": "<div class='m-article' style='display: none'>$body</div><div class='d-article'>$body</div>",
    "print": "<div class='article-text'>$body</div><div class='print-only' id='printable'><h1>$title</h1>$body</div>",
    "three": "<div class='lg'>$body</div><div class='md'>$body</div><div class='sm'>$body</div>",
    "paragraph by paragraph": "$twins",
}
BEHIND = {
    "next article": "<article><h1>The ferry goes earlier</h1>$other</article>",
    "next article with an address": "<article data-url='/ferry' data-href='http://elm.example/ferry'>"
    "<header><h2><a href='/ferry'>The ferry goes earlier</a></h2></header>$other</article>",
    "infinite scroll": "<div class='infinite-scroll'><article><h2>The ferry goes earlier</h2>$other</article></div>",
    "next article below its heading": "<div class='next-article'><h2>Next article</h2><h3>The ferry goes earlier</h3>"
    "$other</div>",
    "read next": "<section class='read-next'><h2>Read next</h2><a href='/ferry'>The ferry goes earlier</a>$other"
    "</section>",
    "slides": "<div class='carousel slider'><div class='slide'><p>The ferry at dawn.</p></div>"
    "<div class='slide'><p>The captain waves at nobody in particular, and nobody waves back.</p></div></div>",
    "cart drawer": "<div class='cart-drawer'><h2>Your cart</h2><p>Your cart is empty.</p><p>Continue shopping</p>"
    "<p>Shipping, taxes and discount codes are calculated at checkout.</p></div>",
    "cart dialog": "<cart-drawer class='drawer'><div role='dialog'><p>Your cart is empty.</p></div></cart-drawer>",
    "modal": "<div class='modal fade'><p>Join our club of early risers, who read every letter at dawn.</p></div>",
    "quick view": "<div class='quickview-modal product'><h2>Pocket watch</h2><p>A watch for a fine pocket.</p></div>",
}
PAGE = (
    "<html lang='$language'><head><title>$title</title></head>"
    "<body><main><article><h1>$title</h1>%s</article>%s</main></body></html>"
)


@pytest.fixture(params=["en", "ja", "ar", "ru"])
def told(request, read_words):
    words = read_words(request.param)
    paragraphs = [f"<p>{escape(text, quote=False)}</p>" for text in words["paragraphs"]]
    twins = (f"<div class='d-none d-lg-block'>{one}</div><div class='d-lg-none'>{one}</div>" for one in paragraphs)
    fields = {"body": "".join(paragraphs), "twins": "".join(twins), "title": words["title"]}
    other = "".join(f"<p>{text}</p>" for text in OTHER)
    return words, fields | {"language": request.param, "other": other}


def extracted(words, html: str) -> str:
    entry = Entry(id="1", url=URL, title=words["title"])
    return (extract(Page(url=URL, html=html), entry, CONTEXT).text or "").removeprefix(f"{words['title']}\n\n")


@pytest.mark.parametrize("shape", COPIES.values(), ids=COPIES)
def test_an_article_that_the_page_holds_twice_stands_once(told, shape):
    words, fields = told

    text = extracted(words, Template(PAGE % (shape, "")).substitute(fields))

    assert text == "\n\n".join(words["paragraphs"])


@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND)
def test_what_follows_behind_the_article_is_no_part_of_it(told, behind):
    words, fields = told

    text = extracted(words, Template(PAGE % ("$body", behind)).substitute(fields))

    assert text == "\n\n".join(words["paragraphs"])


@pytest.mark.parametrize(
    "names", ["class='cart-drawer' id='CartDrawer'", "class='mini-cart'", "class='side-cart open'"]
)
def test_a_shops_cart_behind_a_text_without_an_article_element_is_no_part_of_it(told, names):
    words, fields = told
    cart = (
        f"<div {names}><h2>Your cart</h2><p>Your cart is empty. Add a mug or a tea towel, and shipping is free.</p>"
        "<p>Taxes and shipping are calculated at checkout. All charges are billed in pounds.</p></div>"
    )
    page = (
        "<html lang='$language'><head><title>$title</title></head><body><div><h1>$title</h1>$body</div>%s</body></html>"
    )

    text = extracted(words, Template(page % cart).substitute(fields))

    assert text == "\n\n".join(words["paragraphs"])


def test_an_article_that_says_something_again_in_its_own_words_keeps_both(told):
    words, fields = told
    refrain = "<p>So it was.</p>"
    body = refrain.join(f"<p>{escape(text, quote=False)}</p>" for text in words["paragraphs"])

    text = extracted(words, Template(PAGE % ("$body", "")).substitute(fields | {"body": body}))

    assert text == "\n\nSo it was.\n\n".join(words["paragraphs"])


def test_chapters_that_are_articles_of_their_own_stay(told):
    words, fields = told
    first, *others = words["paragraphs"]
    chapters = "".join(
        f"<article><h2>{number}. $title</h2><p>{text}</p></article>" for number, text in enumerate(others)
    )
    page = Template(PAGE % (f"<p>{first}</p>", chapters)).substitute(fields)

    text = extracted(words, page)

    assert [paragraph for paragraph in words["paragraphs"] if paragraph not in text] == []


def test_paragraphs_that_react_streams_behind_the_page_stand_in_their_places(told):
    words, fields = told
    first, second, *others = (f"<p>{escape(text, quote=False)}</p>" for text in words["paragraphs"])
    loading = "<!--$?--><template id='B:0'></template><p>Loading <!-- -->...</p><!--/$-->"
    streamed = f'<div hidden id="S:0">{second}</div><script>$RC("B:0","S:0")</script>'.replace("$", "$$")
    body = first + loading.replace("$", "$$") + "".join(others)

    text = extracted(words, Template(PAGE % (body, streamed)).substitute(fields))

    assert text == "\n\n".join(words["paragraphs"])
