"""`feedmill import-warc`: the pages of WARC files become articles, without the network."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.cli.failure import complain, in_words
from flows.cli.options import as_json, print_json, say, with_settings
from flows.cli.words import counted
from flows.logs import guard_logs
from flows.settings import Settings
from flows.steps.import_pages import ImportReport, import_pages
from ingest.errors import BadArchive
from ingest.export.warc import read_warc
from ingest.model import Capture, SaveOutcome

if TYPE_CHECKING:
    from flows.mill import Mill

BATCH = 32
_BATCH_BYTES = 16_000_000  # of pages in memory, besides the last: a batch of the largest would hold 160 MB


@dataclass(slots=True)
class _File:
    """A file, how many of its pages are done, and why it ended before its end."""

    name: str
    pages: int = 0
    error: str | None = None


@click.command("import-warc")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json
@with_settings
def import_warc(settings: Settings, files: tuple[str, ...], is_json: bool) -> None:
    """Make articles of the pages in WARC (or ARC) files: archived, extracted, stored. Nothing is fetched.

    A page counts as fetched when the file says. What is stored from the same or a later fetch is passed over, so that
    running it again adds nothing; what is stored from an earlier one becomes a version of its article. A damaged file
    is taken as far as it goes and named, with exit code 1; the others are done.
    """
    guard_logs()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s")
    report = ImportReport()
    done = asyncio.run(_import(settings, files, report))
    for file in done:
        if not file.pages and file.error is None:
            complain(f"{file.name} holds no page: successful HTML responses are taken, of at most 5 MB")
    failed = [f"{file.error} ({counted(file.pages, 'page')} before that are done)" for file in done if file.error]
    if is_json:
        print_json(_document(report, done) | ({"error": "; ".join(failed)} if failed else {}))
    else:
        say("\n".join(_lines(report)))
    for message in failed:
        complain(message)
    if failed:
        sys.exit(1)


async def _import(settings: Settings, names: tuple[str, ...], report: ImportReport) -> list[_File]:
    from flows.mill import open_mill

    files = [_File(name) for name in names]
    async with open_mill(settings) as mill:
        for file in files:
            try:
                await _import_file(mill, file, report)
            except (BadArchive, OSError) as error:
                file.error = in_words(error) if isinstance(error, OSError) else f"{file.name}: {error}"
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    return files


async def _import_file(mill: "Mill", file: _File, report: ImportReport) -> None:
    """Import one file. Raises BadArchive or OSError where it cannot be read on; what came before is stored."""
    with Path(file.name).open("rb") as source:  # noqa: ASYNC230 - nobody else waits in this loop
        for batch, failure in _batches(read_warc(source)):
            report.add(await import_pages(mill, batch))
            file.pages += len(batch)
            if sys.stderr.isatty():
                print(f"\r{file.name}: {report.sentence()}\x1b[K", end="", file=sys.stderr, flush=True)
            if failure is not None:
                raise failure


def _batches(captures: Iterator[Capture]) -> Iterator[tuple[list[Capture], BadArchive | None]]:
    """Some pages at a time; the last with what ended the file, where it is damaged."""
    batch: list[Capture] = []
    size = 0
    try:
        for capture in captures:
            batch.append(capture)
            size += len(capture.body)
            if len(batch) == BATCH or size > _BATCH_BYTES:
                yield batch, None
                batch, size = [], 0
    except BadArchive as error:
        yield batch, error
        return
    yield batch, None


def _document(report: ImportReport, files: list[_File]) -> dict[str, Any]:
    return {
        "pages": report.pages,
        "articles_new": report.outcomes[SaveOutcome.NEW],
        "articles_revised": report.outcomes[SaveOutcome.REVISED],
        "articles_unchanged": report.outcomes[SaveOutcome.SAME],
        "articles_skipped": dict(report.skipped),
        "passed_over": report.passed_over,
        "kept_out": report.kept_out,
        "parts": report.parts,
        "refused": report.refused,
        "files": [{"file": file.name, "pages": file.pages, "error": file.error} for file in files],
    }


def _lines(report: ImportReport) -> list[str]:
    rows = [
        ("new articles", report.outcomes[SaveOutcome.NEW], _told(report)),
        ("revised", report.outcomes[SaveOutcome.REVISED], ""),
        ("the same", report.outcomes[SaveOutcome.SAME], ""),
        ("passed over", report.passed_over, "stored from the same or a later fetch"),
        ("kept out", report.kept_out, "went by retention before"),
        ("further pages", report.parts, "stored with the articles that they go on with"),
        ("refused", report.refused, "no address of a page"),
    ]
    shown = [f"  {name:<14} {count:>9,}  {what}".rstrip() for name, count, what in rows if count]
    return [f"{counted(report.pages, 'page')} read", *shown]


def _told(report: ImportReport) -> str:
    without = ", ".join(f"{count:,} {status}" for status, count in sorted(report.skipped.items()))
    return f"without text: {without}" if without else ""
