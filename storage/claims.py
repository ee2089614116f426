"""Claims: what pages call their canonical address. One counts as a name only where the texts agree.

A template may state one address on all its pages (the front page's, a section's, one article's). So a claim never makes
an article by itself: it says where to look, and the texts decide. Whoever comes first, article or claim, they find each
other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, select

from storage.chunks import chunks
from storage.inserts import put_new
from storage.tables import ALIAS, ARTICLE, CLAIM

MOST = 16  # articles with one claim that are remembered: what more of them state is a template's mistake
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_CLAIMS = select(CLAIM.c.key, CLAIM.c.article_id).where(CLAIM.c.key.in_(_WANTED))
_ALIASES = select(ALIAS.c.key, ALIAS.c.article_id).where(ALIAS.c.key.in_(_WANTED))
_OF_ARTICLES = select(CLAIM.c.key, CLAIM.c.article_id).where(CLAIM.c.article_id.in_(_WANTED))
_TEXTS = select(ARTICLE.c.id, ARTICLE.c.title, ARTICLE.c.text).where(ARTICLE.c.id.in_(_WANTED))


@dataclass(frozen=True, slots=True)
class Read:
    """A text that was read: the addresses at which it was found, and those that its page calls canonical."""

    title: str | None
    text: str | None
    names: frozenset[int]
    claims: frozenset[int]


def find_same(connection: Connection, read: Mapping[int, Read]) -> dict[int, set[int]]:
    """Of each text, the stored articles that a claim leads to, either way, and that tell the same."""
    keys = _leading(connection, read)
    texts = {row.id: row for row in _rows(connection, _TEXTS, {found for own in keys.values() for found in own})}
    return {
        at: {found for found in own if found in texts and _agree(read[at], texts[found])} for at, own in keys.items()
    }


def put_claims(connection: Connection, claims: Iterable[tuple[int, int]]) -> None:
    """Remember which articles claim which keys, (key, article) each."""
    wanted = sorted(set(claims))
    known = Counter(row.key for row in _rows(connection, _CLAIMS, {key for key, _ in wanted}))
    rows = [{"key": key, "article_id": article_id} for key, article_id in wanted if known[key] <= MOST]
    put_new(connection, CLAIM, ("key", "article_id"), rows)


def take_over(connection: Connection, into: int, others: Sequence[int]) -> None:
    """Give an article the claims of those that are about to become it."""
    put_claims(connection, [(row.key, into) for row in _rows(connection, _OF_ARTICLES, set(others))])


def tell_the_same(one: str | None, other: str | None) -> bool:
    """Whether two texts are one, edited or not, or one of them a part of the other."""
    from ingest.resemblance import are_copies, is_part

    if not one or not other:
        return False
    return one == other or are_copies(one, other) or is_part(one, other)


def _leading(connection: Connection, read: Mapping[int, Read]) -> dict[int, set[int]]:
    """The articles that each text's claims, or others' claims of its addresses, lead to."""
    claimed = _by_key(connection, _CLAIMS, {key for one in read.values() for key in one.names | one.claims})
    found = _by_key(connection, _ALIASES, {key for one in read.values() for key in one.claims})
    return {
        at: {article for key in one.claims for article in found.get(key, ())}
        | {
            article
            for key in one.names | one.claims
            if len(claimed.get(key, ())) <= MOST
            for article in claimed.get(key, ())
        }
        for at, one in read.items()
    }


def _by_key(connection: Connection, statement: Select[Any], keys: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in _rows(connection, statement, keys):
        found.setdefault(row.key, []).append(row.article_id)
    return found


def _agree(read: Read, stored: Row[Any]) -> bool:
    """Whether a text and a stored one are the same; where one has none, or few words, their titles must be too."""
    if tell_the_same(read.text, stored.text):
        return True
    is_titled = bool(read.title) and read.title == stored.title
    if not read.text or not stored.text:
        return is_titled
    return is_titled and (read.text in stored.text or stored.text in read.text)


def _rows(connection: Connection, statement: Select[Any], wanted: set[int]) -> list[Row[Any]]:
    return [
        row for portion in chunks(sorted(wanted)) for row in connection.execute(statement, {"wanted": list(portion)})
    ]
