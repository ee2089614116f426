"""Where a rule stands that a removal names: the file and line of a pack, a learned block, or a part of the code."""

import re
from functools import cache
from importlib import resources

from ingest.clean.keeps import list_ids
from ingest.clean.rules import load_rules

LEARNED = "learned"
SITE = "site-rule"
WRITTEN = "written"
CODE = "code"
# Rules without wordings: what they remove is told by the text itself.
_IN_CODE = {
    "core/title": "ingest/clean/edges.py: the title, said again",
    "core/tail-gap": "ingest/clean/edges.py: a short line between furniture at the end",
    "core/date": "ingest/clean/edges.py: the date above the text",
    "core/repeat": "ingest/clean/repeats.py: a passage that stands twice",
    "core/near-repeat": "ingest/clean/repeats.py: a passage that stands nearly the same twice",
    "core/permalink": "ingest/clean/origins.py: a bare address of the original",
    "core/signature": "ingest/clean/origins.py: the signature above such an address",
    "parts/repeated": "ingest/extract/join.py: a paragraph that stands on several parts of the article",
}
_ROOMS = {"language": "languages", "platform": "platforms"}
_TABLE = re.compile(r"^\[([\w.-]+)\]", re.MULTILINE)


def kind_of_rule(rule: str) -> str:
    """Who made the rule: ``written`` in a pack, ``learned`` from the site's pages, ``site-rule``, or ``code``."""
    room = rule.partition("/")[0]
    if room in (LEARNED, SITE):
        return room
    return WRITTEN if room in _ROOMS else CODE


@cache
def known_rules() -> frozenset[str]:
    """The id of every rule that is not learned and not a site's own."""
    return list_ids(load_rules()) | _IN_CODE.keys()


def locate_rule(rule: str) -> str:
    """Where to look it up: "packs/languages/de.toml:29"; what is not known by its name stands in the code."""
    kind = kind_of_rule(rule)
    if kind == LEARNED:
        return "learned from the site's own pages"
    if kind == SITE:
        return rule.removeprefix(f"{SITE}/")
    if kind == CODE:
        return _IN_CODE.get(rule, "ingest/clean")
    room, name, *path = rule.split("/")
    return f"packs/{_ROOMS[room]}/{name}.toml:{_line_of(_ROOMS[room], name, tuple(path))}"


@cache
def _line_of(room: str, name: str, path: tuple[str, ...]) -> int:
    """The line of the rule's key within its table, or of its table; 1 where the pack has neither."""
    file = resources.files("ingest.clean") / "packs" / room / f"{name}.toml"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    table = f"lines.{path[0]}" if room == "languages" else f"blocks.{path[0]}"
    start = next((number for number, line in enumerate(lines, 1) if line.startswith(f"[{table}]")), 1)
    if room != "languages":
        return start
    within = re.compile(rf'"?{re.escape(path[-1])}"?\s*=')
    for number, line in enumerate(lines[start:], start + 1):
        if within.match(line):
            return number
        if _TABLE.match(line):
            break
    return start
