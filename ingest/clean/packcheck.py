"""Whether the rule packs are sound: they parse, each rule hits a sample of its own, and none hits a text about them."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from itertools import product
from typing import Any

import lxml.html

from ingest.clean.apply import CleanContext, clean_text
from ingest.clean.match import match_line
from ingest.clean.prune import prune_blocks
from ingest.clean.rules import BlockRule, Rules, compile_rules, parse_pack, read_wordings
from ingest.errors import BadRules

_SLOT = re.compile(r"\{(\w+)\}")
_DATES = ("3 March 2024", "2024", "10:30", "3 March 2024 10:30")
_OTHERS = {"n": "3", "name": "Anna Berg", "title": "The rope"}
_ANYTHING = ("the harbour", "Editor")
_PROSE = "<p>The clerk opened the old book, read the line about the rope aloud, and closed it again.</p>" * 40
_LABEL = '<a href="/x">furniture</a>'


def read_pack_texts() -> dict[str, str]:
    """The packaged packs by name ("languages/de.toml")."""
    root = resources.files("ingest.clean") / "packs"
    files = ((room, file) for room in ("languages", "platforms") for file in (root / room).iterdir())
    return {f"{room}/{file.name}": file.read_text(encoding="utf-8") for room, file in files if file.name != "__init__"}


def read_guards() -> dict[str, str]:
    """Articles about comments, share buttons and their like, by name ("en-labels"): no rule may touch them."""
    folder = resources.files("ingest.clean") / "packs" / "guards"
    return {file.name.removesuffix(".txt"): file.read_text(encoding="utf-8").strip() for file in folder.iterdir()}


def check_packs(texts: Mapping[str, str], wanted: frozenset[str] | None = None) -> list[str]:
    """What is wrong with the packs, each with file, line and rule; ``wanted``: only these, beside all others."""
    packs: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for name, text in texts.items():
        try:
            packs[name] = parse_pack(name, text)
            compile_rules({name: packs[name]})
        except BadRules as error:
            packs.pop(name, None)
            problems.append(_with_line(str(error), name, text))
    rules = compile_rules(packs)
    chosen = {name: pack for name, pack in packs.items() if wanted is None or name in wanted}
    problems += [_with_line(told, name, texts[name]) for name, told in _check_wordings(chosen, rules)]
    problems += [_with_line(told, name, texts[name]) for name, told in _check_blocks(chosen, rules)]
    return problems + [_with_line(told, name, texts.get(name, "")) for name, told in _check_guards(rules)]


def _check_wordings(packs: Mapping[str, Mapping[str, Any]], rules: Rules) -> Iterator[tuple[str, str]]:
    for rule, file, wording in read_wordings(packs):
        language = file.split("/")[-1].removesuffix(".toml")
        if not any(match_line(sample, rules, language) for sample in _fill(wording)):
            yield file, f"{file}: {rule.id}: {wording!r}: hits nothing, not even {next(_fill(wording))!r}"


def _fill(wording: str) -> Iterator[str]:
    """The wording as pages print it, with one date and one filling after the other."""
    for date, anything in product(_DATES, _ANYTHING):
        filled = _OTHERS | {"date": date, "any": anything}
        yield _SLOT.sub(lambda slot: filled[slot[1]], wording)  # noqa: B023 - used up at once


def _check_blocks(packs: Mapping[str, Mapping[str, Any]], rules: Rules) -> Iterator[tuple[str, str]]:
    for file in packs:
        name = file.split("/")[-1].removesuffix(".toml")
        for rule in rules.blocks:
            if not rule.id.startswith(f"platform/{name}/"):
                continue
            for token, element in _samples(rule):
                tree = lxml.html.document_fromstring(f"<html><body>{_PROSE}{element}{_PROSE}</body></html>")
                # Add-ons are named by several packs: whichever takes the block, it goes.
                if not prune_blocks(tree, CleanContext(platform=rule.platform), rules):
                    yield file, f"{file}: {rule.id}: {token!r}: hits nothing"


def _samples(rule: BlockRule) -> Iterator[tuple[str, str]]:
    tag = min(rule.tags, default="div")
    for token in sorted(rule.classes):
        yield token, f'<{tag} class="{token}">{_LABEL}</{tag}>'
    for token in sorted(rule.ids):
        yield token, f'<{tag} id="{token}">{_LABEL}</{tag}>'
    for token in sorted(rule.hooks):
        yield token, f'<{tag} data-hook="{token}">{_LABEL}</{tag}>'
    for prefix in rule.prefixes:
        yield prefix, f'<{tag} class="{prefix}x">{_LABEL}</{tag}>'


def _check_guards(rules: Rules) -> Iterator[tuple[str, str]]:
    for name, text in read_guards().items():
        for removal in clean_text(text, CleanContext(language=name.partition("-")[0]), rules).removed:
            room, pack = (*removal.rule.split("/"), "")[:2]
            file = f"{room}s/{pack}.toml"
            yield file, f"{file}: {removal.rule}: hits {removal.text[:80]!r} in the guard text {name}"


def _with_line(told: str, file: str, text: str) -> str:
    """The message with the line at which its rule begins: "languages/de.toml:29: language/de/share/..."."""
    rule = re.search(r"(?:language|platform)/[\w-]+/([\w-]+)(?:/([\w-]+))?|(?:blocks|lines|detect)\.([\w-]+)", told)
    quoted = re.search(r"(?:language|platform)/\S+ ('(?:[^'\\]|\\.)*'|\"[^\"]*\")", told)
    needles = [quoted[1].strip("'\"")] if quoted else []
    needles += [name for name in reversed(rule.groups()) if name] if rule else []
    for needle in needles:
        for number, line in enumerate(text.splitlines(), 1):
            if needle in line and not line.lstrip().startswith("#"):
                return told.replace(f"{file}:", f"{file}:{number}:", 1)
    at_line = re.search(r"at line (\d+)", told)
    return told.replace(f"{file}:", f"{file}:{at_line[1] if at_line else 1}:", 1)
