"""`feedmill up` creates the schema on a Postgres that has none, which every other command refuses to do."""

import pytest
from sqlalchemy import text

from flows.cli.up import _upgrade
from flows.settings import Settings
from storage.database import Database

pytestmark = pytest.mark.postgres


@pytest.fixture
def empty_postgres(postgres_server_url):
    def run(statement):
        with Database(postgres_server_url) as database, database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))

    run("CREATE DATABASE feedmill_empty")
    yield postgres_server_url.replace("/postgres?", "/feedmill_empty?", 1)
    run("DROP DATABASE feedmill_empty WITH (FORCE)")


def test_up_creates_the_schema_on_an_empty_postgres_and_says_where(empty_postgres, tmp_path, capsys):
    _upgrade(Settings(database_url=empty_postgres, data_dir=tmp_path))

    with Database(empty_postgres) as database:
        assert database.is_current()
    assert "feedmill_empty" in capsys.readouterr().out
