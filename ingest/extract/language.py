"""The language of a text: what the page declares, unless the text clearly speaks another."""

import re

from ingest.languagemodel import detect_language

_CODE = re.compile(r"^([a-z]{2,3})(?:[-_].*)?$", re.IGNORECASE)
_ENOUGH = 250
_GLANCE = 400  # enough to believe what a page declares
_SAMPLE = 1_000
# Norwegian is declared "no" and detected "nb"; Serbo-Croatian standards are told apart by guessing only.
_FAMILIES = ({"no", "nb", "nn", "da"}, {"hr", "sr", "bs", "sh"}, {"id", "ms"}, {"zh", "yue"})


def find_language(declared: str | None, text: str | None) -> tuple[str | None, str]:
    """ISO 639 code and its source: page (declared), text (detected); (None, "none") where neither says anything."""
    match = _CODE.match((declared or "").strip())
    code = match[1].lower() if match else None
    if text is None or len(text) < _ENOUGH:
        return (code, "page") if code else (None, "none")
    if code and _agree(code, detect_language(text[:_GLANCE])):
        return code, "page"
    detected = detect_language(text[:_SAMPLE])
    return (code, "page") if code and _agree(code, detected) else (detected, "text")


def _agree(code: str, detected: str) -> bool:
    return code == detected or any(code in family and detected in family for family in _FAMILIES)
