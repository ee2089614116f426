"""Runs migrations on the connection that ``storage.upgrade`` hands over; no ini file is needed."""

from alembic import context

from storage.tables import METADATA
from storage.upgrade import is_ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    include_object=is_ours,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
