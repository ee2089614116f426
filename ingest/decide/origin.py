"""Where a story comes from, as its copies say: a link to the original, an agency's dateline, a credit line."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Agencies as datelines and credits write them; the name behind is the one that is told.
_AGENCIES = {
    **{name: name for name in ("Reuters", "AP", "AFP", "dpa", "APA", "sda", "ANSA", "Adnkronos", "EFE", "Lusa", "ANP")},
    **{name: name for name in ("Belga", "Ritzau", "NTB", "TT", "STT", "PAP", "ČTK", "MTI", "TASS", "Interfax", "AA")},
    **{name: name for name in ("Ukrinform", "Xinhua", "Kyodo", "Jiji", "Yonhap", "PTI", "ANI", "IANS", "Bernama")},
    **{name: name for name in ("Antara", "AAP", "PA", "UPI", "Bloomberg", "ProPublica")},
    "REUTERS": "Reuters",
    "Associated Press": "AP",
    "The Associated Press": "AP",
    "Agence France-Presse": "AFP",
    "DPA": "dpa",
    "SDA": "sda",
    "Keystone-SDA": "sda",
    "Europa Press": "Europa Press",
    "ТАСС": "TASS",
    "Интерфакс": "Interfax",
    "Укрінформ": "Ukrinform",
    "Anadolu": "AA",
    "新华社": "Xinhua",
    "共同": "Kyodo",
    "時事": "Jiji",
    "연합뉴스": "Yonhap",
    "The Conversation": "The Conversation",
}
_OPENING = 200  # characters: a dateline stands at the very start
_NAMES = "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True))
# As in: BERLIN (dpa) - ..., LONDON, Nov 5 (Reuters) - ..., Berlin/Paris (dpa/AFP) – ..., or （共同） without a dash.
_DATELINE = re.compile(rf"^[^\n(（.!?]{{0,80}}(?:\(({_NAMES})(?:\s*/\s*[\w.-]{{2,20}})?\)\s*[-–—−:]|（({_NAMES})）)")
# As in: PORT ELLERY (Meridian Wire) - ...: of an agency that is not listed, only behind a place in capitals.
_UNLISTED = re.compile(
    r"^(?=[^\n(a-zà-ÿа-я]{0,60}[A-ZÀ-ÞŞİĞА-ЯЁ]{3})[^\n(.!?]{3,60}"
    r"\((?P<name>[A-ZÀ-ÞŞİĞА-ЯЁ][\w.’'-]*(?: [\w.’'-]+){0,3})\)\s*[-–—−]\s"
)
# "Originally published by The Harbour", "This story first appeared in ...", "Dieser Text erschien zuerst bei ..."
_CREDIT = re.compile(
    r"(?:(?:originally|first) (?:published|appeared|posted)(?: (?:by|in|on|at))|erschien zuerst (?:bei|auf|in)"
    r"|zuerst erschienen (?:bei|auf|in)|publi[ée] (?:initialement|à l['’]origine) (?:par|sur|dans)"
    r"|publicado originalmente (?:por|en|em|no|na)|pubblicato originariamente (?:da|su))\s+"
    r"(?P<name>[^\W\d_][^\n.,;:()]{1,60}?)(?=[.,;:()\n]|$| (?:and is|under|on \d|am \d|le \d|el \d|il \d))",
    re.IGNORECASE,
)
_ENDS = 400  # characters at either end in which a credit is looked for


def name_source(text: str | None) -> str | None:
    """The agency or publisher that a text names as its source, None where it names none."""
    if not text:
        return None
    dateline = _DATELINE.match(text[:_OPENING].lstrip())
    if dateline:
        return _AGENCIES[dateline.group(1) or dateline.group(2)]
    unlisted = _UNLISTED.match(text[:_OPENING].lstrip())
    if unlisted:
        return unlisted["name"]
    credit = _CREDIT.search(text[:_ENDS]) or _CREDIT.search(text[-_ENDS:])
    return credit["name"].strip(" \"'“”«»") if credit else None


def choose_origin(articles: Iterable[Mapping[str, Any]]) -> str | None:
    """A story's origin: the address that most copies name, else the source that most of them credit; None for neither.

    ``articles``: each with ``origin_url`` and ``text``. A copy's own address is never the origin of its story unless
    another one names it.
    """
    known = list(articles)
    named = [article["origin_url"] for article in known if article["origin_url"]]
    named = named or [source for article in known if (source := name_source(article["text"]))]
    return max(named, key=lambda one: (named.count(one), -named.index(one)), default=None)
