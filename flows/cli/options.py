"""What commands share: --database, --json, the settings, and a database that is ready to use."""

import functools
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from flows.cli.failure import note_document
from ingest.text import strip_controls

if TYPE_CHECKING:
    from flows.settings import Settings
    from storage.database import Database

_LOUD = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # C0 is escaped by json


class _WebUrl(click.ParamType[str]):
    """An http or https address."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ingest.urls import is_web_url

        if not is_web_url(value):
            self.fail(f"{value!r} is no http or https address", param, ctx)
        return value


WEB_URL = _WebUrl()
DAY = click.DateTime(["%Y-%m-%d"])
as_json = click.option("--json", "is_json", is_flag=True, help="Print one JSON document instead of lines for people.")


def utc(day: datetime | None) -> datetime | None:
    """Midnight in UTC of a day that was typed."""
    return day.replace(tzinfo=UTC) if day else None


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --database URL and hand the settings over as the first argument."""

    @click.option("--database", metavar="URL", help="The database; default FEEDMILL_DATABASE_URL, else feedmill.db.")
    @functools.wraps(command)
    def wrapper(*args: Any, database: str | None, **kwargs: Any) -> Any:
        return command(read_settings(database), *args, **kwargs)

    return wrapper


def read_settings(database: str | None = None) -> "Settings":
    """The settings; a value that cannot be is told in one line that names the variable."""
    from pydantic import ValidationError

    from flows.cli.failure import CommandError, complain
    from flows.cli.variables import misspelt, wrong_value
    from flows.settings import Settings

    for sentence in misspelt():
        complain(sentence)
    try:
        return Settings().with_database(database)
    except ValidationError as error:
        raise CommandError(wrong_value(error)) from error


@contextmanager
def open_database(settings: "Settings") -> Iterator["Database"]:
    """The database the settings name, with its schema current."""
    from flows.store import ready_database

    database = ready_database(settings)
    try:
        yield database
    finally:
        database.dispose()


def say(text: str) -> None:
    """Lines for people on stdout, with nothing in them that a terminal would obey."""
    print(strip_controls(text))


def print_json(value: object) -> None:
    """One document on stdout; times in ISO 8601, UTC as Z."""
    note_document()
    sys.stdout.write(_quiet(json.dumps(value, ensure_ascii=False, indent=2, default=_plain)) + "\n")


def json_line(value: object) -> str:
    """One object on one line."""
    return _quiet(json.dumps(value, ensure_ascii=False, default=_plain))


def _quiet(document: str) -> str:
    """The same JSON with what a terminal obeys, and UTF-8 cannot hold, as escapes; they stand in strings only."""
    return _LOUD.sub(lambda match: f"\\u{ord(match[0]):04x}", document)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def read_input(file: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``."""
    if file == "-":
        return sys.stdin.buffer.read()
    with open(file, "rb") as source:  # noqa: PTH123 - a path as typed, and errors that name it so
        return source.read()
