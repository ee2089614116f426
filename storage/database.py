"""One database: its transactions, its schema's age, and clear words when it cannot do what is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from ingest.redact import redact
from storage.dialects import explain, lock_schema, open_engine, reading, tidy, writing
from storage.errors import CannotConnect, SchemaBehind, SchemaNewer, StorageError
from storage.migrations import CURRENT, REVISIONS


class Database:
    """A database by its URL (``sqlite:///file``, ``postgresql://...``). Opening it connects to nothing yet."""

    def __init__(self, url: str) -> None:
        try:
            self.engine: Engine = open_engine(url)
        except (ArgumentError, ImportError) as error:
            raise CannotConnect("this is no database URL: use sqlite:///FILE or postgresql://USER@HOST/NAME") from error
        self._reading = reading(self.engine)
        self._writing = writing(self.engine)

    @property
    def shown_url(self) -> str:
        """The URL for messages, without its password."""
        return redact(self.engine.url.render_as_string(hide_password=True))

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A session in a transaction that writes: committed at the end, rolled back whole on any error."""
        with self._clear_errors(), Session(self._writing, autoflush=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; it waits for no writer, and a write in it is refused."""
        with self._clear_errors(), Session(self._reading, autoflush=False) as session:
            yield session

    def upgrade(self) -> None:
        """Create the schema, or bring it to this feedmill's. Two processes at once take turns. Raises SchemaNewer."""
        from storage.upgrade import upgrade

        with self._clear_errors(), self._writing.begin() as connection:
            lock_schema(connection)
            self._refuse_newer()
            upgrade(connection)

    def is_current(self) -> bool:
        """Whether the schema is this feedmill's. Raises SchemaNewer when a newer one wrote it."""
        self._refuse_newer()
        return self.revision() == CURRENT

    def require_current(self) -> None:
        """Raise SchemaBehind or SchemaNewer unless the schema is this feedmill's."""
        if not self.is_current():
            raise SchemaBehind(
                f"the schema of {self.shown_url} is {self.revision() or 'not there yet'}, this feedmill needs {CURRENT}"
                ": run `feedmill db upgrade`"
            )

    def revision(self) -> str | None:
        """The schema's revision; None where feedmill has no tables yet."""
        with self._clear_errors(), self._reading.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)

    def check(self) -> list[str]:
        """Where the tables differ from the models, one line each; empty when all is well."""
        from storage.upgrade import differences

        with self._clear_errors(), self._reading.connect() as connection:
            return [str(difference) for difference in differences(connection)]

    def tidy(self) -> None:
        """Nightly upkeep: statistics for the query planner, and the write-ahead log folded back."""
        with self._clear_errors():
            tidy(self.engine)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.dispose()

    def _refuse_newer(self) -> None:
        found = self.revision()
        if found is not None and found not in REVISIONS:
            raise SchemaNewer(
                f"the schema of {self.shown_url} is {found}, newer than this feedmill's {CURRENT}: upgrade feedmill"
            )

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            meaning = explain(error, self.engine.url)
            if meaning is None:
                raise
            raise meaning from error


def failure_of(session: Session, error: BaseException) -> StorageError | None:
    """What an error in a session means to an operator; None for a bug.

    On some, a full disk say, SQLite takes the whole transaction back: the savepoint's end then fails, and hides it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, DBAPIError) and (meaning := explain(cause, session.get_bind().engine.url)) is not None:
            return meaning
        cause = cause.__context__
    return None
