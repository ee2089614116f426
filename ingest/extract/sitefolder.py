"""Which site rule speaks for an address: the user's own folder first, then the packaged ones; read once a change."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from ingest.clean.keeps import NOTHING_KEPT, Keeps
from ingest.errors import BadUrl
from ingest.extract.siterules import MAX_BYTES, SiteRule, parse_site_rule
from ingest.urls import host_of

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?")
_LONGEST_HOST = 200
PACKAGED = "packaged"
USERS = "user"


def find_site_rule(url: str, folder: str | None) -> SiteRule | None:
    """The rule for an address: its host's own file, then a wildcard's, each in ``folder`` before the packaged ones.

    A file that only says what is kept adds that to the rule behind it, instead of taking its place. Costs a look at the
    folder for each name that may be, and reads a file only when it is new or has changed. A file that cannot be opened
    is passed over.
    """
    keeping: SiteRule | None = None
    for rule in _list_rules(url, folder):
        keeping = rule if keeping is None else _with_kept(rule, keeping)
        if not rule.only_keeps:
            break
    return keeping


def find_keeps(url: str | None, folder: str | None) -> Keeps:
    """What cleaning may not take from articles of an address."""
    rule = find_site_rule(url, folder) if url is not None else None
    return rule.keeps if rule is not None else NOTHING_KEPT


def _list_rules(url: str, folder: str | None) -> Iterator[SiteRule]:
    for name in names_for(url):
        if folder is not None and (rule := _from_folder(Path(folder) / name)) is not None:
            yield rule
        if name in packaged_names():
            yield _packaged(name)


def _with_kept(rule: SiteRule, keeping: SiteRule) -> SiteRule:
    return replace(
        rule,
        digest=keeping.digest + rule.digest,
        kept_rules=keeping.kept_rules + rule.kept_rules,
        kept_texts=keeping.kept_texts + rule.kept_texts,
        problems=keeping.problems + rule.problems,
    )


def names_for(url: str) -> list[str]:
    """The file names that speak for an address, best first: "a.example.com.txt", ".example.com.txt"."""
    try:
        host = host_of(url).partition(":")[0].removeprefix("www.")
    except BadUrl:
        return []
    if len(host) > _LONGEST_HOST or not _NAME.fullmatch(host):
        return []
    labels = host.split(".")
    is_number = labels[-1].isdecimal()
    above = [] if is_number else [".".join(labels[start:]) for start in range(1, len(labels) - 1)]
    return [f"{host}.txt", *(f".{parent}.txt" for parent in above)]


@cache
def packaged_names() -> frozenset[str]:
    """The files that come with feedmill."""
    folder = resources.files("ingest.clean") / "packs" / "sites"
    return frozenset(file.name for file in folder.iterdir() if file.name.endswith(".txt"))


@cache
def _packaged(name: str) -> SiteRule:
    file = resources.files("ingest.clean") / "packs" / "sites" / name
    return parse_site_rule(f"{PACKAGED}/{name}", file.read_text(encoding="utf-8"))


def read_packaged() -> list[SiteRule]:
    """Every rule that comes with feedmill, by name."""
    return [_packaged(name) for name in sorted(packaged_names())]


def read_rule_file(path: Path) -> SiteRule:
    """One file of the user's. Raises OSError where it is not there."""
    found = path.stat()
    return _read(str(path), found.st_mtime_ns, found.st_size)


def _from_folder(path: Path) -> SiteRule | None:
    try:
        return read_rule_file(path)
    except OSError:
        return None


@lru_cache(maxsize=512)
def _read(path: str, modified_ns: int, size: int) -> SiteRule:  # noqa: ARG001 - what says that a file has changed
    with Path(path).open("rb") as source:
        text = source.read(4 * MAX_BYTES + 1).decode("utf-8", "replace")
    rule = parse_site_rule(f"{USERS}/{Path(path).name}", text)
    return replace(rule, digest=hashlib.sha256(text.encode()).hexdigest()[:8])
