"""Whether what was read is an article that went: by its names, or by a claim where the texts are alike."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from storage.chunks import chunks
from storage.inserts import put_new
from storage.tables import BURIED_CLAIM, REMOVAL, TOMBSTONE

MOST = 16  # removed articles with one claim that are compared: what more of them state is a template's mistake
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_NAMES = select(TOMBSTONE.c.key, TOMBSTONE.c.removal_cursor).where(TOMBSTONE.c.key.in_(_WANTED))
_CLAIMS = select(BURIED_CLAIM.c.key, BURIED_CLAIM.c.removal_cursor).where(BURIED_CLAIM.c.key.in_(_WANTED))
_GONE = select(REMOVAL.c.cursor, REMOVAL.c.content_hash, REMOVAL.c.signature).where(REMOVAL.c.cursor.in_(_WANTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """What was read: the addresses that lead to it, those that its page calls canonical, and what its text is like."""

    names: Collection[int]
    claims: Collection[int]
    content_hash: str
    signature: bytes | None


def find_burials(connection: Connection, read: Mapping[int, Suspect]) -> dict[int, int]:
    """Those that went before, each with its removal's cursor.

    A name is enough. A claim (``storage.claims``), its own or that of one that went, needs a text that is alike: of
    what went there is a signature.
    """
    keys = {key for one in read.values() for key in (*one.names, *one.claims)}
    named, claimed = _by_key(connection, _NAMES, keys), _by_key(connection, _CLAIMS, keys)
    if not named and not claimed:
        return {}
    suspected = {at: _suspected(one, named, claimed) for at, one in read.items()}
    wanted = {cursor for cursors in suspected.values() for cursor in cursors}
    gone = {row.cursor: row for row in _rows(connection, _GONE, wanted)}
    found = {}
    for at, one in read.items():
        by_name = [cursor for key in one.names for cursor in named.get(key, ())]
        alike = [cursor for cursor in suspected[at] if cursor in gone and _is_alike(one, gone[cursor])]
        if by_name or alike:
            found[at] = max(by_name or alike)
    return found


def bury_claims(connection: Connection, claims: Iterable[tuple[int, int]]) -> None:
    """Remember what pages of articles that go called canonical: keys, each with its removal's cursor."""
    rows = [{"key": key, "removal_cursor": cursor} for key, cursor in sorted(set(claims))]
    put_new(connection, BURIED_CLAIM, ("key", "removal_cursor"), rows)


def _suspected(one: Suspect, named: Mapping[int, list[int]], claimed: Mapping[int, list[int]]) -> set[int]:
    found = {cursor for key in one.claims for cursor in named.get(key, ())}
    for key in (*one.names, *one.claims):
        found |= set(claimed.get(key, ())[-MOST:])
    return found


def _is_alike(one: Suspect, gone: Row[Any]) -> bool:
    from ingest.resemblance import LEAST_RESEMBLANCE, estimate

    if gone.content_hash == one.content_hash:
        return True
    if one.signature is None or gone.signature is None:
        return False
    return estimate(one.signature, bytes(gone.signature)) >= LEAST_RESEMBLANCE


def _by_key(connection: Connection, statement: Any, keys: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in _rows(connection, statement, keys):
        found.setdefault(row.key, []).append(row.removal_cursor)
    return {key: sorted(cursors) for key, cursors in found.items()}


def _rows(connection: Connection, statement: Any, wanted: Collection[int]) -> list[Row[Any]]:
    return [
        row for portion in chunks(sorted(wanted)) for row in connection.execute(statement, {"wanted": list(portion)})
    ]
