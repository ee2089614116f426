"""Store what pages gave: those that wait together go into the store together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from flows.steps.learn_blocks import Lesson, write_lessons
from ingest.model import ArticleRecord, SaveOutcome
from storage import articles, pages
from storage.archive import Archive
from storage.keeping import Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHarvest:
    """A page's article, and what is written with it.

    ``robots_tags``: what a fetched page said, None where that is known. ``before`` and ``after``: what its failure
    leaves, and whether the article or the failure has the last word.
    """

    record: ArticleRecord
    archive: Archive
    stored_at: datetime
    robots_tags: tuple[str, ...] | None = None
    captures: tuple[Packed, ...] = ()
    lesson: Lesson | None = None
    before: Callable[[Session], None] | None = None
    after: Callable[[Session], None] | None = None


def store_pages(session: Session, harvests: Sequence[PageHarvest]) -> tuple[SaveOutcome, ...]:
    """Store pages' articles with their captures and lessons; gives what each article was, in order."""
    for one in harvests:
        if one.before is not None:
            one.before(session)
    said = {one.record.page_id: one.robots_tags for one in harvests if one.robots_tags is not None}
    pages.put_robots_tags(session, said)
    captures = [(one.record.page_id, packed) for one in harvests for packed in one.captures]
    if captures:
        harvests[0].archive.keep_all(session, captures)
    records = [one.record for one in harvests]
    outcomes = articles.save_many(session, records, max(one.stored_at for one in harvests))
    write_lessons(session, [one.lesson for one in harvests if one.lesson is not None])
    for one in harvests:
        if one.after is not None:
            one.after(session)
    return outcomes
