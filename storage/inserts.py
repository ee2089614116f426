"""Rows that are passed over where they are there already, by a statement that is compiled once."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, TextClause, bindparam, text
from sqlalchemy.sql.compiler import IdentifierPreparer


def put_new(connection: Connection, table: Table, keys: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, but for those whose ``keys`` are there already.

    SQLAlchemy compiles its own INSERT ... ON CONFLICT anew each time it runs, which takes longer than running it. This
    one knows no defaults: rows name every column that has one.
    """
    if rows:
        connection.execute(_statement(connection.dialect.identifier_preparer, table, keys, tuple(rows[0])), rows)


@lru_cache(maxsize=100)
def _statement(
    preparer: IdentifierPreparer, table: Table, keys: tuple[str, ...], columns: tuple[str, ...]
) -> TextClause:
    def quoted(names: Iterable[str]) -> str:
        return ", ".join(map(preparer.quote, names))

    values = ", ".join(f":{name}" for name in columns)
    words = f"({quoted(columns)}) VALUES ({values}) ON CONFLICT ({quoted(keys)}) DO NOTHING"
    typed = (bindparam(name, type_=table.c[name].type) for name in columns)
    return text(f"INSERT INTO {preparer.format_table(table)} {words}").bindparams(*typed)
