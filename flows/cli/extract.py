"""`feedmill extract` and `feedmill clean`: the text work alone, without a database or a network."""

import asyncio
import json
import sys
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import aclosing
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.cli.failure import CommandError, complain
from flows.cli.options import as_json, json_line, print_json, read_input, read_settings
from flows.steps.extract_page import extract_page
from flows.workers import WorkerBugError, WorkerLimitError, WorkerLimits, Workers
from ingest.jobs import PageJob, PageReading, read_page
from ingest.model import Enclosure, Entry, Page

T = TypeVar("T")
AHEAD = 8  # lines read ahead for each worker


@click.command()
@click.argument("file", default="-")
@click.option("--url", help="The page's address: decides relative links, the site and its rules.")
@click.option("--batch", metavar="IN.jsonl", help='Many pages: lines of {"id", "url", "path" or "html", "entry"}.')
@click.option("--out", metavar="OUT.jsonl", default="-", show_default=True, help="Where a batch's lines go.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for a batch.")
@as_json
def extract(file: str, url: str | None, batch: str | None, out: str, workers: int, is_json: bool) -> None:
    """Extract the article of one HTML page (FILE, or - for standard input), or of a batch of them.

    Prints the clean text; with --json the article with its metadata and what was removed by which rule. A batch's
    output line has the input line's id and the article's fields.
    """
    if batch is not None:
        failed = asyncio.run(_extract_batch(batch, out, workers))
        if failed:
            raise CommandError(f'{failed} line(s) of {batch} could not be extracted: see "error" in {out}')
        return
    article = article_record(read_page(page_job({"url": url, "html": read_input(file)})))
    if is_json:
        print_json(article)
    elif article["text"]:
        print(article["text"])
    else:
        raise CommandError(f"no article text in {file}: {article['status']}")


def page_job(line: dict[str, Any], folder: Path | None = None) -> PageJob:
    """What a batch line asks for. Raises TypeError or OSError where it does not say, or its file is not there."""
    url, html = line.get("url"), line.get("html")
    if html is None and (path := line.get("path") or line.get("html_path")):
        html = (folder or Path()).joinpath(path).read_bytes()
    return PageJob(
        url=url,
        page=Page(url=url or "", html=html) if html is not None else None,
        entry=read_entry(line["entry"]) if line.get("entry") else None,
        feed_title=None,
        now=datetime.now(UTC),
        site_rules_dir=_site_rules_dir(),
    )


@cache
def _site_rules_dir() -> str:
    return str(read_settings().site_rules)


def article_record(reading: PageReading) -> dict[str, Any]:
    """An article in the words of the export."""
    text = reading.article.text
    return asdict(reading.article) | {
        "content_hash": reading.content_hash,
        "word_count": len(text.split()) if text else 0,
    }


def read_entry(given: dict[str, Any]) -> Entry:
    """A feed entry from its JSON form, as `feedmill parse` prints it; unknown members are passed over."""
    known = {field.name for field in fields(Entry)}
    values = {name: value for name, value in given.items() if name in known and value is not None}
    for name in ("published_at", "updated_at"):
        if name in values:
            values[name] = _moment(str(values[name]))
    for name in ("authors", "tags"):
        if name in values:
            values[name] = tuple(values[name])
    values["enclosures"] = tuple(Enclosure(**enclosure) for enclosure in values.get("enclosures", ()))
    return Entry(**({"id": None, "url": None} | values))


def _moment(text: str) -> datetime | None:
    from ingest.dates import parse_date

    return parse_date(text)


async def _extract_batch(source: str, out: str, workers: int) -> int:
    """Extract line by line, in order, a bounded number at once; gives how many lines failed."""
    folder = Path() if source == "-" else Path(source).parent
    failed = 0
    with click.open_file(source, encoding="utf-8") as lines, click.open_file(out, "w", encoding="utf-8") as sink:
        async with Workers(WorkerLimits(count=workers)) as pool:
            works = (_extract_line(pool, line, folder) for line in lines)
            async with aclosing(_in_order(works, workers * AHEAD)) as records:
                async for record in records:
                    failed += "error" in record
                    sink.write(json_line(record) + "\n")
    return failed


async def _in_order(works: Iterable[Coroutine[Any, Any, T]], ahead: int) -> AsyncGenerator[T, None]:
    """Results in the order of the works, of which at most ``ahead`` are under way or waiting to be taken."""
    waiting: deque[asyncio.Task[T]] = deque()
    try:
        for work in works:
            waiting.append(asyncio.create_task(work))
            if len(waiting) >= ahead:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _extract_line(pool: Workers, text: str, folder: Path) -> dict[str, Any]:
    line: Any = None
    try:
        line = json.loads(text)
        reading = await extract_page(pool, page_job(line, folder))
    except (WorkerBugError, WorkerLimitError, OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        return {"id": line.get("id") if isinstance(line, dict) else None, "error": f"{type(error).__name__}: {error}"}
    return {"id": line.get("id")} | article_record(reading)


@click.command()
@click.argument("file", default="-")
@click.option("--url", help="Where the text came from: its platform's and site's rules apply.")
@click.option("--language", help="The text's language (ISO 639-1); detected where not given.")
@as_json
def clean(file: str, url: str | None, language: str | None, is_json: bool) -> None:
    """Clean text that something else extracted (FILE, or - for standard input).

    Comment tails, share and author boxes, repeated passages and words split by print hyphens go; --json says what was
    removed by which rule.
    """
    from ingest.clean.apply import CleanContext, clean_text
    from ingest.clean.rules import load_rules

    text = read_input(file).decode("utf-8", errors="replace")
    cleaned = clean_text(text, CleanContext(url=url, language=language), load_rules())
    if is_json:
        print_json(asdict(cleaned))
        return
    sys.stdout.write(cleaned.text + ("\n" if cleaned.text else ""))
    if cleaned.removed:
        complain(f"{len(cleaned.removed)} block(s) removed; --json shows which, and by which rule")
