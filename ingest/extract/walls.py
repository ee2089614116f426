"""What walls, challenges and errors say in the languages of the packs: whole words, found in a page's few."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ingest.clean.lines import fold_key
from ingest.errors import BadRules

KINDS = frozenset({"blocked", "consent", "not-found", "paywall", "needs-script"})
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Wall:
    """A wording as the pack has it, and as it is looked for; ``opens``: only where a text begins with it."""

    said: str
    key: str
    opens: bool
    is_dense: bool


@cache
def read_walls() -> dict[str, tuple[Wall, ...]]:
    """The wordings of each kind of page.

    Raises:
        BadRules: the pack is no TOML, or has another kind.
    """
    return parse_walls((resources.files("ingest.clean") / "packs" / "walls.toml").read_text(encoding="utf-8"))


def parse_walls(text: str) -> dict[str, tuple[Wall, ...]]:
    """The same of a pack's text.

    Raises:
        BadRules: the pack is no TOML, or has another kind, or a wording without a word.
    """
    try:
        kinds = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"walls.toml: not TOML: {error}") from error
    if unknown := set(kinds) - KINDS:
        raise BadRules(f"walls.toml: {unknown.pop()}: no such kind; one of {', '.join(sorted(KINDS))}")
    return {kind: tuple(_read(kind, said) for same in kinds[kind].values() for said in same) for kind in kinds}


def _read(kind: str, said: str) -> Wall:
    key = fold_key(said)
    if not key:
        raise BadRules(f"walls.toml: {kind}: {said!r} holds no word")
    is_dense = _DENSE.search(said) is not None
    return Wall(said, key.replace(" ", "") if is_dense else f" {key} ", said.startswith("^"), is_dense)


def find_wall(kind: str, text: str) -> str | None:
    """The first wording of this kind that the text has."""
    folded = f" {fold_key.__wrapped__(text)} "  # a page's words at once are too long to be remembered
    dense = folded.replace(" ", "") if _DENSE.search(folded) else ""
    for wall in read_walls()[kind]:
        where = dense if wall.is_dense else folded
        if where.startswith(wall.key) if wall.opens else wall.key in where:
            return wall.said.removeprefix("^")
    return None
