"""Feed against page: who is believed, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.extract.arbitration import choose_authors, choose_published, choose_title
from ingest.extract.article import ExtractContext, extract
from ingest.model import Entry, Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 4, 9, tzinfo=UTC)
SITES = ["Pier Letters", "pierletters.com", "World Pier Letters"]
PARAGRAPH = (
    "<p>The mole was closed on Tuesday, because the last of its lamps had gone out, and nobody owned it at all.</p>"
)


@pytest.mark.parametrize(
    ("feed", "page", "chosen"),
    [
        ("Who owns the lamp", "Who owns it?", "Who owns the lamp"),
        ("Who owns the lamp", None, "Who owns the lamp"),
        (None, "Who owns the lamp", "Who owns the lamp"),
        (None, None, None),
        ("Who owns the lamp on the…", "Who owns the lamp on the mole", "Who owns the lamp on the mole"),
        ("Who owns the lamp on ...", "Who owns the lamp on the mole", "Who owns the lamp on the mole"),
        ("WHO OWNS the lamp on [...]", "Who owns the lamp on the mole", "Who owns the lamp on the mole"),
        ("Who owns the lamp on the…", None, "Who owns the lamp on the…"),
        ("Who owns the lamp on the…", "Before you continue", "Who owns the lamp on the…"),
        ("To be, or not ...", "To be, or not ...", "To be, or not ..."),
        ("Who owns the lamp - Pier Letters", "Who owns the lamp", "Who owns the lamp"),
        ("Who owns the lamp | WPL", None, "Who owns the lamp"),
        ("Pier Letters » Who owns the lamp", None, "Who owns the lamp"),
        ("Pier Letters", "Who owns the lamp", "Who owns the lamp"),
        ("Untitled", "Who owns the lamp", "Who owns the lamp"),
        ("(no title)", "Who owns the lamp", "Who owns the lamp"),
        ("Untitled", None, "Untitled"),
        ("https://harbour.example/1", "Who owns the lamp", "Who owns the lamp"),
        ("2026-03-04", "Who owns the lamp", "Who owns the lamp"),
        ("1984", None, "1984"),
    ],
)
def test_the_feeds_title_wins_unless_it_is_none_or_breaks_off(
    feed: str | None, page: str | None, chosen: str | None
) -> None:
    assert choose_title(feed, page, SITES) == chosen


@pytest.mark.parametrize(
    ("feed", "page", "chosen"),
    [
        (("Nora Finch",), ("Cy Marsh",), ("Nora Finch",)),
        (("Nora Finch",), (), ("Nora Finch",)),
        ((), ("Cy Marsh",), ("Cy Marsh",)),
        (("Pier Letters",), ("Cy Marsh",), ("Cy Marsh",)),
        (("Pier Letters",), (), ()),
        (("pierletters.com",), (), ()),
        (("Editorial Team",), ("Cy Marsh",), ("Cy Marsh",)),
        (("Editorial Team",), (), ("Editorial Team",)),
        (("nora.finch",), ("Nora Finch",), ("Nora Finch",)),
        (("nora.finch",), (), ("nora.finch",)),
        (("Nora Finch",), ("Nora Finch", "Cy Marsh"), ("Nora Finch", "Cy Marsh")),
        (("Nora Finch",), ("Cy Marsh", "Ada Pole"), ("Nora Finch",)),
        (("Nora Finch", "Cy Marsh"), ("Nora Finch",), ("Nora Finch", "Cy Marsh")),
    ],
)
def test_the_feeds_authors_win_unless_they_say_no_person_or_one_of_several(
    feed: tuple[str, ...], page: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    assert choose_authors(feed, page, SITES) == chosen


@pytest.mark.parametrize(
    ("published", "updated", "page", "source", "chosen"),
    [
        (MARCH, None, MARCH - timedelta(days=9), "json-ld", (MARCH, "feed")),
        (MARCH, MARCH + timedelta(days=1), MARCH - timedelta(days=9), "json-ld", (MARCH, "feed")),
        (MARCH, MARCH, MARCH - timedelta(days=9), "json-ld", (MARCH - timedelta(days=9), "json-ld")),
        (MARCH, MARCH, MARCH - timedelta(days=9), "meta", (MARCH - timedelta(days=9), "meta")),
        (MARCH, MARCH, MARCH - timedelta(days=9), "page", (MARCH, "feed")),
        (MARCH, MARCH, MARCH + timedelta(days=9), "json-ld", (MARCH, "feed")),
        (MARCH, MARCH, MARCH - timedelta(hours=2), "json-ld", (MARCH, "feed")),
        (MARCH, MARCH, None, "none", (MARCH, "feed")),
        (None, MARCH, MARCH, "url", (MARCH, "url")),
        (None, None, None, "none", (None, "none")),
    ],
)
def test_the_feeds_date_wins_unless_it_may_be_that_of_a_change(
    published: datetime | None,
    updated: datetime | None,
    page: datetime | None,
    source: str,
    chosen: tuple[datetime | None, str],
) -> None:
    assert choose_published((published, updated), (page, source)) == chosen


def a_page(head: str = "", byline: str = "") -> Page:
    html = (
        f"<html lang='en'><head><title>Who owns the lamp | Pier Letters</title>{head}</head><body><main>"
        f"<h1>Who owns the lamp</h1>{byline}{PARAGRAPH * 4}</main></body></html>"
    )
    return Page(url="https://harbour.example/lamp", html=html)


def an_entry(**fields: object) -> Entry:
    return Entry(**{"id": "1", "url": "https://harbour.example/lamp"} | fields)


@pytest.mark.parametrize(
    "name", ["admin", "noreply@blogger.com", "nora@harbour.example", "wp-admin", "Staff", "author"]
)
def test_an_account_in_the_feed_gives_way_to_the_byline(name: str) -> None:
    article = extract(a_page(byline="<p>By Nora Finch</p>"), an_entry(authors=(name,)), ExtractContext(now=NOW))

    assert (article.authors, article.provenance["authors"]) == (("Nora Finch",), "page")


@pytest.mark.parametrize("name", ["admin", "noreply@blogger.com", "nora@harbour.example", "Staff"])
def test_an_account_in_the_feed_is_nobody(name: str) -> None:
    assert extract(a_page(), an_entry(authors=(name,)), ExtractContext(now=NOW)).authors == ()


def test_the_feeds_own_title_is_no_author_and_no_part_of_a_title() -> None:
    entry = an_entry(title="Who owns the lamp - Pier Letters", authors=("Pier Letters",))

    article = extract(None, entry, ExtractContext(now=NOW, feed_title="Pier Letters"))

    assert (article.title, article.authors, article.site_name) == ("Who owns the lamp", (), "Pier Letters")


def test_each_value_says_whether_feed_or_page_gave_it() -> None:
    head = (
        '<meta property="article:published_time" content="2026-02-01T08:00:00Z">'
        '<meta property="og:image" content="/l.jpg">'
        '<meta property="og:description" content="A letter about a lamp.">'
        '<meta property="og:site_name" content="Letters">'
        '<link rel="canonical" href="/lamp">'
    )
    entry = an_entry(title="Who owns the lamp", authors=("Nora Finch",), published_at=MARCH, tags=("lamps",))

    article = extract(a_page(head), entry, ExtractContext(now=NOW))

    assert article.published_source == "feed"
    assert {name: article.provenance[name] for name in ("title", "authors", "published_at", "tags")} == dict.fromkeys(
        ("title", "authors", "published_at", "tags"), "feed"
    )
    assert {name: article.provenance[name] for name in ("image_url", "summary", "site_name", "canonical_url")} == {
        "image_url": "og",
        "summary": "og",
        "site_name": "og",
        "canonical_url": "link",
    }


def test_a_feeds_date_in_the_future_gives_way_to_the_pages() -> None:
    head = '<meta property="article:published_time" content="2026-02-01T08:00:00Z">'
    entry = an_entry(published_at=datetime(2031, 1, 1, tzinfo=UTC))

    article = extract(a_page(head), entry, ExtractContext(now=NOW))

    assert (article.published_at, article.published_source) == (datetime(2026, 2, 1, 8, tzinfo=UTC), "meta")
