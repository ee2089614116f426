"""`feedmill articles restore`: what cleaning took from an article comes back."""

import asyncio
from typing import TYPE_CHECKING

import click

from flows.cli.failure import CommandError
from flows.cli.lookup import ARTICLE, find_article
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.restoring import Restored
    from ingest.blocks import StoredText

_WIDTH = 100


@click.command()
@click.argument("name", type=ARTICLE, metavar="ID|URL")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[NUMBER]...")
@click.option("--rule", "keeps_rule", is_flag=True, help="Keep all that the rule would take on this host.")
@as_json
@with_settings
def restore(settings: Settings, name: int | str, numbers: tuple[int, ...], keeps_rule: bool, is_json: bool) -> None:
    """Put back what cleaning took from an article; without a NUMBER, list what it took.

    The line stands in the text again where it stood, and a line in your folder of site rules (keep_text, or with --rule
    keep) sees to it that no later reading of that host's pages takes it. To take that back, delete the line.
    """
    from flows.restoring import CannotRestore
    from flows.restoring import restore as put_back
    from storage import texts

    with open_database(settings) as database, database.read() as session:
        article = find_article(session, name)
        stored = texts.of_article(session, article["id"])
    if stored is None:
        raise CommandError(f"article {article['id']} has no text, so nothing was taken from it ({article['status']})")
    if not numbers:
        print_json(_documents(stored)) if is_json else say("\n".join(_told(stored)))
        return
    try:
        done = asyncio.run(put_back(settings, stored, numbers, keeps_rule=keeps_rule))
    except CannotRestore as error:
        raise CommandError(str(error)) from error
    if is_json:
        print_json(
            {"article_id": done.article_id, "rule_files": list(map(str, done.rule_files)), "lines": list(done.lines)}
        )
    else:
        say("\n".join(_say_done(done, article["site"])))


def _documents(stored: "StoredText") -> list[dict[str, object]]:
    return [
        {"number": number, "rule": one.rule, "text": one.text, "at": one.at}
        for number, one in enumerate(stored.removed, 1)
    ]


def _told(stored: "StoredText") -> "Iterator[str]":
    from ingest.clean.locate import locate_rule

    if not stored.removed:
        yield f"Nothing was taken from article {stored.article_id}."
        return
    for number, one in enumerate(stored.removed, 1):
        yield f"{number:>4}  {one.rule}  ({locate_rule(one.rule)})"
        yield f"      {_short(one.text)}"
    yield f"\n`feedmill articles restore {stored.article_id} NUMBER` puts one back."


def _say_done(done: "Restored", site: str) -> "Iterator[str]":
    yield f"{len(done.removals)} block(s) back in article {done.article_id}:"
    yield from (f"  {_short(one.text)}" for one in done.removals)
    yield f"{' and '.join(map(str, done.rule_files))} says from now on:"
    yield from (f"  {line}" for line in done.lines)
    yield f"What other articles of {site} lost in the same way: `feedmill reextract --site {site} --dry-run --diff`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
