"""Names in bylines: which are there, and whether they are people's."""

import re
from html import unescape

_MOST = 10
_SHORTEST = 3
_LONGEST = 80
_MOST_WORDS = 5
_TRIM = " .,;:-\u2013\u2014|/()\u2022\u00b7"
_PREFIX = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|text|photos?|edited|article|recipe|submitted|contributed)\s+"
    r"(?:and \w+ )?(?=by\b))?(?:by|von|par|por|di|door|av|автор|author|from)\b\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||\s+and\s+|\s+und\s+|\s+et\s+|\s&\s|,\s*(?:and\s+)?|\s\u2022\s|\s\u00b7\s)\s*", re.IGNORECASE
)
_CREDENTIAL = re.compile(
    r"^(?:ph\.?\s?d|m\.?d|m\.?s|m\.?a|mba|rd|rdn|rn|bsn|cpa|esq|jr|sr|ii|iii|ld|cscs|dds|do|mph|mpp|bsc|msc|fand|facp|"
    r"facog|faap|cfa|cfp|cfp®|jd|j\.d|ba|bs|pharmd|psyd|edd|lcsw|lmft|dvm|pe|pmp|foma|dabom|nasm-cpt|e-ryt.*)\.?"
    r"(?:\s\S{2,6})?$",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_TAIL = re.compile(
    rf"\s*(?:\bon\s+(?:\w+day\b|{_MONTH}\b|\d)|\bat\s+\d|\b\d{{1,2}}[/.]\d|\b(?:last )?updated\b|"
    rf"\bpublished\b|\bposted\b|"
    rf"\b{_MONTH}\.?\s+\d|\b\d{{1,2}}\s+{_MONTH}\b|\b(?:19|20)\d{{2}}\b|https?:|\s@|\s-\s|\bfor\b|\bin\b\s[A-Z]).*$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"^(?:wp)?-?(?:admin\w*|administrator|webmaster|root|user|users?\d+|unknown|anonymous|guest(?: author)?|"
    r"authors?|"
    r"editor|editors|staff|null|none|undefined|nan|site ?admin|super ?admin|web ?editor|content|blog|team|contributor|"
    r"noreply@blogger\.com.*|test|default|by|n/?a)$",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"\b(?:admin|administrator|editor|editors|editorial|staff|team|desk|newsroom|webmaster|guest|anonymous|unknown|"
    r"contributors?|authors?|redaktion|redaction|redacción|redazione|redactie|rédaction|press|media|magazine|news|"
    r"agency|"
    r"reuters|afp|wire|reports?|reporters?|correspondent|blog|blogger|company|inc|llc|ltd|gmbh|foundation|institute|"
    r"university|association|department|network|channel|tv|radio|times|post|posts|journal|gazette|group|community|"
    r"support|marketing|official|users?|website|online|services?|solutions|read|more|click|view|all|comments?|share|"
    r"subscribe|http|www|com|home|the|your|our|us|this|about|minutes?|mins?|ago|published|updated|by|to|"
    r"and|of|for|with|"
    r"skip|content|main|menu|search|privacy|policy|terms|contact|login|sign|event|type|category|categories|tags?|"
    r"date|time|state|page|video|photo|photos|image|images|source|credit|youtube|facebook|twitter|instagram|linkedin|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|usa|today|insights?|latest|"
    r"written|reviewed|business|store|shop|free|new|best|top|guide|how|what|why|related|next|previous)\b",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"^(?:[^\W\d_a-z][\w.'’\u2010-]*|(?:van|von|der|den|de|da|di|du|del|della|dos|la|le|bin|al|el|ten|ter)|"
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,6})$"
)


def people_in(names: list[str], outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The authors that a page names, cleaned, once each, at most ten: no placeholder, not the outlet itself."""
    people: dict[str, str] = {}
    for text in names:
        parts = split_names(text)
        # Beside a name, what is no name is the bearer's post: "Ann Lee, Director, Pier Trust".
        for name in [part for part in parts if is_person(part)] or parts:
            if is_author(name) and (name.lower() not in outlets or is_person(name)):
                people.setdefault(name.lower(), name)
    return tuple(people.values())[:_MOST]


def split_names(text: str) -> list[str]:
    """The single names in a byline: no "By", no date; a credential stays with its bearer."""
    bare = _PREFIX.sub("", " ".join(unescape(text).split()).strip(_TRIM))
    names: list[str] = []
    for part in _SPLIT.split(bare):
        name = _TAIL.sub("", part).strip(_TRIM.replace(".", "") if _CREDENTIAL.match(part.strip()) else _TRIM)
        if names and _CREDENTIAL.match(name):
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name.title() if name.isupper() and " " in name else name)
    return names


def is_author(name: str) -> bool:
    """Whether a text that a page states as author can stand: a name of some length, no address, no placeholder."""
    if not _SHORTEST <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS + 2:
        return False
    if "@" in name or "://" in name or "{" in name or name.isdigit():
        return False
    return any(character.isalpha() for character in name) and not _PLACEHOLDER.match(name)


def is_person(name: str) -> bool:
    """Whether a text that nobody calls an author is a person's name: two to five capitalised words of a name."""
    words = name.partition(",")[0].split()
    if not 1 < len(words) <= _MOST_WORDS or len(name) > _LONGEST or _NO_PERSON.search(name):
        return False
    return all(_WORD.match(word) for word in words)
