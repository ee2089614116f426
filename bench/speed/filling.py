"""Articles put into the store in bulk, past the steps that a new one goes through, to make it large in minutes.

What stories are found by is there in full, a signature and its bands for each: of the first 200 words. The stored and
indexed texts are the first 60; pages and entries are left out, and so are copies.
"""

import multiprocessing
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial

import numpy as np
from articles import BEGIN, draw_words, host_of_number, url_of_number, vocabulary
from numpy.typing import NDArray
from sqlalchemy import Connection, insert

from ingest.resemblance import Hashes, band_keys, sign, token_hashes
from ingest.urls import dedupe_key
from storage.database import Database
from storage.dialects import SearchText, put_search
from storage.tables import ALIAS, ARTICLE, PRINT
from storage.texts import take_cursors

AT_ONCE = 2_000
_BANDS_AT_ONCE = 100_000
_SIGNED_WORDS, _KEPT_WORDS = 200, 60

Row = tuple[int, str, int, bytes, tuple[int, ...]]


def fill_in_bulk(database: Database, first: int, until: int) -> None:
    """Store articles up to a number, made by a second process meanwhile."""
    work, bands = partial(_make_rows, until=until), []
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for rows in pool.imap(work, range(first, until, AT_ONCE)):
            with database.begin() as session:
                bands.append(_put(session.connection(), rows))
    if bands:
        _put_bands(database, np.concatenate(bands))


def _make_rows(first: int, until: int) -> list[Row]:
    count = min(AT_ONCE, until - first)
    return [_row(first + at, words) for at, words in enumerate(draw_words(first, count, _SIGNED_WORDS))]


def _row(number: int, words: NDArray[np.int64]) -> Row:
    """The number, the first words, the key of the address, a signature, and its bands."""
    known, signed = vocabulary(), sign(_hashes()[words])
    text = " ".join(known[at] for at in words[:_KEPT_WORDS])
    return number, text, dedupe_key(url_of_number(number)), signed, band_keys(signed)


@cache
def _hashes() -> Hashes:
    """The token hash of each word of the vocabulary."""
    known = vocabulary()
    hashed = (token_hashes(" ".join(known[at : at + 10_000])) for at in range(0, len(known), 10_000))
    return np.concatenate([some for some in hashed if some is not None])


def _put(connection: Connection, rows: Sequence[Row]) -> NDArray[np.int64]:
    """Everything but the bands, which it gives: a key and an article in each row."""
    cursors = take_cursors(connection, len(rows))
    articles = [_article(cursor, number, text) for cursor, (number, text, *_) in zip(cursors, rows, strict=True)]
    stored = connection.execute(insert(ARTICLE).returning(ARTICLE.c.cursor, ARTICLE.c.id), articles)
    ids = dict(stored.tuples().all())
    placed = [(ids[cursor], row) for cursor, row in zip(cursors, rows, strict=True)]
    names = [{"key": row[2], "article_id": article_id, "first_seen_at": BEGIN} for article_id, row in placed]
    connection.execute(insert(ALIAS), names)
    prints = [{"article_id": article_id, "signature": row[3]} for article_id, row in placed]
    connection.execute(insert(PRINT), prints)
    put_search(connection, [SearchText(article_id, row[1][:60], row[1]) for article_id, row in placed])
    return np.array([(key, article_id) for article_id, row in placed for key in row[4]], dtype=np.int64)


def _put_bands(database: Database, bands: NDArray[np.int64]) -> None:
    """Put bands in the order of the table, which takes a tenth of the time of any other."""
    bands = bands[np.lexsort((bands[:, 1], bands[:, 0]))]
    mark = "%s" if database.engine.dialect.name == "postgresql" else "?"
    for start in range(0, len(bands), _BANDS_AT_ONCE):
        rows = [tuple(row) for row in bands[start : start + _BANDS_AT_ONCE].tolist()]
        with database.begin() as session:
            words = f"INSERT INTO article_band (key, article_id) VALUES ({mark}, {mark})"
            session.connection().exec_driver_sql(words, rows)


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
