"""Stories: articles that tell the same text, found by signature in the transaction that saves them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, case, delete, func, insert, or_, select, update
from sqlmodel import Session

from storage.bands import enter_bands, find_in_bands, leave_bands, places, put_signatures, read_signatures
from storage.chunks import chunks
from storage.tables import ARTICLE, STORY

MOST_IN_A_BAND = 64  # what more copies share is a formula; who is alike is found by those that are there
_MOST_COMPARED = 5  # whole texts are compared with so many, the likeliest first
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_TEXTS = select(ARTICLE.c.id, ARTICLE.c.text, ARTICLE.c.story_id).where(ARTICLE.c.id.in_(_WANTED))
_FIRST = (
    select(ARTICLE.c.id)
    .where(ARTICLE.c.story_id == bindparam("of_story"))
    .order_by(ARTICLE.c.first_seen_at, ARTICLE.c.id)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Signed:
    """A stored article with its text and the text's signature (``ingest.resemblance``)."""

    article_id: int
    text: str
    signature: bytes | None


def group(connection: Connection, signed: Sequence[Signed], fresh: AbstractSet[int] = frozenset()) -> set[int]:
    """Put articles into stories; the articles whose story, or whose place in it, changed.

    Articles are one story where a chain of copies leads from each to each. Of a story, the one first seen is the
    first; the others are its duplicates. ``fresh``: those that were never grouped, of which there is nothing to forget.
    """
    if not signed:
        return set()
    known = {one.article_id for one in signed} - fresh
    before, keys = read_signatures(connection, known), _keys(signed)
    placed = find_in_bands(connection, {key for own in keys.values() for key in own})
    stored = {key: [one for one in own if one not in known] for key, own in placed.items()}
    full = {key for key, own in stored.items() if len(own) >= MOST_IN_A_BAND}
    pairs = list(_verified(connection, signed, _find_neighbours(keys, stored)))
    put_signatures(connection, before, {one.article_id: one.signature for one in signed if one.signature})
    there = {(key, one) for key, own in placed.items() for one in own if one in known}
    wanted = {(key, one) for one, own in keys.items() for key in own if key not in full}
    leave_bands(connection, (there | places(before)) - wanted)
    enter_bands(connection, wanted - there)
    left = _leave(connection, known - {place for pair in pairs for place in pair})
    return left | _join(connection, pairs)


def withdraw(connection: Connection, article_ids: Sequence[int]) -> set[int]:
    """Take articles that are about to go out of their stories; the articles whose place changed."""
    before = read_signatures(connection, article_ids)
    leave_bands(connection, places(before))
    put_signatures(connection, before, {})
    return _leave(connection, set(article_ids)) - set(article_ids)


# --- who may be a copy of whom ---------------------------------------------------------------------------------------


def _keys(signed: Sequence[Signed]) -> dict[int, tuple[int, ...]]:
    from ingest.resemblance import band_keys

    return {one.article_id: band_keys(one.signature) for one in signed if one.signature}


def _find_neighbours(keys: Mapping[int, Sequence[int]], stored: Mapping[int, Sequence[int]]) -> dict[int, Counter[int]]:
    """Of each article, those that share bands with it and how many: stored ones, and earlier ones of the batch."""
    known = {key: list(own) for key, own in stored.items()}
    found: dict[int, Counter[int]] = {}
    for article_id, own in keys.items():
        found[article_id] = Counter(other for key in own for other in known.get(key, ()))
        for key in own:
            known.setdefault(key, []).append(article_id)
    return found


def _verified(
    connection: Connection, signed: Sequence[Signed], neighbours: Mapping[int, Counter[int]]
) -> Iterator[tuple[int, int]]:
    """Pairs of copies: alike by their signatures, and by their texts."""
    from ingest.resemblance import may_be_copies

    own = {one.article_id: one for one in signed}
    others = sorted({other for found in neighbours.values() for other in found} - set(own))
    signatures = read_signatures(connection, others)
    signatures |= {one.article_id: one.signature for one in signed if one.signature}
    likely = {
        article_id: [
            other
            for other, _ in found.most_common()
            if other in signatures and may_be_copies(signatures[article_id], signatures[other])
        ]
        for article_id, found in neighbours.items()
    }
    wanted = sorted({other for found in likely.values() for other in found} - set(own))
    rows = {row.id: row for row in _rows(connection, _TEXTS, wanted)}
    for article_id, found in likely.items():
        yield from _copies_of(own[article_id], found, own, rows)


def _copies_of(
    one: Signed, likely: Iterable[int], own: Mapping[int, Signed], stored: Mapping[int, Row[Any]]
) -> Iterator[tuple[int, int]]:
    """One pair a story is enough, and a story is not asked for again once it was found or denied often."""
    from ingest.resemblance import are_copies

    compared, stories = 0, set()
    for other in likely:
        story = stored[other].story_id if other in stored else None
        if compared >= _MOST_COMPARED or (story is not None and story in stories):
            continue
        compared += 1
        text = own[other].text if other in own else stored[other].text
        if one.text == text or are_copies(one.text, text or ""):
            stories.add(story)
            yield other, one.article_id


# --- stories ---------------------------------------------------------------------------------------------------------


def _leave(connection: Connection, article_ids: set[int]) -> set[int]:
    """Articles that are a copy of nothing any more leave their stories; those left alone are no story."""
    rows = [row for row in _rows(connection, _TEXTS, sorted(article_ids)) if row.story_id is not None]
    if not rows:
        return set()
    gone = [row.id for row in rows]
    for portion in chunks(gone):
        statement = update(ARTICLE).where(ARTICLE.c.id.in_(portion))
        connection.execute(statement.values(story_id=None, duplicate_of_id=None))
    return set(gone).union(*(_settle(connection, story, set()) for story in {row.story_id for row in rows}))


def _join(connection: Connection, pairs: Sequence[tuple[int, int]]) -> set[int]:
    """One story for each chain of copies: the oldest of those that its articles belong to, or a new one."""
    if not pairs:
        return set()
    articles = sorted({one for pair in pairs for one in pair})
    stories = {row.id: row.story_id for row in _rows(connection, _TEXTS, articles)}
    changed: set[int] = set()
    for chain in _chains(pairs, stories):
        known = sorted({story for article_id in chain if (story := stories[article_id]) is not None})
        story = known[0] if known else _open(connection)
        joined = _move(connection, known[1:], chain, story)
        changed |= joined | _settle(connection, story, joined)
    return changed


def _chains(pairs: Sequence[tuple[int, int]], stories: Mapping[int, int | None]) -> list[set[int]]:
    """The articles that pairs, or a story of old, connect."""
    chains: list[tuple[set[int], set[int]]] = []
    for pair in pairs:
        articles, known = set(pair), {story for one in pair if (story := stories[one]) is not None}
        apart = []
        for chain in chains:
            if chain[0] & articles or chain[1] & known:
                articles, known = articles | chain[0], known | chain[1]
            else:
                apart.append(chain)
        chains = [*apart, (articles, known)]
    return [articles for articles, _ in chains]


def _open(connection: Connection) -> int:
    return int(connection.execute(insert(STORY).values(size=0).returning(STORY.c.id)).scalar_one())


def _move(connection: Connection, merged: Sequence[int], chain: set[int], story: int) -> set[int]:
    """Bring the articles, and all of the other stories, into a story; those that were not in it before."""
    strangers = update(ARTICLE).where(or_(ARTICLE.c.id.in_(sorted(chain)), ARTICLE.c.story_id.in_(merged)))
    strangers = strangers.where(ARTICLE.c.story_id.is_distinct_from(story))
    moved = set(connection.scalars(strangers.values(story_id=story).returning(ARTICLE.c.id)))
    connection.execute(delete(STORY).where(STORY.c.id.in_(merged)))
    return moved


def _settle(connection: Connection, story_id: int, joined: set[int]) -> set[int]:
    """Who is first in a story and how many it has; the articles whose place changed. One article is no story."""
    first, size = connection.execute(_FIRST, {"of_story": story_id}).scalar(), _count(connection, story_id)
    if size < 2:  # noqa: PLR2004 - a copy needs an original
        return _close(connection, story_id)
    known = connection.execute(select(STORY.c.first_article_id).where(STORY.c.id == story_id)).scalar_one()
    connection.execute(update(STORY).where(STORY.c.id == story_id).values(first_article_id=first, size=size))
    copies = ARTICLE.c.id.in_(sorted(joined)) if first == known else ARTICLE.c.story_id == story_id
    moved = update(ARTICLE).where(copies, ARTICLE.c.id != first, ARTICLE.c.duplicate_of_id.is_distinct_from(first))
    changed = set(connection.scalars(moved.values(duplicate_of_id=first).returning(ARTICLE.c.id)))
    own = update(ARTICLE).where(ARTICLE.c.id == first, ARTICLE.c.duplicate_of_id.is_not(None))
    return changed | set(connection.scalars(own.values(duplicate_of_id=None).returning(ARTICLE.c.id)))


def _count(connection: Connection, story_id: int) -> int:
    counted = select(func.count()).select_from(ARTICLE).where(ARTICLE.c.story_id == story_id)
    return int(connection.execute(counted).scalar_one())


def _close(connection: Connection, story_id: int) -> set[int]:
    alone = update(ARTICLE).where(ARTICLE.c.story_id == story_id).values(story_id=None, duplicate_of_id=None)
    changed = set(connection.scalars(alone.returning(ARTICLE.c.id)))
    connection.execute(delete(STORY).where(STORY.c.id == story_id))
    return changed


def _rows(connection: Connection, statement: Any, wanted: Sequence[int]) -> Iterator[Row[Any]]:
    for chunk in chunks(wanted):
        yield from connection.execute(statement, {"wanted": chunk})


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuery:
    """Which stories: of at least ``least`` articles, with one first seen ``since`` or later, or from a host."""

    least: int = 2
    since: datetime | None = None
    site: str | None = None
    limit: int = 50


def find(session: Session, query: StoryQuery) -> list[dict[str, Any]]:
    """Stories, the one with the newest article first, each with its articles in the order they were seen."""
    newest = func.max(ARTICLE.c.first_seen_at).label("newest")
    statement = (
        select(ARTICLE.c.story_id)
        .where(ARTICLE.c.story_id.is_not(None))
        .group_by(ARTICLE.c.story_id)
        .having(func.count() >= query.least)
        .order_by(newest.desc(), ARTICLE.c.story_id.desc())
        .limit(query.limit)
    )
    if query.since is not None:
        statement = statement.having(newest >= query.since)
    if query.site is not None:
        of_site = select(ARTICLE.c.story_id).where(ARTICLE.c.site == query.site)
        statement = statement.where(ARTICLE.c.story_id.in_(of_site))
    ids = list(session.connection().scalars(statement))
    found = {story["id"]: story for story in _stories(session, ids)}
    return [found[story_id] for story_id in ids]


def get(session: Session, story_id: int) -> dict[str, Any] | None:
    """One story with its articles; None where there is no such story."""
    return next(iter(_stories(session, [story_id])), None)


_END = 400  # characters at either end of a text, where it may name its source
_LENGTH = func.length(ARTICLE.c.text)
_CLOSING = func.substr(ARTICLE.c.text, case((_LENGTH > _END, _LENGTH - _END + 1), else_=1))
_ENDS = (func.substr(ARTICLE.c.text, 1, _END).label("opening"), _CLOSING.label("closing"))


def _stories(session: Session, story_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    columns = ("id", "story_id", "url", "site", "title", "origin_url", "canonical_url", "first_seen_at", "published_at")
    members: dict[int, list[Row[Any]]] = {}
    for portion in chunks(story_ids):
        statement = select(*(ARTICLE.c[name] for name in columns), *_ENDS)
        ordered = statement.where(ARTICLE.c.story_id.in_(portion)).order_by(ARTICLE.c.first_seen_at, ARTICLE.c.id)
        for row in session.connection().execute(ordered):
            members.setdefault(row.story_id, []).append(row)
    for story_id, rows in members.items():
        yield {
            "id": story_id,
            "size": len(rows),
            "first_article_id": rows[0].id,
            "article_ids": [row.id for row in rows],
            "title": rows[0].title,
            "articles": [{name: getattr(row, name) for name in (*columns, "opening", "closing")} for row in rows],
        }
