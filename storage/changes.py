"""What readers by cursor follow: articles as they change and, for those who want them, articles that went."""

from collections.abc import Iterator
from heapq import merge
from itertools import islice, takewhile
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from storage.articles import ExportQuery, export
from storage.moments import iso
from storage.tables import COUNTER
from storage.tombstones import Gone, read_gone


def export_changes(session: Session, query: ExportQuery) -> Iterator[dict[str, Any]]:
    """The articles of ``storage.articles.export`` and every removal since the cursor, whatever it was of, in one order.

    It ends where the cursors ended when it began: else a removal could be read whose cursor is higher than that of a
    change which is not read yet.
    """
    end = session.connection().scalar(select(COUNTER.c.value).where(COUNTER.c.name == "article")) or 0
    changed = takewhile(lambda article: article["cursor"] <= end, export(session, query))
    gone = map(_document, read_gone(session, query.after, end))
    yield from islice(merge(changed, gone, key=itemgetter("cursor")), query.limit)


def _document(gone: Gone) -> dict[str, Any]:
    return {
        "id": gone.article_id,
        "cursor": gone.cursor,
        "url": gone.url,
        "site": gone.site,
        "removed_at": iso(gone.removed_at),
        "reason": gone.reason,
        "merged_into": gone.merged_into_id,
    }
