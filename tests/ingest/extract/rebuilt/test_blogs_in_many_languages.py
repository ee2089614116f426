"""Blogger and WordPress in sixteen languages, old templates and new: no tail is left, and no sentence is lost."""

from datetime import UTC, datetime

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, ArticleStatus, Entry, Page

URL = "http://elm.example/2014/03/clock.html"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))


def extracted(page, *, with_entry: bool = True) -> Article:
    entry = Entry(id="1", url=URL, title=page.title) if with_entry else None
    article = extract(Page(url=URL, html=page.html), entry, CONTEXT)
    assert article.status is ArticleStatus.OK
    return article


def text_of(article: Article) -> str:
    """The text without the title, with which the text of a page that states no article begins."""
    return (article.text or "").removeprefix(f"{article.title}\n\n")


@pytest.mark.parametrize("most", [None, 1], ids=["whole", "tiny"])
@pytest.mark.parametrize("with_comments", [True, False], ids=["comments", "no comments"])
def test_a_rebuilt_post_is_its_paragraphs_and_nothing_else(rebuild, template, code, with_comments, most):
    page = rebuild(template, code, with_comments=with_comments, most=most)

    assert text_of(extracted(page)) == page.text


@pytest.mark.parametrize("with_comments", [True, False], ids=["comments", "no comments"])
def test_without_a_feed_it_is_the_same(rebuild, template, code, with_comments):
    page = rebuild(template, code, with_comments=with_comments)
    article = extracted(page, with_entry=False)

    assert article.title == page.title
    assert text_of(article) == page.text


def test_every_removal_of_a_rebuilt_post_names_its_rule_and_holds_no_sentence(rebuild, template, code):
    page = rebuild(template, code, with_comments=True)

    removed = extracted(page).removed

    assert removed
    assert all(removal.rule.count("/") >= 1 and removal.text for removal in removed)
    assert not [text for text in page.paragraphs if any(text in removal.text for removal in removed)]
