"""Which stage of the work a stack belongs to: plain tables, looked through from the innermost function outwards.

A stage is a piece of a path, or of a path and a function, of the code that does the work. The first function of a stack
that a row names decides, so that lxml under the cleaning is cleaning and SQLAlchemy under the saving is saving.
"""

from collections.abc import Iterable

Rule = tuple[str, str]

WORKER: tuple[Rule, ...] = (
    ("importlib", "imports, once a process"),
    ("ingest/feeds/", "feeds: parsing"),
    ("feedparser/", "feeds: parsing"),
    ("ingest/clean/learned", "cleaning: learned blocks"),
    ("ingest/clean/", "cleaning: rules and packs"),
    ("ingest/resemblance", "hashes and signatures"),
    ("ingest/decide/revision", "hashes and signatures"),
    ("py3langid", "language"),
    ("ingest/extract/language", "language"),
    ("ingest/languagemodel", "language"),
    ("htmldate", "metadata: htmldate"),
    ("dateparser", "metadata: dateparser"),
    ("trafilatura/metadata", "metadata: trafilatura's"),
    ("trafilatura/json_metadata", "metadata: trafilatura's"),
    ("trafilatura/baseline", "extraction: trafilatura"),
    ("trafilatura/", "extraction: trafilatura"),
    ("courlan", "extraction: trafilatura"),
    ("readability", "extraction: readability"),
    ("justext", "extraction: justext"),
    ("ingest/extract/document", "parsing the page"),
    ("ingest/extract/metadata", "metadata: our own"),
    ("ingest/extract/published", "metadata: our own"),
    ("ingest/extract/shown_dates", "metadata: our own"),
    ("ingest/extract/bylines", "metadata: our own"),
    ("ingest/extract/authors", "metadata: our own"),
    ("ingest/extract/names", "metadata: our own"),
    ("ingest/extract/titles", "metadata: our own"),
    ("ingest/extract/facts", "metadata: our own"),
    ("ingest/extract/stated", "metadata: our own"),
    ("ingest/extract/particulars", "metadata: our own"),
    ("ingest/extract/arbitration", "metadata: our own"),
    ("ingest/extract/calendar_text", "metadata: our own"),
    ("ingest/extract/moments", "metadata: our own"),
    ("ingest/dates", "metadata: our own"),
    ("ingest/extract/", "extraction: our own around it"),
    ("ingest/worker.py:serve", "pipe: reading and writing"),
    ("ingest/worker.py:answer", "pickling"),
    ("ingest/", "the rest of ingest"),
)

MAIN: tuple[Rule, ...] = (
    ("importlib", "imports, once a process"),
    ("storage/archive", "archive: packing pages"),
    ("ingest/archive", "archive: packing pages"),
    ("flows/steps/archive_page", "archive: packing pages"),
    ("storage/", "SQL"),
    ("flows/workers", "workers: pickling and pipe"),
    ("flows/children", "workers: pickling and pipe"),
    ("flows/forks", "workers: pickling and pipe"),
    ("flows/steps/learn_blocks", "learning blocks"),
    ("flows/steps/learn_site", "learning blocks"),
    ("ingest/blocks", "learning blocks"),
    ("ingest/clean/", "learning blocks"),
    ("ingest/fetch/decode", "fetch: inflating"),
    ("ingest/fetch/", "fetch"),
    ("aiohttp/", "fetch"),
    ("yarl/", "fetch"),
    ("ingest/feeds/", "feeds: parsing"),
    ("ingest/decide/", "deciding"),
    ("flows/writer.py:Writer.apply", "writer: handing over"),
    ("flows/writer", "writer: around the SQL"),
    ("flows/steps/", "scheduling: steps"),
    ("flows/batches", "scheduling: rounds and batches"),
)

LIBRARIES: tuple[Rule, ...] = (
    ("sqlalchemy/", "SQL, outside storage"),
    ("asyncio/subprocess", "workers: pickling and pipe"),
    ("asyncio/unix_events", "workers: pickling and pipe"),
    ("asyncio/", "event loop"),
    ("prefect", "Prefect"),
    ("flows/", "the command"),
)
"""Looked at only where no other row names a function."""


def stage_of(stack: Iterable[str], rules: tuple[Rule, ...]) -> str:
    """The stage that the innermost function with a rule names; SQL by the outermost function of storage."""
    places = list(stack)
    for table in (rules, LIBRARIES):
        for place in places:
            for piece, stage in table:
                if piece in place:
                    return _of_storage(places) if stage == "SQL" else stage
    return "other"


def _of_storage(places: list[str]) -> str:
    return "SQL: " + [place for place in places if place.startswith("storage/")][-1].removeprefix("storage/")
