"""One page through feedmill and through trafilatura, scored against the truth."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import trafilatura
from corpora import Sample
from leaks import find_leaks
from measures import has_comments, has_repeats, letters, same_authors, same_title, shingle_counts, word_f1

from ingest.extract.article import ExtractContext, extract
from ingest.model import Article, Page

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool made of a page, and the CPU seconds it took."""

    text: str
    title: str | None
    authors: str
    day: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """One tool's result on one page; fields are None where the page has no truth for them."""

    word_f1: float
    precision: float
    recall: float
    leaks: tuple[str, ...]
    is_repeating: bool
    has_comments: bool | None
    is_empty: bool
    without: int
    title: bool | None
    author: bool | None
    false_author: bool | None
    date: bool | None
    seconds: float


def warm_up(tool: str, sample: Sample) -> None:
    """Load models and rules, so that no page is charged for them."""
    evaluate(tool, sample)


def evaluate(tool: str, sample: Sample) -> Score:
    """A tool's score on a page.

    Each tool has a process of its own: what one has brought into the machine's and the libraries' caches would be a
    gift to the other, worth a third of its time.
    """
    logging.disable(logging.CRITICAL)
    return score(sample, TOOLS[tool](sample))


def run_feedmill(sample: Sample) -> Found:
    """The article as feedmill extracts it without a feed entry."""
    page = Page(url=sample.url or f"http://blog.example/{sample.id}.html", html=sample.html)
    start = time.process_time()
    article = extract(page, None, ExtractContext(now=NOW))
    seconds = time.process_time() - start
    return Found(article.text or "", article.title, "; ".join(article.authors), _local_day(article), seconds)


def _local_day(article: Article) -> str | None:
    """The day on the publisher's calendar, which is what people marked and what trafilatura gives."""
    if article.published_at is None:
        return None
    zone = article.provenance.get("published_zone", "+00:00")
    return article.published_at.astimezone(datetime.fromisoformat(f"2000-01-01T00:00{zone}").tzinfo).date().isoformat()


def run_trafilatura(sample: Sample) -> Found:
    """Trafilatura with metadata, readers' comments off."""
    start = time.process_time()
    document = trafilatura.bare_extraction(sample.html, url=sample.url, include_comments=False, with_metadata=True)
    seconds = time.process_time() - start
    if document is None:
        return Found("", None, "", None, seconds)
    return Found(
        document.text or "", document.title, document.author or "", (document.date or "")[:10] or None, seconds
    )


TOOLS = {"feedmill": run_feedmill, "trafilatura": run_trafilatura}


def score(sample: Sample, found: Found) -> Score:
    """How a result compares with the truth."""
    precision, recall = shingle_counts(found.text, sample.text)
    text = letters(found.text)
    return Score(
        word_f1=word_f1(found.text, sample.text),
        precision=precision,
        recall=recall,
        leaks=tuple(find_leaks(found.text, sample.text)),
        is_repeating=has_repeats(found.text, sample.text),
        has_comments=has_comments(found.text, sample.text, sample.comments) if sample.comments else None,
        is_empty=not found.text,
        without=sum(1 for snippet in sample.without if (key := letters(snippet)) and key in text),
        title=same_title(found.title, sample.title) if sample.title else None,
        author=same_authors(found.authors, sample.author) if sample.author else None,
        false_author=bool(found.authors) if sample.title and not sample.author else None,
        date=found.day == sample.date if sample.date else None,
        seconds=found.seconds,
    )
