"""`feedmill articles export`: stored articles, and their archived pages, as files that other programs read."""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlmodel import Session

from flows.cli.failure import CommandError
from flows.cli.options import DAY, json_line, open_database, utc, with_settings
from flows.cli.words import counted, require_feeds
from flows.settings import Settings
from storage import articles as stored
from storage.archive import Archive, ArchiveQuery
from storage.articles import ExportQuery
from storage.changes import export_changes

FORMATS = ("jsonl", "csv", "parquet", "warc", "rss")
BINARY = ("parquet", "warc")
RSS_ITEMS = 100  # what a feed holds where --limit does not say otherwise


@dataclass(slots=True)
class _Tally:
    """What went out: articles, the highest cursor among them, and for WARC the pages."""

    cursor: int
    articles: int = 0
    removals: int = 0
    pages: int | None = field(default=None)

    def count(self, articles: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for article in articles:
            is_removal = "removed_at" in article
            self.removals += is_removal
            self.articles += not is_removal
            self.cursor = max(self.cursor, article["cursor"])
            yield article

    def sentence(self) -> str:
        pages = "" if self.pages is None else f", {counted(self.pages, 'archived page')}"
        removals = f", {counted(self.removals, 'removal')}" if self.removals else ""
        return (
            f"{counted(self.articles, 'article')}{removals}{pages}; the next export goes on with --after {self.cursor}"
        )


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option(
    "--after", type=click.IntRange(0), default=0, metavar="CURSOR", help="Only what changed after this cursor."
)
@click.option("--since", type=DAY, help="Published (or first seen) on this day or later, in UTC.")
@click.option("--feed", "feed_url", metavar="URL", help="Only articles that this feed has shown.")
@click.option("--site", metavar="HOST", help="Only articles of this host, those of its backfill among them.")
@click.option("--limit", type=click.IntRange(1), help=f"At most so many; of rss {RSS_ITEMS} where it is not given.")
@click.option("--removals", is_flag=True, help="Of jsonl: also a line for every article that went, with why.")
@click.option("--out", metavar="FILE", default="-", help="Where to; default standard output.")
@with_settings
def export(
    settings: Settings,
    form: str,
    after: int,
    since: datetime | None,
    feed_url: str | None,
    site: str | None,
    limit: int | None,
    removals: bool,
    out: str,
) -> None:
    """Write articles by ascending cursor as JSON Lines, CSV or Parquet, their archived pages as WARC, or a feed.

    Keep the cursor that is told at the end and give it to --after next time: no article is skipped or repeated, and one
    that changed comes again with a higher cursor. A feed (rss) holds the newest, newest first. A file that stands there
    already is replaced once the new one is whole. With --removals it also tells of articles that went by retention, or
    into one that they turned out to be, of whatever feed.
    """
    if removals and form != "jsonl":
        raise click.UsageError("--removals goes with --format jsonl: other formats have no place for what is not there")
    if form in BINARY and out == "-" and sys.stdout.isatty():
        raise CommandError(
            f"{form} is nothing that a terminal can show: name a file with --out, or send it to a program"
        )
    query = ExportQuery(after=after, since=utc(since), feed_url=feed_url, site=site, limit=limit)
    tally = _Tally(cursor=after)
    with open_database(settings) as database, database.read() as session:
        require_feeds(session, [feed_url] if feed_url else [])
        with open_whole(out) as sink:
            _write("changes" if removals else form, session, query, (tally, sink))
    print(tally.sentence(), file=sys.stderr)


def _write(form: str, session: Session, query: ExportQuery, to: tuple[_Tally, BinaryIO]) -> None:
    tally, sink = to
    if form == "rss":
        _write_rss(tally.count(stored.newest(session, query, query.limit or RSS_ITEMS)), sink)
        return
    found = tally.count(export_changes(session, query) if form == "changes" else stored.export(session, query))
    if form == "parquet":
        from ingest.export.parquet import write_parquet

        write_parquet(found, sink)
    elif form == "warc":
        tally.pages = _write_warc(session, found, sink)
    else:
        for line in _lines(form, found):
            sink.write(line.encode())


def _lines(form: str, articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    if form in {"jsonl", "changes"}:
        return (f"{json_line(article)}\n" for article in articles)
    from ingest.export.lines import csv_lines

    return csv_lines(articles)


def _write_rss(articles: Iterable[Mapping[str, Any]], sink: BinaryIO) -> None:
    from flows.mill import utc_now
    from ingest.export.rss import rss_document

    sink.write(rss_document(articles, "feedmill", utc_now()))


def _write_warc(session: Session, articles: Iterable[Mapping[str, Any]], sink: BinaryIO) -> int:
    from flows.mill import utc_now
    from ingest.export.warc import write_warc

    archive, ids = Archive(), (article["id"] for article in articles)
    kept = (
        one.capture for portion in _portions(ids) for one in archive.read(session, ArchiveQuery(article_ids=portion))
    )
    return write_warc(kept, sink, utc_now())


def _portions(ids: Iterator[int]) -> Iterator[tuple[int, ...]]:
    while portion := tuple(islice(ids, stored.PORTION)):
        yield portion


@contextmanager
def _whole_writes(sink: BinaryIO) -> Iterator[BinaryIO]:
    """With PYTHONUNBUFFERED standard output is a bare file, whose write may end in the middle and not say so."""
    if not isinstance(sink, io.RawIOBase):
        yield sink
        sink.flush()
        return
    whole = io.BufferedWriter(sink)
    try:
        yield whole
        whole.flush()
    finally:
        whole.detach()


@contextmanager
def open_whole(out: str) -> Iterator[BinaryIO]:
    """The file to write, or standard output for ``-``. A file takes its name only when it is whole."""
    if out == "-":
        with _whole_writes(sys.stdout.buffer) as sink:
            yield sink
        return
    path = Path(out)
    if path.exists() and not path.is_file():  # a pipe, /dev/null: nothing that could be replaced
        with path.open("wb") as sink:
            yield sink
        return
    path = path.resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        sink = beside.open("wb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, out) from error  # named as it was typed
    try:
        with sink:
            yield sink
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
