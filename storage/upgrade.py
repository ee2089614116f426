"""Brings a schema to the present: the one place that knows Alembic, which is imported only when it is needed."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.tables import METADATA

SEARCH = "article_search"  # the search index and what FTS5 keeps beside it have no models


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, in the connection's transaction."""
    command.upgrade(config(connection), "head")


def differences(connection: Connection) -> list[Any]:
    """What the migrated schema lacks or has beyond the models; empty when they agree."""
    options = {"include_object": is_ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that an installed feedmill needs no ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def is_ours(_thing: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:  # noqa: FBT001  (Alembic's signature)
    """Whether Alembic looks at it: everything but the search index."""
    return not (kind == "table" and name is not None and name.startswith(SEARCH))
