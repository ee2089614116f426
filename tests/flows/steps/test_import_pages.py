"""Imported pages: versions in their order, parts with their article, and what is no article."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.mill import open_mill
from flows.retention import let_go
from flows.settings import Settings
from flows.steps.import_pages import import_pages
from ingest.model import Capture, SaveOutcome
from storage import articles, pages
from storage.articles import ExportQuery
from storage.retention import RetentionPolicy
from storage.stats import archive_stats

THEN = datetime(2021, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
async def mill(tmp_path):
    async with open_mill(Settings(data_dir=tmp_path, database_url="", workers=1)) as opened:
        yield opened


def words(topic, count=12):
    return [
        f"The {topic} of berth {n} was measured by the pilots before the tide of day {n} came in." for n in range(count)
    ]


def page_of(title, paragraphs, head="", foot=""):
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<title>{title}</title>{head}"
    return f"<html><head>{head}</head><body><article><h1>{title}</h1>{body}</article>{foot}</body></html>".encode()


def capture_of(body, path="berths", days=0, **headers):
    headers = {"content-type": "text/html; charset=utf-8"} | headers
    return Capture(
        url=f"https://old.example/2021/{path}", body=body, fetched_at=THEN + timedelta(days=days), headers=headers
    )


def exported(mill):
    with mill.database.read() as session:
        return list(articles.export(session, ExportQuery()))


async def test_later_captures_are_versions_and_earlier_ones_are_passed_over(mill):
    old, new = page_of("On berths", words("depth")), page_of("On berths", [*words("depth"), "It was deeper than told."])
    captures = [capture_of(old, days=1), capture_of(new, days=2), capture_of(old, days=0)]
    report = await import_pages(mill, captures)
    again = await import_pages(mill, captures)
    [article] = exported(mill)
    assert (report.outcomes[SaveOutcome.NEW], report.outcomes[SaveOutcome.REVISED], report.passed_over) == (1, 1, 1)
    assert (again.passed_over, again.outcomes.total()) == (3, 0)
    assert (article["revision"], article["fetched_at"][:10], article["first_seen_at"][:10]) == (
        2,
        "2021-03-06",
        "2021-03-05",
    )
    with mill.database.read() as session:
        assert pages.counts(session) == {"pending": 0, "done": 1, "failed": 0, "filtered": 0, "removed": 0}
        assert archive_stats(session)["captures"] == 2


async def test_the_further_pages_of_an_article_are_stored_with_it_whichever_comes_first(mill):
    links = '<div class="pagination"><a href="berths">1</a> <a href="berths?page=2">2</a></div>'
    first = page_of("On berths", words("depth"), '<link rel="next" href="berths?page=2">', links)
    second = page_of("On berths", words("width"), '<link rel="prev" href="berths">', links)
    captures = [capture_of(second, "berths?page=2"), capture_of(first)]
    report = await import_pages(mill, captures)
    again = await import_pages(mill, captures)
    [article] = exported(mill)
    assert (report.parts, again.passed_over) == (1, 2)
    assert "The depth of berth 3" in article["text"]
    assert "The width of berth 3" in article["text"]


async def test_what_is_no_article_and_no_address_is_counted_and_noarchive_is_kept_by_nobody(mill):
    empty = capture_of(b"<html><body></body></html>", "nothing")
    private = capture_of(page_of("On berths", words("depth")), **{"x-robots-tag": "noarchive"})
    nowhere = Capture(url="https://[broken/", body=b"<p>One</p>", fetched_at=THEN)
    report = await import_pages(mill, [empty, private, nowhere])
    assert (report.refused, report.outcomes[SaveOutcome.NEW], report.skipped.total()) == (1, 2, 1)
    with mill.database.read() as session:
        assert archive_stats(session)["captures"] == 1
    assert (await import_pages(mill, [empty, private])).passed_over == 2


async def test_what_went_by_retention_is_kept_out_under_its_other_addresses_too(mill):
    canonical = '<link rel="canonical" href="https://old.example/2021/berths">'
    body = page_of("On berths", words("depth"), canonical)
    await import_pages(mill, [capture_of(body)])
    let_go(mill.database, RetentionPolicy(days=30), THEN + timedelta(days=31))

    first = await import_pages(mill, [capture_of(body, days=40), capture_of(body, "berths/amp", days=40)])
    again = await import_pages(mill, [capture_of(body, "berths/amp", days=41)])

    assert (first.kept_out, again.kept_out, exported(mill)) == (2, 1, [])
    assert again.outcomes.total() == 0, "it is known by that address now, and not read again"
    with mill.database.read() as session:
        assert pages.counts(session)["removed"] == 2
        assert archive_stats(session)["captures"] == 0
