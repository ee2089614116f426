"""`feedmill articles history` and `diff`: what an article was before its edits."""

from collections.abc import Sequence
from typing import Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import counted, minute
from flows.differences import Change, changes, render
from flows.settings import Settings
from storage import articles as stored
from storage.articles import Version
from storage.words import word_count


@click.command()
@click.argument("article_id", type=int, metavar="ID")
@as_json
@with_settings
def history(settings: Settings, article_id: int, is_json: bool) -> None:
    """List the versions of an article, oldest first; the last is the one that `show` shows."""
    versions = _versions(settings, article_id)
    if is_json:
        print_json([_row(version) for version in versions])
        return
    for version in versions:
        words = counted(word_count(version.text), "word")
        say(f"{version.number:>4}  {minute(version.recorded_at)}  {words:>13}  {version.title or '(no title)'}")


@click.command()
@click.argument("article_id", type=int, metavar="ID")
@click.argument("before", type=int, required=False, metavar="[FROM]")
@click.argument("after", type=int, required=False, metavar="[TO]")
@as_json
@with_settings
def diff(settings: Settings, article_id: int, before: int | None, after: int | None, is_json: bool) -> None:
    """Show what changed from one version of an article to another; without numbers, what the last edit changed.

    With FROM alone, what changed since then. + came, - went, ~ was edited: [-gone-] {+new+}.
    """
    versions = _versions(settings, article_id)
    old = _chosen(article_id, versions, before) if before is not None else versions[-2:][0]
    new = _chosen(article_id, versions, after) if after is not None else versions[-1]
    title = Change(old.title, new.title) if old.title != new.title else None
    found = changes(old.text, new.text)
    if is_json:
        print_json(_document(article_id, (old, new), title, found))
        return
    say(
        f"article {article_id}, version {old.number} of {minute(old.recorded_at)} to {new.number} of"
        f" {minute(new.recorded_at)}"
    )
    say("\n".join(_lines(versions, title, found)))


def _versions(settings: Settings, article_id: int) -> tuple[Version, ...]:
    with open_database(settings) as database, database.read() as session:
        versions = stored.history(session, article_id)
    if not versions:
        raise CommandError(f"there is no article {article_id}; `feedmill articles search` finds ids")
    return versions


def _chosen(article_id: int, versions: Sequence[Version], number: int) -> Version:
    for version in versions:
        if version.number == number:
            return version
    known = f"{versions[0].number} to {versions[-1].number}" if len(versions) > 1 else str(versions[0].number)
    raise CommandError(f"article {article_id} has no version {number}; it has {known}")


def _row(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "fetched_at": version.recorded_at,
        "title": version.title,
        "words": word_count(version.text),
        "content_hash": version.content_hash,
    }


def _document(
    article_id: int, pair: tuple[Version, Version], title: Change | None, found: Sequence[Change]
) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "from": _row(pair[0]),
        "to": _row(pair[1]),
        "title": _change(title) if title else None,
        "changes": [_change(change) for change in found],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def _lines(versions: Sequence[Version], title: Change | None, found: Sequence[Change]) -> list[str]:
    lines = [f"title {render(title)}"] if title else []
    lines += [render(change) for change in found]
    if lines:
        return lines
    return ["There is one version only." if len(versions) == 1 else "Nothing that a reader would see has changed."]
