"""What an import asks before it stores a page that someone fetched some time: whether it is here already."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from storage.tables import ALIAS, ARTICLE, BLOB, CAPTURE, PAGE


def is_fetched_since(session: Session, keys: Collection[int], moment: datetime) -> bool:
    """Whether an article of one of these names is stored from a fetch at that time or later.

    A text that only a feed gave is from no fetch: the page, if it comes at last, has more.
    """
    is_late = or_(PAGE.c.fetched_at >= moment, ARTICLE.c.fetched_at >= moment)
    capture = select(CAPTURE.c.id).where(CAPTURE.c.page_id == PAGE.c.id, CAPTURE.c.fetched_at >= moment).exists()
    is_of_page = or_(ARTICLE.c.status == "ok", PAGE.c.fetched_at == moment, ARTICLE.c.fetched_at == moment, capture)
    statement = (
        select(ARTICLE.c.id)
        .join(ALIAS, ALIAS.c.article_id == ARTICLE.c.id)
        .outerjoin(PAGE, PAGE.c.article_id == ARTICLE.c.id)
        .where(ALIAS.c.key.in_(keys), is_late, is_of_page)
        .limit(1)
    )
    return session.connection().execute(statement).first() is not None


def is_part(session: Session, body: bytes) -> bool:
    """Whether these very bytes are kept as a further page of an article."""
    parts = select(CAPTURE.c.id).join(BLOB, BLOB.c.id == CAPTURE.c.blob_id).where(CAPTURE.c.part > 0)
    digest = hashlib.sha256(body).digest()
    return session.connection().execute(parts.where(BLOB.c.sha256 == digest).limit(1)).first() is not None
