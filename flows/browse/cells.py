"""How Datasette shows our values: lists as words, moments to the minute, links, nothing that turns a page around."""

import json
import re
import sqlite3
from typing import Any

from datasette import hookimpl
from markupsafe import Markup, escape

from ingest.text import strip_controls
from storage.browsing import DATABASE, keep_secrets, prepare_search

_LISTS = {"authors", "tags"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")
_LINKS = {"article_id": "article", "duplicate_of_id": "article", "story_id": "story"}


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]  # after Datasette's own functions, one of which ours replaces
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Our words for search, and no secrets."""
    if database == DATABASE:
        prepare_search(conn)
        keep_secrets(conn)


@hookimpl  # type: ignore[untyped-decorator]  # Datasette publishes no types
def render_cell(value: Any, column: str, table: str | None) -> Markup | None:
    """HTML for the values that Datasette would show badly; None for all others."""
    if isinstance(value, int) and column in _LINKS and table != "article_feed":
        return Markup('<a href="/{}/{}/{}">{}</a>').format(DATABASE, _LINKS[column], value, value)
    if not isinstance(value, str):
        return None
    if column in _LISTS:
        return _words(value)
    if _MOMENT.fullmatch(value):
        return escape(value[:16])
    shown = strip_controls(value)
    return None if shown == value else escape(shown)


def _words(value: str) -> Markup | None:
    try:
        return escape(strip_controls(", ".join(map(str, json.loads(value)))))
    except (TypeError, ValueError):
        return None
