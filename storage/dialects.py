"""The only file where SQLite and Postgres differ: transactions, upserts, JSON, full-text search, error codes."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Index,
    Subquery,
    Table,
    TableValuedAlias,
    Text,
    column,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import JSON, TypeEngine

from ingest.redact import redact
from storage.errors import Busy, CannotConnect, Damaged, DiskFull, ReadOnly, SchemaBehind, StorageError
from storage.locking import begin_writing, note_end
from storage.words import Phrase, split_words

WRITE = "feedmill_write"  # the execution option of connections that are going to write
BUSY_SECONDS = 30  # a writer waits this long for another one
_SCHEMA_LOCK = 0x66656564  # "feed": the advisory lock under which a Postgres schema is upgraded
_MAX_LEXEME = 200  # characters; Postgres takes 2,046 bytes, and longer ones are data, not words
_MAX_TSVECTOR = 1_000_000  # bytes; Postgres takes 1,048,575, and refuses the whole article where there are more
# Of 4 KB, in the write-ahead log: a batch of 100 articles changes 2,500 pages of a large store, and with SQLite's own
# 1,000 every batch ends in a checkpoint (bench/speed/STORE.md).
_LOG_PAGES = 8_000
_ROWS_ANALYSED = 1_000  # of an index, for the planner
# Made once: building a statement takes as long as running it. "sqlite" and "postgresql" say whose words they are.
_PUT_SEARCH = {
    "sqlite": text("INSERT INTO article_search (rowid, title, text) VALUES (:id, :title, :text)"),
    "postgresql": text("INSERT INTO article_search (article_id, terms) VALUES (:id, CAST(:terms AS tsvector))"),
}
_REMOVE_SEARCH = {
    "sqlite": text(
        "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', :id, :title, :text)"
    ),
    "postgresql": text("DELETE FROM article_search WHERE article_id = :id"),
}
_TURN = _SCHEMA_LOCK + 1  # the advisory lock that puts writers in a row


# --- engines and transactions ----------------------------------------------------------------------------------------


def open_engine(url: str) -> Engine:
    """An engine with feedmill's habits. Postgres goes through psycopg 3 whichever driver the URL leaves open."""
    address = make_url(url)
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "postgresql":
        return create_engine(address, pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", note_end)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: a write in one is refused by the database itself."""
    return engine.execution_options(postgresql_readonly=True) if _is_postgres(engine) else engine


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: on SQLite they take the write lock at once."""
    return engine.execution_options(**{WRITE: True})


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come late and be deferred
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads first and writes later cannot wait for another writer: it fails at once.
    is_writing = bool(connection.get_execution_options().get(WRITE))
    if connection.info.get(WRITE) is not is_writing:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(not is_writing)}")
        connection.info[WRITE] = is_writing
    if is_writing:
        begin_writing(connection, BUSY_SECONDS)
    else:
        connection.exec_driver_sql("BEGIN")


def take_turn(connection: Connection) -> None:
    """Wait for other writers of shared rows (hosts, pages, aliases, articles), until the transaction ends.

    So two that bring one article at once see each other's names, two batches never wait for each other in a circle, and
    no cursor shows before a lower one. Polls that bring nothing need no turn. SQLite's transaction has it already.
    """
    if _is_postgres(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURN})"))


def lock_schema(connection: Connection) -> None:
    """Let one process at a time change the schema, until its transaction ends. SQLite's write lock does so already."""
    if _is_postgres(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"))


def database_bytes(connection: Connection) -> int:
    """The size of the database, indexes included."""
    if _is_postgres(connection):
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    pages = connection.scalar(text("SELECT page_count FROM pragma_page_count()"))
    return int(pages or 0) * int(connection.scalar(text("SELECT page_size FROM pragma_page_size()")) or 0)


def tidy(engine: Engine) -> None:
    """Refresh the planner's statistics; on SQLite also fold the write-ahead log back. Safe beside running writers."""
    if not _is_postgres(engine):
        # In a turn of its own: what it reads first must not change before it writes. The limit keeps that turn short.
        with writing(engine).begin() as turn:
            turn.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS_ANALYSED}")
            turn.exec_driver_sql("PRAGMA optimize")
    connection = engine.raw_connection()  # neither statement may stand in a transaction
    try:
        cursor = connection.cursor()
        if _is_postgres(engine):
            connection.driver_connection.autocommit = True  # type: ignore[union-attr]  # psycopg's own connection
            cursor.execute("ANALYZE")
        else:
            cursor.execute("PRAGMA query_only = 0")
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.close()
    finally:
        connection.invalidate()  # its changed settings must not reach the next user
        connection.close()


def gives_ids_again(connection: Connection) -> bool:
    """Whether a new row may get the number of the last one that was deleted, as SQLite's rowids do."""
    return not _is_postgres(connection)


def _is_postgres(bind: Connection | Engine) -> bool:
    return bind.dialect.name == "postgresql"


# --- statements and schema -------------------------------------------------------------------------------------------


def insert_new(connection: Connection, table: Table, *keys: str) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that passes over rows whose ``keys`` are there already."""
    return _insert_new(connection.dialect.name, table, keys)


@cache
def _insert_new(dialect_name: str, table: Table, keys: tuple[str, ...]) -> postgresql.Insert | sqlite.Insert:
    statement = postgresql.insert(table) if dialect_name == "postgresql" else sqlite.insert(table)
    return statement.on_conflict_do_nothing(index_elements=keys)


def json_type(dialect_name: str) -> TypeEngine[Any]:
    """JSON where None is SQL's NULL; JSONB on Postgres."""
    return postgresql.JSONB(none_as_null=True) if dialect_name == "postgresql" else JSON(none_as_null=True)


class json_strings(GenericFunction[str]):  # noqa: N801 - SQLAlchemy names functions so
    """The strings of a JSON list, a row each, in the column ``value``."""

    inherit_cache = True
    name = "json_strings"


@compiles(json_strings, "sqlite")
def _json_strings_on_sqlite(element: json_strings, compiler: SQLCompiler, **given: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **given)}"


@compiles(json_strings, "postgresql")
def _json_strings_on_postgres(element: json_strings, compiler: SQLCompiler, **given: Any) -> str:
    return f"jsonb_array_elements_text{compiler.process(element.clause_expr, **given)}"


def strings_of(listed: ColumnElement[Any]) -> TableValuedAlias:
    """The strings of a JSON list as rows of ``value``, to be asked for in an EXISTS."""
    return json_strings(listed).table_valued(column("value", Text)).alias("string")


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index over the few rows that ``where`` names: the queue stays small however many pages are done."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# --- full-text search ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SearchText:
    """What an article is found by: texts as ``storage.words.searchable`` gives them."""

    article_id: int
    title: str
    text: str


def create_search(connection: Connection) -> None:
    """The search index, named ``article_search`` on both.

    SQLite: FTS5 without content, as what is indexed (folded, bigrams) is not what is stored. Postgres: a tsvector
    beside the article, so that the article's row is not rewritten with it.
    """
    if _is_postgres(connection):
        connection.execute(
            text(
                "CREATE TABLE article_search (article_id BIGINT PRIMARY KEY"
                " REFERENCES article (id) ON DELETE CASCADE, terms TSVECTOR NOT NULL)"
            )
        )
        connection.execute(text("CREATE INDEX ix_article_search_terms ON article_search USING gin (terms)"))
    else:
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE article_search USING fts5(title, text, content='',"
                " tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* Co M*'\")"
            )
        )


def put_search(connection: Connection, entries: Sequence[SearchText]) -> None:
    """Index articles that are not indexed yet."""
    if not entries:
        return
    if _is_postgres(connection):
        rows: list[dict[str, Any]] = [{"id": e.article_id, "terms": _tsvector(e)} for e in entries]
    else:
        rows = [_fts_row(e) for e in entries]
    connection.execute(_PUT_SEARCH[connection.dialect.name], rows)


def remove_search(connection: Connection, entries: Sequence[SearchText]) -> None:
    """Take articles out of the index. SQLite needs exactly the words that went in."""
    if not entries:
        return
    if _is_postgres(connection):
        rows: list[dict[str, Any]] = [{"id": e.article_id} for e in entries]
    else:
        rows = [_fts_row(e) for e in entries]
    connection.execute(_REMOVE_SEARCH[connection.dialect.name], rows)


def clear_search(connection: Connection) -> None:
    """Empty the index."""
    if _is_postgres(connection):
        connection.execute(text("DELETE FROM article_search"))
    else:
        connection.execute(text("INSERT INTO article_search (article_search) VALUES ('delete-all')"))


def matches(connection: Connection, phrases: Sequence[Phrase]) -> Subquery:
    """``id`` and ``rank`` of the articles that hold every phrase. Higher is better; a title's word counts more."""
    if _is_postgres(connection):
        query = " & ".join(f"({_tsquery(phrase)})" for phrase in phrases)
        statement = (
            # 1: divided by 1 + log of the length, as bm25 on SQLite holds long texts against themselves.
            "SELECT article_id AS id, ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', terms, CAST(:query AS tsquery), 1) AS rank"
            " FROM article_search WHERE terms @@ CAST(:query AS tsquery)"
        )
    else:
        query = fts_query(phrases)
        statement = (
            "SELECT rowid AS id, -bm25(article_search, 4.0, 1.0) AS rank"
            " FROM article_search WHERE article_search MATCH :query"
        )
    columns: Iterable[Column[Any]] = (Column("id", BigInteger), Column("rank", Float))
    return text(statement).bindparams(query=query).columns(*columns).subquery("hit")


def matches_between(connection: Connection, phrases: Sequence[Phrase], after: int, newest: int) -> Subquery:
    """``id`` of the articles after one and up to another that hold every phrase; the index reads only these."""
    if _is_postgres(connection):
        query = " & ".join(f"({_tsquery(phrase)})" for phrase in phrases)
        statement = (
            "SELECT article_id AS id FROM article_search WHERE terms @@ CAST(:query AS tsquery)"
            " AND article_id > :after AND article_id <= :newest"
        )
    else:
        query = fts_query(phrases)
        statement = (
            "SELECT rowid AS id FROM article_search WHERE article_search MATCH :query"
            " AND rowid > :after AND rowid <= :newest"
        )
    bounds = {"query": query, "after": after, "newest": newest}
    return text(statement).bindparams(**bounds).columns(Column("id", BigInteger)).subquery("hit")


def _fts_row(entry: SearchText) -> dict[str, Any]:
    return {"id": entry.article_id, "title": entry.title, "text": entry.text}


def fts_query(phrases: Sequence[Phrase]) -> str:
    """The phrases as FTS5 reads them: quoted, so that nothing in them is an operator; empty without any."""
    return " AND ".join(f'"{" ".join(phrase.words)}"' + (" *" if phrase.is_prefix else "") for phrase in phrases)


def _tsvector(entry: SearchText) -> str:
    # Written out, not parsed by Postgres: its parser would split our words again, by the server's locale.
    title = [word[:_MAX_LEXEME] for word in split_words(entry.title)]
    body = [word[:_MAX_LEXEME] for word in split_words(entry.text)]
    start = len(title) + 2  # a gap, so that no phrase reaches from the title into the text
    placed = [(word, f"{at}A") for at, word in enumerate(title, 1)]
    placed += [(word, f"{at}") for at, word in enumerate(body, start)]
    return " ".join(f"'{word}':{at}" for word, at in placed[: _fitting(placed)])


def _fitting(placed: Sequence[tuple[str, str]]) -> int:
    """How many of the words a tsvector holds: each place takes its word's bytes and at most five around them."""
    size = 0
    for count, (word, _) in enumerate(placed):
        size += len(word.encode()) + 5
        if size > _MAX_TSVECTOR:
            return count
    return len(placed)


def _tsquery(phrase: Phrase) -> str:
    words = [f"'{word[:_MAX_LEXEME]}'" for word in phrase.words]
    return " <-> ".join(words) + (":*" if phrase.is_prefix else "")


# --- errors ----------------------------------------------------------------------------------------------------------

_SQLITE_MEANINGS: tuple[tuple[str, type[StorageError], str], ...] = (
    ("SQLITE_FULL", DiskFull, "is full: free some disk space; nothing that was stored is lost"),
    ("SQLITE_READONLY", ReadOnly, "cannot be written: check the permissions of the file and its folder"),
    ("SQLITE_BUSY", Busy, f"was locked by another writer for more than {BUSY_SECONDS} s: try again"),
    ("SQLITE_CANTOPEN", CannotConnect, "cannot be opened: does its folder exist, and may we write there?"),
    ("SQLITE_NOTADB", Damaged, "is not an SQLite database"),
    ("SQLITE_CORRUPT", Damaged, "is damaged: restore it from a backup"),
)
_POSTGRES_MEANINGS: tuple[tuple[str, type[StorageError], str], ...] = (
    ("53100", DiskFull, "is full: free some disk space; nothing that was stored is lost"),
    ("25006", ReadOnly, "does not take writes: is this a standby, or a read-only role?"),
    ("42501", ReadOnly, "does not permit this to our role: grant it"),
    ("40P01", Busy, "had two writers waiting for each other: try again"),
    ("55P03", Busy, "was locked by another writer: try again"),
    ("42P01", SchemaBehind, "lacks a table of this feedmill: run `feedmill db upgrade`"),
    ("42703", SchemaBehind, "lacks a column of this feedmill: run `feedmill db upgrade`"),
    ("3D000", CannotConnect, "does not exist: create it first"),
    ("28", CannotConnect, "refuses our name or password"),
    ("08", CannotConnect, "does not answer: is the server running, and is the address right?"),
    ("57", CannotConnect, "has closed the connection: is the server shutting down?"),
    ("53300", CannotConnect, "has no free connection: raise max_connections or run fewer workers"),
)
_MISSING = ("no such table", "no such column", "has no column named")


def explain(error: DBAPIError, url: URL) -> StorageError | None:
    """What a driver's error means to an operator; None where it is a bug of ours."""
    shown = redact(url.render_as_string(hide_password=True))
    meaning = _sqlite_meaning(error.orig) if url.get_backend_name() == "sqlite" else _postgres_meaning(error.orig)
    if meaning is None:
        return None
    kind, words = meaning
    return kind(f"the database {shown} {words} ({redact(str(error.orig).strip())})")


def _sqlite_meaning(error: BaseException | None) -> tuple[type[StorageError], str] | None:
    if any(words in str(error) for words in _MISSING):
        return SchemaBehind, "lacks a part of this feedmill's schema: run `feedmill db upgrade`"
    return _meaning(getattr(error, "sqlite_errorname", ""), _SQLITE_MEANINGS)


def _postgres_meaning(error: BaseException | None) -> tuple[type[StorageError], str] | None:
    state = getattr(error, "sqlstate", None)
    if state is None and type(error).__name__ in {"OperationalError", "ConnectionTimeout"}:
        state = "08"  # psycopg gives no code where no server answered
    return _meaning(state or "", _POSTGRES_MEANINGS)


def _meaning(
    code: str, meanings: tuple[tuple[str, type[StorageError], str], ...]
) -> tuple[type[StorageError], str] | None:
    return next(((kind, words) for start, kind, words in meanings if code.startswith(start)), None)
