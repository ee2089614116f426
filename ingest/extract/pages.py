"""What a page is when it is no article: judged by its few words and its own statements, in doubt an article."""

import re
from dataclasses import dataclass

from ingest.extract.choose import Choice
from ingest.extract.facts import Facts, states_payment
from ingest.extract.outline import Block, Outline
from ingest.extract.walls import find_wall
from ingest.model import ArticleStatus

_SHORT = 1_500
_VERY_SHORT = 140
LEAST_TEXT = 35
_HEADLINES = frozenset({"h2", "h3", "h4"})
_HEADLINES_OF_A_LISTING = 8
_LONGEST_OFFER = 250
_ROWS = 5
_MOSTLY_LINK = 0.6
_HEADLINE_CHARS = 25
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|[→»]|\b(?:read|continue|show) (?:more|reading)\W*)$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:\d{1,4}[\s|·,-]*){1,12}$")
_A_LINK = 0.8
_TEASER = 200
_QUOTE = 80
_TOLD_OF = frozenset({"paywall", "not-found"})  # what a text quotes of them it tells of
_QUOTED = re.compile('["“„«»「『][^"“”„«»「」『』]{3,120}["“”«»」』]')
_DATED = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2}\b")
_FRAME = frozenset({"navigation", "footer", "banner", "sidebar", "related"})


def _any_of(*wordings: str) -> re.Pattern[str]:
    return re.compile("|".join(wordings), re.IGNORECASE)


_CHALLENGE = _any_of(
    r"^just a moment",
    r"checking (?:if the site connection is secure|your browser)",
    r"verify(?:ing)? (?:that )?you are (?:a )?human",
    r"^attention required",
    r"^access (?:to this page has been )?denied",
    r"are you a robot",
    r"unusual (?:traffic|activity) from",
    r"enable javascript and cookies to continue",
    r"ddos protection by",
    r"your request (?:was|has been) blocked",
    r"^security check",
    r"complete the captcha",
    r"pardon our interruption",
    r"you have been blocked",
    r"bot (?:detection|verification)$",
    r"performance & security by cloudflare",
)
_CONSENT = _any_of(
    r"before you continue\b",
    r"store (?:and(?:/or)? access )?information on (?:a|your) device",
    r"we (?:and our (?:\d+ )?partners )?(?:use|store|value).{0,40}(?:cookies|your privacy)",
    r"your privacy (?:choices|matters)",
    r"accept (?:all )?(?:cookies|and continue)",
    r"cookies? akzeptieren",
    r"mit werbung (?:weiter)?lesen",
    r"datenschutzeinstellungen",
    r"accepter (?:les cookies|et continuer)",
    r"votre vie privée",
    r"aceptar (?:todas las )?cookies",
    r"accetta (?:i )?cookie",
    r"wij gebruiken cookies",
)
_NOT_FOUND = _any_of(
    r"^(?:http )?404\b(?:$|[ ]*[\-:|–—])",  # a "Peugeot 404" is a car
    r"\berror 404\b|\b404\b[ \-:|–—]*(?:not found|error|page)",
    r"page (?:was |is )?(?:not|cannot be|could not be|can.t be) found",
    r"^not found$",
    r"(?:page|article|content|story).{0,40}(?:no longer|doesn.t|does not) (?:exists?|available)",
    r"seite (?:wurde )?nicht gefunden",
    r"page (?:introuvable|non trouvée)",
    r"página no encontrada",
    r"pagina non trovata",
    r"pagina niet gevonden",
    r"nothing (?:was )?found",
)
_PAYWALL = _any_of(
    r"subscribe (?:now )?to (?:continue|read the|unlock|keep reading|access)",
    r"(?:article|story|content|post) is (?:(?:only|reserved) )?for (?:our )?(?:pa\w+ )?(?:subscribers|members)",
    r"subscribers? only (?:article|content|story)",
    r"(?:log in|register|create (?:a )?free account) to continue reading",
    r"unlock (?:this|the full) (?:article|story|post)",
    r"this post is for paid subscribers",
    r"jetzt weiterlesen mit",
    r"(?:exklusiv|nur) für abonnenten",
    r"(?:article )?réservé aux abonnés",
    r"solo para suscriptores",
    r"riservato agli abbonati",
)
_NEEDS_SCRIPT = _any_of(
    r"(?:enable|requires?|turn on|need).{0,30}javascript",
    r"javascript (?:is|to be) (?:disabled|enabled|required)",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page is, and what gave it away, in plain words."""

    status: ArticleStatus
    evidence: str


def judge(page: Outline, facts: Facts, choice: Choice) -> Verdict:
    """What the page is. Only few words make a page a wall, a challenge or an error: an article about them is long."""
    size = sum(block.size for block in choice.blocks)
    wall = _judge_short(page, facts, choice, size) if size <= _SHORT else None
    if wall is not None:
        return wall
    if size < LEAST_TEXT:
        return Verdict(ArticleStatus.EMPTY, f"{size} characters of text, less than {LEAST_TEXT}")
    if _is_listing(page, facts, choice):
        return Verdict(ArticleStatus.LISTING, "headlines that are links, with hardly a sentence between them")
    return Verdict(ArticleStatus.OK, f"{size} characters of text, and nothing that makes it another kind of page")


def _judge_short(page: Outline, facts: Facts, choice: Choice, size: int) -> Verdict | None:
    title = facts.title or ""
    heads = [block.text for block in page.blocks if block.tag in {"h1", "h2"} and block.furniture is None][:5]
    whole = " ".join(block.text for block in page.blocks[:400])[:20_000]
    about = " ".join(block.text for block in page.blocks[:400] if _may_tell_of_the_text(block))[:20_000]
    few = page.size(0, len(page.blocks)) <= 2 * _SHORT
    short, tiny = size <= _SHORT // 2, size < _VERY_SHORT
    opening = " ".join((title, (choice.text or "")[:600]))
    is_paid = short or states_payment(facts)
    tests = (
        (few and short, _CHALLENGE, "blocked", (title, *heads, whole), ArticleStatus.BLOCKED),
        (short, _NOT_FOUND, "not-found", (title, *heads), ArticleStatus.SOFT_404),
        (few and short, _CONSENT, "consent", (opening, whole if tiny else ""), ArticleStatus.CONSENT),
        (is_paid, _PAYWALL, "paywall", (about,), ArticleStatus.PAYWALL),
        (tiny, _NEEDS_SCRIPT, "needs-script", (whole,), ArticleStatus.EMPTY),
    )
    for applies, english, kind, texts, status in tests:
        found = next((said for text in texts if (said := _find(english, kind, text))), None) if applies else None
        if found is not None:
            return Verdict(status, f"{size} characters of text, and the page says {found[:_QUOTE]!r}")
    if tiny and facts.challenge:
        return Verdict(ArticleStatus.BLOCKED, f"{size} characters of text, and a script of {facts.challenge}")
    return None


def _find(english: re.Pattern[str], kind: str, text: str) -> str | None:
    if kind in _TOLD_OF:
        text = _QUOTED.sub(" ", text)
    found = english.search(text)
    return found[0] if found else find_wall(kind, text)


def _may_tell_of_the_text(block: Block) -> bool:
    """A wall's words stand beside the text; those of menus ("E-paper for subscribers") and sentences tell nothing."""
    return block.furniture not in _FRAME and block.link_density < _A_LINK and len(block.text) <= _LONGEST_OFFER


def _is_listing(page: Outline, facts: Facts, choice: Choice) -> bool:
    """Headlines that are links with hardly a sentence between them, on a page that does not call itself an article."""
    if facts.article or facts.first("og:type") == "article" or facts.first("article:published_time"):
        return False
    prose = sum(block.size for block in choice.blocks if block.is_prose)
    linked = sum(1 for block in page.blocks if _is_headline(block))
    chosen = sum(1 for block in choice.blocks if _is_headline(block))
    if linked >= _HEADLINES_OF_A_LISTING and (prose < _VERY_SHORT or prose <= chosen * _TEASER <= _SHORT):
        return True
    return _is_row_of_teasers(page, choice, prose)


def _is_headline(block: Block) -> bool:
    return block.tag in _HEADLINES and block.link_density > _A_LINK


def _is_row_of_teasers(page: Outline, choice: Choice, prose: int) -> bool:
    """Many linked lines, each with a teaser at most, where teasers break off, lead on, or pages are numbered."""
    if not choice.blocks:
        return False
    between = page.blocks[max(0, choice.blocks[0].index - 1) : choice.blocks[-1].index + 1]
    rows = [block for block in between if _is_headline(block) or _is_linked_row(block)]
    if len(rows) < _ROWS or prose > len(rows) * _TEASER:
        return False
    broken = sum(_BREAKS_OFF.search(block.text) is not None for block in between)
    numbered = sum(
        block.link_density > _MOSTLY_LINK and _NUMBERED.match(block.text) is not None for block in page.blocks
    )
    is_archive = len(rows) >= _HEADLINES_OF_A_LISTING and all(_DATED.search(block.text) for block in rows)
    return 2 * broken >= len(rows) or (prose < _VERY_SHORT and (numbered >= 1 or is_archive))


def _is_linked_row(block: Block) -> bool:
    """A line of a list that is a headline with its date."""
    return block.tag in {"li", "dt", "td"} and block.link_density > _MOSTLY_LINK and len(block.text) >= _HEADLINE_CHARS
