"""What the night does for learning: texts stored before there was a memory teach, and all texts follow their blocks."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.outcomes import Lessons
from flows.workers import WorkerBugError, WorkerLimitError, Workers
from ingest.blocks import BlockState, SiteMemory, StoredText
from ingest.clean.learning.memory import WINDOW, observe, tell_knowledge
from ingest.clean.mend import see_text
from ingest.jobs import MendJob, mend_texts
from storage import blocks, texts
from storage.database import Database

log = logging.getLogger(__name__)

LEAST_TEXTS = 5  # of a site, before they are looked at
MOST_SITES = 1_000  # a night
PORTION = 100
MOST_TEXTS = 1_000  # of a site that follow, the newest
_BACK = (BlockState.DOUBTED, BlockState.KEPT)  # texts have such blocks again


async def learn_sites(database: Database, workers: Workers, now: datetime, site_rules: Path | None = None) -> Lessons:
    """Learn from stored texts where nothing was learned yet, then let the texts of all sites follow.

    ``site_rules``: the folder of the user's own, which say what is kept.
    """
    with database.read() as session:
        untaught = blocks.untaught(session, LEAST_TEXTS)
    for site_id, host in untaught[:MOST_SITES]:
        await asyncio.to_thread(learn_from_stored, database, site_id, host, now)
    with database.read() as session:
        open_sites = blocks.unmended(session)
    changed = 0
    for site_id, host in open_sites:
        changed += await _mend_site(workers, _Site(database, site_id, host, site_rules))
    return Lessons(min(len(untaught), MOST_SITES), changed)


def learn_from_stored(database: Database, site_id: int, host: str, now: datetime) -> None:
    """Learn from a site's newest texts, oldest first, as if their pages were read now."""
    with database.begin() as session:
        memory = SiteMemory()
        for text in reversed(texts.of_site(session, host, limit=WINDOW)):
            if text.page_id is not None:
                observed = observe(memory, see_text(text), text.page_id, now)
                memory = observed.memory
                blocks.record(session, site_id, observed.change)


@dataclass(frozen=True, slots=True)
class _Site:
    """A site whose texts follow what was learned, and where its own rules are."""

    database: Database
    site_id: int
    host: str
    site_rules: Path | None


async def _mend_site(workers: Workers, site: _Site) -> int:
    changed = 0
    try:
        for job in _list_jobs(site):
            changed += write_changes(site.database, await workers.mend_texts(job, site.host))
    except WorkerLimitError as error:
        log.warning("mending the texts of %s %s; it is tried again tomorrow", site.host, error)
    except WorkerBugError:
        log.exception("mending the texts of %s failed for a reason of ours", site.host)
    else:
        note_mended(site.database, site.site_id)
    return changed


def mend_now(database: Database, site_id: int, host: str, site_rules: Path | None = None) -> int:
    """Let a site's texts follow its blocks, here and now; gives how many changed."""
    site = _Site(database, site_id, host, site_rules)
    changed = sum(write_changes(database, mend_texts(job)) for job in _list_jobs(site))
    note_mended(database, site_id)
    return changed


def _list_jobs(of_site: _Site) -> Iterator[MendJob]:
    """A site's newest texts in portions, with what they have to follow."""
    database, host = of_site.database, of_site.host
    folder = str(of_site.site_rules) if of_site.site_rules is not None else None
    with database.read() as session:
        memory = blocks.load(session, of_site.site_id)
    site, pages = tell_knowledge(memory), {page.page_id: page for page in memory.pages}
    back = {key: block for key, block in memory.blocks.items() if block.state in _BACK}
    below: int | None = None
    for _ in range(MOST_TEXTS // PORTION):
        with database.read() as session:
            found = texts.of_site(session, host, below=below, limit=PORTION)
        if not found:
            return
        yield MendJob(tuple(found), site, back, pages, folder)
        below = found[-1].article_id


def write_changes(database: Database, changes: list[tuple[StoredText, StoredText]]) -> int:
    """Store what a job changed; gives how many texts."""
    if not changes:
        return 0
    with database.begin() as session:
        return texts.replace(session, changes)


def note_mended(database: Database, site_id: int) -> None:
    """Remember that the texts follow."""
    with database.begin() as session:
        known = blocks.load(session, site_id).blocks
        for state in (BlockState.LEARNED, *_BACK):
            keys = [key for key, block in known.items() if block.state is state]
            blocks.mark_mended(session, site_id, keys, state)
