"""Where a page is beyond what a worker may take, the article is its feed's own content, and says so."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.children import WorkerLimits
from flows.steps.extract_page import extract_page
from flows.workers import WorkerLimitError, Workers
from ingest.jobs import PageJob
from ingest.model import ArticleStatus, Entry, Page

WORKER = (str(Path(__file__).parent / "page_worker.py"),)
LIMITS = WorkerLimits(count=1, timeout_seconds=3, wall_seconds=60)  # on a machine with other work 3 s of CPU are long
HANGING = WorkerLimits(count=1, timeout_seconds=3, wall_seconds=8)
URL = "http://pier.example/1"
TEASER = "The gauge was read at noon."


def a_job(html, content=f"<p>{TEASER}</p>"):
    entry = Entry(id="1", url=URL, title="Tides", content=content)
    page = Page(url=URL, html=html)
    return PageJob(url=URL, page=page, entry=entry, feed_title=None, now=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("spin", "took more than 3 s of CPU"),
        ("eat", "beyond the memory of a worker"),
        ("crash", "ended its worker process"),
        ("hang", "took longer than 8 s"),
        ("fail", "failed for a reason of ours"),
    ],
)
async def test_beyond_a_bound_the_feeds_content_is_used(deed, reason, caplog):
    with caplog.at_level(logging.WARNING):
        async with Workers(HANGING if deed == "hang" else LIMITS, WORKER) as workers:
            reading = await extract_page(workers, a_job(deed))

    assert (reading.article.status, reading.article.text) == (ArticleStatus.PARTIAL, TEASER)
    assert reading.article.provenance["text"] == "feed-content"
    assert reason in caplog.text
    assert "its feed's own content is used" in caplog.text


@pytest.mark.parametrize(
    "html",
    [b"<p>" + b"x" * 5_000_001, b"<p>x</p>" * 50_001],
    ids=["more than 5 MB", "more than 50,000 nodes"],
)
async def test_beyond_the_size_of_a_page_the_feeds_content_is_used(html):
    async with Workers(WorkerLimits(count=1)) as workers:
        reading = await extract_page(workers, a_job(html))

    assert (reading.article.status, reading.article.text) == (ArticleStatus.PARTIAL, TEASER)


async def test_content_that_is_beyond_a_bound_itself_is_told():
    content = "".join(f"<p>At {n} minutes past the tide the gauge was read once more.</p>" for n in range(5_000))
    async with Workers(WorkerLimits(count=1, timeout_seconds=0.01)) as workers:
        with pytest.raises(WorkerLimitError):
            await extract_page(workers, a_job(b"<p>x</p>", content))
