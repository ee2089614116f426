"""`feedmill rules`: what decides over a page's text, and whether those rules are sound."""

import click

from flows.cli.options import as_json, print_json


@click.group()
def rules() -> None:
    """The rules of extraction and cleaning: packs, site rules, and what was learned."""


@rules.command()
@as_json
def check(is_json: bool) -> None:
    """Check that every rule pack parses and compiles; what is wrong is named by file and rule (exit code 1)."""
    from ingest.clean.rules import load_rules

    loaded = load_rules()
    if is_json:
        print_json({"blocks": len(loaded.blocks), "platforms": sorted(loaded.platforms)})
    else:
        print(f"{len(loaded.blocks)} block rules for {len(loaded.platforms)} platforms are sound")
