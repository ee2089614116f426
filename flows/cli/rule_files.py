"""The files behind `feedmill rules check` and `record`: packs, site rules and their recorded pages."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from flows.cli.failure import CommandError
from ingest.clean.packcheck import check_packs, read_pack_texts
from ingest.errors import BadRules
from ingest.extract.article import Extraction, extract_fully
from ingest.extract.context import ExtractContext
from ingest.extract.document import parse_page
from ingest.extract.outline import key_of
from ingest.extract.sitecheck import Findings, check_site_rules, read_samples
from ingest.extract.sitefolder import find_site_rule, names_for, read_packaged, read_rule_file
from ingest.extract.siteguess import guess_selectors
from ingest.extract.siterules import SiteRule
from ingest.model import Page

_SNIPPET = 80
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}", re.IGNORECASE)


@dataclass(slots=True)
class Check:
    """What was checked, and what was found."""

    packs: int = 0
    site_rules: int = 0
    findings: Findings = field(default_factory=Findings)

    def add_packs(self, texts: dict[str, str], wanted: frozenset[str] | None = None) -> None:
        """Check packs; ``wanted``: only these."""
        self.packs += len(texts if wanted is None else wanted)
        self.findings.errors += check_packs(texts, wanted)

    def add_site_rules(self, rules: list[SiteRule], folder: Any, find: Callable[[str], SiteRule | None]) -> None:
        """Check site rules against the recorded pages of their folder."""
        self.site_rules += len(rules)
        try:
            samples = read_samples(folder)
        except BadRules as error:
            self.findings.errors.append(str(error))
            samples = []
        found = check_site_rules(rules, samples, find, datetime.now(UTC))
        self.findings.errors += found.errors
        self.findings.warnings += found.warnings


def check_everything(folder: Path) -> Check:
    """Check the packs, the packaged site rules and the user's."""
    check = Check()
    check.add_packs(read_pack_texts())
    packaged = resources.files("ingest.clean") / "packs" / "sites"
    check.add_site_rules(read_packaged(), packaged, partial(find_site_rule, folder=None))
    check.findings.errors += check.findings.warnings  # what is shipped has a page for each rule, and no dead line
    check.findings.warnings = []
    if folder.is_dir():
        rules = [read_rule_file(path) for path in sorted(folder.glob("*.txt"))]
        check.add_site_rules(rules, folder, partial(find_site_rule, folder=str(folder)))
    return check


def check_files(files: list[Path]) -> Check:
    """Check single files: packs (.toml) beside the packaged ones, site rules (.txt) with their folder's pages."""
    check = Check()
    for path in files:
        if path.suffix == ".toml":
            name = f"{_room_of(path)}/{path.name}"
            check.add_packs(read_pack_texts() | {name: path.read_text(encoding="utf-8")}, frozenset([name]))
        elif path.suffix == ".txt":
            rule = read_rule_file(path)
            check.add_site_rules([rule], path.parent, partial(find_site_rule, folder=str(path.parent)))
        else:
            raise CommandError(f"{path}: a pack ends in .toml, a rule for a site in .txt")
    return check


def _room_of(path: Path) -> str:
    return "platforms" if path.parent.name == "platforms" or "[blocks." in path.read_text("utf-8") else "languages"


@dataclass(frozen=True, slots=True)
class Recording:
    """A page that is to be recorded: its bytes and type, under a name in a folder."""

    page: Page
    folder: Path
    name: str | None
    is_forced: bool = False

    @property
    def url(self) -> str:
        """Where it came from at last."""
        return self.page.final_url or self.page.url


def record(recording: Recording) -> list[Path]:
    """Write the page, what is expected of it, and a first rule where there is none; gives the files written.

    Raises:
        CommandError: the page is no article, its address names no host, or a file is there already.
    """
    names = names_for(recording.url)
    if not names:
        raise CommandError(f"{recording.url} names no host that a rule could be named after")
    rule = find_site_rule(recording.url, str(recording.folder))
    found = extract_fully(recording.page, None, ExtractContext(now=datetime.now(UTC), site_rule=rule))
    if not found.article.text:
        raise CommandError(f"{recording.url} gives no text ({found.article.status}): {found.verdict.evidence}")
    samples = recording.folder / "samples" / names[0].removesuffix(".txt")
    name = recording.name or _name_of(recording.url)
    texts: dict[Path, bytes] = {
        samples / f"{name}.html": _bytes(recording.page),
        samples / f"{name}.json": _expectation(recording, found, rule.name if rule else f"user/{names[0]}"),
    }
    if rule is None or (recording.is_forced and rule.name.startswith("user/")):
        texts[recording.folder / names[0]] = _first_rule(recording, found)
    return _write(texts, is_forced=recording.is_forced)


def _write(texts: dict[Path, bytes], *, is_forced: bool) -> list[Path]:
    there = [path for path in texts if path.exists()]
    if there and not is_forced:
        raise CommandError(f"{there[0]} is there already: name the page with --name, or overwrite it with --force")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return list(texts)


def _name_of(url: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", url.partition("://")[2].partition("/")[2].lower()).strip("-")
    return words[:_SNIPPET].strip("-") or "index"


def _bytes(page: Page) -> bytes:
    return page.html if isinstance(page.html, bytes) else page.html.encode()


def _expectation(recording: Recording, found: Extraction, rule: str) -> bytes:
    article = found.article
    paragraphs = [text for text in (article.text or "").split("\n\n") if text.strip()]
    # A rule that names the title takes it out of the text of a page that states no article.
    told = [text for text in paragraphs if key_of(text) != key_of(article.title or "")] or paragraphs
    chosen = [told[place] for place in sorted({0, len(told) // 2, len(told) - 1})]
    expected: dict[str, Any] = {
        "url": recording.url,
        "content_type": recording.page.content_type,
        "rule": rule.rpartition("/")[2],
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published_at.date().isoformat() if article.published_at else None,
        "contains": [" ".join(text.split())[:_SNIPPET].strip() for text in chosen],
        "lacks": [],
    }
    return (json.dumps(expected, ensure_ascii=False, indent=2) + "\n").encode()


def _first_rule(recording: Recording, found: Extraction) -> bytes:
    guessed = guess_selectors(found, parse_page(recording.page.html, recording.page.content_type))
    lines = ["# Guessed from the page below; `feedmill rules check` holds it to what was recorded."]
    lines += [f"{name}: {path}" for name in ("title", "author", "date", "body") if (path := guessed.get(name))]
    lines += [f"# {name}: //..." for name in ("title", "author", "date", "body") if name not in guessed]
    return "\n".join([*lines, f"test_url: {recording.url}", ""]).encode()
