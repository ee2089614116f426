"""What must not be shown, made unrecognisable: passwords and tokens in addresses and headers, and known secrets."""

import re
from collections.abc import Iterable

HIDDEN = "***"
_USERINFO = re.compile(r"(?P<before>\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://)[^/\s?#\"'<>]*@")
_NAMED = (
    r"[\w.-]{0,40}(?:token|secret|passw(?:or)?d|api[_-]?key|credential)[\w.-]{0,40}"
    r"|key|pwd|pass|auth|authkey|auth[_-]key|sig|signature|hmac|jwt|session|sid"
)
_PARAMETER = re.compile(rf"(?P<before>[?&;](?:amp;)?(?:{_NAMED})=)[^&#;\s\"'<>]+", re.IGNORECASE)
_HEADER = re.compile(
    r"(?P<before>\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|token|digest)\s+)?)[^\s\"',;]+",
    re.IGNORECASE,
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without passwords and tokens in addresses and headers, and without these secrets; idempotent."""
    for secret in sorted(secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, HIDDEN)
    if "://" in text:
        text = _USERINFO.sub(rf"\g<before>{HIDDEN}@", text)
    if "=" in text:
        text = _PARAMETER.sub(rf"\g<before>{HIDDEN}", text)
    if "uthorization" in text or "UTHORIZATION" in text:
        text = _HEADER.sub(rf"\g<before>{HIDDEN}", text)
    return text
