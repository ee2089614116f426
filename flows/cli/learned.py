"""`feedmill rules learned` and `rules forget`: the furniture that sites' own pages have taught."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from flows.cli.failure import CommandError
from flows.cli.options import as_json, open_database, print_json, say, with_settings
from flows.cli.words import counted, minute
from flows.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from storage.blocks import SiteBlock

_STATES = ("learned", "kept", "doubted", "gone")
_WIDTH = 100


@click.command()
@click.argument("host", required=False)
@click.option("--state", type=click.Choice(_STATES), help="Only blocks in this state.")
@as_json
@with_settings
def learned(settings: Settings, host: str | None, state: str | None, is_json: bool) -> None:
    """List what was learned from sites' own pages, of one HOST (with its port, if it has one) or of all.

    Each block with its key, the line itself, where it stands, how many texts showed it, ever and of the host's latest,
    by what it was learned and since when, when it was seen last, and its state: learned (dropped), gone (the template
    changed), doubted (it turned out to be used as text), kept (by your word, see `rules forget`).
    """
    from storage import blocks

    with open_database(settings) as database, database.read() as session:
        if host is not None and blocks.find_site(session, host) is None:
            raise CommandError(f"nothing is known of {host}; `feedmill rules learned` lists the hosts with blocks")
        found = [one for one in blocks.find(session, host) if state in {None, one.block.state.value}]
        windows = {name: _read_window(session, name) for name in {one.host for one in found}}
    found.sort(key=lambda one: (one.host, _STATES.index(one.block.state.value), -one.block.pages))
    if is_json:
        print_json([_document(one, windows[one.host]) for one in found])
    elif found:
        say("\n".join(_told(found, windows)))
    else:
        say("No such blocks. A line is learned when it recurs on several texts of a host that are different otherwise.")


@click.command()
@click.argument("host")
@click.argument("key")
@as_json
@with_settings
def forget(settings: Settings, host: str, key: str, is_json: bool) -> None:
    """Say that a learned block of HOST is no furniture: it is never dropped there again, and stored texts get it back.

    KEY is the block's key as `rules learned` and the `removed` of an article show it (learned/KEY).
    """
    from datetime import UTC, datetime

    from flows.steps.learn_site import mend_now
    from ingest.clean.learned import read_rule
    from storage import blocks

    number = read_rule(key)
    if number is None:
        raise click.UsageError(f"{key!r} is no key: sixteen hexadecimal digits, as `feedmill rules learned` shows them")
    with open_database(settings) as database:
        with database.begin() as session:
            kept = blocks.keep(session, host, number, datetime.now(UTC))
            site_id = blocks.find_site(session, host)
        if kept is None or site_id is None:
            raise CommandError(f"{host} has no block {key}; `feedmill rules learned {host}` lists those it has")
        changed = mend_now(database, site_id, host, settings.site_rules)
    if is_json:
        print_json({"host": host, "key": key.removeprefix("learned/"), "text": kept.text, "texts_changed": changed})
    else:
        say(f"Kept as text from now on: {kept.text}\n{counted(changed, 'stored text')} changed.")


@dataclass(frozen=True, slots=True)
class _Window:
    """A host's latest texts: how many there are, and how many of them hold each line."""

    texts: int
    held: Counter[int]


def _read_window(session: "Session", host: str) -> _Window:
    from storage import blocks

    site_id = blocks.find_site(session, host)
    pages = blocks.load(session, site_id).pages if site_id is not None else ()
    return _Window(len(pages), Counter(key for page in pages for key in set(page.list_keys())))


def _document(one: "SiteBlock", window: _Window) -> dict[str, Any]:
    from ingest.clean.learned import name_rule

    block = one.block
    rule = name_rule(block.key)
    return {
        "host": one.host,
        "key": rule.removeprefix("learned/"),
        "rule": rule,
        "text": block.text,
        "state": block.state.value,
        "position": block.zone.value,
        "reason": block.reason,
        "texts": block.pages,
        "texts_latest": window.held[block.key],
        "of_latest": window.texts,
        "since": block.changed_at,
        "last_seen_at": block.last_seen_at,
        "is_boxed": block.is_boxed,
        "any_numbers": block.digits is None,
    }


def _told(found: "list[SiteBlock]", windows: dict[str, _Window]) -> "Iterator[str]":
    host = None
    for one in found:
        if one.host != host:
            host = one.host
            yield host
        told = _document(one, windows[host])
        shown = f"on {told['texts_latest']} of the latest {told['of_latest']} texts, {told['texts']:,} in all"
        yield f"  {told['state']:<8} {told['key']}  {told['position']}, {shown}"
        yield f"           {_short(told['text'])}"
        since, seen = minute(told["since"]), minute(told["last_seen_at"])
        yield f"           since {since}: {told['reason']}; last seen {seen}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
