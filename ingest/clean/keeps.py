"""What a user wants kept whatever a rule says of it: rules that take nothing on a site, and lines by their words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ingest.clean.lines import fold_key
from ingest.clean.rules import Rules

_DOTS = ("...", "…")
MAX_WORDS = 100  # characters of a line that say which line is meant


@dataclass(frozen=True)
class Keeps:
    """``rules``: ids of rules that take nothing, or their beginnings up to a slash; ``texts``: lines.

    A text that ends in dots is the beginning of a line. Case and punctuation count for nothing.
    """

    rules: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.texts)

    def with_lines(self, lines: Iterable[str]) -> "Keeps":
        """The same and these lines."""
        return replace(self, texts=(*self.texts, *lines))

    def holds(self, rule: str, text: str) -> bool:
        """Whether this rule may not take this line or container."""
        return bool(self) and (self._is_off(rule) or self._is_meant(text))

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(fold_key(text) for text in self.texts if not _is_beginning(text))

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(fold_key(text) for text in self.texts if _is_beginning(text))

    def _is_off(self, rule: str) -> bool:
        return any(rule == off or rule.startswith(f"{off}/") for off in self.rules)

    def _is_meant(self, text: str) -> bool:
        key = fold_key(text) if self.texts else ""
        return key in self._lines or any(f"{key} ".startswith(f"{wanted} ") for wanted in self._beginnings)


NOTHING_KEPT = Keeps()


def _is_beginning(text: str) -> bool:
    return text.rstrip().endswith(_DOTS)


def words_of(text: str) -> str:
    """What names a line among ``texts``: itself, or its beginning where it is long; empty where it has no words."""
    line = " ".join(text.split())
    if len(line) > MAX_WORDS:
        line = f"{line[: MAX_WORDS + 1].rpartition(' ')[0] or line[:MAX_WORDS]} ..."
    return line if fold_key(line) else ""


def is_rule(name: str, known: Iterable[str]) -> bool:
    """Whether one of the rules has this id, or begins with it up to a slash, or is the rule of which it is a part."""
    return any(rule == name or rule.startswith(f"{name}/") or name.startswith(f"{rule}/") for rule in known)


def list_ids(rules: Rules) -> frozenset[str]:
    """The id of every rule in the packs."""
    patterns = (*rules.opened.values(), *rules.closed.values(), *rules.inner.values())
    lines = {rule.id for found in rules.literals.values() for rule in found}
    slotted = {pattern.rule.id for found in patterns for pattern in found} | {one.rule.id for _, one in rules.dense}
    return frozenset(lines | slotted | {rule.id for rule in rules.blocks})
