"""The sample newsroom's pages: whole, balanced, and dressed as their platform dresses them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from flows.sample.answers import Answer
from flows.sample.languages import read_language
from flows.sample.sites import Site, read_sites
from flows.sample.world import Newsroom

Ask = Callable[..., Answer]
STARTED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
VOID = {"meta", "link", "br", "hr", "input", "img"}


class Reader(HTMLParser):
    """Reads a page's text, and notes every end tag that closes something else than what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def text_of(found: Answer) -> str:
    return found.body.decode("windows-1251" if "1251" in found.headers["Content-Type"] else "utf-8")


def test_every_page_is_balanced_html(newsroom: Newsroom, ask: Ask) -> None:
    urls = [one.url(8700) for one in newsroom.articles(STARTED_AT)] + [site.url("/", 8700) for site in newsroom.sites]

    for url in urls:
        reader = read(text_of(ask(url)))
        assert (reader.wrong, reader.open) == ([], []), url


def test_every_paragraph_of_the_truth_is_in_its_page(newsroom: Newsroom, ask: Ask) -> None:
    for truth in newsroom.truth(STARTED_AT + timedelta(hours=1)):
        if truth.kind == "hyphenated":
            continue
        page = "".join(read(text_of(ask(truth.url, STARTED_AT + timedelta(hours=1)))).pieces)
        for paragraph in truth.text.split("\n\n"):
            assert paragraph in page, truth.url


def test_titles_and_authors_are_in_the_page(newsroom: Newsroom, ask: Ask) -> None:
    for truth in newsroom.truth(STARTED_AT):
        if truth.kind not in {"consent", "missing", "paywall"}:
            page = "".join(read(text_of(ask(truth.url))).pieces)
            assert truth.title in page
            assert all(author in page for author in truth.authors)


def test_the_split_words_stand_in_the_page_beside_true_compounds_and_never_in_the_truth(
    newsroom: Newsroom, ask: Ask
) -> None:
    truth = next(one for one in newsroom.truth(STARTED_AT) if one.kind == "hyphenated")
    page = text_of(ask(truth.url))
    splits = ["exp-erts", "on-ly", "en-tire", "com-mander", "gar-rison", "sur-render", "Ven-tharia", "be-came"]

    for split in splits:
        assert page.count(split) == 1
        assert split not in truth.text
        assert split.replace("-", "") in truth.text
    for compound in ["ex-head", "anti-royal", "take-over", "well-researched", "half-empty", "self-taught"]:
        assert compound in page
        assert compound in truth.text


def test_the_doubled_post_holds_its_text_twice_each_time_signed_and_with_the_bare_permalink(
    newsroom: Newsroom, ask: Ask
) -> None:
    truth = next(one for one in newsroom.truth(STARTED_AT) if one.kind == "doubled")
    page = "".join(read(text_of(ask(truth.url))).pieces)
    body = page[: page.index("Keine Kommentare:")]

    assert all(body.count(paragraph) == 2 for paragraph in truth.text.split("\n\n"))
    assert body.count(truth.origin_url) == 2
    assert "Kommentar veröffentlichen" in page
    assert truth.origin_url not in truth.text


def test_author_share_related_and_newsletter_boxes_lie_inside_the_post_container(newsroom: Newsroom, ask: Ask) -> None:
    page = text_of(ask("http://harbour.localhost:8700/news/2026/11/19/lamp-on-gull-rock.html"))
    container = page[page.index('<div class="post-content') : page.index("</article>")]

    for words in ["Written by", "About the author", "Share this article", "More from this section", "morning letter"]:
        assert words in container


@pytest.mark.parametrize(
    "site", [one for one in read_sites() if one.platform in {"blogger", "classic"}], ids=lambda one: one.name
)
def test_a_blogger_page_carries_the_furniture_of_its_language(newsroom: Newsroom, ask: Ask, site: Site) -> None:
    words = read_language(site.language).blogger
    quiet = next(iter(newsroom.newest(site, STARTED_AT)))
    page = "".join(read(text_of(ask(quiet.url(8700), quiet.published_at))).pieces)

    for key in ["no_comments", "post_comment", "home", "subscribe", "comments_feed", "posted_by", "archive"]:
        assert words[key] in page, key


@pytest.mark.parametrize("site", [one for one in read_sites() if one.platform == "wordpress"], ids=lambda one: one.name)
def test_a_wordpress_page_carries_the_furniture_of_its_language(newsroom: Newsroom, ask: Ask, site: Site) -> None:
    now = STARTED_AT + timedelta(days=3)
    article = next(one for one in newsroom.newest(site, STARTED_AT) if one.story.comments)
    words = read_language(article.story.language).wordpress
    page = "".join(read(text_of(ask(article.url(8700), now))).pieces)

    for key in ["share", "like", "loading", "related", "leave_reply", "email_note", "says", "recent"]:
        assert words[key] in page, key


def test_an_english_blogger_page_ends_with_the_lines_everybody_knows(newsroom: Newsroom, ask: Ask) -> None:
    site = newsroom.site("kitchen.localhost")
    article = list(newsroom.newest(site, STARTED_AT))[1]
    page = "".join(read(text_of(ask(article.url(8700)))).pieces)

    for line in ["Newer Post", "Home", "Older Post", "Subscribe to: Post Comments (Atom)", "Post a Comment"]:
        assert line in page


def test_a_thread_is_long_and_its_answers_are_not_from_the_future(newsroom: Newsroom, ask: Ask) -> None:
    article = next(iter(newsroom.newest(newsroom.site("forum.localhost"), STARTED_AT)))

    fresh = text_of(ask(article.url(8700), article.published_at)).count('class="comment"')
    settled = text_of(ask(article.url(8700), article.published_at + timedelta(days=4))).count('class="comment"')

    assert fresh == 0
    assert settled >= 14


def test_arabic_pages_run_from_right_to_left(ask: Ask) -> None:
    assert 'dir="rtl"' in text_of(ask("http://maqha.localhost:8700/"))


def test_some_pages_carry_json_ld_and_some_do_not(newsroom: Newsroom, ask: Ask) -> None:
    site = newsroom.site("harbour.localhost")
    marks = {"application/ld+json" in text_of(ask(one.url(8700))) for one in newsroom.newest(site, STARTED_AT)}

    assert marks == {True, False}


def test_walls_show_no_more_than_a_teaser(newsroom: Newsroom, ask: Ask) -> None:
    kinds = {one.story.kind: one for one in newsroom.articles(STARTED_AT)}

    paywall, consent = (text_of(ask(kinds[kind].url(8700))) for kind in ("paywall", "consent"))

    assert "This article is for subscribers." in paywall
    assert kinds["paywall"].story.blocks[-1] not in paywall
    assert "Accept all" in consent
    assert "seven springs" not in consent
