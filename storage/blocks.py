"""What a site's pages have taught: its latest texts and the blocks learned from them, both bounded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, delete, func, insert, select, update
from sqlmodel import Session

from ingest.blocks import BlockState, LearnedBlock, MemoryChange, PageLines, SiteMemory, Zone
from storage.inserts import put_new
from storage.tables import ARTICLE, BLOCK, PAGE, PAGE_TEXT, SITE

_SAME = tuple(field.name for field in fields(LearnedBlock) if field.name in BLOCK.c)
_KEPT = BlockState.KEPT.value


# Made once: building a statement takes as long as running it.
_IS_OLD = (PAGE_TEXT.c.page_id == bindparam("of_page")) | (PAGE_TEXT.c.number < bindparam("oldest"))
_FORGET = delete(PAGE_TEXT).where(PAGE_TEXT.c.site_id == bindparam("of_site"), _IS_OLD)
_ROW = ("site_id", "number", "group_number", "title", "line_keys", "facts")
# Of a page that is there: its feed may have been removed meanwhile.
_REMEMBER = insert(PAGE_TEXT).from_select(
    ["page_id", *_ROW],
    select(PAGE.c.id, *(bindparam(name, type_=PAGE_TEXT.c[name].type) for name in _ROW)).where(
        PAGE.c.id == bindparam("of_page")
    ),
)
_KEYS: BindParameter[Any] = bindparam("of_keys", expanding=True)
_MINE = (BLOCK.c.site_id == bindparam("of_site")) & BLOCK.c.key.in_(_KEYS)
_DROP = delete(BLOCK).where(_MINE, BLOCK.c.state != _KEPT)
_MENDED = update(BLOCK).where(_MINE, BLOCK.c.state == bindparam("in_state")).values(is_mended=True)


@dataclass(frozen=True, slots=True)
class SiteBlock:
    """A block and the host that it was learned on."""

    host: str
    block: LearnedBlock


def load(session: Session, site_id: int) -> SiteMemory:
    """A site's memory as it was written down last; empty before its first text."""
    connection = session.connection()
    texts = connection.execute(
        select(PAGE_TEXT).where(PAGE_TEXT.c.site_id == site_id).order_by(PAGE_TEXT.c.number, PAGE_TEXT.c.page_id)
    )
    blocks = connection.execute(select(BLOCK).where(BLOCK.c.site_id == site_id))
    return SiteMemory(tuple(map(_page_of, texts)), {row.key: _block_of(row) for row in blocks})


def record(session: Session, site_id: int, change: MemoryChange) -> None:
    """Write down what one text changed. What an operator keeps stays so, whatever a run still thinks of it."""
    record_all(session, [(site_id, change)])


def record_all(session: Session, changes: Sequence[tuple[int, MemoryChange]]) -> None:
    """The same of many texts, each with its site's id."""
    if not changes:
        return
    connection = session.connection()
    old = [{"of_site": site_id, "of_page": one.page.page_id, "oldest": one.oldest_number} for site_id, one in changes]
    connection.execute(_FORGET, old)
    connection.execute(_REMEMBER, [_page_row(site_id, one.page) for site_id, one in changes])
    for site_id, one in changes:
        put(session, site_id, one.written, one.dropped)


def put(
    session: Session, site_id: int, written: Collection[LearnedBlock], dropped: Collection[int] = frozenset()
) -> None:
    """Write blocks down as they are by now, and drop others by their keys."""
    connection, replaced = session.connection(), [*(block.key for block in written), *dropped]
    if replaced:
        connection.execute(_DROP, {"of_site": site_id, "of_keys": replaced})
    put_new(connection, BLOCK, ("site_id", "key"), [_block_row(site_id, block) for block in written])


def mark_mended(session: Session, site_id: int, keys: Collection[int], state: BlockState) -> None:
    """Remember that the stored texts follow these blocks, as long as they are in that state."""
    wanted = {"of_site": site_id, "of_keys": list(keys), "in_state": state.value}
    session.connection().execute(_MENDED, wanted)


def keep(session: Session, host: str, key: int, now: datetime) -> LearnedBlock | None:
    """Take a host's block for text from now on, by an operator's word; None where there is none of that key."""
    found = next((one for one in find(session, host) if one.block.key == key), None)
    if found is None:
        return None
    reason = "kept by an operator"
    kept = replace(found.block, state=BlockState.KEPT, reason=reason, changed_at=now, is_mended=False)
    values = {name: _plain(getattr(kept, name)) for name in ("state", "reason", "changed_at", "is_mended")}
    site_id = select(SITE.c.id).where(SITE.c.host == host).scalar_subquery()
    session.connection().execute(update(BLOCK).where(BLOCK.c.site_id == site_id, BLOCK.c.key == key).values(values))
    return kept


def find(session: Session, host: str | None = None, since: datetime | None = None) -> list[SiteBlock]:
    """Blocks by host, those on most pages first: of one host, or those whose state has changed since a moment."""
    statement = select(BLOCK, SITE.c.host).join(SITE, SITE.c.id == BLOCK.c.site_id)
    if host is not None:
        statement = statement.where(SITE.c.host == host)
    if since is not None:
        statement = statement.where(BLOCK.c.changed_at >= since)
    rows = session.connection().execute(statement.order_by(SITE.c.host, BLOCK.c.pages.desc(), BLOCK.c.key))
    return [SiteBlock(row.host, _block_of(row)) for row in rows]


def find_site(session: Session, host: str) -> int | None:
    """The id of a host; None where nothing is known of it."""
    found = session.connection().scalar(select(SITE.c.id).where(SITE.c.host == host))
    return None if found is None else int(found)


def unmended(session: Session) -> list[tuple[int, str]]:
    """The sites, by id and host, some of whose stored texts may not follow their blocks yet."""
    is_open = BLOCK.c.is_mended.is_(False) & (BLOCK.c.state != BlockState.GONE.value)
    statement = select(SITE.c.id, SITE.c.host).join(BLOCK, BLOCK.c.site_id == SITE.c.id).where(is_open).distinct()
    return [(row.id, row.host) for row in session.connection().execute(statement.order_by(SITE.c.id))]


def untaught(session: Session, least: int) -> list[tuple[int, str]]:
    """The sites with so many stored texts and no memory of any: they were stored before there was one."""
    taught = select(PAGE_TEXT.c.site_id).distinct()
    statement = (
        select(SITE.c.id, SITE.c.host)
        .join(ARTICLE, ARTICLE.c.site == SITE.c.host)
        .where(ARTICLE.c.word_count > 0, SITE.c.id.not_in(taught))
        .group_by(SITE.c.id, SITE.c.host)
        .having(func.count() >= least)
        .order_by(SITE.c.id)
    )
    return [(row.id, row.host) for row in session.connection().execute(statement)]


def _page_of(row: Row[Any]) -> PageLines:
    return PageLines(
        page_id=row.page_id,
        number=row.number,
        group=row.group_number,
        title=bytes(row.title),
        keys=bytes(row.line_keys),
        facts=bytes(row.facts),
    )


def _page_row(site_id: int, page: PageLines) -> dict[str, Any]:
    row = {name: getattr(page, name) for name in ("number", "title", "facts")}
    return row | {"site_id": site_id, "of_page": page.page_id, "group_number": page.group, "line_keys": page.keys}


def _block_of(row: Row[Any]) -> LearnedBlock:
    values = {name: getattr(row, name) for name in _SAME}
    values |= {"zone": Zone(row.zone), "state": BlockState(row.state), "window": row.of_pages}
    return LearnedBlock(**values)


def _block_row(site_id: int, block: LearnedBlock) -> dict[str, Any]:
    row = {name: _plain(getattr(block, name)) for name in _SAME}
    return row | {"site_id": site_id, "of_pages": block.window}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Zone | BlockState) else value
