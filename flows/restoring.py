"""What cleaning took from one article comes back, and stays: a line in the user's site rules says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.mill import open_mill
from flows.reextraction import ReextractPlan, reextract
from flows.settings import Settings
from ingest.blocks import StoredText
from ingest.clean.keeps import words_of
from ingest.clean.lines import fold_key
from ingest.clean.locate import LEARNED, SITE, kind_of_rule, locate_rule
from ingest.clean.putting_back import put_back
from ingest.decide.revision import content_hash
from ingest.extract.sitefolder import names_for
from ingest.model import Removal
from ingest.resemblance import signature
from ingest.urls import host_of
from storage import texts
from storage.archive import final_url
from storage.database import Database
from storage.reextraction import ReextractQuery


class CannotRestore(Exception):
    """Why something cannot come back; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and the files and lines that keep it."""

    article_id: int
    removals: tuple[Removal, ...]
    rule_files: tuple[Path, ...]
    lines: tuple[str, ...]


async def restore(
    settings: Settings, stored: StoredText, numbers: Sequence[int], *, keeps_rule: bool = False
) -> Restored:
    """Put removals back (by number, from 1) where they stood, and write down that they stay.

    Where it is not known where one stood, the article is extracted again from its archived page. ``keeps_rule``: the
    rules that took them take nothing more from the site, instead of these lines alone staying.

    Raises:
        CannotRestore: there is no such number, the removal is a site rule's own, or nothing tells where it stood.
        BadArchive: the page of the archive cannot be unpacked.
    """
    wanted = sorted({number - 1 for number in numbers})
    if wanted[-1] >= len(stored.removed):
        count = len(stored.removed)
        raise CannotRestore(f"article {stored.article_id} lost {count} block(s): there is no number {wanted[-1] + 1}")
    removals = tuple(stored.removed[index] for index in wanted)
    files = _files_for(settings, stored)
    lines = tuple(dict.fromkeys(_keep_line(one, stored, keeps_rule=keeps_rule) for one in removals))
    for file in files:
        _write(file, lines, stored.article_id)
    if all(one.at is not None for one in removals):
        with Database(settings.database) as database:
            _put_back(database, stored, wanted)
    else:
        await _extract_again(settings, stored, removals, files[0])
    return Restored(stored.article_id, removals, files, lines)


def _keep_line(removal: Removal, stored: StoredText, *, keeps_rule: bool) -> str:
    kind, short = kind_of_rule(removal.rule), " ".join(removal.text.split())[:60]
    if kind == SITE:
        raise CannotRestore(f"{short!r} was taken by {locate_rule(removal.rule)}: change that line of the site's rule")
    if not keeps_rule:
        if not (words := words_of(removal.text)):
            raise CannotRestore(f"{short!r} has no words to know it by: --rule keeps whatever {removal.rule} takes")
        return f"keep_text: {words}"
    if kind == LEARNED:
        forget = f"`feedmill rules forget {host_of(stored.url or '')} {removal.rule.removeprefix('learned/')}`"
        raise CannotRestore(f"{short!r} was learned from the site's own pages: {forget} gives it back to all of them")
    return f"keep: {removal.rule}"


def _files_for(settings: Settings, stored: StoredText) -> tuple[Path, ...]:
    """The article's host's own, and behind redirects that of its page: rules are found by either."""
    with Database(settings.database) as database, database.read() as session:
        page_url = final_url(session, stored.page_id) if stored.page_id is not None else None
    names = dict.fromkeys(name for url in (stored.url, page_url) for name in names_for(url or "")[:1])
    if not names:
        raise CannotRestore(f"article {stored.article_id} has no address with a host that a rule could be named after")
    return tuple(settings.site_rules / name for name in names)


def _write(file: Path, lines: Sequence[str], article_id: int) -> None:
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    new = [line for line in lines if line not in text.splitlines()]
    if not new:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    begun = text if not text or text.endswith("\n") else f"{text}\n"
    file.write_text("\n".join([f"{begun}# article {article_id}", *new, ""]), encoding="utf-8")


def _put_back(database: Database, stored: StoredText, wanted: Sequence[int]) -> None:
    text, removed = put_back(stored.text, stored.removed, wanted)
    told = content_hash(stored.title, text)
    after = replace(stored, text=text, removed=removed, content_hash=told, signature=signature(text))
    with database.begin() as session:
        if not texts.replace(session, [(stored, after)]):
            raise CannotRestore(f"article {stored.article_id} has changed in this moment: try again")


async def _extract_again(settings: Settings, stored: StoredText, removals: Sequence[Removal], file: Path) -> None:
    async with open_mill(settings) as mill:
        report = await reextract(
            mill, ReextractPlan(query=ReextractQuery(article_id=stored.article_id), takes_worse=True)
        )
        with mill.database.read() as session:
            after = texts.of_article(session, stored.article_id)
    if not report.planned:
        raise CannotRestore(
            f"nobody knows where it stood, and the page of article {stored.article_id} is not in the archive: "
            f"{file} keeps it from now on, so it comes back when the page is read again"
        )
    present = _letters(after.text) if after is not None else ""
    missing = [one.text for one in removals if _letters(one.text) not in present]
    if missing:
        raise CannotRestore(
            f"the archived page was extracted again, and its text has no {missing[0][:60]!r}: `feedmill rules explain` "
            "tells what the page's text is chosen by"
        )


def _letters(text: str) -> str:
    """Without blanks: a container's pieces are lines of the text."""
    return fold_key(text).replace(" ", "")
