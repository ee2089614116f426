"""The database as a whole: its schema's age, its transactions, and what it says when it cannot."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import StatementError

from storage import errors, sites, tables
from storage.database import Database
from storage.dialects import writing
from storage.migrations import REVISIONS
from storage.sites import Hold
from storage.upgrade import config


def run(database: Database, statement: str) -> None:
    with database.begin() as session:
        session.connection().execute(text(statement))


def take_down(database: Database) -> None:
    with writing(database.engine).begin() as connection:
        command.downgrade(config(connection), "base")


def test_models_and_migrated_schema_agree(database: Database) -> None:
    assert database.is_current()
    assert database.check() == []


def test_a_column_that_is_missing_is_named_by_check(own_database: Database) -> None:
    run(own_database, "ALTER TABLE site DROP COLUMN platform")

    [difference] = own_database.check()

    assert "platform" in difference


def test_the_list_of_revisions_is_the_one_of_the_files() -> None:
    files = ScriptDirectory.from_config(config()).walk_revisions()

    assert tuple(reversed([file.revision for file in files])) == REVISIONS


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    database.upgrade()

    assert database.check() == []


def test_two_processes_may_upgrade_at_once(own_database: Database, own_programs: Any) -> None:
    take_down(own_database)

    upgrade = "pipe.send('ready'); pipe.recv(); database.upgrade(); pipe.send(database.check())"
    answers = [program.answer() for program in own_programs.start_together(upgrade, 2)]

    assert answers == [[], []]


def test_an_empty_database_says_how_to_create_the_schema(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        assert not database.is_current()
        with pytest.raises(errors.SchemaBehind, match="feedmill db upgrade"):
            database.require_current()
        with pytest.raises(errors.SchemaBehind, match="feedmill db upgrade"), database.begin() as session:
            sites.ensure(session, ["news.example"])


def test_a_schema_of_a_newer_feedmill_is_left_alone(own_database: Database) -> None:
    run(own_database, "UPDATE alembic_version SET version_num = '9999'")

    for refused in (own_database.is_current, own_database.require_current, own_database.upgrade):
        with pytest.raises(errors.SchemaNewer, match="upgrade feedmill"):
            refused()
    assert own_database.revision() == "9999"


def test_the_first_schema_can_be_taken_down_again(own_database: Database) -> None:
    take_down(own_database)

    assert inspect(own_database.engine).get_table_names() == ["alembic_version"]


def test_a_failed_transaction_leaves_nothing_behind(database: Database) -> None:
    def fail_half_way() -> None:
        with database.begin() as session:
            sites.ensure(session, ["news.example"])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    with database.read() as session:
        assert session.connection().execute(tables.SITE.select()).all() == []


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(errors.ReadOnly), database.read() as session:
        sites.ensure(session, ["news.example"])


def test_a_reader_sees_no_half_written_transaction(database: Database) -> None:
    with database.begin() as writer:
        sites.ensure(writer, ["news.example"])
        with database.read() as reader:
            assert reader.connection().execute(tables.SITE.select()).all() == []


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    database = Database("postgresql://clerk:hunter2@127.0.0.1:9/news?connect_timeout=2")

    with database, pytest.raises(errors.CannotConnect, match=r"127\.0\.0\.1:9") as caught:
        database.is_current()

    assert "hunter2" not in str(caught.value)


@pytest.mark.postgres
def test_a_postgres_database_that_does_not_exist_is_said_so(postgres_server_url: str) -> None:
    database = Database(postgres_server_url.replace("/postgres?", "/nowhere?"))

    with database, pytest.raises(errors.CannotConnect, match="nowhere"):
        database.is_current()


def test_a_word_that_is_no_url_is_refused_with_an_example() -> None:
    with pytest.raises(errors.CannotConnect, match="sqlite:///FILE"):
        Database("news")


def test_a_folder_that_is_missing_is_said_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'news.db'}")

    with database, pytest.raises(errors.CannotConnect, match="folder"):
        database.upgrade()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text("Once upon a time there was a file that was no database.\n" * 100)

    with (
        Database(f"sqlite:///{tmp_path / 'news.db'}") as database,
        pytest.raises(errors.Damaged, match="not an SQLite"),
    ):
        database.is_current()


def test_a_full_disk_is_said_so_and_keeps_what_was_there(sqlite_database: Database) -> None:
    with sqlite_database.begin() as session:
        kept = sites.ensure(session, ["kept.example"])

    with sqlite_database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(errors.DiskFull, match="nothing that was stored is lost"), sqlite_database.begin() as session:
        sites.ensure(session, [f"host-{number}.example" for number in range(20_000)])

    with sqlite_database.read() as session:
        assert sites.ensure(session, ["kept.example"]) == kept
        assert len(session.connection().execute(tables.SITE.select()).all()) == 1


def test_a_file_that_cannot_be_written_is_said_so(sqlite_database: Database) -> None:
    path = sqlite_database.engine.url.database
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")

    with database, pytest.raises(errors.ReadOnly, match="permissions"), database.begin() as session:
        sites.ensure(session, ["news.example"])


def test_a_writer_that_waits_in_vain_is_told_why(sqlite_database: Database) -> None:
    other = sqlite3.connect(str(sqlite_database.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")

    with pytest.raises(errors.Busy, match="another writer"), sqlite_database.begin() as session:
        sites.ensure(session, ["news.example"])
    other.close()


def test_a_broken_rule_of_the_schema_is_a_bug_and_stays_one(database: Database) -> None:
    with pytest.raises(StatementError), database.begin() as session:
        session.connection().execute(tables.SITE.insert(), [{"host": "twice"}, {"host": "twice"}])


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-9, minutes=-30)), timezone(timedelta(hours=14))])
def test_a_moment_comes_back_in_utc_to_the_microsecond(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=UTC)
    with database.begin() as session:
        site_id = sites.ensure(session, ["news.example"])["news.example"]
        sites.hold(session, site_id, Hold(moment.astimezone(zone), "asked for", is_asked=True))

    with database.read() as session:
        kept: Any = session.get_one(tables.Site, site_id).next_request_at

    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"), database.begin() as session:
        sites.hold(session, 1, Hold(datetime(2026, 11, 21, 12), "asked for", is_asked=True))  # noqa: DTZ001  (that is the point)
