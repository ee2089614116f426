"""The database as a whole: schema, transactions, clear errors."""

from storage.database import Database


def test_models_and_migrated_schema_agree(database: Database) -> None:
    assert database.is_current()
    assert database.check() == []
