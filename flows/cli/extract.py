"""`feedmill extract` and `feedmill clean`: the text work alone, without a database or a network."""

import asyncio
import sys
from dataclasses import asdict

import click

from flows.cli.batch import article_record, extract_batch
from flows.cli.failure import CommandError, complain
from flows.cli.options import WEB_URL, as_json, print_json, read_input
from flows.cli.page_input import page_job, require_page
from ingest.jobs import read_page


@click.command()
@click.argument("file", default="-")
@click.option("--url", type=WEB_URL, help="The page's address: decides relative links, the site and its rules.")
@click.option("--batch", metavar="IN.jsonl", help='Many pages: lines of {"id", "url", "path" or "html", "entry"}.')
@click.option("--out", metavar="OUT.jsonl", default="-", show_default=True, help="Where a batch's lines go.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes for a batch.")
@as_json
@click.pass_context
def extract(
    context: click.Context, file: str, url: str | None, batch: str | None, out: str, workers: int, is_json: bool
) -> None:
    """Extract the article of one HTML page (FILE, or - for standard input), or of a batch of them.

    Prints the clean text; with --json the article with its metadata and what was removed by which rule. A batch's
    output line has the input line's id and the article's fields, or an "error"; then the exit code is 1.
    """
    if batch is not None:
        if url or context.get_parameter_source("file") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("a batch names its pages itself: leave out FILE and --url, or --batch")
        failed = asyncio.run(extract_batch(batch, out, workers))
        if failed:
            raise CommandError(f'{failed} line(s) of {batch} could not be extracted: see "error" in {out}')
        return
    html = read_input(file)
    require_page(html, file)
    article = article_record(read_page(page_job({"url": url, "html": html})))
    if is_json:
        print_json(article)
    elif article["text"]:
        print(article["text"])
    else:
        raise CommandError(f"no article text in {file}: {article['status']}")


@click.command()
@click.argument("file", default="-")
@click.option("--url", type=WEB_URL, help="Where the text came from: its platform's and site's rules apply.")
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
