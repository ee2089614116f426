"""The rules of cleaning as data: read once from the packs, checked, and made ready for matching."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from lxml.html import HtmlElement

from ingest.clean.kinds import KINDS, Kind
from ingest.clean.lines import fold_key
from ingest.errors import BadRules

_SLOT = re.compile(r"\{(\w+)\}")
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # writings that put no blank around a name
_FEW_WORDS = 2
_AFTER_COLON = 4  # letters that a line may have more before its colon: a bullet, a blank
# What a slot of a wording may hold, in the form of ``Line.key``.
_SLOTS = {
    "n": r"\d+(?: \d+)*",
    "name": r"(?P<name>\S+(?: \S+){0,5})",
    "date": r"(?=\D{0,40}\d).{2,60}",
    "title": r".{1,200}",
    "any": r".{1,80}",
}


@dataclass(frozen=True, slots=True)
class LineRule:
    """One rule about whole lines: its id as recorded, and what it says about them."""

    id: str
    kind: Kind
    languages: frozenset[str]  # primary subtags; a page in another one still shows the strong and the unmistakable


@dataclass(frozen=True)
class Pattern:
    """A wording with slots as a regular expression over ``Line.key``, and what the line must not be or must have.

    ``is_loose``: it ends in a slot for anything, behind a word or two of its own ("Tags {any}", "Next: {title}"), which
    a sentence may begin with. ``colon_by``: the wording has a colon before that slot, the line must by this place.
    ``is_closed``: it ends in words.
    """

    rule: LineRule
    expression: str
    is_loose: bool = False
    colon_by: int | None = None
    is_closed: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Compiled when it is first asked for: of 2,300 patterns a process meets few, and all take it .2 s."""
        return re.compile(self.expression)


@dataclass(frozen=True, slots=True)
class BlockRule:
    """Furniture containers of a page: by class token, class prefix, id or hook, bounded in the text they may take.

    A hook is the value of ``data-hook`` or ``data-testid``: all that systems give which hash their classes.
    """

    id: str
    platform: str | None  # None: an add-on, on pages of any platform
    classes: frozenset[str]
    ids: frozenset[str]
    hooks: frozenset[str]
    prefixes: tuple[str, ...]
    tags: frozenset[str]
    max_chars: int | None
    max_share: float
    min_link_density: float


@dataclass(frozen=True, slots=True)
class Platform:
    """What gives a publishing system away, and the containers of its posts."""

    name: str
    generators: tuple[str, ...]
    body_classes: tuple[str, ...]
    hosts: tuple[str, ...]
    shapes: tuple[str, ...]  # XPath expressions, all of which must match
    containers: tuple[str, ...]  # class tokens of the post's own text, best first


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Everything the packs say, ready for matching."""

    literals: Mapping[str, tuple[LineRule, ...]]
    opened: Mapping[str, tuple[Pattern, ...]]  # wordings that begin with their own text, by its first word
    closed: Mapping[str, tuple[Pattern, ...]]  # wordings that begin with a slot, by its last word
    inner: Mapping[str, tuple[Pattern, ...]]  # wordings between two slots, by the first word of their own text
    dense: tuple[tuple[str, Pattern], ...]  # wordings of dense writings, each with its longest own text
    longest: Mapping[str, int]  # words of the longest literal that begins with a word
    blocks: tuple[BlockRule, ...]
    platforms: Mapping[str, Platform]

    def find_containers(self, platform: str | None) -> tuple[str, ...]:
        """The class tokens of the platform's post containers, best first; none for an unknown platform."""
        known = self.platforms.get(platform or "")
        return known.containers if known else ()


@cache
def load_rules() -> Rules:
    """All packs, read and compiled once a process.

    Raises:
        BadRules: a pack breaks the format; the message names its file and rule.
    """
    return compile_rules(dict(_read_packs()))


def _read_packs() -> Iterator[tuple[str, dict[str, Any]]]:
    root = resources.files("ingest.clean") / "packs"
    for room in ("languages", "platforms"):
        for file in sorted((root / room).iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".toml"):
                yield f"{room}/{file.name}", parse_pack(f"{room}/{file.name}", file.read_text(encoding="utf-8"))


def parse_pack(name: str, text: str) -> dict[str, Any]:
    """One pack's data.

    Raises:
        BadRules: not TOML; the message names the file.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{name}: not TOML: {error}") from error


def compile_rules(packs: Mapping[str, Mapping[str, Any]]) -> Rules:
    """Rules from packs by file name ("languages/de.toml").

    Raises:
        BadRules: a rule breaks the format; the message names its file and rule.
    """
    literals: dict[str, list[LineRule]] = {}
    opened: dict[str, list[Pattern]] = {}
    closed: dict[str, list[Pattern]] = {}
    inner: dict[str, list[Pattern]] = {}
    dense: list[tuple[str, Pattern]] = []
    for rule, file, wording in read_wordings(packs):
        if not _SLOT.search(wording):
            literals.setdefault(_checked_key(wording, file, rule), []).append(rule)
            continue
        texts, pattern = _compile_wording(wording, file, rule)
        if DENSE.search("".join(texts)):
            dense.append((max(texts, key=len), pattern))
            continue
        room, word = _choose_room(texts)
        {"opened": opened, "closed": closed, "inner": inner}[room].setdefault(word, []).append(pattern)
    return Rules(
        literals={key: tuple(found) for key, found in literals.items()},
        opened=_order_patterns(opened),
        closed=_order_patterns(closed),
        inner=_order_patterns(inner),
        dense=tuple(sorted(dense, key=lambda found: _is_inner(found[1]))),
        longest=_measure_longest(literals),
        blocks=tuple(_read_blocks(packs)),
        platforms={platform.name: platform for platform in _read_platforms(packs)},
    )


def read_wordings(packs: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[LineRule, str, str]]:
    """Every line rule's wordings: the rule, the file that it stands in, the wording.

    Raises:
        BadRules: an unknown kind, or no list of strings.
    """
    for file, pack in packs.items():
        name = file.split("/")[-1].removesuffix(".toml")
        scope = f"{file.split('/')[0].removesuffix('s')}/{name}"
        languages = frozenset([name, *pack.get("also", ())])
        for kind, rules in pack.get("lines", {}).items():
            if kind not in KINDS:
                raise BadRules(f"{file}: lines.{kind}: no such kind; one of {', '.join(KINDS)}")
            for name, wordings in rules.items():
                rule = LineRule(f"{scope}/{kind}/{name}", KINDS[kind], languages)
                if not isinstance(wordings, list) or not all(isinstance(wording, str) for wording in wordings):
                    raise BadRules(f"{file}: {rule.id}: must be a list of strings")
                yield from ((rule, file, wording) for wording in wordings)


def _checked_key(wording: str, file: str, rule: LineRule) -> str:
    key = fold_key(wording)
    if not key:
        raise BadRules(f"{file}: {rule.id}: {wording!r} holds no word")
    return key


def _choose_room(texts: list[str]) -> tuple[str, str]:
    """Where a wording with slots is looked up, and by which word of its own text."""
    if texts[0]:
        return "opened", texts[0].partition(" ")[0]
    if texts[-1]:
        return "closed", texts[-1].rpartition(" ")[2]
    return "inner", next(text for text in texts if text).partition(" ")[0]


def _compile_wording(wording: str, file: str, rule: LineRule) -> tuple[list[str], Pattern]:
    pieces = _SLOT.split(wording)  # text, slot, text, slot, ... text
    unknown = [slot for slot in pieces[1::2] if slot not in _SLOTS]
    if unknown or pieces.count("name") > 1:
        raise BadRules(f"{file}: {rule.id}: {wording!r}: slots are {', '.join(_SLOTS)}; {{name}} at most once")
    texts = [fold_key(piece) for piece in pieces[0::2]]
    if not any(texts):
        raise BadRules(f"{file}: {rule.id}: {wording!r} holds nothing but slots")
    regex = re.escape(texts[0])
    for place, slot in enumerate(pieces[1::2]):
        before, behind = (pieces[2 * place][-1:], texts[place][-1:]), (pieces[2 * place + 2][:1], texts[place + 1][:1])
        regex += f"{_join_slot(*before, slot) if regex else ''}{_SLOTS[slot]}"
        regex += f"{_join_slot(*behind, slot)}{re.escape(texts[place + 1])}" if texts[place + 1] else ""
    is_loose = not texts[-1] and pieces[-2] in {"title", "any"} and len(" ".join(texts).split()) <= _FEW_WORDS
    colon_by = len(pieces[-3]) + _AFTER_COLON if is_loose and pieces[-3].rstrip().endswith((":", "：")) else None
    return texts, Pattern(rule, regex, is_loose, colon_by, is_closed=bool(texts[-1]))


def _join_slot(written: str, folded: str, slot: str) -> str:
    """What parts a slot from the text beside it, of which the next letter is given: in dense writings no blank.

    A slot that may hold anything holds whole sentences there: it adjoins only where the wording says so.
    """
    adjoins = DENSE.match(folded) and (slot not in {"title", "any"} or not written.isspace())
    return " ?" if adjoins else " "


def _order_patterns(patterns: Mapping[str, list[Pattern]]) -> dict[str, tuple[Pattern, ...]]:
    """By word; what ends an article before what signs a comment, where both fit ("Posted by NAME at TIME")."""
    return {word: tuple(sorted(found, key=_is_inner)) for word, found in patterns.items()}


def _is_inner(pattern: Pattern) -> bool:
    return not pattern.rule.kind.at_tail


def _measure_longest(literals: Iterable[str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for key in literals:
        words = key.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def _read_blocks(packs: Mapping[str, Mapping[str, Any]]) -> Iterator[BlockRule]:
    for file, pack in packs.items():
        for name, block in pack.get("blocks", {}).items():
            platform = file.split("/")[-1].removesuffix(".toml")
            try:
                yield _read_block(f"platform/{platform}/{name}", platform if "detect" in pack else None, block)
            except (TypeError, ValueError, AttributeError) as error:
                raise BadRules(f"{file}: blocks.{name}: {error}") from error


def _read_block(rule_id: str, platform: str | None, block: Mapping[str, Any]) -> BlockRule:
    rule = BlockRule(
        id=rule_id,
        platform=platform,
        classes=frozenset(token.lower() for token in block.get("classes", ())),
        ids=frozenset(token.lower() for token in block.get("ids", ())),
        hooks=frozenset(token.lower() for token in block.get("hooks", ())),
        prefixes=tuple(token.lower() for token in block.get("prefixes", ())),
        tags=frozenset(block.get("tags", ())),
        max_chars=block.get("max-chars"),
        max_share=float(block.get("max-share", 0.4)),
        min_link_density=float(block.get("min-link-density", 0.0)),
    )
    if not (rule.classes or rule.ids or rule.prefixes or rule.hooks):
        raise ValueError("needs classes, ids, prefixes or hooks")
    return rule


def _read_platforms(packs: Mapping[str, Mapping[str, Any]]) -> Iterator[Platform]:
    for file, pack in packs.items():
        evidence = pack.get("detect")
        if evidence is None:
            continue
        lists = ("generators", "body-classes", "hosts", "shapes", "containers")
        unknown = set(evidence) - set(lists)
        if unknown:
            raise BadRules(f"{file}: detect.{unknown.pop()}: no such evidence; one of {', '.join(lists)}")
        values = (tuple(evidence.get(name, ())) for name in lists)
        yield Platform(file.split("/")[-1].removesuffix(".toml"), *values)


def detect_platform(tree: HtmlElement) -> str | None:
    """The publishing system that made the page ("wordpress", "blogger-classic", ...), as far as the packs know it."""
    from ingest.clean.platforms import name_platform

    return name_platform(tree, load_rules())
