"""What commands share: --database, --json, the settings, and a database that is ready to use."""

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.settings import Settings
    from storage.database import Database

as_json = click.option("--json", "is_json", is_flag=True, help="Print one JSON document instead of lines for people.")


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

    from flows.cli.failure import CommandError
    from flows.settings import Settings

    try:
        return Settings().with_database(database)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "FEEDMILL_" + "_".join(str(part) for part in wrong["loc"]).upper()
        raise CommandError(f"{name} is {wrong['input']!r}: {wrong['msg']}") from error


@contextmanager
def open_database(settings: "Settings") -> Iterator["Database"]:
    """The database the settings name, with its schema current."""
    from flows.store import ready_database

    database = ready_database(settings)
    try:
        yield database
    finally:
        database.dispose()


def print_json(value: object) -> None:
    """One document on stdout; times in ISO 8601, UTC as Z."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def json_line(value: object) -> str:
    """One object on one line."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


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
