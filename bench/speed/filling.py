"""Articles put into the store in bulk, past the steps that a new one goes through, to make it large in minutes.

What stories are found by is whole: the signatures and bands of texts of full length, computed from the words' numbers.
The stored and indexed texts are the first 60 words; pages and entries are left out, and so are copies.
"""

import multiprocessing
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial

import numpy as np
from articles import BEGIN, host_of_number, url_of_number, vocabulary, word_numbers
from sqlalchemy import insert
from sqlmodel import Session

from ingest.resemblance import Hashes, band_keys, hash_token, sign
from ingest.urls import dedupe_key
from storage.database import Database
from storage.dialects import SearchText, put_search
from storage.tables import ALIAS, ARTICLE, BAND, PRINT
from storage.texts import take_cursors

AT_ONCE = 2_000
_KEPT_WORDS = 60

Row = tuple[int, str, int, bytes, tuple[int, ...]]


def fill_in_bulk(database: Database, first: int, until: int) -> None:
    """Store articles up to a number, made by a second process meanwhile."""
    work = partial(_make_rows, until=until)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for rows in pool.imap(work, range(first, until, AT_ONCE)):
            with database.begin() as session:
                _put(session, rows)


def _make_rows(first: int, until: int) -> list[Row]:
    return [_row(number) for number in range(first, min(first + AT_ONCE, until))]


def _row(number: int) -> Row:
    """The number, the first words, the key of the address, the signature of the whole text, and its bands."""
    words, known = word_numbers(number), vocabulary()
    signed = sign(_hashes()[words])
    text = " ".join(known[at] for at in words[:_KEPT_WORDS])
    return number, text, dedupe_key(url_of_number(number)), signed, band_keys(signed)


@cache
def _hashes() -> Hashes:
    return np.array([hash_token(word) for word in vocabulary()], dtype=np.uint64)


def _put(session: Session, rows: Sequence[Row]) -> None:
    connection = session.connection()
    cursors = take_cursors(connection, len(rows))
    articles = [_article(cursor, number, text) for cursor, (number, text, *_) in zip(cursors, rows, strict=True)]
    stored = connection.execute(insert(ARTICLE).returning(ARTICLE.c.cursor, ARTICLE.c.id), articles)
    ids = dict(stored.tuples().all())
    placed = [(ids[cursor], row) for cursor, row in zip(cursors, rows, strict=True)]
    names = [{"key": row[2], "article_id": article_id, "first_seen_at": BEGIN} for article_id, row in placed]
    connection.execute(insert(ALIAS), names)
    prints = [{"article_id": article_id, "signature": row[3]} for article_id, row in placed]
    connection.execute(insert(PRINT), prints)
    bands = sorted((key, article_id) for article_id, row in placed for key in row[4])
    connection.execute(insert(BAND), [{"key": key, "article_id": article_id} for key, article_id in bands])
    put_search(connection, [SearchText(article_id, row[1][:60], row[1]) for article_id, row in placed])


def _article(cursor: int, number: int, text: str) -> dict[str, object]:
    seen_at = BEGIN + timedelta(minutes=number)
    return {
        "cursor": cursor,
        "url": url_of_number(number),
        "site": host_of_number(number),
        "title": text[:60],
        "first_seen_at": seen_at,
        "fetched_at": seen_at,
        "text": text,
        "word_count": _KEPT_WORDS,
        "status": "ok",
        "content_hash": str(number),
    }
