"""Names in bylines: which are there, and whether they are people's."""

import re
from html import unescape

from ingest.extract.outline import key_of

_MOST = 10
_SHORTEST = 3
_LONGEST = 80
_LONGEST_LINE = 1_000
_MOST_WORDS = 5
_MOST_WORDS_STATED = 3
_TRIM = " .,;:-\u2013\u2014|/\u2022\u00b7*\u25cf\u2020\u200b\"'"
BY = r"(?:by|von|par|por|di|door|av|af|przez|автор|от|por:|de:|da:|od:)"
_PARTICLES = frozenset({"von", "di", "da", "de", "af", "av", "par"})
LABEL = (
    r"(?:(?:guest )?(?:authors?|writers?|contributors?)|autor(?:in|a|es|en)?|autore|autori|auteurs?|författare|"
    r"forfatter|автор|авторы|автори|yazar|penulis|tác giả|作者|文|執筆|記者|记者|글|기자)\s*[:：]"
)
_PREFIX = re.compile(
    rf"^(?:(?:written|posted|published|reported|story|words|text|photos?|edited|article|recipe|submitted|contributed|"
    rf"penned|guest post|interview|review|analysis)\s+(?:and \w+ )?(?=by\b))?"
    rf"(?:{LABEL}|(?:{BY}|author|from)(?![^\W\d_])|(?-i:By(?=[A-ZÀ-Þ])))\s*:?\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||\s+(?:and|und|et|with|och|og|и|та)\s+|\s&\s|,\s*(?:and\s+|und\s+|et\s+)?|"
    r"\s[\u2022\u00b7\u25cf\u2013\u2014]\s|、)\s*",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\s*[;,|]\s*")  # what surely parts names: "Research and Planning Centre" is one
_POST = re.compile(
    r"\b(?:director|manager|senior|chief|officer|president|founder|ceo|cto|cfo|coo|vp|head|expert|specialist|analyst|"
    r"consultant|professor|lecturer|strategist|engineer|developer|designer|editor|correspondent|reporter|columnist|"
    r"writer|producer|coach|attorney|fellow|partner|lead|managing|principal|associate|assistant|deputy|executive)\b",
    re.IGNORECASE,
)
# "ANN LEE Pier Press": agencies print the name in capitals and themselves behind it.
_CAPITALS = re.compile(
    r"^([^\W\d_a-z](?:[.'’-]|[^\W\d_a-z])*(?: [^\W\d_a-z](?:[.'’-]|[^\W\d_a-z])*){1,3}) (?=[^\W\d_a-z][a-zà-ÿ])"
)
_JOIN = re.compile(r"and|und|et|with|och|og|&|y|e|en|,|by", re.IGNORECASE)
# "y", "e" and their like also stand inside one name ("Ortega y Gasset"): they part only two full names.
_SHORT_AND = re.compile(r"^(\S+\s.*\S)\s+(?:y|e|en|i|ja)\s+(\S+\s.*\S)$")
_CREDENTIAL = re.compile(
    r"^(?:ph\.?\s?d|m\.?\s?d|m\.?s|m\.?a|j\.?d|b\.?a|b\.?s|ed\.?d|psy\.?d|pharm\.?d|d\.?o|r\.?n|esq|jr|sr|ii|iii|iv|"
    r"mba|rd|rdn|bsn|msn|cpa|ld|ldn|cscs|dds|dmd|mph|mpp|mpa|bsc|msc|fand|facp|facog|faap|facc|facs|facsm|faan|faclm|"
    r"foma|dabom|cfa|cfp|cfp®|chfc|clu|ea|pt|dpt|ot|otr|atc|np|fnp|aprn|crna|cnm|pa-c|cde|cdces|ibclc|nd|lac|dc|"
    r"lcsw|licsw|lmft|lpc|lmhc|msw|ncc|ccc-slp|rph|dvm|vmd|pe|pmp|aia|cissp|cism|cpp|psp|phr|sphr|shrm-cp|shrm-scp|"
    r"mbbs|frcs|frcp|kc|qc|obe|mbe|nasm-cpt|ace-cpt|e?-?ryt.*)\.?(?:\s\S{2,6})?$",
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
    r"noreply@blogger\.com.*|test|default|by|n/?a|no.?reply|firstname lastname|author name|your name|"
    r"(?:staff|web|guest) (?:writer|reporter|author|editor)s?)$",
    re.IGNORECASE,
)
# A template's own variable ("page.head.author", "{{author}}"), an account's address or a label is no name.
_MACHINE = re.compile(r"[@{}<>=]|://|^\w+(?:\.\w+){2,}$|^\w+:\s|%[sd]\b|^[\d\W]+$")
_LOGIN = re.compile(r"^[a-z\d]+(?:[._-][a-z\d]+)+$|^[a-z]+\d+$")
_DESK = re.compile(
    r"\b(?:team|staff|editors?|editorial|desk|newsroom|board|admin|redaktion|rédaction|redazione|redacción|writers|"
    r"reporters?|contributors?|correspondents?)$|^(?:staff|editorial)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:the|an?|my|our|your|at|to|by)\b", re.IGNORECASE)
_DATE_WORD = re.compile(rf"^{_MONTH}\.?(?:\s|$)", re.IGNORECASE)
_NO_PERSON = re.compile(
    r"\b(?:admin|administrator|editors?|editorial|staff|team|desk|newsroom|webmaster|guest|anonymous|unknown|"
    r"contributors?|authors?|writers?|redaktion|redaction|redacción|redazione|redactie|rédaction|redação|redakcja|"
    r"press|media|magazine|news|agency|"
    r"reuters|afp|wire|reports?|reporters?|correspondent|blog|blogger|company|inc|llc|ltd|gmbh|foundation|institute|"
    r"university|college|school|association|department|network|channel|tv|radio|times|post|posts|journal|gazette|"
    r"group|community|"
    r"support|marketing|official|users?|website|online|services?|solutions|read|more|click|view|all|comments?|share|"
    r"subscribe|http|www|com|home|the|your|our|us|this|about|minutes?|mins?|ago|published|updated|by|to|"
    r"and|of|for|with|is|in|on|at|"
    r"skip|content|main|menu|search|privacy|policy|terms|contact|login|sign|event|type|category|categories|tags?|"
    r"date|time|state|page|video|photo|photos|image|images|source|credit|youtube|facebook|twitter|instagram|linkedin|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|usa|today|insights?|latest|"
    r"written|reviewed|reviewer|name|permalink|trackbacks?|print|email|rss|also|here|tagged|archives?|tools?|edited|business|store|shop|free|new|best|top|guides?|how|what|why|related|next|"
    r"previous|director|manager|managing|principal|associate|executive|senior|chief|officer|president|founder|co-founder|ceo|cto|cfo|coo|vp|"
    r"expert|experts|specialist|analyst|consultant|professor|lecturer|nutritionist|dietitian|physician|strategist|"
    r"engineer|developer|designer|journalist|columnist|producer|freelance|coach|trainer|attorney|"
    r"follow|listen|watch|download|tips|trends|health|fitness|technology|software|tech|security|finance|insurance|"
    r"education|travel|lifestyle|sports?|science|politics|opinion|culture|reviews?|resources?|articles?|stories|"
    r"products?|features?|updates?|events?|study|studies|learning|management|development|design|data|digital|"
    r"care|medicine|hospital|clinic|medical|center|centre|council|ministry|government|bank|club|museum)\b",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"^(?:[^\W\d_a-z][\w.'’\u2010-]*|(?:van|von|der|den|de|da|di|du|del|della|dos|la|le|bin|ibn|al|el|ten|ter|y|e|zu|af)|"
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,6})$"
)


def people_in(names: list[str], outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The authors that a page names, cleaned, once each, at most ten: no placeholder, not the outlet itself.

    ``outlets`` are keys of the site's names (``outline.key_of``).
    """
    people: dict[str, str] = {}
    for text in names:
        for name in leading_people(split_names(text)) or _SEVERAL.split(without_by(text)):
            if is_author(name) and (key_of(name) not in outlets or is_person(name.title())):
                people.setdefault(name.lower(), name)
    return tuple(people.values())[:_MOST]


def leading_people(names: list[str]) -> list[str]:
    """The people in a byline up to the first post: behind "Director" follows what is directed, "Pier Trust"."""
    people: list[str] = []
    for name in names:
        if is_person(name):
            people.append(name)
        elif people and _POST.search(name):
            break
    return people


def split_names(text: str) -> list[str]:
    """The single names in a byline: no "By", no date; a credential stays with its bearer."""
    names: list[str] = []
    for part in _parts(without_by(text)):
        name = _TAIL.sub("", part).strip(_TRIM.replace(".", "") if _CREDENTIAL.match(part.strip(_TRIM)) else _TRIM)
        name = name.strip("()") if name.count("(") != name.count(")") else name
        if names and _CREDENTIAL.match(name):
            names[-1] = f"{names[-1]}, {name}"
        elif name:
            names.append(name.title() if name.isupper() and " " in name else name)
    return names


def without_by(text: str) -> str:
    """A byline without "By" and what else opens it; "Von Miller" is a name."""
    line = " ".join(unescape(text[:_LONGEST_LINE]).split()).strip(_TRIM)
    match = _PREFIX.match(line)
    rest = line[match.end() :] if match else line
    is_name = match is not None and match[0].strip().lower() in _PARTICLES and " " not in rest
    return line if is_name else rest.strip(_TRIM)


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for part in _SPLIT.split(text):
        if _JOIN.fullmatch(part):
            continue
        capitals = _CAPITALS.match(part)
        part = capitals[1] if capitals else part  # noqa: PLW2901 - what follows is the agency
        both = _SHORT_AND.match(part)
        bearer, _, outlet = part.partition("/")
        parts += both.groups() if both else (bearer, outlet) if outlet and is_person(bearer.strip()) else (part,)
    return parts


def is_author(name: str) -> bool:
    """Whether a text that a page states as author can stand: a name of some length, no address, no placeholder."""
    if not _SHORTEST <= len(name) <= _LONGEST or len(name.split()) > _MOST_WORDS + 2:
        return False
    return any(character.isalpha() for character in name) and not (_PLACEHOLDER.match(name) or _MACHINE.search(name))


def is_login(name: str) -> bool:
    """Whether a name is an account's rather than a person's: "ann.lee", "ann-pier2"."""
    return _LOGIN.match(name) is not None


def is_desk(name: str) -> bool:
    """Whether a name says a desk and not whose: "Editorial staff", "The team"; "The Pier Team" has a name."""
    return _DESK.search(name) is not None and all(
        _NO_PERSON.fullmatch(word) or _ARTICLE.fullmatch(word) or _DESK.search(word) for word in name.split()
    )


def is_person(name: str) -> bool:
    """Whether a text that nobody calls an author is a person's name: two to five capitalised words of a name."""
    words = name.partition(",")[0].split()
    if not 1 < len(words) <= _MOST_WORDS or len(name) > _LONGEST or _NO_PERSON.search(name):
        return False
    return all(_WORD.match(word) for word in words)


def is_byname(name: str) -> bool:
    """Whether a text behind "By" can be a name although no person's full one: "Amanda", "The Pier Team"."""
    return is_penname(name) and (_DESK.search(name) is not None or _ARTICLE.search(name) is None)


def is_penname(name: str) -> bool:
    """Whether a text that the page's markup calls its author can be a name although no person's: "The Ritualist"."""
    bare = _ARTICLE.sub(" ", name).strip()
    if not is_author(name) or not bare or is_desk(name) or len(name.split()) > _MOST_WORDS_STATED:
        return False
    is_named = _DESK.search(bare) is not None or _NO_PERSON.search(bare) is None
    return is_named and not _DATE_WORD.match(bare)
