"""What a worker's jobs give back: above all, which addresses name an article."""

from datetime import UTC, datetime

import pytest

from ingest.jobs import PageJob, read_page
from ingest.model import Entry, Page
from ingest.urls import dedupe_key

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TEXT = "".join(
    f"<p>Sentence {n} of a walk along the wall, past the nets and the crane, in rain and wind.</p>" for n in range(8)
)


def read(url, canonical=None, final_url=None):
    link = f"<link rel='canonical' href='{canonical}'>" if canonical else ""
    html = f"<html><head><title>A walk</title>{link}</head><body><article><h1>A walk</h1>{TEXT}</article></body></html>"
    page = Page(url=url, html=html, final_url=final_url)
    return read_page(PageJob(url=url, page=page, entry=None, feed_title=None, now=NOW))


@pytest.mark.parametrize(
    ("canonical", "counts"),
    [
        ("https://news.example.org/walk", True),
        ("https://www.news.example.org/the-walk", True),
        ("https://amp.example.org/walk", True),
        ("https://news.example.org/", False),
        ("https://wire.example.com/walk", False),
    ],
)
def test_a_canonical_claims_the_article_only_on_its_own_site_and_below_the_front_page(canonical, counts):
    reading = read("https://news.example.org/2026/walk?utm_source=feed", canonical)
    assert reading.alias_keys == (dedupe_key("https://news.example.org/2026/walk"),)
    assert reading.claim_keys == ((dedupe_key(canonical),) if counts else ())


def test_a_canonical_that_is_the_pages_own_address_claims_nothing():
    assert read("https://news.example.org/walk", "http://www.news.example.org/walk/").claim_keys == ()


def test_the_front_page_where_a_dead_address_leads_is_no_name():
    reading = read("https://news.example.org/walk", final_url="https://news.example.org/")
    assert reading.alias_keys == (dedupe_key("https://news.example.org/walk"),)


def test_the_target_of_a_redirect_is_a_name_of_the_article():
    keys = read("https://short.example.com/x", final_url="https://news.example.org/walk").alias_keys
    assert set(keys) == {dedupe_key("https://short.example.com/x"), dedupe_key("https://news.example.org/walk")}


def test_an_entry_without_a_link_has_no_address_to_be_known_by():
    entry = Entry(id="1", url=None, title="Note", content="<p>A note that stands in the feed alone.</p>")
    reading = read_page(PageJob(url=None, page=None, entry=entry, feed_title=None, now=NOW))
    assert reading.alias_keys == ()
    assert reading.article.text == "A note that stands in the feed alone."
