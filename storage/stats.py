"""Sizes, as ``db stats`` shows them."""

from typing import Any

from sqlalchemy import Select, distinct, func, select
from sqlmodel import Session

from storage import pages
from storage.dialects import database_bytes
from storage.tables import ARTICLE, FEED, PAGE, REVISION, SITE

_COUNTS: dict[str, Select[Any]] = {
    "sites": select(func.count()).select_from(SITE),
    "feeds": select(func.count()).select_from(FEED),
    "pages": select(func.count()).select_from(PAGE),
    "articles": select(func.count()).select_from(ARTICLE),
    "articles_with_text": select(func.count()).select_from(ARTICLE).where(ARTICLE.c.word_count > 0),
    "revisions": select(func.count()).select_from(REVISION),
    "stories": select(func.count(distinct(ARTICLE.c.story_id))),
}


def stats(session: Session) -> dict[str, Any]:
    """How many of everything there are, pages also by state, and the database's size in bytes."""
    connection = session.connection()
    found = {name: int(connection.scalar(statement) or 0) for name, statement in _COUNTS.items()}
    return {**found, "pages_by_state": pages.counts(session), "database_bytes": database_bytes(connection)}
