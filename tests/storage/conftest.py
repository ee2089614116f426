"""Databases to test on: a fresh SQLite file, and a fresh Postgres database on the tests' own server."""

import hashlib
import multiprocessing
import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select, text

from ingest.model import (
    Article,
    ArticleRecord,
    ArticleStatus,
    Entry,
    FeedState,
    PendingPage,
    PollDecision,
    SaveOutcome,
    SeenEntry,
)
from ingest.resemblance import signature
from storage import articles, feeds, pages, sites, tables
from storage.database import Database
from storage.due import Wanted

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NewPostgres = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def postgres_url(new_postgres: NewPostgres) -> Iterator[str]:
    """The URL of a Postgres database with the present schema."""
    with new_postgres("feedmill") as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the present schema, to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    with Database(f"sqlite:///{path}") as database:
        database.upgrade()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with the present schema, once on SQLite and once on Postgres."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database."""
    path = tmp_path / "feedmill.db"
    shutil.copy(sqlite_template, path)
    with Database(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A Postgres database, emptied."""
    names = ", ".join(table.name for table in tables.METADATA.sorted_tables)
    with Database(postgres_url) as database:
        with database.begin() as session:
            connection = session.connection()
            connection.execute(text(f"TRUNCATE {names}, article_search RESTART IDENTITY"))
            connection.execute(text("INSERT INTO counter (name, value) VALUES ('article', 0)"))
        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def own_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database whose schema the test may spoil."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    new_postgres: NewPostgres = request.getfixturevalue("new_postgres")
    with new_postgres("spoilt") as url, Database(url) as database:
        yield database


class Newsroom:
    """Feeds, polls and articles in short words; every call is a transaction of its own, as in the flows."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def subscribe(self, name: str = "a", host: str = "news.example") -> int:
        """A feed on ``host``, due at once; gives its id."""
        new = feeds.NewFeed(url=f"https://{host}/{name}.xml", host=host, created_at=NOW)
        with self.database.begin() as session:
            return feeds.add(session, new)[0]

    def seen(self, name: str, **changes: Any) -> SeenEntry:
        """An entry as a poll hands it over. Equal names mean equal guid, link and words, unless changed."""
        url = f"https://news.example/{name}"
        entry = Entry(id=f"guid-{name}", url=url, title=f"On {name}", content=f"<p>{name}</p>", published_at=NOW)
        plain = {
            "entry": entry,
            "entry_key": key_of(f"guid-{name}"),
            "fingerprint": key_of(f"words-{name}"),
            "page_url": url,
            "page_key": key_of(url),
            "host": "news.example",
        }
        return SeenEntry(**{**plain, **changes})

    def decision(self, feed_id: int, now: datetime = NOW, **changes: Any) -> PollDecision:
        """A poll that went well: asked again in an hour."""
        with self.database.read() as session:
            row = session.get_one(tables.Feed, feed_id)
            state = FeedState(url=row.url, created_at=row.created_at, last_polled_at=now, body_hash="0" * 64)
        plain = {"state": state, "next_poll_at": now + timedelta(hours=1), "reason": "an hour, the least there is"}
        return PollDecision(**{**plain, **changes})

    def poll(self, feed_id: int, *seen: SeenEntry, now: datetime = NOW, **changes: Any) -> feeds.PollCounts:
        """Record a poll that showed these entries."""
        decision = self.decision(feed_id, now, **changes)
        with self.database.begin() as session:
            return feeds.record_poll(session, feeds.PollRecord(feed_id=feed_id, decision=decision, now=now, seen=seen))

    def waiting(self, host: str = "news.example", now: datetime = NOW) -> list[PendingPage]:
        """The pages that wait on a host."""
        with self.database.begin() as session:
            return pages.waiting(session, sites.ensure(session, [host])[host], Wanted(now=now), limit=10_000)

    def record(self, page: PendingPage, text: str = "Ten little words.", **changes: Any) -> ArticleRecord:
        """What extraction would make of a page."""
        keys, claims = changes.pop("alias_keys", (key_of(page.url or ""),)), changes.pop("claim_keys", ())
        plain = {"url": page.url, "title": page.entry.title if page.entry else None, "text": text, "status": "ok"}
        article = Article(**{**plain, **changes, "status": ArticleStatus(changes.get("status", "ok"))})
        digest = hashlib.sha256(f"{article.title}\n{article.text}".encode("utf-8", "surrogatepass")).hexdigest()
        return ArticleRecord(
            page_id=page.page_id,
            article=article,
            alias_keys=keys,
            claim_keys=claims,
            fetched_at=NOW,
            content_hash=digest,
            signature=signature(text),
        )

    def save(self, page: PendingPage, text: str = "Ten little words.", **changes: Any) -> SaveOutcome:
        """Store a page's article."""
        with self.database.begin() as session:
            return articles.save(session, self.record(page, text, **changes), NOW)

    def exported(self) -> list[dict[str, Any]]:
        """All articles, in the fields of the export."""
        with self.database.read() as session:
            return list(articles.export(session, articles.ExportQuery()))

    def rows(self, table: Table) -> list[tuple[Any, ...]]:
        """A table as it is, in the order of its primary key."""
        with self.database.read() as session:
            return [tuple(row) for row in session.connection().execute(select(table).order_by(*table.primary_key))]


def key_of(words: str) -> int:
    """A signed 64-bit key, as ``ingest.feeds.identity`` makes them."""
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big", signed=True)


@pytest.fixture
def newsroom(database: Database) -> Newsroom:
    """A newsroom on an empty database, once on SQLite and once on Postgres."""
    return Newsroom(database)


@pytest.fixture
def newsroom_on() -> Callable[[Database], Newsroom]:
    """Gives a newsroom on a database of the test's own."""
    return Newsroom


_PRELUDE = """
import sys
sys.path[:0] = [".", "tests/storage"]
from conftest import NOW, Database, Newsroom, articles, feeds
database = Database(url)
newsroom = Newsroom(database)
"""
# Forked from one process that has imported all that takes long.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["alembic.command", "pytest", "storage.articles", "storage.feeds", "storage.search"])


class Program:
    """Another process on the same database, as another worker is; one pipe leads to it."""

    def __init__(self, url: str, code: str) -> None:
        self.pipe, theirs = _PROCESSES.Pipe()
        names = {"url": url, "pipe": theirs}
        self.process = _PROCESSES.Process(target=exec, args=(_PRELUDE + textwrap.dedent(code), names), daemon=True)
        self.process.start()
        theirs.close()

    def answer(self) -> Any:
        """What it sends next. Raises EOFError when it failed, AssertionError when it takes a minute."""
        assert self.pipe.poll(60)
        return self.pipe.recv()

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Programs:
    """Starts other processes on the test's database."""

    def __init__(self, database: Database) -> None:
        self._url = database.engine.url.render_as_string(hide_password=False)
        self.running: list[Program] = []

    def start(self, code: str) -> Program:
        """Run ``code``, which finds ``database``, ``newsroom`` and a ``pipe`` to the test."""
        self.running.append(Program(self._url, code))
        return self.running[-1]

    def start_together(self, code: str, count: int) -> list[Program]:
        """Start several that wait for their number, and give it to them at one moment."""
        together = [self.start(code) for _ in range(count)]
        for program in together:
            assert program.answer() == "ready"
        for number, program in enumerate(together):
            program.pipe.send(number)
        return together


@pytest.fixture
def programs(database: Database) -> Iterator[Programs]:
    """Other processes on the test's database; those that still run at the end are killed."""
    yield from _with_programs(database)


@pytest.fixture
def own_programs(own_database: Database) -> Iterator[Programs]:
    """The same on a database whose schema the test may spoil."""
    yield from _with_programs(own_database)


def _with_programs(database: Database) -> Iterator[Programs]:
    started = Programs(database)
    yield started
    for program in started.running:
        program.kill()
