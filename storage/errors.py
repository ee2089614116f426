"""The errors that storage raises: each says what to do about it.

    StorageError
    ├── CannotConnect     no database there, or it does not let us in
    ├── SchemaBehind      the tables are older than this feedmill: `feedmill db upgrade`
    ├── SchemaNewer       the tables are newer than this feedmill: upgrade feedmill
    ├── DiskFull          nothing more can be written
    ├── ReadOnly          the database does not take writes
    ├── Busy              another writer held the database for too long
    └── Damaged           the file is no SQLite database, or a broken one

A broken rule of the schema (a doubled key, a missing parent) is a bug of ours: it stays an ``IntegrityError``.
"""


class StorageError(Exception):
    """The database cannot do what was asked. The message names it, without its password, and says what to do."""


class CannotConnect(StorageError):
    """No database answers at the address, or it refuses us."""


class SchemaBehind(StorageError):
    """The schema is older than this feedmill needs."""


class SchemaNewer(StorageError):
    """The schema was written by a newer feedmill; an older one would damage it."""


class DiskFull(StorageError):
    """The disk, or the database's own limit, is full. What was committed before is safe."""


class ReadOnly(StorageError):
    """The database, its file or its folder cannot be written."""


class Busy(StorageError):
    """Another writer kept the lock beyond the time we wait, or two writers waited for each other."""


class Damaged(StorageError):
    """The file is not an SQLite database, or its pages contradict each other."""


def lasting(error: BaseException) -> StorageError | None:
    """The failure in it that meets every write alike, a full disk say; None for a bug, or a lock that passes."""
    if isinstance(error, BaseExceptionGroup):
        return next((found for one in error.exceptions if (found := lasting(one)) is not None), None)
    return error if isinstance(error, StorageError) and not isinstance(error, Busy) else None
