"""Small pages, one cause of wrong metadata each: the first line of every sample says what must come out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, Page

SAMPLES = sorted((Path(__file__).with_name("samples") / "metadata").glob("*.html"))
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))
URL = "https://harbour.example/lamp"


def read_sample(path: Path) -> tuple[dict[str, Any], str]:
    first, _, html = path.read_text(encoding="utf-8").partition("\n")
    return json.loads(first.removeprefix("<!--").removesuffix("-->")), html


def found_value(article: Article, name: str) -> Any:
    if name == "source":
        return article.published_source
    value = article.published_at if name == "published" else getattr(article, name)
    if isinstance(value, datetime):
        return value.date().isoformat() if name == "published" else value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_the_metadata_that_it_states(path: Path) -> None:
    expected, html = read_sample(path)
    sources = expected.pop("provenance", {})

    article = extract(Page(url=expected.pop("url", URL), html=html), None, CONTEXT)

    assert {name: found_value(article, name) for name in expected} == expected
    assert {name: article.provenance.get(name) for name in sources} == sources


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 50
