"""Furniture lines in a text, by a list of wordings of its own: the rule packs must not judge themselves."""

import re

from measures import letters

_LONGEST = 120
_HIDDEN_ADDRESS = "[email protected]"
_SERVICES = (
    r"tweet|e-?mail|print|facebook|twitter|linkedin|whatsapp|reddit|copy link|pin(?: it)?|blogthis!?|pinterest|"
    r"telegram|share|save|reprints?"
)
# What a button says beside the service: "Email this page", "Print Story", "Tweet 12". A name, an address or a subject
# behind it makes it a line of the article: "Email: shop@harbour.example", "Email marketing", `email = read()`.
_OBJECTS = r"(?: (?:this|the|it|us|me|to|a|friend|story|article|page|post|link|address|version|button|here|image))*"
_BUTTON = rf"(?:{_SERVICES}){_OBJECTS}(?:\s*[(:]?\s*\d[\d.,]*k?\)?)?"
_KINDS = {
    "comment": (
        r"(?:no|\d+|one|two|three)\s+(?:comments?|responses?|replies|thoughts?|reactions?)\b[^.!?]*",
        r"comments?\s*(?:\(\d+\)|\d+|:|are closed|closed|off)?\s*\.?",
        r"(?:post|leave|add|write|submit|make) (?:a|your) (?:comment|reply|response)\b.{0,40}",
        r"(?:leave|post) (?:a )?(?:reply|comment).{0,40}",
        r"(?:join|start) the (?:conversation|discussion)\W*",
        r"(?:view|show|load|read|see|hide) (?:all |more |the |\d+ )*comments?.{0,20}",
        r"your email address will not be published.{0,80}",
        r"(?:you must|please) (?:be logged in|log in|login|sign in) to (?:post|leave|add)? ?(?:a )?comment.{0,20}",
        r"(?:newer|older) (?:post|comments?).{0,40}",
        r"trackbacks?(?:/pingbacks?)?.{0,30}",
        r".{1,40}\bsays\s*:?",
        r"kommentare?(?: \(\d+\))?|kommentar schreiben|laisser un commentaire|deja un comentario|lascia un commento",
    ),
    "share": (
        r"share (?:this|on|via|with|the|it|to|article|story|post)\b.{0,60}",
        r"share\W*|share\s*:.{0,60}",
        rf"(?:x\W+)?{_BUTTON}(?:[\s,|/·»›•&:]+(?:{_BUTTON}|x))*\W*",
        r"(?:like|click) (?:this|to share).{0,40}",
        r"teilen|partager|compartir|condividi|delen",
    ),
    "subscribe": (
        r"subscribe(?:\s+(?:to|now|today|for|via|here|by)\b.{0,70})?\W*",
        r"sign up(?: (?:for|to|now|here)\b.{0,70})?\W*",
        r"(?:get|receive) (?:our|the|new|latest|more) .{0,50}(?:newsletter|inbox|updates|email).{0,30}",
        r"(?:our |the |weekly |daily |free )*newsletters?(?: sign-?up)?\W*",
        r"enter your e-?mail.{0,60}",
        r"(?:join|subscribe).{0,30}(?:newsletter|mailing list|subscribers).{0,40}",
        r"newsletter (?:abonnieren|bestellen)|inscrivez-vous.{0,50}|suscríbete.{0,50}",
        r"follow (?:us|me)(?: on\b.{0,50})?\W*",
    ),
    "author": (
        r"(?:about|more (?:from|by)|posts by|view (?:all )?posts by|read more (?:from|by)) (?:the )?author.{0,40}",
        r"about the (?:writer|contributor|editor).{0,20}",
        r"(?:written|posted|published|reported) by\b.{0,70}",
        r"(?:view|see|read) all (?:posts|articles|stories) by.{0,50}",
        r"author\s*:.{0,60}|author bio",
        r"follow .{2,40} on (?:twitter|x|facebook|instagram|linkedin).{0,20}",
        r"posted (?:in|on|at)\b.{0,60}",
        r"(?:twitter|facebook(?: fan)?(?: page)?|instagram)\s*:\s*(?:@|www\.|https?:).{0,60}",
        r"über den autor|à propos de l.auteur|sobre el autor",
    ),
}
_PATTERNS = {
    kind: re.compile(r"\W*(?:" + "|".join(wordings) + r")\s*", re.IGNORECASE) for kind, wordings in _KINDS.items()
}
KINDS = tuple(_KINDS)


def find_leaks(text: str, truth: str) -> dict[str, list[str]]:
    """The whole short lines of furniture in a text that are not in the truth, by kind."""
    true = letters(truth)
    leaks: dict[str, list[str]] = {}
    for line in text.split("\n"):
        bare = line.strip(" \t-*•|")
        if not bare or len(bare) > _LONGEST or bare.replace("\u00a0", " ") == _HIDDEN_ADDRESS or letters(bare) in true:
            continue
        for kind, pattern in _PATTERNS.items():
            if pattern.fullmatch(bare):
                leaks.setdefault(kind, []).append(bare)
                break
    return leaks
