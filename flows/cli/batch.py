"""A batch of pages to extract: JSON lines in, JSON lines out, in order, a bounded number at once."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click

from flows.children import WorkerLimits
from flows.cli.failure import CommandError, in_words
from flows.cli.options import json_line
from flows.cli.page_input import page_job, read_line
from flows.steps.extract_page import extract_page
from flows.workers import WorkerBugError, WorkerLimitError, Workers
from ingest.jobs import PageReading

T = TypeVar("T")
AHEAD = 8  # lines read ahead for each worker

log = logging.getLogger(__name__)


def article_record(reading: PageReading) -> dict[str, Any]:
    """An article in the words of the export."""
    text = reading.article.text
    return asdict(reading.article) | {
        "content_hash": reading.content_hash,
        "word_count": len(text.split()) if text else 0,
    }


async def extract_batch(source: str, out: str, workers: int) -> int:
    """Extract line by line, passing over blank ones; gives how many failed."""
    folder = Path() if source == "-" else Path(source).parent
    failed = 0
    with click.open_file(source, encoding="utf-8") as lines, click.open_file(out, "w", encoding="utf-8") as sink:
        async with Workers(WorkerLimits(count=workers)) as pool:
            numbered = ((number, text) for number, text in enumerate(lines, 1) if text.strip())
            works = (_extract_line(pool, number, text, folder) for number, text in numbered)
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


async def _extract_line(pool: Workers, number: int, text: str, folder: Path) -> dict[str, Any]:
    line: dict[str, Any] = {}
    try:
        line = read_line(text)
        reading = await extract_page(pool, page_job(line, folder))
    except WorkerBugError:
        log.exception("line %d failed for a reason of ours", number)
        return _failure(line, number, "it could not be extracted for a reason of ours: see the log")
    except (CommandError, WorkerLimitError, OSError) as error:
        return _failure(line, number, in_words(error))
    return {"id": line.get("id")} | article_record(reading)


def _failure(line: dict[str, Any], number: int, words: str) -> dict[str, Any]:
    return {"id": line.get("id"), "error": f"line {number}: {words}"}
