"""What copies are found by: articles' signatures, and the bands under which those are looked up."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, insert, select

from storage.chunks import chunks
from storage.inserts import put_new
from storage.tables import BAND, PRINT

_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_BANDS = select(BAND.c.key, BAND.c.article_id).where(BAND.c.key.in_(_WANTED))
_PRINTS = select(PRINT.c.article_id, PRINT.c.signature).where(PRINT.c.article_id.in_(_WANTED))
_LEAVE_BAND = delete(BAND).where(BAND.c.key == bindparam("in_band"), BAND.c.article_id == bindparam("of"))
_DROP_PRINT = delete(PRINT).where(PRINT.c.article_id == bindparam("of"))
_PUT_PRINT = insert(PRINT)


def read_signatures(connection: Connection, article_ids: Collection[int]) -> dict[int, bytes]:
    """The signatures of articles that have one, as they were grouped by last."""
    return {row.article_id: bytes(row.signature) for row in _rows(connection, _PRINTS, article_ids)}


def find_in_bands(connection: Connection, keys: Collection[int]) -> dict[int, list[int]]:
    """The articles in each of these bands that holds any."""
    found: dict[int, list[int]] = {}
    for row in _rows(connection, _BANDS, keys):
        found.setdefault(row.key, []).append(row.article_id)
    return found


def places(signatures: Mapping[int, bytes]) -> set[tuple[int, int]]:
    """The bands that articles' signatures lead to, (key, article) each."""
    from ingest.resemblance import band_keys

    return {(key, article_id) for article_id, signature in signatures.items() for key in band_keys(signature)}


def put_signatures(connection: Connection, before: Mapping[int, bytes], now: Mapping[int, bytes]) -> None:
    """Let articles have other signatures than before; an article that is not in ``now`` has none."""
    gone = [{"of": one} for one, signature in before.items() if now.get(one) != signature]
    if gone:
        connection.execute(_DROP_PRINT, gone)
    fresh = [{"article_id": one, "signature": found} for one, found in now.items() if before.get(one) != found]
    if fresh:
        connection.execute(_PUT_PRINT, fresh)


# In the order of the table: neighbours are written while their page is at hand.


def leave_bands(connection: Connection, left: Collection[tuple[int, int]]) -> None:
    """Take articles out of bands, (key, article) each."""
    rows = [{"in_band": key, "of": article_id} for key, article_id in sorted(left)]
    if rows:
        connection.execute(_LEAVE_BAND, rows)


def enter_bands(connection: Connection, entered: Collection[tuple[int, int]]) -> None:
    """Put articles into bands, (key, article) each."""
    rows = [{"key": key, "article_id": article_id} for key, article_id in sorted(entered)]
    put_new(connection, BAND, ("key", "article_id"), rows)


def _rows(connection: Connection, statement: Any, wanted: Collection[int]) -> Iterator[Row[Any]]:
    for portion in chunks(sorted(wanted)):
        yield from connection.execute(statement, {"wanted": portion})
