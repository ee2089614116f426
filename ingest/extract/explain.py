"""Why a page became the article it is: candidates, steps, status, sources, and the rule behind each removed block."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.clean.locate import kind_of_rule, locate_rule
from ingest.errors import PageRejected
from ingest.extract.article import Extraction, extract_fully
from ingest.extract.ballot import Ballot
from ingest.extract.choose import Choice
from ingest.extract.claims import FIELDS, Claim, list_claims
from ingest.extract.context import ExtractContext
from ingest.extract.document import parse_page
from ingest.extract.facts import read_facts
from ingest.extract.outline import Outline, key_of
from ingest.extract.stated import JSON_LD, STATE
from ingest.model import Article, Entry, Page

_LONGEST_QUOTE = 160
_MOST_QUOTES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate for the text: blocks, characters and characters of running text that it keeps."""

    name: str
    blocks: int
    size: int
    prose: int
    verdict: str
    won: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What a step changed of the chosen text: how many blocks, and the first of them."""

    name: str
    added: int
    dropped: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldStory:
    """A field of the article: its value and source, and what else was said of it."""

    field: str
    value: str | None
    source: str
    passed_over: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class RemovalStory:
    """A removed block: its rule, who made that, and where it stands."""

    rule: str
    kind: str
    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All of it.

    ``site_rule``: the rule's file; ``site_notes``: what of it came to nothing or cannot be used. ``site_profile``: what
    the site's profile did for the page; None: it has none, or it is not used.
    """

    url: str
    status: str
    page_status: str
    evidence: str
    won: str
    why: str
    candidates: tuple[Candidate, ...]
    steps: tuple[Step, ...]
    fields: tuple[FieldStory, ...]
    removed: tuple[RemovalStory, ...]
    site_rule: str | None = None
    site_notes: tuple[str, ...] = ()
    site_profile: str | None = None
    next_url: str | None = None
    single_url: str | None = None


def explain(page: Page, entry: Entry | None, context: ExtractContext) -> Explanation:
    """Extract a page, and tell how it went."""
    found = extract_fully(page, entry, context)
    article, choice = found.article, found.choice
    ballot = choice.ballot if choice is not None and choice.ballot is not None else Ballot()
    rule = context.site_rule
    return Explanation(
        url=page.final_url or page.url,
        status=article.status.value,
        page_status=found.verdict.status.value,
        evidence=found.verdict.evidence,
        won=article.provenance.get("text", "none"),
        why=_tell_why(found),
        candidates=tuple(_list_candidates(ballot, choice)),
        steps=tuple(_list_steps(ballot, found.page)),
        fields=tuple(_list_fields(article, _read_claims(page, entry))),
        removed=tuple(
            RemovalStory(removal.rule, kind_of_rule(removal.rule), locate_rule(removal.rule), _quote(removal.text))
            for removal in article.removed
        ),
        site_rule=rule.name if rule is not None else None,
        site_notes=tuple(_list_site_notes(found, context)),
        site_profile=_tell_profile(found),
        next_url=found.next_url,
        single_url=found.single_url,
    )


def _read_claims(page: Page, entry: Entry | None) -> list[Claim]:
    try:
        tree = parse_page(page.html, page.content_type)
    except PageRejected:
        return []
    return list_claims(tree, read_facts(tree), entry)


def _tell_why(found: Extraction) -> str:
    source, choice = found.article.provenance.get("text", "none"), found.choice
    if source == "feed-content":
        return f"the feed's own content is used: it has more than the page, or the page is {found.verdict.status}"
    if choice is None or not found.article.text:
        return "there is no text"
    ballot = choice.ballot or Ballot()
    if source == "site-rule":
        return "a rule for the site says where the text stands, and nothing is weighed against that"
    if source in (JSON_LD, STATE):
        return "the markup shows hardly any text, and the page states it as data"
    if len(ballot.weighed) == 1:
        return f"the first candidate was not doubted: {ballot.weighed[0].verdict}"
    asked = len(ballot.weighed) - 1
    return f"the first candidate was doubted ({ballot.weighed[0].verdict}); of {asked} more the one that keeps most won"


def _list_candidates(ballot: Ballot, choice: Choice | None) -> Iterator[Candidate]:
    name = choice.name if choice is not None else ""
    winners = [place for place, weighed in enumerate(ballot.weighed) if name.startswith(weighed.name)]
    for place, weighed in enumerate(ballot.weighed):
        won = bool(winners) and place == winners[-1]
        yield Candidate(weighed.name, weighed.blocks, weighed.size, weighed.prose, weighed.verdict, won)


def _list_steps(ballot: Ballot, page: Outline | None) -> Iterator[Step]:
    blocks = page.blocks if page is not None else []
    for change in ballot.changes:
        moved = [_quote(blocks[index].text) for index in (*change.added, *change.dropped)[:_MOST_QUOTES]]
        yield Step(change.name, len(change.added), len(change.dropped), tuple(moved))


def _list_fields(article: Article, claims: list[Claim]) -> Iterator[FieldStory]:
    for field in FIELDS:
        value = getattr(article, field)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value) if value is not None else None
        source = article.provenance.get(field, "none")
        others = tuple(claim for claim in claims if claim.field == field and not _is_same(claim, shown))
        if shown or others:
            yield FieldStory(field, shown or None, source, others)


def _is_same(claim: Claim, shown: str | None) -> bool:
    """Whether the claim says what the article says, dates to the minute and names among others."""
    if not shown:
        return False
    told, value = key_of(claim.value), key_of(shown)
    if claim.field.endswith("_at"):
        return told[:12] == value[:12]
    return told == value or (claim.field == "authors" and told in value)


def _list_site_notes(found: Extraction, context: ExtractContext) -> Iterator[str]:
    note = found.article.provenance.get("site_rule", "").partition(": ")[2]
    if note:
        yield note
    if context.site_rule is not None:
        yield from (context.site_rule.tell(problem) for problem in context.site_rule.problems)


def _tell_profile(found: Extraction) -> str | None:
    cut = found.cut
    if cut is None:
        return None
    if cut.is_used:
        return f"read through {cut.through.container}, which holds the site's articles"
    return f"read whole: {cut.refusal or cut.doubt}"


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
