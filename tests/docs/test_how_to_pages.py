"""What the how-to pages tell people to type exists: commands, options, settings, and the rule that is shown there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from flows.cli.main import COMMANDS, cli
from flows.settings import Settings
from ingest.extract.siterules import parse_site_rule

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "how-to").glob("*.md"))
FENCED = re.compile(r"^```\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines_of(page: Path) -> list[str]:
    return [line for block in FENCED.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()]


def words_after(line: str, program: str) -> list[str] | None:
    words = shlex.split(line, comments=True)
    return words[1:] if words and words[0].endswith(program) else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_that_a_page_shows_exist_with_their_options(page):
    for line in lines_of(page):
        words = words_after(line, "feedmill")
        if words is None:
            continue
        command = cli.get_command(click.Context(cli), words.pop(0))
        assert command is not None, line
        while isinstance(command, click.Group) and words and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        command = getattr(command, "default", command)
        known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known | {"--help"}, line
    assert COMMANDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_settings_and_pages_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    settings = {f"FEEDMILL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"FEEDMILL_[A-Z_]+", text)) <= settings
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (page.parent / target).exists(), target


def test_the_rule_that_the_page_shows_is_sound():
    page = (DOCS / "how-to" / "site-rules.md").read_text(encoding="utf-8")
    (shown,) = [block for block in FENCED.findall(page) if block.startswith("# courier")]
    rule = parse_site_rule("courier.example.com.txt", shown)
    assert rule.problems == []
    assert rule.body
