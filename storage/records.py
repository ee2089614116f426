"""Article records as rows: of ``article``, of ``revision``, of the search index."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from ingest.model import Article, ArticleRecord, ArticleStatus, Removal
from storage.columns import storable
from storage.dialects import SearchText
from storage.tables import ARTICLE
from storage.words import searchable, word_count

Known = Row[Any]
KNOWN_COLUMNS = tuple(
    ARTICLE.c[name]
    for name in (
        *("id", "revision", "content_hash", "title", "text", "status"),
        *("published_at", "published_source", "fetched_at", "removed"),
    )
)


def article_row(record: ArticleRecord) -> dict[str, Any]:
    """What an article reads like now: all that a revision replaces."""
    article = record.article
    return {
        "canonical_url": article.canonical_url,
        "title": article.title,
        "authors": list(article.authors),
        "published_at": article.published_at,
        "published_source": article.published_source,
        "updated_at": article.updated_at,
        "fetched_at": record.fetched_at,
        "language": article.language,
        "text": article.text,
        "summary": article.summary,
        "image_url": article.image_url,
        "tags": list(article.tags),
        "site_name": article.site_name,
        "word_count": word_count(article.text),
        "status": article.status.value,
        "extractor": article.extractor,
        "rules": article.rules,
        "removed": removed_document(article.removed),
        "origin_url": article.origin_url,
        "content_hash": record.content_hash,
        "provenance": dict(article.provenance),
    }


def removed_document(removed: Iterable[Removal]) -> list[dict[str, Any]]:
    """What cleaning took, as it is kept: ``at`` only where it stood among the text's lines."""
    return [{"rule": one.rule, "text": one.text} | ({"at": one.at} if one.at is not None else {}) for one in removed]


def revised_row(record: ArticleRecord, known: Known) -> dict[str, Any]:
    """The same for a known article: a date that an edit no longer names is still the article's date."""
    row = article_row(record)
    if record.article.published_at is None:
        row |= {"published_at": known.published_at, "published_source": known.published_source}
    return row


def revision_row(known: Known) -> dict[str, Any]:
    """The version that is about to be replaced."""
    return {
        "article_id": known.id,
        "number": known.revision,
        "title": known.title,
        "text": known.text,
        "content_hash": known.content_hash,
        "recorded_at": known.fetched_at,
    }


def search_text(article_id: int, title: str | None, text: str | None) -> SearchText:
    """What the article is found by: of the words as they are stored, for the index forgets only what it was given."""
    return SearchText(article_id, searchable(storable(title or "")), searchable(storable(text or "")))


def is_poorer(article: Article, known: Known) -> bool:
    """Whether storing it would lose text: a consent page or a teaser never replaces what was read in full."""
    if not article.text:
        return bool(known.text)
    return article.status == ArticleStatus.PARTIAL and known.status == ArticleStatus.OK.value
