"""Writes docs/reference from the code: commands, settings, rules, deployments, export: `make docs`; a test checks."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml
from pydantic_core import PydanticUndefined

if TYPE_CHECKING:
    from ingest.export.schema import Field

DOCS = Path(__file__).resolve().parent
PROJECT = DOCS.parent
NOTE = "<!-- Written by `make docs` from the code: change it there. -->\n\n"


def commands() -> str:
    """Every command with its help text."""
    from flows.cli.main import COMMANDS, cli

    parts = ["# Commands\n", "Exit codes: 0 done, 1 something asked for failed, 2 the words of the call are wrong.\n"]
    context = click.Context(cli, info_name="feedmill")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context), f"feedmill {name}")
    return NOTE + "\n".join(parts)


def _command(command: click.Command, context: click.Context, title: str) -> Iterator[str]:
    context.max_content_width = 100
    context.terminal_width = 100
    yield f"## {title}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            sub = command.get_command(context, name)
            assert sub is not None
            yield from _command(sub, click.Context(sub, info_name=name, parent=context), f"{title} {name}")


def settings() -> str:
    """Every setting with its default."""
    from flows.settings import Settings

    rows = ["| variable | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _default(name, field.default)
        rows.append(f"| `FEEDMILL_{name.upper()}` | {default} | {field.description} |")
    return NOTE + "# Settings\n\nAll of them are read from the environment.\n\n" + "\n".join(rows) + "\n"


def _default(name: str, value: object) -> str:
    computed = {"data_dir": "`data` in a checkout, else the user's data folder", "workers": "one a core"}
    if name in computed or value is PydanticUndefined:
        return computed[name]
    return f"`{value}`" if value not in ("", (), frozenset()) else "empty"


def rule_packs() -> str:
    """Every pack with its rules and wordings, by kind."""
    parts = ["# Rule packs\n", "What cleaning removes, as data in `ingest/clean/packs`. Each removal names its rule.\n"]
    parts += [
        "## Languages\n",
        "Wordings of each kind. A wording is a whole line, with slots for names, dates, titles.\n",
    ]
    return NOTE + "\n".join([*parts, *_languages(), *_platforms(), *_walls(), *_sites()])


def _languages() -> list[str]:
    from ingest.clean.kinds import KINDS

    # The services' names are the same everywhere: one pack has them for all.
    kinds = [name for name in KINDS if name != "services"]
    head = ["| | rules | " + " | ".join(kinds) + " |", "|---|---:" + "|---:" * len(kinds) + "|"]
    return [*head, *(_language_row(name, pack, kinds) for name, pack in _read_packs("languages")), ""]


def _language_row(name: str, pack: dict[str, Any], kinds: list[str]) -> str:
    lines = pack.get("lines", {})
    counts = [sum(map(len, lines.get(kind, {}).values())) for kind in kinds]
    return f"| `{name}` | {sum(map(len, lines.values()))} | {' | '.join(map(str, counts))} |"


def _platforms() -> list[str]:
    note = "Told by a generator, body classes, the hosts of assets, or the page's shape; without any, on every page.\n"
    head = ["## Platforms\n", note, "| pack | told by | blocks |", "|---|---|---|"]
    return [*head, *(_platform_row(name, pack) for name, pack in _read_packs("platforms")), ""]


def _platform_row(name: str, pack: dict[str, Any]) -> str:
    evidence = ("generators", "body-classes", "hosts", "shapes")
    told = [kind.replace("-", " ") for kind in evidence if pack.get("detect", {}).get(kind)]
    return f"| `{name}` | {', '.join(told) or 'any page'} | {', '.join(pack.get('blocks', {}))} |"


def _walls() -> list[str]:
    kinds = tomllib.loads((PROJECT / "ingest/clean/packs/walls.toml").read_text(encoding="utf-8"))
    note = "What makes a page of few words no article (`ingest/clean/packs/walls.toml`), beside English expressions.\n"
    rows = [f"| {kind} | {sum(map(len, said.values()))} | {', '.join(said)} |" for kind, said in kinds.items()]
    return ["## Walls, challenges and errors\n", note, "| kind | wordings | languages |", "|---|---:|---|", *rows, ""]


def _read_packs(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((PROJECT / "ingest/clean/packs" / folder).glob("*.toml")):
        yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))


def _sites() -> list[str]:
    """The directives of rules for sites, and the rules that are shipped."""
    from ingest.extract.sitefolder import read_packaged
    from ingest.extract.siterules import HONOURED, IGNORED

    honoured = ", ".join(f"`{name}`" for name in HONOURED)
    shipped = ", ".join(f"`{rule.name.rpartition('/')[2]}`" for rule in read_packaged())
    return [
        "## Sites\n",
        f"Rules for single sites ([how to write one](../how-to/site-rules.md)). Shipped: {shipped}.\n",
        f"Honoured: {honoured}.\n",
        "| read and passed over, with a warning | because |",
        "|---|---|",
        *(f"| `{name}` | {reason} |" for name, reason in IGNORED.items()),
    ]


def deployments() -> str:
    """Every deployment with its schedule and its run form."""
    from prefect.flows import load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema

    parts = ["# Deployments\n", "What `prefect.yaml` registers, and the parameters of each run form.\n"]
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]:
        flow = load_flow_from_entrypoint(str(PROJECT / deployment["entrypoint"]))
        parts += [f"## {deployment['name']}\n", deployment["description"] + "\n", _schedule(deployment)]
        fields = parameter_schema(flow.fn).model_dump()["properties"]
        if fields:
            parts += ["| parameter | default | what it means |", "|---|---|---|"]
            parts += [
                f"| `{name}` | `{field.get('default', 'required')}` | {field['description']} |"
                for name, field in fields.items()
            ]
        parts.append("")
    return NOTE + "\n".join(parts)


def _schedule(deployment: dict[str, object]) -> str:
    schedules = deployment.get("schedules")
    if not isinstance(schedules, list) or not schedules:
        return "Runs when asked to.\n"
    when = schedules[0]
    text = f"every {when['interval'] // 60} minutes" if "interval" in when else f"`{when['cron']}` {when['timezone']}"
    return f"Schedule: {text}. One run at a time.\n"


_KINDS = {
    "integer": "integer",
    "text": "text",
    "time": "time: ISO 8601 in UTC; in Parquet a timestamp",
    "texts": "list of texts; in CSV joined by `; `",
    "removals": "list of `{rule, text, at}`; in CSV as JSON",
}


def export() -> str:
    """Every field of an exported article."""
    from ingest.export.schema import ELEMENTS, FIELDS, REMOVAL_FIELDS, SCHEMA_VERSION

    parts = [
        "# An exported article\n",
        f"Schema version {SCHEMA_VERSION}: the fields of `feedmill articles export --format jsonl`, `csv` and",
        "`parquet`, in this order; a Parquet file names the version in its metadata as `feedmill.schema`. A field may",
        "be null unless it is an integer that every article has; unknown is null, never invented. Within a version no",
        "field goes, moves or changes what it means. `rss` and `warc` hold what their own formats name, see below.\n",
        *_fields(FIELDS),
        "\nIn CSV (UTF-8, with a header; RFC 4180) an empty cell is null or an empty list, and a cell of words that a",
        (
            "spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@` or the like) has an "
            "apostrophe before it."
        ),
        "\n# A feed (`rss`)\n",
        "RSS 2.0 in UTF-8, newest first. Its `generator` names the version as `feedmill, export schema 1`.\n",
        *_elements(ELEMENTS),
        "\n# Pages (`warc`)\n",
        (
            "WARC 1.1, each record its own gzip member: one `warcinfo`, then a `response` for the latest capture "
            "of each page"
        ),
        (
            "of an article, further parts after the first. `WARC-Target-URI` is the address after redirects, "
            "`WARC-Date` when"
        ),
        (
            "it was fetched; the headers are the response's own, the body is without content codings, and "
            "`content-length` is"
        ),
        "the body's.\n",
        "\n# A removal\n",
        "With `--removals` a JSON Lines export has a line for each article that went, by retention or into one that it",
        "turned out to be, of whatever feed. It is the line that has `removed_at`.\n",
        *_fields(REMOVAL_FIELDS),
    ]
    return NOTE + "\n".join(parts)


def _elements(elements: dict[str, str]) -> list[str]:
    return ["| element | holds |", "|---|---|", *(f"| `{name}` | {meaning} |" for name, meaning in elements.items())]


def _fields(fields: tuple["Field", ...]) -> list[str]:
    rows = [f"| `{field.name}` | {_KINDS[field.kind]} | {field.meaning} |" for field in fields]
    return ["| field | kind | meaning |", "|---|---|---|", *rows]


def limits() -> str:
    """What one page and one feed may cost, and what happens beyond it."""
    from flows.children import WorkerLimits
    from flows.settings import Settings
    from ingest.extract.document import MAX_BYTES, MAX_NODES
    from ingest.feeds.guard import MAX_BODY_BYTES
    from ingest.feeds.reader import MAX_ENTRIES

    fields, worker = Settings.model_fields, WorkerLimits()
    seconds, memory = fields["page_timeout_seconds"].default, fields["worker_memory_mb"].default
    content = "the feed's own content is the article, `partial` unless it is evidently whole"
    rows = (
        ("a page", f"{MAX_BYTES // 1_000_000} MB", content),
        ("a page's tree", f"{MAX_NODES:,} nodes", content),
        ("CPU for one page or feed", f"{seconds:g} s (`FEEDMILL_PAGE_TIMEOUT_SECONDS`)", f"ended; {content}"),
        ("the clock for one page or feed", f"{worker.wall_seconds:g} s, more on a busy machine", f"ended; {content}"),
        ("memory of one worker", f"{memory // 1024} GB (`FEEDMILL_WORKER_MEMORY_MB`)", f"a new worker; {content}"),
        ("pages by one worker", f"{worker.jobs_per_process}", "it ends, and a new one starts"),
        ("a feed document", f"{MAX_BODY_BYTES // 1_000_000} MB", "the poll failed, and waits a day"),
        ("entries of a feed document", f"{MAX_ENTRIES:,}", "the first ones are taken"),
    )
    note = "Feeds and pages are read in worker processes that can be ended; a crash of theirs costs no more.\n"
    head = ["# Limits\n", note, "| what | at most | beyond it |", "|---|---|---|"]
    return NOTE + "\n".join([*head, *(f"| {what} | {most} | {then} |" for what, most, then in rows)]) + "\n"


READERS = ("Miniflux", "FreshRSS", "reader", "feedbin")


def protocol() -> str:
    """Every rule of the protocol with the tests that check it, and what is known of other readers."""
    rules = tomllib.loads((DOCS / "protocol-rules.toml").read_text(encoding="utf-8"))["rule"]
    parts = [
        "# Protocol\n",
        "How feedmill behaves towards servers and documents, and the tests that check it.\n",
        "Of other readers only what was read in their source or their issues is said.\n",
    ]
    for rule in rules:
        if "section" in rule:
            heads = f"| | rule | tests | {' | '.join(READERS)} |\n|---:|---|---|{'---|' * len(READERS)}"
            parts.append(f"\n## {rule['section']}\n\n{heads}")
        parts.append(_rule_row(rule))
    return NOTE + "\n".join(parts)


def _rule_row(rule: dict[str, Any]) -> str:
    tests = "<br>".join(
        f"[{name.removeprefix('test_').replace('_', ' ')}](../../tests/{path})"
        for path, name in map(_parted, rule["tests"])
    )
    others = " | ".join(rule.get("others", {}).get(reader, "not known") for reader in READERS)
    return f"| {rule['number']} | {rule['text']} | {tests} | {others} |"


def _parted(test: str) -> tuple[str, str]:
    path, _, name = test.partition("::")
    return path, name


PAGES = {
    "protocol.md": protocol,
    "commands.md": commands,
    "settings.md": settings,
    "rule-packs.md": rule_packs,
    "deployments.md": deployments,
    "export.md": export,
    "limits.md": limits,
}


def main() -> None:
    """Write the pages; with --check only say which are out of date, and exit 1."""
    stale = []
    for name, write in PAGES.items():
        page = DOCS / "reference" / name
        text = write().rstrip() + "\n"
        if "--check" in sys.argv:
            stale += [] if page.exists() and page.read_text(encoding="utf-8") == text else [name]
        else:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
    if stale:
        sys.exit(f"out of date: {', '.join(stale)}; run `make docs`")


if __name__ == "__main__":
    main()
