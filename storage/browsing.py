"""What a browser of the SQLite store needs: its tables in words, its queries, and search as everywhere else."""

import sqlite3
import tomllib
from pathlib import Path
from typing import Any

from storage.dialects import fts_query
from storage.snippets import snippet
from storage.words import phrases

DATABASE = "feedmill"  # what the browser calls it, whatever the file is called
_GUIDE = Path(__file__).with_name("browsing.toml")
_SECRETS = {("subscription", "secret"), ("subscription", "token")}


def read_guide() -> dict[str, Any]:
    """Titles, descriptions, facets and queries in the form of Datasette's metadata (docs.datasette.io, 0.65)."""
    guide = tomllib.loads(_GUIDE.read_text(encoding="utf-8"))
    tables: dict[str, Any] = guide.pop("tables")
    for name in guide.pop("hidden"):
        tables.setdefault(name, {})["hidden"] = True
    return {"title": guide["title"], "databases": {DATABASE: guide | {"tables": tables}}}


def prepare_search(connection: sqlite3.Connection) -> None:
    """Give SQL the words that the index knows: folded, and in pairs where a script has no blanks.

    ``escape_fts`` is what Datasette passes everything through that someone types; its own would miss them.
    """
    connection.create_function("escape_fts", 1, _escape, deterministic=True)
    connection.create_function("text_snippet", 2, _snippet, deterministic=True)


def keep_secrets(connection: sqlite3.Connection) -> None:
    """Read secrets as NULL on this connection, and let nothing be attached to it."""
    connection.set_authorizer(_judge)


def _judge(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action == sqlite3.SQLITE_READ and (first, second) in _SECRETS:
        return sqlite3.SQLITE_IGNORE
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK


def _escape(typed: str | None) -> str:
    return fts_query(phrases(str(typed or ""))) or '""'


def _snippet(text: str | None, typed: str | None) -> str:
    return snippet(text or "", phrases(str(typed or "")))
