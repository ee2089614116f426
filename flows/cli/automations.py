"""`feedmill automations`: what is declared in flows/automations.py, put onto a Prefect server by name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from flows.automations import FLOWS, agrees, declare
from flows.cli.failure import CommandError
from flows.cli.options import as_json, print_json, say, with_settings
from flows.cli.prefect_api import PrefectApi
from flows.settings import Settings

DEFAULT_URL = "http://127.0.0.1:4200/api"
API = click.option("--api", "api_url", metavar="URL", help="The server's API; default PREFECT_API_URL, else port 4200.")


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an automation: created, changed, unchanged, removed, or of none: missing."""

    name: str
    what: str
    is_enabled: bool = True


@click.group()
def automations() -> None:
    """Alerts and repairs on the Prefect server: apply, list, remove. `feedmill up` applies them by itself."""


@automations.command("apply")
@API
@as_json
@with_settings
def apply_(settings: Settings, api_url: str | None, is_json: bool) -> None:
    """Put the automations onto the server; those that are there already are brought up to date, never doubled.

    One that was switched off in the dashboard stays off. FEEDMILL_NOTIFY_BLOCK names who is told.
    """
    api = server(api_url)
    block_id = find_block(api, settings.notify_block)
    _show(apply_all(api, block_id), is_json=is_json)
    if settings.notify_block and block_id is None:
        raise CommandError(missing_block(settings.notify_block))


@automations.command("list")
@API
@as_json
def list_(api_url: str | None, is_json: bool) -> None:
    """List the automations that are declared, and whether the server has them."""
    api = server(api_url)
    found = {one["name"]: one for one in api.automations([one["name"] for one in _declared(None)])}
    rows = [
        Applied(name, "there" if name in found else "missing", bool(found.get(name, {}).get("enabled")))
        for name in (one["name"] for one in _declared(None))
    ]
    _show(rows, is_json=is_json)


@automations.command()
@API
@as_json
def remove(api_url: str | None, is_json: bool) -> None:
    """Take the automations off the server; `feedmill up` would put them back."""
    api = server(api_url)
    rows = []
    for one in api.automations([one["name"] for one in _declared(None)]):
        api.delete_automation(one["id"])
        rows.append(Applied(one["name"], "removed"))
    _show(rows, is_json=is_json)


def apply_all(api: PrefectApi, block_id: str | None) -> list[Applied]:
    """Bring the server's automations to what is declared; doubles of a name, by whomever, go."""
    wanted = _declared(block_id)
    there: dict[str, list[dict[str, Any]]] = {}
    for one in api.automations([one["name"] for one in wanted]):
        there.setdefault(one["name"], []).append(one)
    return [_apply(api, one, there.get(one["name"], [])) for one in wanted]


def _apply(api: PrefectApi, wanted: dict[str, Any], found: Sequence[dict[str, Any]]) -> Applied:
    if not found:
        api.create_automation(wanted)
        return Applied(wanted["name"], "created")
    first, *doubles = found
    for one in doubles:
        api.delete_automation(one["id"])
    wanted = wanted | {"enabled": first["enabled"]}
    if agrees(wanted, first):
        return Applied(wanted["name"], "unchanged", first["enabled"])
    api.update_automation(first["id"], wanted)
    return Applied(wanted["name"], "changed", first["enabled"])


def find_block(api: PrefectApi, name: str) -> str | None:
    """The id of the block that a setting names as type/name; None where none is named, or there is none."""
    return api.block_id(*name.split("/", 1)) if name else None


def missing_block(name: str) -> str:
    """What to do where the block is not there."""
    kind, _, own = name.partition("/")
    return (
        f"the Prefect server has no block {name}: create one of the type {kind} with the name {own} on its page "
        "Blocks, then run `feedmill automations apply`. Until then the automations tell nobody"
    )


def server(api_url: str | None) -> PrefectApi:
    """The server that is meant. Raises CommandError where it does not answer."""
    url = (api_url or os.environ.get("PREFECT_API_URL") or DEFAULT_URL).rstrip("/")
    api = PrefectApi(url, os.environ.get("PREFECT_API_AUTH_STRING"))
    if not api.is_healthy():
        raise CommandError(f"no Prefect server answers at {url}: start `feedmill up`, or name another with --api")
    return api


def _declared(block_id: str | None) -> list[dict[str, Any]]:
    return declare(FLOWS, block_id)


def _show(rows: Sequence[Applied], *, is_json: bool) -> None:
    if is_json:
        print_json([{"name": row.name, "state": row.what, "enabled": row.is_enabled} for row in rows])
    else:
        say(
            "\n".join(
                f"{row.what:<10} {row.name}{'' if row.is_enabled or row.what == 'missing' else '  (off)'}"
                for row in rows
            )
        )
