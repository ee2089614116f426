"""Whose headline counts when an article is read again: an edit on the page is kept, whatever the entry still says."""

from datetime import UTC, datetime

import pytest

from ingest.decide.headline import follows_headline
from ingest.extract.article import extract
from ingest.extract.context import ExtractContext
from ingest.model import Article, Entry, Page

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://news.example/crane"
OLD, NEW = "The crane at the quay stands still", "Crane falls into the harbour"
WITNESSES = ("clerk", "pilot", "diver", "baker")
PROSE = "".join(
    f"<p>The crane has not turned since the spring tide, said the {who}, and none at the quay of the {who} knew it.</p>"
    for who in WITNESSES
)


def read(headline: str, title: str, stored: Article | None = None, *, is_revisit: bool = True) -> Article:
    html = f"<html><title>{headline}</title><body><article><h1>{headline}</h1>{PROSE}</article></body></html>"
    follows = stored is not None and follows_headline(stored.provenance, is_revisit=is_revisit)
    context = ExtractContext(now=NOW, follows_headline=follows)
    return extract(Page(url=URL, html=html), Entry(id="1", url=URL, title=title), context)


def test_a_headline_that_said_what_the_feed_says_and_is_another_now_was_edited() -> None:
    first = read(OLD, OLD)
    assert (first.title, first.provenance["title"], first.provenance["headline"]) == (OLD, "feed", "h1")

    assert read(NEW, OLD, first).title == NEW


def test_a_headline_that_was_always_another_is_no_edit() -> None:
    first = read(NEW, OLD)
    assert (first.title, first.provenance["title"]) == (OLD, "feed")

    assert read(NEW, OLD, first).title == OLD


@pytest.mark.parametrize("is_revisit", [True, False])
def test_an_entry_that_comes_again_with_its_old_title_takes_no_edit_back(is_revisit: bool) -> None:
    edited = read(NEW, OLD, read(OLD, OLD))

    assert read(NEW, OLD, edited, is_revisit=is_revisit).title == NEW


def test_a_feed_that_renames_an_article_is_believed_before_the_page() -> None:
    assert read(OLD, NEW, read(OLD, OLD), is_revisit=False).title == NEW


@pytest.mark.parametrize("headline", [OLD, OLD.upper(), f"{OLD} ", f"\u201c{OLD}\u201d"])
def test_other_letters_and_marks_are_no_other_headline(headline: str) -> None:
    assert read(headline, OLD, read(OLD, OLD)).title == OLD
