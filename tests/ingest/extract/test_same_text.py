"""An article is the same with its feed entry's title and without: what a backfill finds again is no revision."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.decide.revision import content_hash
from ingest.extract.article import ExtractContext, extract
from ingest.model import Entry, Page

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "articles"
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
_EVERY = 20  # of the pages; all 1,582 of them gave equal hashes when this was written


@pytest.mark.shared
@pytest.mark.parametrize("name", ["wcxb_dev", "dragnet_dev", "fundus_eval"])
def test_a_title_from_the_feed_changes_no_hash(name: str) -> None:
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file][::_EVERY]

    assert [row["id"] for row in rows if _hash(row, with_title=True) != _hash(row, with_title=False)] == []


def _hash(row: dict[str, str], *, with_title: bool) -> str:
    url = row.get("url") or f"http://blog.example/{row['id']}.html"
    page = Page(url=url, html=row["html"])
    article = extract(page, None, CONTEXT)
    if with_title and article.title:
        article = extract(page, Entry(id="1", url=url, title=article.title), CONTEXT)
    return content_hash(article.title, article.text)
