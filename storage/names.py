"""The names of articles: the dedupe keys of addresses that led to them."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session

from storage.tables import ALIAS


def find_named(session: Session, keys: Collection[int]) -> int | None:
    """The number of the article that has one of these names; None where none has."""
    found = session.connection().scalar(select(ALIAS.c.article_id).where(ALIAS.c.key.in_(keys)).limit(1))
    return None if found is None else int(found)
