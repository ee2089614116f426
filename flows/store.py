"""The database that the settings name, with its schema ready."""

from flows.settings import Settings
from storage.database import Database


def ready_database(settings: Settings) -> Database:
    """Open it. SQLite is created or upgraded on the way; Postgres must be current (interface decision 4)."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    if settings.database.startswith("sqlite"):
        if not database.is_current():
            database.upgrade()
    else:
        database.require_current()
    return database
