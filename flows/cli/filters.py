"""`feedmill filters`: what is not wanted, what it kept out, and trying a filter on what is stored."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from flows.cli.failure import complain
from flows.cli.options import DAY, as_json, open_database, print_json, say, utc, with_settings
from flows.cli.words import counted, minute, require_feeds
from flows.settings import Settings
from ingest.filters import FilterAction, FilterField, FilterRule, check_rule
from storage import filters as stored

_SHOWN = 20  # articles in lines for people: --json has all
_ACTION = click.argument("action", type=click.Choice([action.value for action in FilterAction]))
_FIELD = click.argument("field", type=click.Choice([field.value for field in FilterField]))


@click.group()
def filters() -> None:
    """What is not wanted: kept out by keyword, title, category, author or language, before it is stored."""


def _scope(command: Callable[..., Any]) -> Callable[..., Any]:
    feed = click.option("--feed", "feed_url", metavar="URL", help="Only for this feed.")
    return feed(
        click.option("--tag", metavar="TAG", help="Only for the feeds of this tag and of folders below it.")(command)
    )


def _rules(action: str, field: str, values: tuple[str, ...], scope: dict[str, Any]) -> list[FilterRule]:
    kind, looks_at = FilterAction(action), FilterField(field)
    return [check_rule(FilterRule(action=kind, field=looks_at, value=value, **scope)) for value in values]


@filters.command()
@_ACTION
@_FIELD
@click.argument("values", nargs=-1, required=True, metavar="WORDS...")
@_scope
@as_json
@with_settings
def add(
    settings: Settings, action: str, field: str, values: tuple[str, ...], is_json: bool, **scope: str | None
) -> None:
    """Keep articles out from now on: a rule for each of the WORDS (quote those that belong together).

    exclude keeps out what it names; include keeps out everything else, where several of one field are alternatives and
    those of different fields must all be met. A keyword is looked for in title, summary and text, by whole words,
    whatever its case and accents; a category is one that the feed or the page names; a language is a code as de.

    What the entry of a feed tells is decided before its page is asked for, the rest before the article is stored.
    """
    from flows.mill import utc_now

    rules = _rules(action, field, values, scope)
    with open_database(settings) as database, database.begin() as session:
        require_feeds(session, [scope["feed_url"]] if scope["feed_url"] else [])
        added = [(*stored.add(session, rule, utc_now()), rule) for rule in rules]
    if is_json:
        print_json([_document(rule) | {"id": number, "added": is_new} for number, is_new, rule in added])
        return
    for number, is_new, rule in added:
        say(f"{'added' if is_new else 'already there'}: {number}  {rule}")


@filters.command("list")
@as_json
@with_settings
def list_(settings: Settings, is_json: bool) -> None:
    """List the filters with how many articles each has kept out, and the last of those with the reason."""
    with open_database(settings) as database, database.read() as session:
        found, last = stored.listing(session), stored.latest_outsiders(session, _SHOWN)
    if is_json:
        print_json([_document(one.rule) | {"kept_out": one.kept_out, "last_kept_out_at": one.last_at} for one in found])
        return
    say("\n".join(map(_line, found)) or "No filters. `feedmill filters add exclude keyword WORD` adds one.")
    if last:
        say("\nKept out last:\n" + "\n".join(_outsider_line(one) for one in last))


def _line(one: stored.StoredFilter) -> str:
    last = f", last {minute(one.last_at)}" if one.last_at else ""
    return f"{one.rule.id:>4}  {one.rule}: {counted(one.kept_out, 'article')} kept out{last}"


def _outsider_line(one: stored.Outsider) -> str:
    return f"  {minute(one.kept_out_at)}  {one.title or one.url or '(no title)'}: {one.reason}"


@filters.command()
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@with_settings
def remove(settings: Settings, ids: tuple[int, ...]) -> None:
    """Take filters away. What comes from then on is let in; what was kept out before stays out.

    `feedmill ingest-urls URL` stores a single one of those.
    """
    with open_database(settings) as database, database.begin() as session:
        found = stored.remove(session, ids)
    for number in found:
        say(f"removed: {number}")
    unknown = [number for number in ids if number not in found]
    for number in unknown:
        complain(f"there is no filter {number}; `feedmill filters list` shows them")
    if unknown:
        sys.exit(1)


@filters.command()
@click.argument("words", nargs=-1, metavar="[exclude|include FIELD WORDS...]")
@_scope
@click.option("--since", type=DAY, help="Only articles that came on this day or later, in UTC.")
@as_json
@with_settings
def test(
    settings: Settings, words: tuple[str, ...], since: datetime | None, is_json: bool, **scope: str | None
) -> None:
    """Show which stored articles a rule would have kept out; without words, the filters that there are.

    Nothing is changed. An article that several feeds show is kept out where it is for all of them.
    """
    from flows.filter_trial import try_filters

    rules = _tried(words, scope) if words else None
    with open_database(settings) as database, database.read() as session:
        require_feeds(session, [scope["feed_url"]] if scope["feed_url"] else [])
        trial = try_filters(session, rules, utc(since))
    if is_json:
        print_json({"articles": trial.articles, "kept_out": len(trial.kept_out), "examples": trial.kept_out})
        return
    for one in trial.kept_out[:_SHOWN]:
        say(f"{one['id']:>6}  {one['title'] or '(no title)'}\n        {one['reason']}  ({one['rule']})")
    rest = len(trial.kept_out) - _SHOWN
    say(
        (f"\nand {rest} more; " if rest > 0 else "")
        + f"{len(trial.kept_out)} of {counted(trial.articles, 'article')} out"
    )


def _tried(words: tuple[str, ...], scope: dict[str, Any]) -> list[FilterRule]:
    actions, fields = [action.value for action in FilterAction], [field.value for field in FilterField]
    if len(words) < 3 or words[0] not in actions or words[1] not in fields:  # noqa: PLR2004 - action, field, a word
        raise click.UsageError(f"say {' or '.join(actions)}, then one of {', '.join(fields)}, then the words")
    return _rules(words[0], words[1], words[2:], scope)


def _document(rule: FilterRule) -> dict[str, Any]:
    names = ("id", "action", "field", "value", "feed_url", "tag")
    return {name: getattr(rule, name) for name in names}
