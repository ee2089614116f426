"""Small pages, one breakage each: the first line of every sample says what must come out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.article import ExtractContext, extract
from ingest.model import Entry, Page

SAMPLES = sorted(Path(__file__).with_name("samples").glob("*.html"))
CONTEXT = ExtractContext(now=datetime(2026, 11, 1, tzinfo=UTC))


def read_sample(path: Path) -> tuple[dict[str, Any], str]:
    first, _, html = path.read_text(encoding="utf-8").partition("\n")
    return json.loads(first.removeprefix("<!--").removesuffix("-->")), html


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_it_states(path: Path) -> None:
    expected, html = read_sample(path)

    article = extract(Page(url="https://harbour.example/rope", html=html), None, CONTEXT)

    assert article.status.value == expected["status"]
    assert (article.text is not None) == (expected["status"] == "ok")
    for snippet in expected["has"]:
        assert snippet in (article.text or "")
    for snippet in expected["lacks"]:
        assert snippet not in (article.text or "")
    for name in ("title", "authors"):
        if name in expected:
            assert getattr(article, name) == (tuple(expected[name]) if name == "authors" else expected[name])
    if "published" in expected:
        assert article.published_at is not None
        assert article.published_at.date().isoformat() == expected["published"]
        assert article.published_source == expected["source"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_extracting_twice_gives_the_same(path: Path) -> None:
    _, html = read_sample(path)
    page = Page(url="https://harbour.example/rope", html=html)

    assert extract(page, None, CONTEXT) == extract(page, None, CONTEXT)


def test_a_wall_with_feed_content_gives_that_content_as_partial() -> None:
    _, html = read_sample(Path(__file__).with_name("samples") / "paywall_stub.html")
    entry = Entry(id="1", url="https://harbour.example/rope", summary="<p>The office opened its books.</p>")

    article = extract(Page(url="https://harbour.example/rope", html=html), entry, CONTEXT)

    assert (article.status.value, article.text) == ("partial", "The office opened its books.")


def test_the_feeds_full_content_bounds_the_article() -> None:
    _, html = read_sample(Path(__file__).with_name("samples") / "json_ld_metadata.html")
    kept = html.split("<p>")[1:]
    paragraphs = [part.split("</p>")[0] for part in kept]
    promo = "<p>Buy the harbour calendar: it has twelve pictures of ropes, and costs less than one. Order it now.</p>"
    entry = Entry(id="1", url=None, content="".join(f"<p>{text}</p>" for text in [*paragraphs, *MORE]))
    page = html.replace("</article>", "".join(f"<p>{text}</p>" for text in MORE) + promo * 2 + "</article>")

    article = extract(Page(url="https://harbour.example/rope", html=page), entry, CONTEXT)

    assert article.text == "\n\n".join([*paragraphs, *MORE])


MORE = [
    "The museum asked for the page as well. It was told that it may have the book when the harbour closes for good.",
    "Until then the book stays on its shelf, and the clerks copy other lines, each of them checked twice a year now.",
    "Whether a rope will be ordered again is open. The director has asked three roperies, and one has answered so far.",
    "That one asked for the old order number. It is the only part of the line that all three clerks knew by heart.",
    "They recited it together on the telephone, the director says, and the ropery was silent for a very long moment.",
]
